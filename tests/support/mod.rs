//! What the test binaries share; each of them uses a part of it.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test support: each test binary uses a part of it, a broken fixture ends the test, hostile inputs \
              are put together once, and an index into JSON gives null, not a panic"
)]

pub(crate) mod admission;
pub(crate) mod case;
pub(crate) mod crd;
pub(crate) mod diff;
pub(crate) mod elide;
pub(crate) mod fixture;
pub(crate) mod hostile;
pub(crate) mod overlay;
pub(crate) mod process;
pub(crate) mod readings;
pub(crate) mod sealed;
pub(crate) mod stacks;
pub(crate) mod tree;
pub(crate) mod wire;
