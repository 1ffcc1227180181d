//! The sink of `render`: the placed documents as files below a directory.

pub mod disk;
