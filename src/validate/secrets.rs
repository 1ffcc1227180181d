//! How Secrets are encrypted: `spec.secrets`.

use std::collections::BTreeSet;

use super::{Checker, Encryption};
use crate::diagnostic::{Code, FieldPath};
use crate::sops::Recipient;
use crate::spec::{SecretsMode, Spec};

impl Checker<'_> {
    pub(super) fn encryption(&mut self, spec: &Spec, path: &FieldPath) -> Encryption {
        let path = path.key("secrets");
        let given = spec.secrets.clone().unwrap_or_default();
        let age_path = path.key("age");
        let mut recipients = BTreeSet::new();
        for (index, text) in given.age.iter().flatten().enumerate() {
            let path = age_path.index(index);
            // The text is not shown: a secret key is a likely slip.
            let recipient = match Recipient::parse(text) {
                Ok(recipient) => recipient,
                Err(reason) => {
                    self.out.error(Code::InvalidValue, &path, reason);
                    continue;
                }
            };
            if !recipients.insert(recipient) {
                let message = "is listed twice";
                self.out.error(Code::DuplicateEntry, &path, message);
            }
        }
        let mode = given.mode.unwrap_or_default();
        if mode == SecretsMode::Never && given.age.is_some() {
            let message =
                "must not be set with `spec.secrets.mode: never`: it would have no effect";
            self.out.error(Code::Conflict, &age_path, message);
        }
        if given.age.as_ref().is_some_and(Vec::is_empty) {
            let message = "must not be empty: nobody could decrypt";
            self.out.error(Code::InvalidValue, &age_path, message);
        }
        Encryption {
            recipients,
            mode,
            uncomparable: given.when_uncomparable.unwrap_or_default(),
        }
    }
}
