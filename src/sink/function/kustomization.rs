//! What the generated kustomization.yaml lists, once it is known which documents
//! are written where.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::matching::Items;
use crate::inventory::Existing;
use crate::place::{Occupied, Placed, is_generated};
use crate::plan::File;

/// Corrects the list of files: it holds every file below the directory that one
/// of our documents goes to, be it as a document of its own or merged into an item
/// of somebody else, and keeps what holds somebody else's documents.
pub(super) fn settle(placed: &mut [Placed], items: &Items<'_>, owner: &str, occupied: &Occupied) {
    let Some(directory) = placed.iter().find_map(directory) else {
        return;
    };
    let below = |path: &String| path.strip_prefix(&directory).map(ToOwned::to_owned);
    let mut listed: BTreeSet<String> = placed
        .iter()
        .filter(|document| !document.file.is_day2() && document.file != File::Kustomization)
        .flat_map(|document| paths(document, items, owner))
        .filter_map(|path| below(&path))
        .collect();
    let Some(document) = placed.iter_mut().find(|d| d.file == File::Kustomization) else {
        return;
    };
    let others: BTreeSet<String> = occupied
        .iter()
        .filter_map(|(path, _)| below(path))
        .collect();
    let before = items
        .same(document)
        .into_iter()
        .filter(|item| item.owner() == Some(owner))
        .flat_map(|item| entries(&item.value));
    listed.extend(before.filter(|entry| others.contains(entry)));
    if let Some(resources) = document.value.get_mut("resources") {
        *resources = json!(listed);
    }
}

/// The directory of the Kustomization, with a slash at the end.
fn directory(document: &Placed) -> Option<String> {
    let (directory, _) = document.path.rsplit_once('/')?;
    (document.file == File::Kustomization).then(|| format!("{directory}/"))
}

/// The files that a document goes to: its own, or those of the foreign items
/// that it is merged into.
fn paths(document: &Placed, items: &Items<'_>, owner: &str) -> Vec<String> {
    let mut foreign = items.same(document);
    foreign.retain(|item| item.owner() != Some(owner));
    if foreign.is_empty() {
        return vec![document.path.clone()];
    }
    let paths = foreign.into_iter().filter_map(Existing::path);
    paths.map(ToOwned::to_owned).collect()
}

/// The files that a foreign kustomization.yaml lists although nothing is left
/// in them: entries of ours, which merging cannot take away.
pub(super) fn stale(document: &Placed, theirs: &Value, occupied: &Occupied) -> Vec<String> {
    let directory = directory(document).unwrap_or_default();
    let wanted = entries(&document.value);
    let held = |entry: &String| {
        let path = format!("{directory}{entry}");
        occupied.iter().any(|(occupied, _)| *occupied == path)
    };
    entries(theirs)
        .into_iter()
        .filter(|entry| is_generated(entry) && !wanted.contains(entry) && !held(entry))
        .collect()
}

fn entries(kustomization: &Value) -> Vec<String> {
    let resources = kustomization.get("resources").and_then(Value::as_array);
    let paths = resources.into_iter().flatten().filter_map(Value::as_str);
    paths.map(ToOwned::to_owned).collect()
}
