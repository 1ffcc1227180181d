//! What `render` writes and what SOPS encrypts, under the real kustomize, kpt, sops, age and gpg.

mod bench;
mod flux;
mod input;
mod package;
mod pgp;
mod rules;
mod sealed;
mod suffix;
mod tampered;
mod tree;
