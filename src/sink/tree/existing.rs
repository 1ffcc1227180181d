//! What is in the output directory already, and whose it is.

use std::collections::BTreeSet;
use std::io;

use serde_json::Value;

use super::disk::{Found, Root};
use crate::krm::{Limits, yaml};
use crate::meta::{OWNER, STALE_FILES};

/// The output directory as a stack finds it.
pub(super) struct Existing<'a> {
    root: Option<&'a Root>,
    owner: &'a str,
    /// The files that kustomization.yaml of the stack says are its own: those that have no room for
    /// an annotation.
    listed: BTreeSet<String>,
}

impl<'a> Existing<'a> {
    /// Reads kustomization.yaml of the stack, if there is one. No directory is an empty one.
    pub(super) fn new(
        root: Option<&'a Root>,
        owner: &'a str,
        base: &str,
        kustomization: &str,
    ) -> io::Result<Self> {
        let mut existing = Self {
            root,
            owner,
            listed: BTreeSet::new(),
        };
        let found = existing.read(kustomization)?;
        let documents = found.and_then(|found| existing.owned_documents(&found.bytes));
        for entry in documents.iter().flatten().flat_map(files) {
            existing.listed.insert(format!("{base}/{entry}"));
        }
        Ok(existing)
    }

    /// A file; none when it is not there.
    pub(super) fn read(&self, path: &str) -> io::Result<Option<Found>> {
        self.root.map_or(Ok(None), |root| root.read(path))
    }

    /// The files below a directory.
    pub(super) fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        self.root
            .map_or(Ok(Vec::new()), |root| root.list(directory))
    }

    /// The files that kustomization.yaml says are the stack's and that are not wanted any more, by their
    /// paths below its directory. No other file says whose they are.
    pub(super) fn stale_listed(
        &self,
        base: &str,
        is_wanted: impl Fn(&str) -> bool,
    ) -> io::Result<Vec<String>> {
        let there = self.list(base)?.into_iter();
        let stale = there.filter(|path| self.listed.contains(path) && !is_wanted(path));
        let below = stale.filter_map(|path| {
            let below = path.strip_prefix(base)?.strip_prefix('/')?;
            Some(below.to_owned())
        });
        Ok(below.collect())
    }

    /// Whether a file is the stack's: by its documents, or by kustomization.yaml.
    pub(super) fn is_ours(&self, path: &str, bytes: &[u8]) -> bool {
        self.listed.contains(path) || self.owned_documents(bytes).is_some()
    }

    /// The documents of a file, if all of them are the stack's.
    pub(super) fn owned_documents(&self, bytes: &[u8]) -> Option<Vec<Value>> {
        let documents = documents(bytes)?;
        let is_ours = |document: &Value| {
            let annotations = document.get("metadata").and_then(|m| m.get("annotations"));
            annotations.and_then(|a| a.get(OWNER)?.as_str()) == Some(self.owner)
        };
        (!documents.is_empty() && documents.iter().all(is_ours)).then_some(documents)
    }
}

/// The documents of a YAML file.
pub(super) fn documents(bytes: &[u8]) -> Option<Vec<Value>> {
    let text = std::str::from_utf8(bytes).ok()?;
    yaml::parse_all_within(text, &Limits::OUTPUT).ok()
}

/// The files that a Kustomization reads besides its resources, and those that it did.
fn files(kustomization: &Value) -> Vec<String> {
    let list = |value: &Value, key: &str| {
        let entries = value.get(key).and_then(Value::as_array).cloned();
        let entries = entries.unwrap_or_default().into_iter();
        entries.filter_map(|entry| entry.as_str().map(ToOwned::to_owned))
    };
    let generators = kustomization
        .get("secretGenerator")
        .and_then(Value::as_array);
    let mut found: Vec<String> = list(kustomization, "configurations").collect();
    let annotations = kustomization
        .get("metadata")
        .and_then(|m| m.get("annotations"));
    let stale = annotations.and_then(|a| a.get(STALE_FILES)?.as_str());
    found.extend(stale.unwrap_or_default().lines().map(ToOwned::to_owned));
    for generator in generators.into_iter().flatten() {
        found.extend(list(generator, "envs"));
        // `key=path`, or only the path.
        let files = list(generator, "files");
        found.extend(files.filter_map(|file| file.rsplit('=').next().map(ToOwned::to_owned)));
    }
    found
}
