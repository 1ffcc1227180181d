//! The identity of an item, found without parsing it.

use std::borrow::Cow;

use serde_json::Value;

use super::annotation;
use super::scan;

/// One field of a [`Head`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<'a> {
    /// The field is a string with this value.
    Known(Cow<'a, str>),
    /// The field is not there.
    #[default]
    Absent,
    /// The field cannot be told from its lines, or is no string: the item has to be parsed.
    Unsure,
}

impl Field<'_> {
    /// The value, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the item has to be parsed to tell.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        *self == Self::Unsure
    }

    /// The same field with a text of its own.
    fn into_owned(self) -> Field<'static> {
        match self {
            Self::Known(text) => Field::Known(Cow::Owned(text.into_owned())),
            Self::Absent => Field::Absent,
            Self::Unsure => Field::Unsure,
        }
    }

    /// This field, or another one if this one is absent.
    fn or(self, other: Self) -> Self {
        if self == Self::Absent { other } else { self }
    }
}

/// What tells an item from others, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head<'a> {
    /// The `apiVersion`.
    pub api_version: Field<'a>,
    /// The `kind`.
    pub kind: Field<'a>,
    /// The `metadata.name`.
    pub name: Field<'a>,
    /// The `metadata.namespace`.
    pub namespace: Field<'a>,
    /// The annotation for the file, in its current or else its older spelling.
    pub path: Field<'a>,
    /// The annotation for the position in the file, in its current or else its older spelling.
    pub index: Field<'a>,
    /// The annotation for the stack that the item was generated for.
    pub stack: Field<'a>,
    /// The annotation for the package, where the orchestrator sends several at once.
    pub package: Field<'a>,
}

impl<'a> Head<'a> {
    /// The head of an item that was parsed. A field is unsure only if it is there and no string.
    #[must_use]
    pub fn of(value: &'a Value) -> Self {
        let metadata = value.get("metadata").unwrap_or(&Value::Null);
        let annotations = metadata.get("annotations").unwrap_or(&Value::Null);
        let annotation = |key| field(annotations, key);
        Self {
            api_version: field(value, "apiVersion"),
            kind: field(value, "kind"),
            name: field(metadata, "name"),
            namespace: field(metadata, "namespace"),
            path: annotation(annotation::PATH).or(annotation(annotation::LEGACY_PATH)),
            index: annotation(annotation::INDEX).or(annotation(annotation::LEGACY_INDEX)),
            stack: annotation(annotation::STACK),
            package: annotation(annotation::PACKAGE_PATH),
        }
    }

    /// The same head with texts of its own, for one whose value does not stay.
    #[must_use]
    pub fn into_owned(self) -> Head<'static> {
        Head {
            api_version: self.api_version.into_owned(),
            kind: self.kind.into_owned(),
            name: self.name.into_owned(),
            namespace: self.namespace.into_owned(),
            path: self.path.into_owned(),
            index: self.index.into_owned(),
            stack: self.stack.into_owned(),
            package: self.package.into_owned(),
        }
    }

    /// Whether any field is unsure.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        let identity = [&self.api_version, &self.kind, &self.name, &self.namespace];
        let place = [&self.path, &self.index, &self.stack, &self.package];
        identity.iter().chain(&place).any(|field| field.is_unsure())
    }

    /// The head of an item by its lines, the first of which starts at `column`.
    pub(super) fn scan(text: &'a str, column: usize) -> Self {
        let Some(
            [
                api_version,
                kind,
                name,
                namespace,
                path,
                old_path,
                index,
                old_index,
                stack,
                package,
            ],
        ) = scan::fields(text, column)
        else {
            return Self::unsure();
        };
        Self {
            api_version,
            kind,
            name,
            namespace,
            path: path.or(old_path),
            index: index.or(old_index),
            stack,
            package,
        }
    }

    /// A head of which nothing is known.
    fn unsure() -> Self {
        Self {
            api_version: Field::Unsure,
            kind: Field::Unsure,
            name: Field::Unsure,
            namespace: Field::Unsure,
            path: Field::Unsure,
            index: Field::Unsure,
            stack: Field::Unsure,
            package: Field::Unsure,
        }
    }
}

/// A field of a value that was parsed.
fn field<'a>(value: &'a Value, key: &str) -> Field<'a> {
    match value.get(key) {
        None | Some(Value::Null) => Field::Absent,
        Some(Value::String(text)) => Field::Known(Cow::Borrowed(text)),
        Some(_) => Field::Unsure,
    }
}
