//! Whether an archive moves: the WAL goes on elsewhere, and there is no base backup yet.

use serde_json::Value;

use crate::place::Placed;
use crate::plan::File;

/// Where the live Cluster says which folder it archives to, and to which ObjectStore.
const FOLDER: &str = "/spec/plugins/0/parameters/serverName";
const STORE: &str = "/spec/plugins/0/parameters/barmanObjectName";
/// Where an ObjectStore says which bucket it is.
const BUCKET: [&str; 2] = [
    "/spec/configuration/destinationPath",
    "/spec/configuration/endpointURL",
];

fn text<'v>(value: &'v Value, at: &str) -> Option<&'v str> {
    value.pointer(at).and_then(Value::as_str)
}

/// The name of the ObjectStore that the live Cluster archives to.
pub(super) fn store(placed: &[Placed]) -> Option<String> {
    let mut live = placed.iter().filter(|d| d.file == File::Cluster);
    live.find_map(|document| text(&document.value, STORE))
        .map(ToOwned::to_owned)
}

/// From where to where, when both are known and differ.
pub(super) fn moved<'v>(
    old: &'v Value,
    document: &'v Placed,
    store: Option<&str>,
) -> Option<(&'v str, &'v str)> {
    let new = &document.value;
    let places = match text(new, "/kind")? {
        "Cluster" if document.file == File::Cluster => &[FOLDER][..],
        "ObjectStore" if text(new, "/metadata/name") == store => &BUCKET[..],
        _ => return None,
    };
    let mut pairs = places
        .iter()
        .filter_map(|at| Some((text(old, at)?, text(new, at)?)));
    pairs.find(|(old, new)| old != new)
}
