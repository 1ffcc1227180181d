//! The sink of the KRM function: merges the placed documents into the items.
//!
//! - A document that is not there yet is appended.
//! - An item that the stack owns is replaced, and stays byte for byte when its value is right.
//! - An item that it owns and no longer wants is removed, unless it serves the whole cluster.
//! - A foreign item of the same identity is patched, never replaced and never owned.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::inventory::{Existing, Identity, Inventory, may};
use crate::krm::annotation::{INDEX, LEGACY_INDEX, LEGACY_PATH, PATH, is_orchestrator_key};
use crate::krm::{Edits, Field, Head, Replacement, ResourceList};
use crate::place::{Occupied, Placed};
use crate::plan::{File, ItemPatch};

use matching::{Items, Wanted};

use super::history::{self, History};

mod foreign;
mod kustomization;
mod matching;
mod patched;
mod sealed;

pub use sealed::{Sealing, is_written};

/// The places in the package that items hold which the stack does not own.
#[must_use]
pub fn occupied(inventory: &Inventory<'_>, owner: &str, roots: &[&str]) -> Occupied {
    let held = |head: &Head<'_>| {
        let path = head.path.known()?;
        let below = |root: &&str| {
            path.strip_prefix(*root)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if head.stack.known() == Some(owner)
            || inventory.is_elsewhere(head)
            || !roots.iter().any(below)
        {
            return None;
        }
        let index = match &head.index {
            Field::Known(index) => index.parse().ok()?,
            _ => 0,
        };
        Some((path.to_owned(), index))
    };
    inventory.heads().filter_map(held).collect()
}

/// What the placed documents are merged into, and how.
pub struct Merging<'a> {
    /// The items.
    pub inventory: &'a Inventory<'a>,
    /// The value of the stack's ownership annotation.
    pub owner: &'a str,
    /// The places that others hold.
    pub occupied: &'a Occupied,
    /// Whether Secrets are encrypted.
    pub sealing: Sealing<'a>,
}

impl Merging<'_> {
    /// The edits that bring the items in line with the placed documents.
    #[must_use]
    pub fn merge(
        self,
        mut placed: Vec<Placed>,
        patches: &[ItemPatch],
        out: &mut Diagnostics,
    ) -> Edits {
        let Self {
            inventory,
            owner,
            occupied,
            sealing,
        } = self;
        let existing = inventory.select(concerned(&placed, patches, owner), out);
        let items = Items::new(&existing);
        kustomization::settle(&mut placed, &items, owner, occupied);
        out.extend(sealing.remarks(&placed, occupied));
        let mut merger = Merger {
            list: inventory.list(),
            owner,
            history: History::new(&placed),
            occupied,
            sealing,
            edits: Edits::default(),
            out,
        };
        let mut kept = BTreeSet::new();
        for document in &placed {
            let same = items.same(document);
            kept.extend(same.iter().map(|item| item.position));
            merger.document(document, &same);
        }
        let rest = || existing.iter().filter(|e| !kept.contains(&e.position));
        merger.vanished(rest());
        merger.prune(rest());
        for patch in patches {
            merger.patch_item(patch, &items);
        }
        if !merger.out.has_errors() {
            let recipients = merger.sealing.recipients();
            merger.out.extend(recipients);
        }
        merger.edits
    }
}

/// Whether an item has to be parsed: it may be owned, be one of the documents, or be what a patch is for.
fn concerned(placed: &[Placed], patches: &[ItemPatch], owner: &str) -> impl Fn(&Head<'_>) -> bool {
    let documents = placed.iter().map(|d| Identity::of(&d.value));
    let wanted = Wanted::new(documents.chain(patches.iter().map(patched::target)));
    let kustomization = placed.iter().find(|d| d.file == File::Kustomization);
    let directory = kustomization.map(|document| document.path.clone());
    move |head| {
        may(&head.stack, |known| known == owner)
            || may(&head.path, |path| Some(path) == directory.as_deref())
            || wanted.may_be(head)
    }
}

/// The edits as they come together.
struct Merger<'a> {
    list: &'a ResourceList,
    owner: &'a str,
    history: History,
    occupied: &'a Occupied,
    sealing: Sealing<'a>,
    edits: Edits,
    out: &'a mut Diagnostics,
}

impl Merger<'_> {
    /// One document and the items that are the same object.
    fn document(&mut self, document: &Placed, same: &[&Existing]) {
        if document.value.get("kind").is_none() {
            let message = format!("{} came out empty; please report this", document.path);
            self.say(Severity::Error, Code::Internal, message);
            return;
        }
        let (owned, foreign): (Vec<&Existing>, Vec<&Existing>) = same
            .iter()
            .partition(|item| item.owner() == Some(self.owner));
        for item in &foreign {
            self.patch(item, document);
        }
        // An object is written once: a second one of ours only repeats the first, or the user's own.
        let extra = usize::from(foreign.is_empty());
        for item in owned.iter().skip(extra) {
            self.edits.remove.insert(item.position);
        }
        match (owned.first(), foreign.is_empty()) {
            (Some(item), true) => self.replace(item, document),
            (None, true) => self.append(document),
            (_, false) => {}
        }
    }

    fn append(&mut self, document: &Placed) {
        let Some(value) = self.sealed(document, None) else {
            return;
        };
        let place = place_annotations(document);
        self.edits.append.push(annotated(value, place));
    }

    /// Takes over what the orchestrator wrote onto the item that is replaced.
    fn replace(&mut self, item: &Existing, document: &Placed) {
        self.out
            .extend(self.history.archive_moved(&item.value, document));
        let mut annotations = orchestrator_annotations(&item.value);
        // In kustomize nothing has a path, and what came without one keeps it so.
        if item.path().is_some() {
            annotations.extend(place_annotations(document));
        }
        let Some(value) = self.sealed(document, Some(item)) else {
            return;
        };
        let value = annotated(value, annotations);
        if value != item.value {
            let replacement = Replacement::Value(value);
            self.edits.replace.insert(item.position, replacement);
        }
    }

    /// Grant Jobs of users that are in the file no more.
    fn vanished<'e>(&mut self, rest: impl Iterator<Item = &'e Existing>) {
        let owned = rest.filter(|item| item.owner() == Some(self.owner));
        let gone = self.history.vanished(owned.map(|item| &item.value));
        self.out.extend(gone);
    }

    /// Removes what the stack owns and no longer wants.
    fn prune<'e>(&mut self, rest: impl Iterator<Item = &'e Existing>) {
        for item in rest.filter(|item| item.owner() == Some(self.owner)) {
            match history::kept_shared(&item.value) {
                Some(note) => self.out.push(note),
                None => {
                    self.edits.remove.insert(item.position);
                }
            }
        }
    }

    fn say(&mut self, severity: Severity, code: Code, message: String) {
        self.out.push(Diagnostic::general(severity, code, message));
    }
}

/// The place of a document, in both spellings: kyaml fills in a missing one but
/// refuses two that differ, and old orchestrators know only the legacy one.
fn place_annotations(document: &Placed) -> Map<String, Value> {
    let index = document.index.to_string();
    let place = [
        (PATH, &document.path),
        (LEGACY_PATH, &document.path),
        (INDEX, &index),
        (LEGACY_INDEX, &index),
    ];
    place
        .into_iter()
        .map(|(key, text)| (key.to_owned(), json!(text)))
        .collect()
}

fn orchestrator_annotations(value: &Value) -> Map<String, Value> {
    let annotations = value
        .pointer("/metadata/annotations")
        .and_then(Value::as_object);
    let pairs = annotations.into_iter().flatten();
    pairs
        .filter(|(key, _)| is_orchestrator_key(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn annotated(mut value: Value, more: Map<String, Value>) -> Value {
    if let Some(annotations) = value
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.extend(more);
    }
    value
}
