//! The Services of the Cluster.

use serde_json::{Map, Value, json};

use super::pointer::{every, exactly};

/// Additional Services; none when one of them says what the stack has no field for.
#[must_use]
pub fn additional(services: &Value) -> Option<Value> {
    every(services, one)
}

/// Metadata of a Service.
const METADATA: [&str; 3] = ["name", "labels", "annotations"];
/// What else the stack has of it.
const SPEC: [&str; 4] = [
    "type",
    "loadBalancerSourceRanges",
    "loadBalancerClass",
    "externalTrafficPolicy",
];

fn one(service: &Value) -> Option<Value> {
    let mut out = exactly(
        service,
        &["selectorType", "updateStrategy", "serviceTemplate"],
    )?;
    let template = out.remove("serviceTemplate")?;
    if out.get("updateStrategy") == Some(&json!("patch")) {
        out.remove("updateStrategy");
    }
    let mut template = exactly(&template, &["metadata", "spec"])?;
    out.extend(exactly(&template.remove("metadata")?, &METADATA)?);
    if let Some(mut spec) = template.remove("spec") {
        let ports = spec.as_object_mut().and_then(|spec| spec.remove("ports"));
        out.extend(exactly(&spec, &SPEC)?);
        if let Some(ports) = ports {
            out.extend(port(&ports)?);
        }
    }
    Some(Value::Object(out))
}

/// The one port, by the name that CNPG knows it by: beside another it would put its own.
fn port(ports: &Value) -> Option<Map<String, Value>> {
    let [port] = ports.as_array()?.as_slice() else {
        return None;
    };
    let mut fields = port.as_object()?.clone();
    let protocol = fields.remove("protocol").unwrap_or_else(|| json!("TCP"));
    let rest = (
        fields.remove("name")?,
        fields.remove("targetPort")?,
        protocol,
    );
    let ours = rest == (json!("postgres"), json!(5432), json!("TCP"));
    exactly(&Value::Object(fields), &["port", "nodePort"]).filter(|_| ours)
}
