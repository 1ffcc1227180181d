//! Encrypting what holds secrets, and leaving alone what holds the same ones already.
//!
//! Encryption is random, so a file that is written anew is another file each time. One whose values
//! are still right therefore stays byte for byte; whether they are takes a key to find out, and what
//! happens without one is for the user to say: a rotated password must not be dropped in silence.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::sops::{self, Fault, Identities, Metadata, Recipient, Selection};
use crate::spec::Uncomparable;
use crate::world::World;

/// How one file is encrypted.
#[derive(Debug, Clone)]
pub(super) struct Lock {
    /// Who can open it.
    pub(super) recipients: BTreeSet<Recipient>,
    /// Which values are encrypted.
    pub(super) selection: Selection,
    /// Whether the MAC leaves out what can be read, so that others may add labels.
    pub(super) mac_only: bool,
}

impl Lock {
    /// The lock of a Secret that kustomize may still change.
    pub(super) fn document(recipients: BTreeSet<Recipient>) -> Self {
        Self {
            recipients,
            selection: Selection::secret_data(),
            mac_only: true,
        }
    }

    /// The lock of a file that holds nothing but values.
    pub(super) fn whole(recipients: BTreeSet<Recipient>) -> Self {
        Self {
            recipients,
            selection: Selection::everything(),
            mac_only: false,
        }
    }

    /// The recipients, for messages.
    pub(super) fn names(&self) -> Vec<&str> {
        self.recipients.iter().map(Recipient::as_str).collect()
    }
}

/// What becomes of an encrypted file.
pub(super) enum Settled {
    /// It holds the right values and stays.
    Kept,
    /// It is written.
    Sealed(Value),
}

/// Encrypts, with the keys at hand for comparing.
pub(super) struct Sealer<'a> {
    world: &'a World<'a>,
    pub(super) uncomparable: Uncomparable,
    /// Looked for only when there is something to compare.
    identities: OnceLock<Result<Identities, String>>,
}

impl<'a> Sealer<'a> {
    pub(super) fn new(world: &'a World<'a>, uncomparable: Uncomparable) -> Self {
        Self {
            world,
            uncomparable,
            identities: OnceLock::new(),
        }
    }

    /// The encrypted form of a document, or that the existing one is still right.
    pub(super) fn settle(
        &self,
        plain: &Value,
        existing: Option<&Value>,
        lock: &Lock,
        what: &str,
    ) -> Result<Settled, Diagnostic> {
        match existing.map(|existing| self.compare(plain, existing, lock)) {
            Some(Compared::Same) => return Ok(Settled::Kept),
            Some(Compared::Unknown(reason)) => match self.uncomparable {
                Uncomparable::Error => return Err(uncomparable(what, &reason)),
                Uncomparable::Keep => return Ok(Settled::Kept),
                Uncomparable::Reencrypt => {}
            },
            Some(Compared::Other) | None => {}
        }
        let recipients: Vec<Recipient> = lock.recipients.iter().cloned().collect();
        let sealed = sops::seal(
            plain,
            &recipients,
            &lock.selection,
            lock.mac_only,
            &self.world.timestamp(),
        );
        let sealed = sealed.map_err(|error| {
            let message = format!("{what} cannot be encrypted: {error:#}");
            Diagnostic::general(Severity::Error, Code::ReadableSecret, message)
        })?;
        Ok(Settled::Sealed(sealed))
    }

    fn compare(&self, plain: &Value, existing: &Value, lock: &Lock) -> Compared {
        let Some(Ok(metadata)) = Metadata::of(existing) else {
            return Compared::Other;
        };
        // What should be encrypted and is not hides nothing here, so it is another document.
        let seen = visible(existing, lock, sops::is_sealed);
        if !is_locked_by(&metadata, lock) || seen != visible(plain, lock, |_| true) {
            return Compared::Other;
        }
        if sops::sealed_pointers(existing).is_empty() {
            return Compared::Same;
        }
        let identities = self.identities.get_or_init(|| self.world.identities());
        let identities = match identities {
            Ok(identities) => identities,
            Err(reason) => return Compared::Unknown(reason.clone()),
        };
        match sops::open(existing, identities) {
            Ok(opened) if opened.plain == *plain => Compared::Same,
            Err(fault @ (Fault::NoIdentity { .. } | Fault::KeyGroups)) => {
                Compared::Unknown(fault.to_string())
            }
            // Other values; or a file that was changed without SOPS, and is put right.
            Ok(_) | Err(_) => Compared::Other,
        }
    }
}

/// What is known about an encrypted document and the plain one.
enum Compared {
    Same,
    Other,
    Unknown(String),
}

/// Whether a document was encrypted for the same people, in the same way.
fn is_locked_by(metadata: &Metadata, lock: &Lock) -> bool {
    let recipients = metadata.recipients.iter().map(String::as_str);
    recipients.eq(lock.recipients.iter().map(Recipient::as_str))
        && metadata.other_keys.is_empty()
        && metadata.groups == 1
        && metadata.selection == lock.selection
        && metadata.mac_only == lock.mac_only
}

/// What anybody can see of a document once it is encrypted: two documents that differ in that are
/// known to differ, whoever looks.
fn visible(document: &Value, lock: &Lock, hidden: fn(&str) -> bool) -> Value {
    let mut seen = document.clone();
    if let Some(map) = seen.as_object_mut() {
        map.remove("sops");
    }
    hide(&mut seen, &mut Vec::new(), &lock.selection, hidden);
    seen
}

fn hide(
    value: &mut Value,
    path: &mut Vec<String>,
    selection: &Selection,
    hidden: fn(&str) -> bool,
) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                path.push(key.clone());
                hide(below, path, selection, hidden);
                path.pop();
            }
        }
        Value::Array(list) => {
            for below in list {
                hide(below, path, selection, hidden);
            }
        }
        Value::String(text) => {
            let keys: Vec<&str> = path.iter().map(String::as_str).collect();
            // SOPS leaves an empty string as it is.
            if !text.is_empty() && selection.selects(&keys) && hidden(text) {
                *value = Value::Bool(true);
            }
        }
        _ => {}
    }
}

pub(super) fn uncomparable(what: &str, reason: &str) -> Diagnostic {
    let message = format!(
        "{what} is encrypted, and nobody here can tell whether it still holds the values that are given: {reason}. Set \
         SOPS_AGE_KEY or SOPS_AGE_KEY_FILE, or say with `spec.secrets.whenUncomparable` whether such a file is to be kept \
         (`keep`) or encrypted anew (`reencrypt`)"
    );
    Diagnostic::general(Severity::Error, Code::UncomparableSecret, message)
}

/// A file that would go from encrypted back to plain text.
pub(super) fn encryption_ends(path: &str) -> Diagnostic {
    let message = format!(
        "{path} is encrypted and would be overwritten with plain text, for nobody is named any more who could decrypt \
         it; name the recipients with `spec.secrets.age`, or say `spec.secrets.mode: never`"
    );
    Diagnostic::general(Severity::Error, Code::EncryptionEnds, message)
}

/// Who can decrypt what was encrypted.
pub(super) fn encrypted_for<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Diagnostic {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| name.as_ref().to_owned())
        .collect();
    let message = format!("Secrets are encrypted for {}", names.join(", "));
    Diagnostic::general(Severity::Info, Code::EncryptedFor, message)
}
