//! What the generated kustomization.yaml lists, once it is known which documents
//! are written where.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::is_same;
use crate::inventory::Existing;
use crate::place::{Occupied, Placed};
use crate::plan::File;

/// Corrects the list of files: a file that none of our documents goes to is not
/// listed, and one that holds somebody else's document stays listed.
pub(super) fn settle(
    placed: &mut [Placed],
    existing: &[Existing],
    owner: &str,
    occupied: &Occupied,
) {
    let written = written(placed, existing, owner);
    let others: BTreeSet<&str> = occupied.iter().map(|(path, _)| path.as_str()).collect();
    let Some(document) = placed.iter_mut().find(|d| d.file == File::Kustomization) else {
        return;
    };
    let Some((directory, _)) = document.path.rsplit_once('/') else {
        return;
    };
    let path = |entry: &str| format!("{directory}/{entry}");
    let before = existing
        .iter()
        .filter(|item| item.owner() == Some(owner) && is_same(item, document))
        .flat_map(|item| entries(&item.value))
        .filter(|entry| others.contains(path(entry).as_str()));
    let mut listed: BTreeSet<String> = entries(&document.value)
        .into_iter()
        .filter(|entry| written.contains(&path(entry)))
        .collect();
    listed.extend(before);
    if let Some(resources) = document.value.get_mut("resources") {
        *resources = json!(listed);
    }
}

/// The files that a document of ours goes to: what is merged into an item of
/// somebody else stays in the file of that item.
fn written(placed: &[Placed], existing: &[Existing], owner: &str) -> BTreeSet<String> {
    let foreign = |document: &&Placed| {
        existing
            .iter()
            .any(|item| item.owner() != Some(owner) && is_same(item, document))
    };
    placed
        .iter()
        .filter(|document| !foreign(document))
        .map(|document| document.path.clone())
        .collect()
}

fn entries(kustomization: &Value) -> Vec<String> {
    let resources = kustomization.get("resources").and_then(Value::as_array);
    let paths = resources.into_iter().flatten().filter_map(Value::as_str);
    paths.map(ToOwned::to_owned).collect()
}
