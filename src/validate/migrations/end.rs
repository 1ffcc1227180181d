//! The ends of a migration: databases of the stack, and other servers.

use super::Surroundings;
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{MigrationEnd, SslMode};
use crate::validate::check::{host, ident, password};
use crate::validate::credentials::Given;
use crate::validate::{Checker, End, External, KeyRef, Login};

/// PostgreSQL's own port.
const PORT: u16 = 5432;

impl Checker<'_> {
    /// One end; `secret` is the Secret that holds a password of the file.
    pub(super) fn end(
        &mut self,
        given: &MigrationEnd,
        path: &FieldPath,
        around: &Surroundings<'_>,
        secret: String,
    ) -> End {
        // A host that does not fit the schema was a host all the same.
        if given.host.is_none() && !self.out.covers(&path.key("host")) {
            return self.own(given, path, around);
        }
        End::External(External {
            host: self.host(given, &path.key("host"), around),
            port: self.port(&path.key("port"), given.port),
            database: self.end_name(&path.key("database"), given.database.as_ref()),
            login: self.end_login(given, path, secret),
            user: self.end_name(&path.key("username"), given.username.as_ref()),
            ssl_mode: given.ssl_mode.unwrap_or_default(),
            ssl_root_cert: self.tls(given, path),
        })
    }

    fn own(&mut self, given: &MigrationEnd, path: &FieldPath, around: &Surroundings<'_>) -> End {
        let fields = [
            ("port", given.port.is_some()),
            ("username", given.username.is_some()),
            ("password", given.password.is_some()),
            ("passwordFrom", given.password_from.is_some()),
            ("sslMode", given.ssl_mode.is_some()),
            ("sslRootCert", given.ssl_root_cert.is_some()),
        ];
        let message =
            "must not be set without `host`: a database of the stack is reached as its own";
        self.idle(path, &fields, message);
        let database = given.database.clone().unwrap_or_default();
        let unknown = around
            .entries
            .is_some_and(|entries| !entries.databases.iter().any(|d| d.name == database));
        if unknown && given.database.is_some() {
            let message = "must be a database that `spec.databases` lists; one of another server needs `host`";
            self.conflict(&path.key("database"), &database, message);
        }
        End::Own { database }
    }

    fn host(
        &mut self,
        given: &MigrationEnd,
        path: &FieldPath,
        around: &Surroundings<'_>,
    ) -> String {
        let found = self.optional(Code::InvalidValue, path, given.host.as_ref(), host::host);
        let found = found.unwrap_or_default();
        let namespace = around.namespace;
        if host::is_service_of(&found, &around.cluster, namespace) {
            let message = "must not be the stack's own server: leave it out, `database` alone is a database of the stack";
            self.conflict(path, &found, message);
        }
        found
    }

    fn port(&mut self, path: &FieldPath, given: Option<i64>) -> u16 {
        let Some(given) = given else { return PORT };
        let port = u16::try_from(given).ok().filter(|port| *port > 0);
        port.unwrap_or_else(|| {
            let message = "must be from 1 to 65535";
            let error = Diagnostic::at(Severity::Error, Code::InvalidValue, path, message);
            self.out.push(error.value(given));
            PORT
        })
    }

    /// A name at another server, where any may be there.
    fn end_name(&mut self, path: &FieldPath, given: Option<&String>) -> String {
        let check = |text: &str| ident::identifier(text).map(ident::Identifier::into_string);
        self.optional(Code::InvalidIdentifier, path, given, check)
            .unwrap_or_default()
    }

    fn end_login(&mut self, given: &MigrationEnd, path: &FieldPath, secret: String) -> Login {
        let user_path = path.key("username");
        if given.username.is_none() && !self.out.covers(&user_path) {
            let message = "must be set with `host`: the role to log in as";
            self.out.error(Code::MissingField, &user_path, message);
        }
        let password = Given {
            plain: given.password.as_ref(),
            source: given.password_from.as_ref(),
            plain_path: path.key("password"),
            source_path: path.key("passwordFrom"),
            check: password::password,
        };
        let found = self.password(&password);
        let login = given.username.as_ref().zip(found);
        let login = login.and_then(|(user, found)| self.login(user, secret, found, &password));
        login.unwrap_or_else(|| Login {
            secret_name: String::new(),
            generated: false,
            password: None,
        })
    }

    /// Who may answer for the server.
    fn tls(&mut self, given: &MigrationEnd, path: &FieldPath) -> Option<KeyRef> {
        let mode = given.ssl_mode.unwrap_or_default();
        let (mode_path, ca_path) = (path.key("sslMode"), path.key("sslRootCert"));
        let ca = given.ssl_root_cert.as_ref();
        match mode {
            SslMode::Disable | SslMode::Require => {
                let message = "is not checked against a certificate authority: what goes over the network could be \
                               read or answered by somebody else on the way; give `verify-full`, and `sslRootCert` \
                               where the authority is not a public one";
                let warning = Diagnostic::at(
                    Severity::Warning,
                    Code::UnverifiedServer,
                    &mode_path,
                    message,
                );
                self.out.push(warning.value(mode.as_str()));
                if ca.is_some() {
                    let message = format!(
                        "must not be set with `sslMode: {}`: it would have no effect",
                        mode.as_str()
                    );
                    self.out.error(Code::Conflict, &ca_path, message);
                }
            }
            SslMode::VerifyCa if ca.is_none() && !self.out.covers(&ca_path) => {
                let message = "must be set with `sslMode: verify-ca`: a public authority certifies anybody (libpq \
                               refuses it); or use `verify-full`";
                self.out.error(Code::MissingField, &ca_path, message);
            }
            SslMode::VerifyCa | SslMode::VerifyFull => {}
        }
        let ca = ca?;
        self.key_ref(
            &ca_path,
            ca.name.as_ref(),
            ("key", ca.key.as_ref(), "ca.crt"),
        )
    }
}
