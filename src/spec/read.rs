//! From the functionConfig's value to a [`Spec`]: everything that can be said
//! about a document without knowing what its fields mean.

use serde_json::Value;

use super::form::Form;
use super::{GROUP, KIND, Spec, VERSION, shape};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FieldPath, Severity};

/// A `CnpgStack` as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// `metadata.name`.
    pub name: String,
    /// `spec`, without what does not fit the schema.
    pub spec: Spec,
}

/// Reads a `CnpgStack`; every mistake in its shape goes to `out`.
///
/// Returns none when the document is no `CnpgStack` at all.
pub fn read(mut value: Value, out: &mut Diagnostics) -> Option<Document> {
    if !is_stack(&value, out) {
        return None;
    }
    let name = metadata_name(&value, out);
    check_top(&value, out);
    let mut spec = value.get_mut("spec").map(Value::take).unwrap_or_default();
    let path = FieldPath::spec();
    if spec.is_null() {
        out.error(Code::MissingField, &path, "must be set");
        return None;
    }
    if !shape::check(&mut spec, Form::spec(), &path, out) {
        return None;
    }
    let Ok(spec) = serde_json::from_value(spec) else {
        // The text of the error may quote a value, so it is not passed on.
        let message = "fits the schema but cannot be read; please report this";
        out.error(Code::Internal, &path, message);
        return None;
    };
    Some(Document { name, spec })
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn is_stack(value: &Value, out: &mut Diagnostics) -> bool {
    let kind = text(value, "/kind").unwrap_or_default();
    let version = text(value, "/apiVersion").unwrap_or_default();
    let expected = format!("{GROUP}/{VERSION}");
    if kind != KIND || !version.starts_with(&format!("{GROUP}/")) {
        let message = format!("the functionConfig must be a {KIND} of {expected}");
        out.push(
            Diagnostic::general(Severity::Error, Code::WrongKind, message)
                .value(format!("{version} {kind}")),
        );
        return false;
    }
    if version != expected {
        let path = FieldPath::top("apiVersion");
        let message = format!("must be `{expected}`, the one version that this program knows");
        out.push(Diagnostic::at(Severity::Error, Code::WrongKind, &path, message).value(version));
        return false;
    }
    true
}

fn metadata_name(value: &Value, out: &mut Diagnostics) -> String {
    let path = FieldPath::metadata().key("name");
    let Some(name) = text(value, "/metadata/name") else {
        out.error(Code::MissingField, &path, "must be set");
        return String::new();
    };
    name.to_owned()
}

/// Fields beside `spec` are refused too: a `specs:` would otherwise be a file without effect.
fn check_top(value: &Value, out: &mut Diagnostics) {
    let known = ["apiVersion", "kind", "metadata", "spec", "status"];
    for key in value.as_object().into_iter().flat_map(|map| map.keys()) {
        if !known.contains(&key.as_str()) {
            let message = "is not a field of the API; known here are `apiVersion`, `kind`, `metadata`, `spec`";
            out.error(Code::UnknownField, &FieldPath::top(key), message);
        }
    }
}
