//! What the instances tell Prometheus.

use serde_json::{Value, json};

use super::pointer::{list, text};

/// What CNPG puts first in the list by itself.
const OWN: &str = "cnpg-default-monitoring";
/// The key that a stack takes when none is given.
const KEY: &str = "queries";

/// The objects with queries, but for CNPG's own; none when one of them is in another form.
#[must_use]
pub fn queries(monitoring: &Value) -> Option<Value> {
    let entry = |kind: &str, reference: &Value| {
        let (name, key) = (text(reference, "/name")?, text(reference, "/key")?);
        let mut out = json!({kind: {"name": name}});
        if key != KEY {
            json_patch::merge(&mut out, &json!({kind: {"key": key}}));
        }
        Some(out)
    };
    let maps = list(monitoring, "/customQueriesConfigMap").iter();
    let own = |(index, map): &(usize, &Value)| *index == 0 && text(map, "/name") == Some(OWN);
    let maps = maps.enumerate().filter(|pair| !own(pair));
    let maps = maps.map(|(_, map)| entry("configMap", map));
    let secrets = list(monitoring, "/customQueriesSecret").iter();
    let secrets = secrets.map(|secret| entry("secret", secret));
    let all: Option<Vec<Value>> = maps.chain(secrets).collect();
    all.filter(|all| !all.is_empty()).map(Value::Array)
}
