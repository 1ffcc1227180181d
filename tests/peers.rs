//! The function under the real kustomize, kubectl, kpt, podman and sops.
//!
//! `tests/run` installs them, builds the binary and the image, and sets the environment that
//! `peers::sandbox` asks for. What is missing is a failure with a word about it, never a skip.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing program or a broken example ends the test"
)]

mod support;

mod peers {
    mod argocd;
    mod documents;
    mod examples;
    mod fields;
    mod image;
    mod kpt;
    mod kustomize;
    mod links;
    mod mistakes;
    mod package;
    mod pages;
    mod promtool;
    mod sandbox;
    mod secrets;
    mod upkeep;
    mod words;
}
