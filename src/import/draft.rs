//! The stack as far as it is known.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::pointer::{list, set, word};
use super::report::Note;
use crate::spec::{GROUP, KIND, VERSION};

/// A patch that stands for what no field has.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// Why it is there.
    pub comment: String,
    /// Kind of the documents.
    pub kind: String,
    /// Name of the document; all of the kind when none.
    pub name: Option<String>,
    /// What is merged.
    pub patch: Value,
}

/// A stack that is being made.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// The fields.
    pub spec: Map<String, Value>,
    /// What stands above a field.
    pub comments: BTreeMap<String, String>,
    /// What no field has.
    pub patches: Vec<Patch>,
    /// What there is to say.
    pub notes: Vec<Note>,
}

/// Fields without which there is no stack.
const NEEDED: [&str; 5] = [
    "namespace",
    "clusterName",
    "psqlVersion",
    "adminUser",
    "adminPasswordFrom",
];
/// What says something only with a bucket.
const WITH_BUCKET: [&str; 12] = [
    "retention",
    "compression",
    "serverName",
    "walCompression",
    "maxParallel",
    "jobs",
    "immediateCheckpoint",
    "sidecarResources",
    "snapshotSchedule",
    // Those of backups that go to the bucket.
    "schedule",
    "apply",
    "suspend",
];
/// Fields of which one part can be given up without the others.
const PARTED: [&str; 11] = [
    "postgresParameters",
    "customLabels",
    "backup",
    "availability",
    "ephemeralVolumes",
    "initdbOptions",
    "monitoring",
    "pooler",
    "services",
    "serviceAccount",
    "imageCatalog",
];
/// Parts of an entry of `databases` that can be given up without it.
const OF_ENTRY: [&str; 2] = ["schemas", "extensions"];

impl Draft {
    /// Sets a field: `backup.schedule`.
    pub fn set(&mut self, path: &str, value: impl Into<Value>) {
        let path: Vec<&str> = path.split('.').collect();
        set(&mut self.spec, &path, value.into());
    }

    /// Says something above a field at the top.
    pub fn comment(&mut self, field: &str, comment: impl Into<String>) {
        self.comments.insert(field.to_owned(), comment.into());
    }

    /// Adds to what there is to say.
    pub fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// Whether the stack has a bucket.
    #[must_use]
    pub fn has_bucket(&self) -> bool {
        self.whole().pointer("/spec/links/cnpgBucket").is_some()
    }

    /// The entries of `databases`: database and user.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, String)> {
        let spec = self.whole();
        let entries = list(&spec, "/spec/databases").iter();
        let pair = |entry: &Value| {
            (
                word(entry, "/database").to_owned(),
                word(entry, "/username").to_owned(),
            )
        };
        entries.map(pair).collect()
    }

    /// The document.
    #[must_use]
    pub fn whole(&self) -> Value {
        let mut spec = self.spec.clone();
        if !self.patches.is_empty() {
            let patches: Vec<Value> = self.patches.iter().map(Patch::value).collect();
            spec.insert("patches".to_owned(), patches.into());
        }
        json!({
            "apiVersion": format!("{GROUP}/{VERSION}"),
            "kind": KIND,
            "metadata": {"name": self.name},
            "spec": spec,
        })
    }

    /// Takes out the field that a message is about, so that a patch carries what it said. The answer is what
    /// was taken out; none when there can be no stack without it.
    pub fn give_up(&mut self, path: &str) -> Option<String> {
        let words = words(path.strip_prefix("spec.")?);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [first, ..] if NEEDED.contains(first) => None,
            ["databases", index, part, ..] if OF_ENTRY.contains(part) => {
                let entry = self.spec.get_mut("databases")?;
                let entry = entry.get_mut(index.parse::<usize>().ok()?)?;
                let entry = entry.as_object_mut();
                entry?
                    .remove(*part)
                    .map(|_| format!("spec.databases[{index}].{part}"))
            }
            ["databases", index, ..] => self.give_up_entry(index.parse().ok()?),
            ["links" | "barmanPlugin", ..] => self.give_up_bucket(),
            ["imageCatalog", part, ..] if *part != "images" => {
                let catalog = self.spec.remove("imageCatalog");
                catalog.map(|_| "spec.imageCatalog".to_owned())
            }
            ["tablespaces", ..] => {
                // The owners of none cannot be patched.
                self.patches.retain(|patch| !patch.patch.is_array());
                let tablespaces = self.spec.remove("tablespaces");
                tablespaces.map(|_| "spec.tablespaces".to_owned())
            }
            [map, key, ..] if PARTED.contains(map) => {
                let below = self.spec.get_mut(*map).and_then(Value::as_object_mut)?;
                let gone = below.remove(*key).map(|_| format!("spec.{map}.{key}"));
                if below.is_empty() {
                    self.spec.remove(*map);
                }
                gone
            }
            [first, ..] => self.spec.remove(*first).map(|_| format!("spec.{first}")),
            [] => None,
        }
    }

    fn give_up_entry(&mut self, index: usize) -> Option<String> {
        let entries = self.spec.get_mut("databases")?.as_array_mut()?;
        if index >= entries.len() {
            return None;
        }
        let entry = entries.remove(index);
        if entries.is_empty() {
            self.spec.remove("databases");
        }
        Some(format!("database {}", word(&entry, "/database")))
    }

    fn give_up_bucket(&mut self) -> Option<String> {
        self.spec.remove("barmanPlugin");
        let backup = self.spec.get_mut("backup").and_then(Value::as_object_mut);
        if let Some(backup) = backup {
            backup.retain(|key, _| !WITH_BUCKET.contains(&key.as_str()));
            if backup.is_empty() {
                self.spec.remove("backup");
            }
        }
        self.spec
            .remove("links")
            .map(|_| "spec.links.cnpgBucket".to_owned())
    }
}

impl Patch {
    fn value(&self) -> Value {
        let mut target = json!({"kind": self.kind});
        if let (Some(name), Value::Object(target)) = (&self.name, &mut target) {
            target.insert("name".to_owned(), name.as_str().into());
        }
        json!({"target": target, "patch": self.patch})
    }
}

/// The words of a field's path: `databases[0].username`, `customLabels["a/b"]`.
fn words(path: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(inner) = rest.strip_prefix('[') {
            let mut values = serde_json::Deserializer::from_str(inner).into_iter::<Value>();
            let Some(Ok(value)) = values.next() else {
                return words;
            };
            words.push(match value {
                Value::String(text) => text,
                other => other.to_string(),
            });
            let end = values.byte_offset();
            let after = inner.get(end..).unwrap_or_default();
            rest = after.strip_prefix(']').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            words.push(word.to_owned());
            rest = after;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        assert_eq!(words("a.b"), ["a", "b"]);
        assert_eq!(
            words("databases[12].username"),
            ["databases", "12", "username"]
        );
        assert_eq!(
            words("customLabels[\"x.y/z]\"].w"),
            ["customLabels", "x.y/z]", "w"]
        );
    }

    #[test]
    fn what_is_given_up_is_gone() {
        let mut draft = Draft::default();
        draft.set("backup.retention", "x");
        draft.set("links.cnpgBucket.endpoint", "x");
        draft.set("postgresParameters.port", "1");
        assert_eq!(draft.give_up("spec.namespace"), None);
        assert!(draft.give_up("spec.postgresParameters.port").is_some());
        assert!(draft.give_up("spec.links.cnpgBucket.endpoint").is_some());
        assert!(!draft.has_bucket());
        assert!(draft.whole().pointer("/spec/backup/retention").is_none());
    }
}
