//! The migration Jobs, run as they are generated between PostgreSQL 15 and 18, in both directions.
//!
//! The stack's server and another one run in containers, and a Job runs its own containers beside them:
//! command, arguments, environment, mounts and security context as generated. Content is compared row by row.
//! What the Job guards against is run without its guard too, where the harm has to show: a test that cannot
//! fail proves nothing.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing program or a broken fixture ends the test"
)]

mod rig;
mod support;

mod migrations {
    mod data;
    mod ends;
    mod etl;
    mod failures;
    mod full;
    mod guards;
    mod lists;
    mod refusals;
    mod replicate;
    mod security;
}
