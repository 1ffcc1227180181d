//! The rules on `metadata`, which no CRD schema carries.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Map, Value};

use super::core::through;
use super::join;
use super::scalar::matches;

/// A DNS-1123 label.
const LABEL: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
/// A DNS-1123 subdomain.
const SUBDOMAIN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// A DNS-1035 label.
const SERVICE: &str = "^[a-z]([-a-z0-9]*[a-z0-9])?$";
/// The part of a label key after the slash, and a label value that is not empty.
const QUALIFIED: &str = "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";
/// What the keys and values of all annotations may come to, in bytes.
const ANNOTATION_BYTES: usize = 256 * 1024;

/// What a kind demands of `metadata.name`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    /// A DNS-1123 subdomain of up to 253 characters: most kinds.
    Subdomain,
    /// A DNS-1123 label: Namespace.
    Label,
    /// A DNS-1035 label: Service.
    Service,
    /// A subdomain that fits a label value: Job, whose pods carry its name as a label.
    Job,
    /// A path segment: the RBAC kinds.
    PathSegment,
}

impl Name {
    /// Whether `name` is allowed.
    fn allows(self, name: &str) -> bool {
        let (pattern, longest) = match self {
            Self::Subdomain => (SUBDOMAIN, 253),
            Self::Job => (SUBDOMAIN, 63),
            Self::Label => (LABEL, 63),
            Self::Service => (SERVICE, 63),
            Self::PathSegment => {
                let dots = matches!(name, "" | "." | "..");
                return !dots && !name.contains(['/', '%']);
            }
        };
        name.len() <= longest && matches(pattern, name)
    }
}

/// Every violation in the metadata of `object`.
pub(crate) fn check(object: &Value, rule: Name) -> Vec<String> {
    let Some(metadata) = object.get("metadata").and_then(Value::as_object) else {
        return vec!["metadata: required, but absent".to_owned()];
    };
    let mut findings = Vec::new();
    match metadata.get("name") {
        Some(Value::String(name)) if rule.allows(name) => {}
        Some(name) => findings.push(format!("metadata.name: {name} is not a {rule:?} name")),
        None => findings.push("metadata.name: required, but absent".to_owned()),
    }
    if let Some(namespace) = metadata.get("namespace")
        && !namespace
            .as_str()
            .is_some_and(|name| Name::Label.allows(name))
    {
        findings.push(format!(
            "metadata.namespace: {namespace} is not a DNS label"
        ));
    }
    for field in ["labels", "annotations"] {
        let given = metadata.get(field);
        if let Some(pairs) = given.and_then(Value::as_object) {
            findings.extend(pair_problems(field, pairs));
        } else if let Some(given) = given {
            findings.push(format!("metadata.{field}: {given} is not a map"));
        }
    }
    if findings.is_empty() {
        let whole = Value::Object(metadata.clone());
        findings = through::<ObjectMeta>("metadata", &whole);
    }
    findings
}

/// Every violation in the labels or annotations.
fn pair_problems(field: &str, pairs: &Map<String, Value>) -> Vec<String> {
    let mut findings = Vec::new();
    let path = format!("metadata.{field}");
    let mut bytes = 0;
    for (key, value) in pairs {
        let at = join(&path, key);
        if !is_key(key, field == "annotations") {
            findings.push(format!("{at}: {key:?} is not a qualified name"));
        }
        let Some(text) = value.as_str() else {
            findings.push(format!("{at}: {value} is not a string"));
            continue;
        };
        bytes += key.len() + text.len();
        if field == "labels" && !is_label_value(text) {
            findings.push(format!("{at}: {text:?} is not a label value"));
        }
    }
    if field == "annotations" && bytes > ANNOTATION_BYTES {
        let limit = ANNOTATION_BYTES;
        findings.push(format!("{path}: {bytes} bytes, more than {limit}"));
    }
    findings
}

/// Whether `key` is a qualified name; those of annotations may have capitals in the prefix.
fn is_key(key: &str, any_case: bool) -> bool {
    let key = if any_case {
        key.to_lowercase()
    } else {
        key.to_owned()
    };
    let (prefix, name) = key.split_once('/').unwrap_or(("example.com", key.as_str()));
    Name::Subdomain.allows(prefix) && name.len() <= 63 && matches(QUALIFIED, name)
}

/// Whether `text` may be the value of a label.
fn is_label_value(text: &str) -> bool {
    text.is_empty() || (text.len() <= 63 && matches(QUALIFIED, text))
}
