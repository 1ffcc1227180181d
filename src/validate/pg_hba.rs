//! Who is let in, and how.

use super::check::hba::{self, Rule};
use super::databases::Entries;
use super::{Admin, Checker};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::Spec;

impl Checker<'_> {
    /// The lines of client certificates, which are for one user in one database each, and then the user's.
    pub(super) fn pg_hba(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        admin: Option<&Admin>,
        entries: Option<&Entries>,
    ) -> Vec<String> {
        let path = path.key("pgHba");
        let given = spec.pg_hba.as_deref().unwrap_or_default();
        let rules: Vec<Option<Rule>> = given
            .iter()
            .enumerate()
            .map(|(index, line)| {
                self.accept(
                    Code::InvalidValue,
                    &path.index(index),
                    line,
                    hba::line(line),
                )
            })
            .collect();
        if let (Some(admin), Some(entries)) = (admin, entries) {
            self.nobody_is_shut_out(&path, given, &rules, &logins(admin, entries));
        }
        let certificates = entries.map(certificate_lines).unwrap_or_default();
        certificates
            .into_iter()
            .chain(given.iter().cloned())
            .collect()
    }

    /// The first line that fits decides. Every login of the stack is by password, over TLS, from a Pod somewhere.
    fn nobody_is_shut_out(
        &mut self,
        path: &FieldPath,
        given: &[String],
        rules: &[Option<Rule>],
        logins: &[(&str, &str)],
    ) {
        let first = |database: &str, user: &str| {
            let decides = |rule: &Option<Rule>| {
                rule.as_ref()
                    .is_some_and(|rule| rule.decides(database, user))
            };
            rules.iter().position(decides)
        };
        for (index, (line, rule)) in given.iter().zip(rules).enumerate() {
            let shut = rule.as_ref().is_some_and(|rule| !rule.takes_passwords());
            let out = logins
                .iter()
                .find(|(database, user)| shut && first(database, user) == Some(index));
            if let Some((database, user)) = out {
                let message = format!(
                    "must not shut out the password of `{user}` in database `{database}`, with which the grant Jobs \
                     log in; put a line before it that lets in all users of the stack and `spec.adminUser`, or name \
                     those it is for"
                );
                self.conflict(&path.index(index), line, &message);
            }
        }
    }
}

/// Databases and users of all logins by password.
fn logins<'a>(admin: &'a Admin, entries: &'a Entries) -> Vec<(&'a str, &'a str)> {
    let databases = entries
        .databases
        .iter()
        .map(|database| database.name.as_str());
    let by_password = |name: &str| {
        let mut users = entries.users.iter();
        users.any(|user| user.name == name && user.login.is_some())
    };
    let users = entries
        .grants
        .iter()
        .filter(|grant| !grant.absent && by_password(&grant.user));
    std::iter::once("postgres")
        .chain(databases)
        .map(|database| (database, admin.name.as_str()))
        .chain(users.map(|grant| (grant.database.as_str(), grant.user.as_str())))
        .collect()
}

/// A user may connect nowhere without CONNECT, so an absent one has a line too: its Job logs in to see that it cannot.
fn certificate_lines(entries: &Entries) -> Vec<String> {
    let by_certificate = |name: &str| {
        let mut users = entries.users.iter();
        users.any(|user| user.name == name && user.client_certificate)
    };
    let grants = entries.grants.iter();
    grants
        .filter(|grant| by_certificate(&grant.user))
        .map(|grant| hba::certificate_line(&grant.database, &grant.user))
        .collect()
}
