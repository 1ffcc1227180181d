//! Backups, restores and exports as they are generated, against a real object store.
//!
//! SeaweedFS is the store, PostgreSQL runs in a container, and the commands of Barman Cloud do what the
//! plugin's sidecar does. Endpoint, bucket, folder, keys, certificate and every recovery target are read out of
//! the generated ObjectStore, Cluster and Secrets; nothing of it is written down here a second time. A restore
//! test that only looks at documents would prove nothing.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing program or a broken fixture ends the test"
)]

mod rig;
mod support;

mod backup {
    mod archive;
    mod documents;
    mod emulators;
    mod export;
    mod instance;
    mod recovery;
    mod store;
}
