//! The wire: a `ResourceList` is read, its items are looked at, and it is written back with edits.
//!
//! Nothing in here knows about Postgres. The list keeps the text that it was read from, and writing it
//! back splices the edits into that text, so that every item which is not edited leaves byte for byte as
//! it came, with its comments, its quoting and the order of its keys.
//!
//! Two paths find where the items are. A line splitter serves the block style that kustomize and kpt
//! send, without parsing any item; the event parser serves everything else and is the reference. The
//! splitter declines whatever it is not sure about, and a property test and a fuzz target hold the two together.

#[doc(hidden)]
pub mod agreement;
pub mod annotation;
pub mod edit;
pub mod limits;
pub mod yaml;

mod events;
mod fault;
mod head;
mod item;
mod layout;
mod list;
mod merge;
mod scalar;
mod scan;
mod shape;
mod shared;
mod splice;
mod split;
mod text;
mod write;

#[cfg(test)]
mod tests;

pub use edit::merge_text;
pub use head::{Field, Head};
pub use item::Item;
pub use limits::Limits;
pub use list::ResourceList;
pub use merge::merge;
pub use write::{Edits, Replacement};
