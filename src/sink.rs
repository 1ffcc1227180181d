//! Sinks: where the placed documents go. One file per door.

pub mod function;
mod history;
pub mod results;
mod seal;
mod secret;
pub mod tree;
