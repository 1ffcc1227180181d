//! Tests that look at the inside of the module.

mod edits;
mod generate;
mod merging;
mod paths;
mod reading;
mod scalars;
mod strings;
