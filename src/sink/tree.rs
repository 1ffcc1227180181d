//! The sink of `render`: a directory tree that `kustomize build` takes without any plugin.
//!
//! The documents are those of the function, one file each as `place` says, but for four Secrets:
//! env files and `registry.json` stand for them, from which the `secretGenerator` of
//! kustomization.yaml makes the same objects. Nothing is written before everything is known to be
//! right, a file is written whole or not at all, and never over one that the stack does not own.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::plan::ItemPatch;

mod body;
mod change;
mod diff;
pub mod disk;
mod existing;
mod files;
mod generator;
mod policy;
mod program;
mod sealing;
mod shared;

pub use change::{Change, Kind, Options, Prepared, prepare};
pub(crate) use files::CONFIG;
pub use files::Files;
pub(crate) use generator::path as env_file;
pub use policy::{Encrypting, FindRules, Rules};

/// A change to an item of somebody else, which a tree does not hold.
#[must_use]
pub fn by_hand(patch: &ItemPatch) -> Diagnostic {
    let message = format!(
        "is for {}{}, which `render` does not write: {}; make the change yourself, or run the function as a transformer",
        patch.described(),
        patch.in_namespace(),
        patch.by_hand()
    );
    Diagnostic::at(
        Severity::Warning,
        Code::LinkWithoutTarget,
        &patch.path,
        message,
    )
}
