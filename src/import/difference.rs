//! What differs between two objects, as a merge patch (RFC 7386).

use serde_json::{Map, Value};

/// The patch that makes `to` out of `from`; none when they are the same.
#[must_use]
pub fn merge_patch(from: &Value, to: &Value) -> Option<Value> {
    if from == to {
        return None;
    }
    let (Value::Object(before), Value::Object(after)) = (from, to) else {
        return Some(to.clone());
    };
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let mut patch: Map<String, Value> = gone.map(|key| (key.clone(), Value::Null)).collect();
    for (key, value) in after {
        match before.get(key) {
            None => {
                patch.insert(key.clone(), value.clone());
            }
            Some(old) => {
                if let Some(below) = merge_patch(old, value) {
                    patch.insert(key.clone(), below);
                }
            }
        }
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// The patch without what nobody wrote: defaults that stand in `to` only because they were filled in.
#[must_use]
pub fn written(patch: &Value, original: &Value) -> Option<Value> {
    let Value::Object(patch) = patch else {
        // The spelling of its author; a number that has to be a text is none.
        let own = original.is_string() || original.is_array();
        return Some(if own { original } else { patch }.clone());
    };
    let kept: Map<String, Value> = patch
        .iter()
        .filter_map(|(key, value)| {
            let below = match original.get(key) {
                None if value.is_null() => Value::Null,
                None => return None,
                Some(original) => written(value, original)?,
            };
            Some((key.clone(), below))
        })
        .collect();
    (!kept.is_empty()).then_some(Value::Object(kept))
}

/// The keys that lead to each leaf of a patch.
#[must_use]
pub fn leaves(patch: &Value) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut waiting = vec![(Vec::new(), patch)];
    while let Some((path, value)) = waiting.pop() {
        match value {
            Value::Object(below) if !below.is_empty() => {
                for (key, value) in below.iter().rev() {
                    let mut path = path.clone();
                    path.push(key.as_str());
                    waiting.push((path, value));
                }
            }
            _ => found.push(path),
        }
    }
    found
}

/// The same with dots: `spec.affinity.topologyKey`.
#[must_use]
pub fn paths(patch: &Value) -> Vec<String> {
    leaves(patch).iter().map(|keys| keys.join(".")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_holds_exactly_what_differs() {
        let from = json!({"a": 1, "b": {"c": [1], "d": 2}, "gone": true});
        let to = json!({"a": 1, "b": {"c": [2], "d": 2}, "new": {"e": 1}});
        let patch = json!({"b": {"c": [2]}, "gone": null, "new": {"e": 1}});
        assert_eq!(merge_patch(&from, &to), Some(patch.clone()));
        let mut patched = from.clone();
        json_patch::merge(&mut patched, &patch);
        assert_eq!(patched, to);
        assert_eq!(merge_patch(&to, &to), None);
        assert_eq!(paths(&patch), ["b.c", "gone", "new.e"]);
    }

    #[test]
    fn what_nobody_wrote_is_left_out() {
        let patch = json!({"x": {"default": 1, "said": 2}, "gone": null});
        let original = json!({"x": {"said": 2}});
        assert_eq!(
            written(&patch, &original),
            Some(json!({"x": {"said": 2}, "gone": null}))
        );
    }
}
