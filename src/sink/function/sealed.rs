//! Secrets that are encrypted on their way into the items, because the orchestrator writes these to
//! files: kpt says so by the annotations of the functionConfig.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Merger, orchestrator_annotations};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::inventory::Existing;
use crate::krm::annotation::{INDEX, LEGACY_INDEX, LEGACY_PATH, PATH};
use crate::place::{Layout, Occupied, Placed};
use crate::sink::seal::{Lock, Sealer, Settled, encrypted_for, encryption_ends};
use crate::sink::secret::{holds_secrets, is_secret};
use crate::spec::SecretsMode;
use crate::validate::Encryption;
use crate::world::World;

/// Whether the orchestrator writes the items to files. kpt marks a functionConfig of the package with
/// its path, and one from elsewhere (`kpt fn eval --fn-config`) at least with an index; kustomize marks
/// it with neither.
#[must_use]
pub fn is_written(config: &Value) -> bool {
    let annotations = config.pointer("/metadata/annotations");
    let marks = [PATH, LEGACY_PATH, INDEX, LEGACY_INDEX];
    annotations.is_some_and(|map| marks.iter().any(|mark| map.get(mark).is_some()))
}

/// Whether Secrets are encrypted, and how.
pub struct Sealing<'a> {
    mode: SecretsMode,
    /// Whether the items end up in files.
    written: bool,
    lock: Option<Lock>,
    sealer: Sealer<'a>,
}

impl<'a> Sealing<'a> {
    /// What a stack asks for.
    #[must_use]
    pub fn new(encryption: &Encryption, written: bool, world: &'a World<'a>) -> Self {
        let recipients = encryption.recipients.clone();
        let on = match encryption.mode {
            SecretsMode::Never => false,
            SecretsMode::Always => true,
            SecretsMode::Auto => written && !recipients.is_empty(),
        };
        Self {
            mode: encryption.mode,
            written,
            lock: on.then(|| Lock::document(recipients)),
            sealer: Sealer::new(world, encryption.uncomparable),
        }
    }

    /// Which documents share a file.
    #[must_use]
    pub fn layout(&self) -> Layout {
        match self.lock {
            Some(_) => Layout::SecretsApart,
            None => Layout::Shared,
        }
    }

    /// Whether Secrets are encrypted.
    pub(super) fn is_on(&self) -> bool {
        self.lock.is_some()
    }

    /// What there is to say before anything is encrypted.
    pub(super) fn remarks(&self, placed: &[Placed], occupied: &Occupied) -> Vec<Diagnostic> {
        let Some(lock) = &self.lock else {
            let readable = placed.iter().filter(|d| holds_secrets(d)).count();
            let quiet = !self.written || self.mode == SecretsMode::Never || readable == 0;
            return if quiet {
                Vec::new()
            } else {
                vec![plaintext(readable)]
            };
        };
        if lock.recipients.is_empty() {
            let message = "Secrets cannot be encrypted: nobody is named who could decrypt them; name the recipients with \
                           `spec.secrets.age`";
            let error = Diagnostic::general(Severity::Error, Code::ReadableSecret, message);
            return vec![error];
        }
        let taken: BTreeSet<&str> = occupied.iter().map(|(path, _)| path.as_str()).collect();
        let secrets = placed.iter().filter(|document| is_secret(&document.value));
        let shared = secrets.filter(|document| taken.contains(document.path.as_str()));
        shared.map(|document| shared_file(&document.path)).collect()
    }

    /// Who can decrypt what was encrypted.
    pub(super) fn recipients(&self) -> Option<Diagnostic> {
        let note = encrypted_for(self.lock.as_ref()?.names());
        Some(note)
    }
}

fn plaintext(count: usize) -> Diagnostic {
    let message = format!(
        "secrets are written to files as plain text, readable by everyone who can read the repository ({count} of the \
         Secrets): keep the files out of Git, or have them encrypted by naming recipients with `spec.secrets.age` \
         (`spec.secrets.mode: never` says that this is meant)"
    );
    Diagnostic::general(Severity::Warning, Code::PlaintextSecret, message)
}

/// SOPS has one key and one MAC for all documents of a file.
fn shared_file(path: &str) -> Diagnostic {
    let message = format!(
        "{path} holds documents that the stack does not own, so its Secret cannot be encrypted in there; move them away"
    );
    Diagnostic::general(Severity::Error, Code::ReadableSecret, message)
}

impl Merger<'_> {
    /// What is written for a document: a Secret leaves encrypted where Secrets do. None after an error.
    pub(super) fn sealed(&mut self, document: &Placed, item: Option<&Existing>) -> Option<Value> {
        let existing = item.map(|item| without_annotations(&item.value));
        let was_sealed = existing
            .as_ref()
            .is_some_and(|old| old.get("sops").is_some());
        let Some(lock) = self
            .sealing
            .lock
            .as_ref()
            .filter(|_| is_secret(&document.value))
        else {
            if was_sealed && self.sealing.mode != SecretsMode::Never {
                self.out.push(encryption_ends(&document.path));
            }
            return Some(document.value.clone());
        };
        if lock.recipients.is_empty() {
            return None; // was said for all of them
        }
        let sealer = &self.sealing.sealer;
        match sealer.settle(&document.value, existing.as_ref(), lock, &document.path) {
            Ok(Settled::Kept) => existing,
            Ok(Settled::Sealed(value)) => Some(value),
            Err(error) => {
                self.out.push(error);
                None
            }
        }
    }
}

/// An item as it is without the orchestrator's annotations.
fn without_annotations(item: &Value) -> Value {
    let mut value = item.clone();
    let keys = orchestrator_annotations(item);
    if let Some(annotations) = value
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.retain(|key, _| !keys.contains_key(key));
    }
    value
}
