//! The files of Jobs as YAML, written once for all stacks.
//!
//! They are most of what a stack has in text, the same for every stack, and choosing how each of these long
//! strings is written takes longer than everything else about them.

use std::sync::{Arc, RwLock};

use serde_json::{Map, Value};

use crate::krm::yaml;

/// How many are kept: there is one for each kind of Job, and patches of users may make others.
const MOST: usize = 8;

/// What is in a ConfigMap, and its text as YAML.
type Entry = (Value, Arc<str>);

static WRITTEN: RwLock<Vec<Entry>> = RwLock::new(Vec::new());

/// The same as [`yaml::to_string`]: a mapping is the text of its entries, one after the other.
pub(super) fn to_string(document: &Value) -> String {
    let Some(map) = document.as_object().filter(|map| is_files(map)) else {
        return yaml::to_string(document);
    };
    let texts = map.iter().map(|(key, value)| match key.as_str() {
        "data" => data(value),
        key => Arc::from(entry(key, value)),
    });
    let texts: Vec<Arc<str>> = texts.collect();
    texts.concat()
}

/// Whether a document is a ConfigMap that is not to change, as those with the files of Jobs are.
fn is_files(map: &Map<String, Value>) -> bool {
    map.get("kind").is_some_and(|kind| kind == "ConfigMap")
        && map.get("immutable") == Some(&Value::Bool(true))
}

/// The text of the entry `data`. A lock that a panic has spoilt is a cache that is not there.
fn data(value: &Value) -> Arc<str> {
    let known = |entries: &Vec<Entry>| {
        let found = entries.iter().find(|(known, _)| known == value);
        found.map(|(_, text)| Arc::clone(text))
    };
    if let Some(text) = WRITTEN.read().ok().as_deref().and_then(known) {
        return text;
    }
    let text: Arc<str> = Arc::from(entry("data", value));
    if let Ok(mut entries) = WRITTEN.write()
        && entries.len() < MOST
    {
        entries.push((value.clone(), Arc::clone(&text)));
    }
    text
}

fn entry(key: &str, value: &Value) -> String {
    let map = Map::from_iter([(key.to_owned(), value.clone())]);
    yaml::to_string(&Value::Object(map))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(number: usize, kind: &str) -> Value {
        let data =
            json!({"a.sh": format!("echo {number}\n\ttwo lines\n"), "b": "on", "c": "\n x\n\n"});
        json!({"apiVersion": "v1", "data": data, "immutable": true, "kind": kind, "metadata": {"name": "files"}})
    }

    /// More than are kept, and each of them twice.
    #[test]
    fn it_is_what_the_writer_writes() {
        for number in (0..MOST + 2).chain(0..MOST + 2) {
            for kind in ["ConfigMap", "Secret"] {
                let document = document(number, kind);
                assert_eq!(to_string(&document), yaml::to_string(&document));
            }
        }
    }
}
