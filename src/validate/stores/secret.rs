//! A secret of a store that is no S3: where it comes from.

use crate::diagnostic::FieldPath;
use crate::spec::{self, KeySource, ValueSource};
use crate::validate::credentials::{Found, Given};
use crate::validate::{Checker, Refusal, Secret, SecretValue};

/// A secret that is given as text, by the environment, or by a Secret.
pub(super) struct SecretField<'a> {
    /// Its field; `...From` says where it comes from.
    pub(super) field: &'static str,
    pub(super) plain: Option<&'a String>,
    pub(super) source: Option<&'a KeySource>,
    /// Its key in a Secret.
    pub(super) key: &'static str,
    pub(super) check: fn(&str) -> Result<(), Refusal>,
}

impl SecretField<'_> {
    pub(super) fn is_given(&self) -> bool {
        self.plain.is_some() || self.source.is_some()
    }
}

impl Checker<'_> {
    /// A secret that is set somehow: only what it is, or where, is the question.
    pub(super) fn secret_field(
        &mut self,
        field: &SecretField<'_>,
        path: &FieldPath,
    ) -> SecretValue {
        let source_path = path.key(&format!("{}From", field.field));
        let reference = field.source.and_then(|source| source.secret_ref.as_ref());
        if let (Some(reference), None) = (reference, field.plain)
            && field.source.is_some_and(|source| source.env.is_none())
        {
            let name = reference.name.as_ref();
            let key = ("key", reference.key.as_ref(), field.key);
            let found = self.key_ref(&source_path.key("secretRef"), name, key);
            return SecretValue::Referenced(found.unwrap_or_else(super::nothing));
        }
        // With both, the message is the same as for every password.
        let source = field.source.map(|source| ValueSource {
            env: source.env.clone(),
            secret_ref: source.secret_ref.as_ref().map(|reference| spec::SecretRef {
                name: reference.name.clone(),
            }),
        });
        let given = Given {
            plain: field.plain,
            source: source.as_ref(),
            plain_path: path.key(field.field),
            source_path,
            check: field.check,
        };
        match self.password(&given) {
            Some(Found::Value(value)) => SecretValue::Given(value),
            _ => SecretValue::Given(Secret::new(String::new())),
        }
    }
}
