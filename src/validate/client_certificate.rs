//! Users that log in with a certificate in the place of a password.

use super::check::hba;
use super::databases::Entry;
use super::{Checker, Operator, RoleStyle};
use crate::diagnostic::{Code, Diagnostic, Severity};

/// Whether an entry asks for it.
pub(super) fn asked(entry: &Entry<'_>) -> bool {
    entry.given.client_certificate.unwrap_or_default()
}

impl Checker<'_> {
    /// What does not go with a certificate, in every entry that asks for one.
    pub(super) fn client_certificates(
        &mut self,
        entries: &[Entry<'_>],
        operator: Option<&Operator>,
    ) {
        for entry in entries
            .iter()
            .filter(|entry| asked(entry) && !entry.grant.absent)
        {
            let (path, given) = (&entry.path, entry.given);
            let set = [
                ("password", given.password.is_some()),
                ("passwordFrom", given.password_from.is_some()),
            ];
            let message = "must not be set with `clientCertificate: true`: the user's line in pg_hba.conf asks for the \
                           certificate, and no password would let it in";
            self.idle(path, &set, message);
            let set = [("rotationDb", given.rotation_db.is_some())];
            let message = "must not be set with `clientCertificate: true`: the operator renews the certificate";
            self.idle(path, &set, message);
            if operator.is_some_and(|operator| operator.roles == RoleStyle::Inline) {
                let message =
                    "must not be true with an operator below 1.30, which makes no certificates";
                self.out
                    .error(Code::Conflict, &path.key("clientCertificate"), message);
            }
            for (field, name) in [
                ("database", &entry.grant.database),
                ("username", &entry.grant.user),
            ] {
                if let Err(refusal) = hba::plain_name(name) {
                    let message = format!("{}, with `clientCertificate: true`", refusal.message);
                    self.conflict(&path.key(field), name, &message);
                }
            }
        }
    }

    /// A user has one way to log in, whatever the database.
    pub(super) fn one_way_in(&mut self, first: &Entry<'_>, others: &[&&Entry<'_>]) {
        for other in others.iter().filter(|other| asked(other) != asked(first)) {
            let message = format!(
                "must be the same as in `{}`: the user has one way to log in",
                first.path
            );
            let path = other.path.key("clientCertificate");
            let error = Diagnostic::at(Severity::Error, Code::Conflict, &path, message);
            self.out.push(error.value(asked(other)));
        }
    }
}
