//! What the documents of an earlier run tell about a change: an archive that moves, a user that is
//! gone without its rights being taken away, an object that others may rely on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::inventory::Identity;
use crate::meta;
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

/// A database and a user.
type Pair = (String, String);

/// What the new documents are held against.
pub(super) struct History {
    /// The ObjectStore that the live Cluster archives to.
    archive: Option<String>,
    /// Whose permissions are set, and where.
    granted: BTreeSet<Pair>,
}

impl History {
    /// Of the documents that are about to be written.
    pub(super) fn new(placed: &[Placed]) -> Self {
        Self {
            archive: store(placed),
            granted: placed
                .iter()
                .filter_map(|document| granted_pair(&document.value))
                .collect(),
        }
    }

    /// The archive of the live Cluster moves: by a recovery or a major upgrade, or by mistake.
    pub(super) fn archive_moved(&self, old: &Value, document: &Placed) -> Option<Diagnostic> {
        let (from, to) = moved(old, document, self.archive.as_deref())?;
        let message = format!(
            "the archive moves from {from} to {to}: what was archived stays where it is, and nothing can be restored from \
             the new place until there is a base backup; take one at once with manual-backup.yaml"
        );
        let warning = Diagnostic::general(Severity::Warning, Code::ArchiveMoved, message);
        Some(warning)
    }

    /// Grant Jobs of users that are in the file no more: nobody takes their rights away.
    pub(super) fn vanished<'v>(
        &self,
        owned: impl Iterator<Item = &'v Value>,
    ) -> impl Iterator<Item = Diagnostic> {
        let present = owned.filter(|value| annotation(value, meta::STATE) != Some(meta::ABSENT));
        let gone: BTreeSet<Pair> = present
            .filter_map(granted_pair)
            .filter(|pair| !self.granted.contains(pair))
            .collect();
        gone.into_iter().map(|(database, user)| {
            let message = format!(
                "user \"{user}\" is no longer listed for database \"{database}\" and keeps what it was granted there; \
                 list it with `state: absent` first, so that a Job takes it away"
            );
            Diagnostic::general(Severity::Warning, Code::VanishedUser, message)
        })
    }
}

/// An object that serves the whole cluster, and is not removed with the stack.
pub(super) fn kept_shared(value: &Value) -> Option<Diagnostic> {
    annotation(value, meta::SHARED)?;
    let Identity { kind, name, .. } = Identity::of(value);
    let message = format!(
        "{kind} \"{name}\" serves the whole Kubernetes cluster and is left where it is; remove it by hand"
    );
    let note = Diagnostic::general(Severity::Info, Code::KeptShared, message);
    Some(note)
}

fn annotation<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    let annotations = value.get("metadata")?.get("annotations")?;
    annotations.get(key)?.as_str()
}

/// Whose permissions a grant Job sets, and where.
fn granted_pair(value: &Value) -> Option<Pair> {
    let text = |key| annotation(value, key).map(ToOwned::to_owned);
    Some((text(meta::DATABASE)?, text(meta::USER)?))
}

fn text<'v>(value: &'v Value, at: &str) -> Option<&'v str> {
    value.pointer(at).and_then(Value::as_str)
}

/// The name of the ObjectStore that the live Cluster archives to.
fn store(placed: &[Placed]) -> Option<String> {
    let mut live = placed.iter().filter(|d| d.file == File::Cluster);
    live.find_map(|document| text(&document.value, STORE))
        .map(ToOwned::to_owned)
}

/// From where to where, when both are known and differ.
fn moved<'v>(
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
