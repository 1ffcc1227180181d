//! Paths of fields, as users of `kubectl explain` and KRM results write them.

use std::borrow::Cow;
use std::fmt;

use super::shown::{self, one_line};

/// Words in a field's name that make its value (and all below it) unprintable.
const SECRET_WORDS: [&str; 9] = [
    "password",
    "secretkey",
    "accesskey",
    "credentials",
    "token",
    // A user name or server with a password in it is a common slip.
    "registry",
    // PostgreSQL parameters that hold connection strings and shell commands.
    "conninfo",
    "passphrase",
    "_command",
];

/// The path of a field: `spec.databases[0].username`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(String);

impl FieldPath {
    /// The `spec` of a `CnpgStack`.
    #[must_use]
    pub fn spec() -> Self {
        Self("spec".to_owned())
    }

    /// The `metadata` of a `CnpgStack`.
    #[must_use]
    pub fn metadata() -> Self {
        Self("metadata".to_owned())
    }

    /// A field at the top of the document.
    #[must_use]
    pub fn top(field: &str) -> Self {
        Self(one_line(&shown(field)))
    }

    /// A field of this object; a key that is no plain word stands in brackets.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}{}", self.0, Self::step(key)))
    }

    /// What [`Self::key`] adds to a path.
    #[must_use]
    pub fn step(key: &str) -> String {
        let plain = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        let key = shown(key);
        if plain {
            format!(".{key}")
        } else {
            let quoted = serde_json::Value::from(key.as_ref()).to_string();
            format!("[{}]", one_line(&quoted))
        }
    }

    /// An element of this list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the field may hold a secret: then its value is shown nowhere.
    ///
    /// By name and for everything below it, because a misplaced password
    /// (`passwordFrom: hunter2`) is as secret as a well-placed one.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        let lower = self.0.to_ascii_lowercase();
        SECRET_WORDS.iter().any(|word| lower.contains(word))
    }

    /// Whether `other` is this field or lies below it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other
            .0
            .strip_prefix(&self.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// A key as it stands in a path. One that is cut still says that it is a secret.
fn shown(key: &str) -> Cow<'_, str> {
    let short = shown::word(key);
    if short.len() == key.len() {
        return Cow::Borrowed(key);
    }
    let (whole, lower) = (key.to_ascii_lowercase(), short.to_ascii_lowercase());
    let lost = |word: &&&str| whole.contains(**word) && !lower.contains(**word);
    match SECRET_WORDS.iter().find(lost) {
        Some(word) => Cow::Owned(format!("{short}({word})")),
        None => Cow::Owned(short),
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_kubernetes_field_paths() {
        let path = FieldPath::spec().key("databases").index(2).key("username");
        assert_eq!(path.as_str(), "spec.databases[2].username");
        let label = FieldPath::spec().key("customLabels").key("a.b/c");
        assert_eq!(label.as_str(), r#"spec.customLabels["a.b/c"]"#);
    }

    #[test]
    fn a_long_key_is_cut_and_stays_secret() {
        let long = format!("{}password{}", "a".repeat(500), "b".repeat(1_000_000));
        let path = FieldPath::spec().key(&long);
        assert!(path.as_str().len() < 300, "{path}");
        assert!(path.is_secret());
        assert!(!FieldPath::spec().key(&"a".repeat(1_000)).is_secret());
    }

    #[test]
    fn a_key_cannot_act_on_the_terminal() {
        let path = FieldPath::spec().key("a\u{9b}2J\u{202e}");
        assert_eq!(path.as_str(), r#"spec["a\u{9b}2J\u{202e}"]"#);
        assert_eq!(FieldPath::top("a\n\u{1b}").as_str(), r"a\n\u{1b}");
    }

    #[test]
    fn contains_stops_at_field_borders() {
        let database = FieldPath::spec().key("database");
        assert!(database.contains(&database.index(1)));
        assert!(!database.contains(&FieldPath::spec().key("databases")));
    }

    #[test]
    fn everything_below_a_password_is_secret() {
        for path in [
            "adminPassword",
            "adminPasswordFrom",
            "secretKeyFrom",
            "accessKey",
        ] {
            assert!(FieldPath::spec().key(path).key("env").is_secret(), "{path}");
        }
        assert!(!FieldPath::spec().key("namespace").is_secret());
    }
}
