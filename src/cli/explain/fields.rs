//! `explain fields`: the fields of the API, out of the schema that is generated from their types.

use std::fmt::Write as _;

use serde_json::Value;

use crate::spec::{self, closest};

/// A field of a `CnpgStack`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The full path: `spec.databases[].password`.
    pub path: String,
    /// What it takes, in words.
    pub takes: String,
    /// Whether the object that it stands in needs it.
    pub required: bool,
    /// The values that are taken, where these are few.
    pub values: Vec<String>,
    /// What else a value has to be: a pattern, a range.
    pub limits: Vec<String>,
    /// What is meant when it is left out, in the words of the description.
    pub default: Option<String>,
    /// What it is.
    pub description: String,
}

impl Field {
    /// The first sentence of the description.
    #[must_use]
    pub fn summary(&self) -> &str {
        first_sentence(&self.description)
    }

    /// The last part of the path, without brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        let last = self.path.rsplit('.').next().unwrap_or_default();
        last.trim_end_matches("[]")
    }

    /// How deep it lies below `spec`.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.path.matches('.').count().saturating_sub(1)
    }

    /// Whether it is a field of this object, or of the entries of this list.
    fn is_in(&self, parent: &Self) -> bool {
        let below = self.path.strip_prefix(&parent.path);
        let below = below.map(|rest| rest.trim_start_matches("[]"));
        below
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|rest| !rest.contains('.'))
    }
}

/// Every field, parents before what is in them.
#[must_use]
pub fn fields() -> Vec<Field> {
    let schema = spec::json_schema();
    let mut found = Vec::new();
    if let Some(schema) = schema.pointer("/properties/spec") {
        collect(schema, "spec", &mut found);
    }
    found
}

/// All fields in a line each, or what there is to know about these.
#[must_use]
pub fn text(paths: &[Field]) -> String {
    let all = fields();
    if paths.is_empty() {
        return overview(&all);
    }
    let texts: Vec<String> = paths.iter().map(|field| details(field, &all)).collect();
    texts.join("\n")
}

/// The field that a path of the user names.
///
/// # Errors
///
/// With the path that was probably meant, where there is one.
pub(super) fn find(given: &str) -> Result<Field, Option<String>> {
    let wanted = plain(given);
    let all = fields();
    if let Some(field) = all.iter().find(|field| plain(&field.path) == wanted) {
        return Ok(field.clone());
    }
    Err(suggestion(&wanted, &all))
}

/// A path without `spec.` and without positions: both may be left out.
fn plain(path: &str) -> String {
    let path = path.trim_start_matches('.');
    let path = path.strip_prefix("spec.").unwrap_or(path);
    let mut plain = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// A field of that name somewhere else, one of a similar name beside it, or a similar path.
fn suggestion(wanted: &str, all: &[Field]) -> Option<String> {
    let name = wanted.rsplit('.').next().unwrap_or(wanted);
    let paths: Vec<String> = all.iter().map(|field| plain(&field.path)).collect();
    let beside = |path: &&String| {
        let parent = |path: &str| path.rsplit_once('.').map(|(parent, _)| parent.to_owned());
        parent(path) == parent(wanted)
    };
    let siblings: Vec<&str> = paths.iter().filter(beside).map(String::as_str).collect();
    let near = closest(wanted, siblings.iter().copied());
    let same = || all.iter().find(|field| field.name() == name);
    near.map(ToOwned::to_owned)
        .or_else(|| same().map(|field| plain(&field.path)))
        .or_else(|| closest(wanted, paths.iter().map(String::as_str)).map(ToOwned::to_owned))
        .map(|path| with_brackets(&path, all))
}

/// The path as it is shown, with `[]` behind lists but not at the end.
fn with_brackets(plain_path: &str, all: &[Field]) -> String {
    let found = all.iter().find(|field| plain(&field.path) == plain_path);
    found.map_or_else(|| plain_path.to_owned(), |field| field.path.clone())
}

fn collect(schema: &Value, path: &str, found: &mut Vec<Field>) {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, below) in properties.into_iter().flatten() {
        let path = format!("{path}.{name}");
        found.push(field(below, &path, is_required(name)));
        match below.get("items") {
            Some(entry) => collect(entry, &format!("{path}[]"), found),
            None => collect(below, &path, found),
        }
    }
}

fn field(schema: &Value, path: &str, required: bool) -> Field {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let description = text("description").to_owned();
    let default = schema.get("default").map(ToString::to_string);
    let entry = schema.get("items").unwrap_or(schema);
    Field {
        path: path.to_owned(),
        takes: takes(schema),
        required,
        values: values(entry),
        limits: limits(entry),
        default: default.or_else(|| default_in(&description)),
        description,
    }
}

/// The type in words.
fn takes(schema: &Value) -> String {
    if schema.get("x-kubernetes-int-or-string").is_some() {
        return "string or number".to_owned();
    }
    if schema.get("x-kubernetes-preserve-unknown-fields").is_some() {
        return "anything".to_owned();
    }
    let kind = schema.get("type").and_then(Value::as_str);
    let other = schema.get("additionalProperties").filter(|s| s.is_object());
    match (kind, schema.get("items"), other) {
        (Some("array"), Some(entry), _) => format!("list of {}s", takes(entry)),
        (Some("object"), _, Some(value)) => format!("map of {}s", takes(value)),
        (Some("integer"), ..) => "whole number".to_owned(),
        (Some(kind), ..) => kind.to_owned(),
        (None, ..) => "anything".to_owned(),
    }
}

fn values(schema: &Value) -> Vec<String> {
    let listed = schema.get("enum").and_then(Value::as_array);
    let texts = listed.into_iter().flatten().filter_map(Value::as_str);
    texts.map(ToOwned::to_owned).collect()
}

fn limits(schema: &Value) -> Vec<String> {
    let words = [
        ("pattern", "pattern"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minItems", "entries at least"),
        ("maxLength", "characters at most"),
    ];
    let given = words.iter().filter_map(|(key, word)| {
        let value = schema.get(*key)?;
        let value = value.as_str().map_or(value.to_string(), ToOwned::to_owned);
        Some(format!("{word} {value}"))
    });
    given.collect()
}

/// The descriptions say the default in a sentence that starts with the word.
fn default_in(description: &str) -> Option<String> {
    let starts = ["Default ", "default "];
    let clauses = description.split("; ").flat_map(sentences);
    let mut found = clauses.filter_map(|clause| {
        let text = starts.iter().find_map(|start| clause.strip_prefix(start))?;
        Some(text.trim_end_matches('.').to_owned())
    });
    found.next()
}

/// The sentences of a text: a full stop ends one only before white space, so that `v0.14.0` is none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").map(str::trim_end)
}

fn first_sentence(text: &str) -> &str {
    sentences(text).next().unwrap_or_default()
}

fn overview(all: &[Field]) -> String {
    let mut text =
        String::from("Fields below spec; * marks those that the object they stand in needs.\n\n");
    let line = |field: &Field| {
        let mark = if field.required { "*" } else { "" };
        let indent = "  ".repeat(field.depth());
        format!("{indent}{}{mark} <{}>", field.name(), field.takes)
    };
    let widest = all.iter().map(|field| line(field).len()).max();
    let width = widest.unwrap_or_default();
    for field in all {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:width$}  {}", line(field), field.summary());
    }
    text
}

fn details(field: &Field, all: &[Field]) -> String {
    let mut rows = vec![
        ("field", field.path.clone()),
        ("type", field.takes.clone()),
        (
            "required",
            if field.required { "yes" } else { "no" }.to_owned(),
        ),
    ];
    if !field.values.is_empty() {
        rows.push(("values", field.values.join(", ")));
    }
    rows.extend(field.limits.iter().map(|limit| ("limit", limit.clone())));
    rows.extend(field.default.iter().map(|text| ("default", text.clone())));
    let mut text = String::new();
    for (title, value) in rows {
        let _ = writeln!(text, "{title:9} {value}");
    }
    let _ = writeln!(text, "\n{}", field.description);
    let inside: Vec<&Field> = all.iter().filter(|other| other.is_in(field)).collect();
    if !inside.is_empty() {
        let _ = writeln!(text, "\nfields:");
    }
    let title =
        |field: &Field| format!("{}{}", field.name(), if field.required { "*" } else { "" });
    let widest = inside.iter().map(|field| title(field).len()).max();
    let width = widest.unwrap_or_default();
    for below in inside {
        let _ = writeln!(text, "  {:width$}  {}", title(below), below.summary());
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_schema_says_of_a_value_is_shown() {
        let schema = json!({"type": "integer", "minimum": 1, "maximum": 9, "default": 3, "description": "A count."});
        let shown = field(&schema, "spec.count", true);
        assert_eq!(shown.limits, ["at least 1", "at most 9"]);
        assert_eq!(shown.default.as_deref(), Some("3"));
        let schema = json!({"type": "array", "items": {"type": "string", "pattern": "^a$"}});
        let shown = field(&schema, "spec.list", false);
        assert_eq!(
            (shown.takes.as_str(), shown.limits),
            ("list of strings", vec!["pattern ^a$".to_owned()])
        );
    }

    #[test]
    fn the_default_is_read_out_of_the_description() {
        for (text, default) in [
            (
                "Version of the plugin. Default `v0.14.0`.",
                Some("`v0.14.0`"),
            ),
            (
                "\"1.26\" and up; default \"1.30\". Quote it.",
                Some("\"1.30\""),
            ),
            (
                "Default the operand image, or its newest minor. More.",
                Some("the operand image, or its newest minor"),
            ),
            ("The cluster's default when left out.", None),
        ] {
            assert_eq!(default_in(text).as_deref(), default, "{text}");
        }
    }

    #[test]
    fn a_path_may_be_written_in_several_ways() {
        for path in [
            "spec.databases[].password",
            "databases[0].password",
            "databases.password",
            ".spec.databases[3].password",
        ] {
            let found = find(path).expect("the field is there");
            assert_eq!(found.path, "spec.databases[].password");
        }
    }

    #[test]
    fn a_path_that_is_not_there_suggests_the_closest() {
        for (path, near) in [
            ("backup.shedule", Some("spec.backup.schedule")),
            ("schedule", Some("spec.backup.schedule")),
            ("databases[0].pasword", Some("spec.databases[].password")),
            ("bakup.schedule", Some("spec.backup.schedule")),
            ("postgres_parameters", Some("spec.postgresParameters")),
            ("zzz", None),
        ] {
            assert_eq!(find(path), Err(near.map(ToOwned::to_owned)), "{path}");
        }
    }

    #[test]
    fn every_field_is_there_once_and_says_what_it_is() {
        let all = fields();
        assert!(all.len() > 150, "{}", all.len());
        for field in &all {
            assert!(field.description.ends_with('.'), "{}", field.path);
            let alike = all
                .iter()
                .filter(|other| plain(&other.path) == plain(&field.path));
            assert_eq!(alike.count(), 1, "{}", field.path);
        }
    }
}
