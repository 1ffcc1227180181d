//! What the test binaries share; each of them uses a part of it.

#![allow(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::needless_for_each,
    clippy::panic,
    reason = "test support: each test binary uses a part of it, a broken fixture ends the test, hostile inputs \
              are put together once, an index into JSON gives null, not a panic, and what may be there is changed \
              in one line"
)]

pub(crate) mod admission;
pub(crate) mod case;
pub(crate) mod crd;
pub(crate) mod diff;
pub(crate) mod elide;
pub(crate) mod fixture;
pub(crate) mod hostile;
pub(crate) mod kustomize;
pub(crate) mod overlay;
pub(crate) mod process;
pub(crate) mod readings;
pub(crate) mod references;
pub(crate) mod sealed;
pub(crate) mod stacks;
pub(crate) mod tree;
pub(crate) mod wire;
