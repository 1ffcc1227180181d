//! What is in the output directory already, and whose it is.

use std::collections::BTreeSet;
use std::io;

use serde_json::Value;

use super::disk::{Found, Root};
use super::files::Files;
use crate::krm::{Limits, yaml};
use crate::meta::{OWNER, STALE_FILES};

/// The output directory as a stack finds it.
pub(super) struct Existing<'a> {
    root: Option<&'a Root>,
    owner: &'a str,
    /// The files that kustomization.yaml of the stack says are its own: those that have no room for
    /// an annotation.
    listed: BTreeSet<String>,
    /// The files below each of its directories.
    paths: Vec<String>,
}

impl<'a> Existing<'a> {
    /// Reads kustomization.yaml of the stack, if there is one, and what is in its directories. No directory
    /// is an empty one.
    pub(super) fn new(root: Option<&'a Root>, stack: &'a Files) -> io::Result<Self> {
        let mut existing = Self {
            root,
            owner: &stack.owner,
            listed: BTreeSet::new(),
            paths: Vec::new(),
        };
        let [base, ..] = &stack.roots;
        let found = existing.read(&stack.kustomization())?;
        let documents = found.and_then(|found| existing.owned_documents(&found.bytes));
        for entry in documents.iter().flatten().flat_map(files) {
            existing.listed.insert(format!("{base}/{entry}"));
        }
        for directory in stack.roots() {
            let paths = root.map_or(Ok(Vec::new()), |root| root.list(directory));
            existing.paths.extend(paths?);
        }
        Ok(existing)
    }

    /// A file; none when it is not there.
    pub(super) fn read(&self, path: &str) -> io::Result<Option<Found>> {
        self.root.map_or(Ok(None), |root| root.read(path))
    }

    /// The files below the directories of the stack that it does not write any more, whoever made them.
    pub(super) fn others(&self, stack: &Files) -> Vec<String> {
        let others = self.paths.iter();
        let others = others.filter(|path| !stack.bodies.contains_key(*path));
        others.cloned().collect()
    }

    /// The files that kustomization.yaml says are the stack's and that are not wanted any more, by their
    /// paths below its directory. No other file says whose they are.
    pub(super) fn stale_listed(&self, stack: &Files) -> Vec<String> {
        let [base, ..] = &stack.roots;
        let others = self.others(stack).into_iter();
        let stale = others.filter(|path| self.listed.contains(path));
        let below = stale.filter_map(|path| {
            let below = path.strip_prefix(base.as_str())?.strip_prefix('/')?;
            Some(below.to_owned())
        });
        let mut below: Vec<String> = below.collect();
        // A directory may lie in another one.
        below.sort_unstable();
        below.dedup();
        below
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
