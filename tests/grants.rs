//! The grant Jobs, run as they are generated against PostgreSQL 15, 17 and 18.
//!
//! A server runs in a container without a network. A Job runs its own container beside it: command,
//! arguments, environment, mounts and security context as generated, and of the server's addresses only
//! `PGHOSTADDR` is put in, so that the name and the certificate stay in play. Attacks and races are run
//! against a weakened Job too, where they have to succeed: a test that cannot fail proves nothing.

#![expect(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing program or a broken fixture ends the test, and scripts are put together once"
)]

mod rig;
mod support;

mod grants {
    mod attacks;
    mod bootstrap;
    mod certificates;
    mod cnpg_roles;
    mod connecting;
    mod convergence;
    mod declared;
    mod matrix;
    mod names;
    mod operations;
    mod ownership;
    mod passwords;
    mod pooler;
    mod races;
    mod tablespaces;
    mod waiting;
}
