//! Opens a `CnpgStack` that SOPS encrypted, before anything else looks at it.
//!
//! Only a MAC over the encrypted values survives the way through kustomize, which sorts keys and adds
//! an annotation; and without any MAC, two passwords could be swapped, for the position of a list's
//! entry is no part of what a value is bound to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostics, FieldPath};
use crate::sops::{self, Fault, Metadata};
use crate::world::World;

/// How such a file is made.
const ENCRYPT: &str = "sops --encrypt --in-place --mac-only-encrypted --encrypted-regex \
                       '^(adminPassword|password|accessKey|secretKey|applicationCredentials|connectionString|storageKey|\
                       storageSasToken)$' --age RECIPIENT FILE";

/// A document without encryption.
pub struct Opened {
    /// The document as its author wrote it.
    pub value: Value,
    /// The fields that were encrypted: their values are not readable in the file.
    pub sealed: BTreeSet<FieldPath>,
}

/// Opens a document; one that is not encrypted is passed on. None after an error.
pub fn open(value: Value, world: &World<'_>, out: &mut Diagnostics) -> Option<Opened> {
    let Some(metadata) = Metadata::of(&value) else {
        let sealed = stray(&value, out);
        return Some(Opened { value, sealed });
    };
    let path = FieldPath::top("sops");
    match metadata {
        Err(reason) => {
            let message =
                format!("cannot be read: {reason}; encrypt the file anew with `{ENCRYPT}`");
            out.error(Code::CannotDecrypt, &path, message);
            return None;
        }
        Ok(metadata) if !metadata.mac_only => {
            let message = format!(
                "has a MAC over the whole file, which cannot be checked: kustomize sorts keys and adds an annotation. \
                 Decrypt the file, put its keys in alphabetical order, and encrypt it with `{ENCRYPT}`"
            );
            out.error(Code::CannotDecrypt, &path, message);
            return None;
        }
        Ok(_) => {}
    }
    let identities = match world.identities() {
        Ok(identities) => identities,
        Err(reason) => {
            let message = format!("cannot be used: {reason}");
            out.error(Code::CannotDecrypt, &path, message);
            return None;
        }
    };
    match sops::open(&value, &identities) {
        Ok(opened) => {
            let mut sealed = fields(&opened.plain, &opened.decrypted);
            sealed.extend(stray(&opened.plain, out));
            let value = opened.plain;
            Some(Opened { value, sealed })
        }
        Err(fault) => {
            report(&value, &fault, out);
            None
        }
    }
}

/// Reports values that look encrypted and that nothing has decrypted: they would be taken for what they
/// look like.
fn stray(value: &Value, out: &mut Diagnostics) -> BTreeSet<FieldPath> {
    let fields = fields(value, &sops::seeming_pointers(value));
    for field in &fields {
        let message = "is a value that SOPS encrypted, in a file whose `sops` metadata says nothing of it: encrypt the \
                       file itself, not a part of it or a patch";
        out.error(Code::CannotDecrypt, field, message);
    }
    fields
}

fn report(value: &Value, fault: &Fault, out: &mut Diagnostics) {
    let path = FieldPath::top("sops");
    match fault {
        Fault::NoIdentity { recipients, .. } => {
            let names: Vec<&str> = recipients.iter().map(String::as_str).collect();
            let message = format!(
                "is encrypted for {}, and no key at hand opens it: set SOPS_AGE_KEY or SOPS_AGE_KEY_FILE in the \
                 environment of the function",
                names.join(", ")
            );
            let sealed = fields(value, &sops::sealed_pointers(value));
            for field in &sealed {
                out.error(Code::CannotDecrypt, field, message.as_str());
            }
            // Without any message the run would end well, and with nothing made.
            if sealed.is_empty() {
                out.error(Code::CannotDecrypt, &path, message);
            }
        }
        Fault::Leaf { pointer, reason } => {
            let message = format!("{reason}; encrypt the file anew with `{ENCRYPT}`");
            out.error(Code::CannotDecrypt, &field(value, pointer), message);
        }
        Fault::Mac | Fault::NoMac => {
            let what = match fault {
                Fault::Mac => "has a MAC that does not match the values",
                _ => "has no MAC",
            };
            let message = format!(
                "{what}: one was changed, removed or swapped with another without `sops`, the keys of the file are not \
                 in alphabetical order, or it holds other documents too. If it is yours, restore it, or give the values \
                 anew and encrypt it with `{ENCRYPT}`"
            );
            out.error(Code::CannotDecrypt, &path, message);
        }
        Fault::Metadata(_) | Fault::KeyGroups => {
            let message =
                format!("cannot be used: {fault}; encrypt the file anew with `{ENCRYPT}`");
            out.error(Code::CannotDecrypt, &path, message);
        }
    }
}

/// The fields at these JSON pointers.
fn fields(value: &Value, pointers: &BTreeSet<String>) -> BTreeSet<FieldPath> {
    pointers
        .iter()
        .map(|pointer| field(value, pointer))
        .collect()
}

/// The field at a JSON pointer.
fn field(value: &Value, pointer: &str) -> FieldPath {
    let mut steps = pointer.split('/').skip(1).map(unescaped);
    let first = steps.next().unwrap_or_default();
    let mut at = value.get(&first);
    let mut path = FieldPath::top(&first);
    for step in steps {
        let index = step.parse::<usize>().ok();
        (path, at) = match (at, index) {
            (Some(Value::Array(list)), Some(index)) => (path.index(index), list.get(index)),
            _ => (path.key(&step), at.and_then(|at| at.get(&step))),
        };
    }
    path
}

/// A step of a JSON pointer (RFC 6901, section 3).
fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
