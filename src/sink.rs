//! Sinks: where the placed documents go. One file per door.

pub mod function;
pub mod results;
pub mod tree;
