//! The file format of SOPS: documents whose values are encrypted one by one.
//!
//! Read and written here: age keys, the YAML, JSON and dotenv forms, every rule for which values are
//! encrypted except those by comments, and the two kinds of MAC. The module knows nothing of clocks,
//! files and the environment: the time and the keys are handed in. Data keys and nonces are drawn from
//! the random numbers of the operating system, so two seals of one document are never equal.
//!
//! What the MAC covers, and so what [`open`] notices: every change of an encrypted value, of the order
//! of the values and of `lastmodified`, and, unless the document says `mac_only_encrypted`, of every
//! value that stands there readable. It covers no keys of readable values, no `null`, no empty
//! string and no type: who can write to the document can turn an encrypted `"42"` into `42`. That is the
//! format, not a choice made here.
//!
//! The values are hashed in the order of the document, and objects here are sorted. So a document opens
//! only if its keys are in alphabetical order, as all documents are that [`seal`] makes. Values that
//! YAML 1.1 would read as something else than a string, such as a bare `2024-01-02`, are hashed by SOPS
//! in another form; with quotes around them they are not.

use std::collections::BTreeSet;

use serde_json::Value;

mod cipher;
pub mod config;
pub mod dotenv;
mod fault;
pub mod json;
mod keys;
mod leaf;
mod metadata;
mod opening;
mod pattern;
mod sealing;
mod selection;
#[cfg(test)]
mod tests;
mod walk;

pub use fault::Fault;
pub use keys::{Identities, Recipient};
pub use metadata::Metadata;
pub use opening::{Opened, open};
pub use sealing::seal;
pub use selection::Selection;

/// The top-level key that holds the metadata.
const KEY: &str = "sops";

/// What an encrypted value starts with.
const SEALED: &str = "ENC[AES256_GCM,";

/// Whether a string is an encrypted value, well-formed to the last byte.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    cipher::Sealed::parse(text).is_some()
}

/// The JSON pointers of all encrypted values of a document.
#[must_use]
pub fn sealed_pointers(document: &Value) -> BTreeSet<String> {
    pointers(document, |value| value.as_str().is_some_and(is_sealed))
}

/// The JSON pointers of all values of a document that look encrypted, be they well-formed or not.
#[must_use]
pub fn seeming_pointers(document: &Value) -> BTreeSet<String> {
    let seems = |text: &str| text.starts_with(SEALED);
    pointers(document, |value| value.as_str().is_some_and(seems))
}

/// The JSON pointers of all values of a document that anybody can read.
///
/// Empty strings are left out, because SOPS leaves them as they are, and so is `null`.
#[must_use]
pub fn readable_pointers(document: &Value) -> BTreeSet<String> {
    pointers(document, |value| match value {
        Value::String(text) => !text.is_empty() && !is_sealed(text),
        _ => true,
    })
}

/// The pointers of the leaves that are wanted, outside the metadata.
fn pointers(document: &Value, wanted: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk::visit(document, &mut |place, value| {
        if wanted(value) {
            found.insert(place.pointer().to_owned());
        }
    });
    found
}
