//! A PostgreSQL server in a container, and generated Jobs that are run beside it as the kubelet would.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "each test binary uses a part of it, a missing program or a broken fixture ends the test, and scripts \
              are put together once"
)]

pub(crate) mod job;
pub(crate) mod kubelet;
mod questions;
pub(crate) mod server;
pub(crate) mod stack;
