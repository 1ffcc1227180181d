//! Paths of fields, as users of `kubectl explain` and KRM results write them.

use std::fmt;

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
        Self(field.to_owned())
    }

    /// A field of this object; a key that is no plain word stands in brackets.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let plain = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if plain {
            Self(format!("{}.{key}", self.0))
        } else {
            Self(format!("{}[{}]", self.0, serde_json::Value::from(key)))
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
