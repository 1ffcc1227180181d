//! The structural schema of a CRD: types, fields, values, lists, defaults.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{join, meta, scalar};

/// The keywords that [`check`] and [`with_defaults`] honour, or that carry no rule.
const KEYWORDS: &[&str] = &[
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "description",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
    "uniqueItems",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
];

/// Every violation of `object`, whose defaults are applied, against the schema of its kind.
///
/// `metadata` is left out: its rules are not in the schema.
pub(crate) fn check(schema: &Value, object: &Value) -> Vec<String> {
    let mut checker = Checker::new(true);
    checker.node(schema, object, "");
    checker.findings
}

/// The keywords, formats and list types in `schema` that nothing here checks.
pub(crate) fn unchecked(schema: &Value) -> BTreeSet<String> {
    let mut gaps = BTreeSet::new();
    each_node(schema, &mut |node| {
        for (keyword, value) in node {
            let known = match (keyword.as_str(), value.as_str()) {
                ("format", format) => scalar::FORMATS.contains(&format.unwrap_or_default()),
                ("x-kubernetes-list-type", Some("atomic" | "set" | "map")) => true,
                ("x-kubernetes-list-type", _) => false,
                (other, _) => KEYWORDS.contains(&other),
            };
            if !known {
                gaps.insert(format!("{keyword}: {value}"));
            }
        }
    });
    gaps
}

/// Calls `visit` on `schema` and every schema in it.
fn each_node(schema: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    let Some(node) = schema.as_object() else {
        return;
    };
    visit(node);
    let maps = node.get("properties").and_then(Value::as_object);
    for child in maps.into_iter().flat_map(Map::values) {
        each_node(child, visit);
    }
    for keyword in ["items", "additionalProperties", "not"] {
        if let Some(child) = node.get(keyword) {
            each_node(child, visit);
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for child in list(schema, keyword) {
            each_node(child, visit);
        }
    }
}

/// `value` with the defaults of `schema` in place of what is absent, in the defaults themselves too.
pub(crate) fn with_defaults(schema: &Value, value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields_with_defaults(schema, fields)),
        Value::Array(entries) => match schema.get("items") {
            Some(items) => entries.iter().map(|v| with_defaults(items, v)).collect(),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// [`with_defaults`] for the fields of an object.
fn fields_with_defaults(schema: &Value, fields: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = fields.clone();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if let Some(default) = property.get("default")
            && !fields.contains_key(name)
        {
            fields.insert(name.clone(), default.clone());
        }
    }
    for (name, value) in &mut fields {
        let property = properties.and_then(|all| all.get(name));
        if let Some(below) = property.or_else(|| schema.get("additionalProperties")) {
            *value = with_defaults(below, value);
        }
    }
    fields
}

/// A walk over a schema and a value side by side.
struct Checker {
    findings: Vec<String>,
    /// Whether unknown fields count; not in the branches of `anyOf` and the like, whose fields are
    /// declared outside of them.
    fields_count: bool,
}

impl Checker {
    fn new(fields_count: bool) -> Self {
        let findings = Vec::new();
        Self {
            findings,
            fields_count,
        }
    }

    fn report(&mut self, path: &str, what: &str) {
        let path = if path.is_empty() { "(root)" } else { path };
        self.findings.push(format!("{path}: {what}"));
    }

    /// Checks `value` and all that is in it.
    fn node(&mut self, schema: &Value, value: &Value, path: &str) {
        if value.is_null() {
            if !flag(schema, "nullable") {
                self.report(path, "null, which the API server drops");
            }
            return;
        }
        if let Some(problem) = scalar::type_problem(schema, value) {
            self.report(path, &problem);
            return;
        }
        for problem in scalar::problems(schema, value) {
            self.report(path, &problem);
        }
        match value {
            Value::Object(fields) => self.object(schema, fields, path),
            Value::Array(entries) => self.array(schema, entries, path),
            _ => {}
        }
        self.branches(schema, value, path);
    }

    /// Checks the fields of an object: required ones, unknown ones, each by its own schema.
    fn object(&mut self, schema: &Value, fields: &Map<String, Value>, path: &str) {
        for name in list(schema, "required").iter().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.report(&join(path, name), "required, but absent");
            }
        }
        self.size(
            schema,
            fields.len(),
            path,
            ["minProperties", "maxProperties"],
        );
        let embedded = flag(schema, "x-kubernetes-embedded-resource");
        if embedded {
            self.embedded(fields, path);
        }
        for (name, value) in fields {
            let resource_field = matches!(name.as_str(), "apiVersion" | "kind" | "metadata");
            // The metadata of a resource has rules of its own.
            let resource = embedded || (path.is_empty() && self.fields_count);
            if name == "metadata" && resource {
                continue;
            }
            let below = join(path, name);
            let property = schema.get("properties").and_then(|all| all.get(name));
            let more = schema.get("additionalProperties");
            match property.or(more) {
                Some(Value::Bool(true)) => {}
                Some(property @ Value::Object(_)) => self.node(property, value, &below),
                _ if flag(schema, "x-kubernetes-preserve-unknown-fields") => {}
                _ if embedded && resource_field => {}
                _ if self.fields_count => self.report(&below, "unknown field"),
                _ => {}
            }
        }
    }

    /// Checks what every resource within a resource must have.
    fn embedded(&mut self, fields: &Map<String, Value>, path: &str) {
        for name in ["apiVersion", "kind"] {
            let given = fields.get(name).and_then(Value::as_str);
            if given.is_none_or(str::is_empty) {
                self.report(&join(path, name), "required in an embedded resource");
            }
        }
        let whole = Value::Object(fields.clone());
        for finding in meta::check(&whole, meta::Name::Subdomain) {
            self.findings.push(format!("{path}.{finding}"));
        }
    }

    /// Checks an array: its length, its list type, each entry.
    fn array(&mut self, schema: &Value, entries: &[Value], path: &str) {
        self.size(schema, entries.len(), path, ["minItems", "maxItems"]);
        let keys = list(schema, "x-kubernetes-list-map-keys");
        let keys: Vec<&str> = keys.iter().filter_map(Value::as_str).collect();
        let list_type = schema.get("x-kubernetes-list-type").and_then(Value::as_str);
        let unique = flag(schema, "uniqueItems") || list_type == Some("set");
        for (at, entry) in entries.iter().enumerate() {
            let below = format!("{path}[{at}]");
            let earlier = entries.get(..at).unwrap_or_default();
            if unique && earlier.contains(entry) {
                self.report(&below, "a duplicate in a list of unique entries");
            }
            let key = |entry: &Value| -> Vec<Option<Value>> {
                keys.iter().map(|name| entry.get(name).cloned()).collect()
            };
            if list_type == Some("map") && earlier.iter().any(|other| key(other) == key(entry)) {
                self.report(&below, &format!("a second entry with the same {keys:?}"));
            }
            if let Some(items) = schema.get("items") {
                self.node(items, entry, &below);
            }
        }
    }

    /// Checks `size` against the two bounds named in `keywords`.
    fn size(&mut self, schema: &Value, size: usize, path: &str, keywords: [&str; 2]) {
        if let Some(problem) = scalar::size_problem(schema, size, keywords) {
            self.report(path, &problem);
        }
    }

    /// Checks `allOf`, `anyOf`, `oneOf` and `not`.
    fn branches(&mut self, schema: &Value, value: &Value, path: &str) {
        for branch in list(schema, "allOf") {
            self.findings.extend(within(branch, value, path));
        }
        for (keyword, several) in [("anyOf", true), ("oneOf", false)] {
            let branches = list(schema, keyword);
            let holds = |branch: &&Value| within(branch, value, path).is_empty();
            let count = branches.iter().filter(holds).count();
            if !branches.is_empty() && (count == 0 || (count > 1 && !several)) {
                let all = branches.len();
                self.report(
                    path,
                    &format!("{count} of the {all} `{keyword}` branches hold"),
                );
            }
        }
        if let Some(branch) = schema.get("not")
            && within(branch, value, path).is_empty()
        {
            self.report(path, &format!("holds what `not` forbids: {branch}"));
        }
    }
}

/// The violations of `value` against a branch of `anyOf` or the like.
fn within(branch: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut checker = Checker::new(false);
    checker.node(branch, value, path);
    checker.findings
}

/// Whether the keyword is there and true.
fn flag(schema: &Value, keyword: &str) -> bool {
    schema.get(keyword) == Some(&Value::Bool(true))
}

/// The entries of the keyword's list, empty without it.
fn list<'a>(schema: &'a Value, keyword: &str) -> &'a [Value] {
    let found = schema.get(keyword).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}
