//! Whether the Cluster is one that CNPG 1.30 takes: a patch carries what it does not know as well.

use k8s_crds_cloud_native_pg::ClusterSpec;
use serde_json::Value;

use super::difference::{leaves, merge_patch};
use super::found::Found;
use super::pointer::scalar;
use super::report::{Note, Topic};

/// What is said about fields that the API does not have, or has in another form.
#[must_use]
pub fn check(found: &Found) -> Vec<Note> {
    let mut spec = found.cluster.get("spec").cloned().unwrap_or_default();
    // The stack has them as texts, whatever they are.
    let parameters = spec.pointer_mut("/postgresql/parameters");
    let parameters = parameters.and_then(Value::as_object_mut);
    for value in parameters.into_iter().flat_map(|map| map.values_mut()) {
        *value = scalar(value).map_or(Value::Null, Value::String);
    }
    let todo = "correct it in the patches of the stack, or the API server refuses or drops it";
    let Ok(typed) = serde_json::from_value::<ClusterSpec>(spec.clone()) else {
        let why = "has a field in a form that CNPG 1.30 does not take";
        return vec![
            Note::new(Topic::Before, found.itself(), why)
                .at("spec")
                .todo(todo),
        ];
    };
    let typed = serde_json::to_value(typed).unwrap_or_default();
    let Some(patch) = merge_patch(&spec, &typed) else {
        return Vec::new();
    };
    let lost = leaves(&patch).into_iter().filter(|keys| {
        let at = |value: &Value| {
            keys.iter()
                .try_fold(value.clone(), |value, key| value.get(*key).cloned())
        };
        at(&patch) == Some(Value::Null) && at(&spec) != Some(Value::Null)
    });
    lost.map(|keys| {
        let note = Note::new(
            Topic::Before,
            found.itself(),
            "is a field that CNPG 1.30 does not know",
        );
        note.at(format!("spec.{}", keys.join("."))).todo(todo)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_that_the_api_does_not_have_is_named() {
        let notes = |spec: Value| {
            let cluster = json!({"spec": spec});
            let found = Found {
                cluster,
                ..Found::default()
            };
            check(&found).len()
        };
        let fine = json!({"instances": 1, "postgresql": {"parameters": {"max_connections": 9}}});
        assert_eq!(notes(fine), 0);
        assert_eq!(notes(json!({"instances": 1, "colour": "blue"})), 1);
        assert_eq!(notes(json!({"instances": 1, "tablespaces": {}})), 1);
    }
}
