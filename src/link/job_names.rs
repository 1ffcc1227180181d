//! The names of the Jobs, once nothing changes them any more.
//!
//! A Job's template is immutable, so a changed Job needs another name: it ends in a hash of what the Job
//! is, patches included. Up to here it has the name without the hash, by which patches find it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::is_kind;
use crate::meta::{DATABASE, GRANT_JOB, GRANTS, JOB};
use crate::plan::Document;
use crate::validate::digest;

/// Puts the hashes into the names, and those of a database's grant Jobs onto its Database resource.
pub(super) fn settle(documents: &mut [Document]) {
    let mut jobs: BTreeMap<String, String> = BTreeMap::new();
    for Document { value, .. } in documents.iter_mut().filter(|d| is_kind(d, "Job")) {
        let hash = digest(&value.get("spec").map(Value::to_string).unwrap_or_default());
        if let Some(Value::String(name)) = value.pointer_mut("/metadata/name") {
            *name = format!("{name}-{hash}");
        }
        let grants = value.pointer(&format!("/metadata/labels/{}", JOB.replace('/', "~1")));
        let grants = grants.and_then(Value::as_str) == Some(GRANT_JOB);
        if let Some(database) = annotation(value, DATABASE).filter(|_| grants) {
            *jobs.entry(database.to_owned()).or_default() += &hash;
        }
    }
    for Document { value, .. } in documents.iter_mut().filter(|d| is_kind(d, "Database")) {
        let database = value.pointer("/spec/name").and_then(Value::as_str);
        let hash = database
            .and_then(|database| jobs.get(database))
            .map(|hashes| digest(hashes));
        let annotations = value
            .pointer_mut("/metadata/annotations")
            .and_then(Value::as_object_mut);
        if let (Some(hash), Some(annotations)) = (hash, annotations) {
            annotations.insert(GRANTS.to_owned(), json!(hash));
        }
    }
}

fn annotation<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value
        .get("metadata")?
        .get("annotations")?
        .get(key)?
        .as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::File;

    fn settled(image: &str) -> (String, String) {
        let job = json!({
            "kind": "Job",
            "metadata": {"name": "grant-a--b", "labels": {JOB: GRANT_JOB}, "annotations": {DATABASE: "a"}},
            "spec": {"image": image},
        });
        let database = |name: &str| json!({"kind": "Database", "metadata": {"annotations": {}}, "spec": {"name": name}});
        let mut documents = [job, database("a"), database("b")].map(|value| Document {
            file: File::GrantJobs,
            value,
        });
        settle(&mut documents);
        assert!(annotation(&documents[2].value, GRANTS).is_none());
        let name = documents[0].value["metadata"]["name"].as_str().unwrap();
        let grants = annotation(&documents[1].value, GRANTS).unwrap();
        (name.to_owned(), grants.to_owned())
    }

    /// Argo CD sees no difference in a hook: the Database has to show it.
    #[test]
    fn another_job_is_another_name_and_a_difference_on_its_database() {
        let (name, grants) = settled("x");
        assert!(name.starts_with("grant-a--b-") && name.len() == "grant-a--b-".len() + 8);
        assert_eq!((name.clone(), grants.clone()), settled("x"));
        let (other, others) = settled("y");
        assert!(name != other && grants != others);
    }
}
