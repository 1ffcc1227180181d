//! Where passwords come from.
//!
//! No message in here names a value, not even that of an environment variable's
//! name: `passwordFrom: {env: hunter2}` is a likely slip.

use std::collections::BTreeSet;

use super::buckets::linked;
use super::check::{derive, ident, name, password};
use super::{Admin, Checker, End, Login, Migration, Refusal, Secret, User};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{MigrationEnd, Spec, ValueSource};

/// A Kubernetes name of ours has at most the length of a label.
pub(super) const MAX_NAME: usize = 63;

/// The fields that a password is given with, and where they stand.
pub(super) struct Given<'a> {
    pub(super) plain: Option<&'a String>,
    pub(super) source: Option<&'a ValueSource>,
    pub(super) plain_path: FieldPath,
    pub(super) source_path: FieldPath,
    /// What the value may be: PostgreSQL and a registry have different rules.
    pub(super) check: fn(&str) -> Result<(), Refusal>,
}

/// A password as far as it is known.
pub(super) enum Found {
    /// The value itself.
    Value(Secret),
    /// A Secret that the user brings along, by name.
    Reference(String),
}

impl Checker<'_> {
    pub(super) fn admin(&mut self, spec: &Spec, path: &FieldPath) -> Option<Admin> {
        let check = |text: &str| ident::role_name(text, true).map(ident::Identifier::into_string);
        let name = self.optional(
            Code::InvalidIdentifier,
            &path.key("adminUser"),
            spec.admin_user.as_ref(),
            check,
        );
        let given = Given {
            plain: spec.admin_password.as_ref(),
            source: spec.admin_password_from.as_ref(),
            plain_path: path.key("adminPassword"),
            source_path: path.key("adminPasswordFrom"),
            check: password::password,
        };
        let rotation = self.rotation(&path.key("rotation"), spec.rotation.as_ref());
        let found = self.password(&given);
        let name = name?;
        let own = derive::object_name("login", &name, MAX_NAME);
        let login = self.login(&name, own, found?, &given)?;
        Some(Admin {
            name,
            login,
            rotation,
        })
    }

    /// The value of a rotation label.
    pub(super) fn rotation(&mut self, path: &FieldPath, value: Option<&String>) -> Option<String> {
        self.optional(Code::InvalidLabel, path, value, |text| {
            name::label_value(text).map(name::LabelValue::into_string)
        })
    }

    /// Resolves a password: exactly one way to give it.
    pub(super) fn password(&mut self, given: &Given<'_>) -> Option<Found> {
        match (given.plain, given.source) {
            (Some(_), Some(_)) => {
                let message = format!("must not be set together with `{}`", given.plain_path);
                self.out.error(Code::Conflict, &given.source_path, message);
                None
            }
            (Some(plain), None) => self.plain_password(plain, given).map(Found::Value),
            (None, Some(source)) => self.sourced_password(source, given),
            (None, None) => {
                if !self.out.covers(&given.plain_path) && !self.out.covers(&given.source_path) {
                    let message = format!("must be set, or `{}`", given.source_path);
                    self.out
                        .error(Code::MissingField, &given.plain_path, message);
                }
                None
            }
        }
    }

    fn plain_password(&mut self, plain: &str, given: &Given<'_>) -> Option<Secret> {
        let path = &given.plain_path;
        self.accept(Code::InvalidPassword, path, "", (given.check)(plain))?;
        let secret = Secret::new(plain.to_owned());
        if self.outside.sealed.contains(path) {
            return Some(secret);
        }
        let message = format!(
            "stands in the file as plain text, readable by everyone who can read the repository; give it with `{}`",
            given.source_path
        );
        self.out.warn(Code::PlaintextPassword, path, message);
        Some(secret)
    }

    fn sourced_password(&mut self, source: &ValueSource, given: &Given<'_>) -> Option<Found> {
        let path = &given.source_path;
        match (&source.env, &source.secret_ref) {
            (Some(variable), None) => self
                .env_password(variable, &path.key("env"), given.check)
                .map(Found::Value),
            (None, Some(reference)) => {
                let path = path.key("secretRef").key("name");
                let check =
                    |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
                self.optional(Code::InvalidName, &path, reference.name.as_ref(), check)
                    .map(Found::Reference)
            }
            _ => {
                if !self.out.covers(path) {
                    self.out.error(
                        Code::Conflict,
                        path,
                        "must have exactly one of `env` and `secretRef`",
                    );
                }
                None
            }
        }
    }

    fn env_password(
        &mut self,
        variable: &str,
        path: &FieldPath,
        check: fn(&str) -> Result<(), Refusal>,
    ) -> Option<Secret> {
        self.accept(Code::InvalidName, path, "", name::env_name(variable))?;
        let Some(value) = (self.outside.env)(variable) else {
            let message = "names a variable that is not in the function's environment; pass it on \
                           (`kustomize build --env NAME=VALUE`, `envs` in the function annotation; \
                           `kpt fn render` passes its environment on to `exec` functions only)";
            self.out.error(Code::MissingSource, path, message);
            return None;
        };
        self.accept(Code::InvalidPassword, path, "", check(&value))?;
        Some(Secret::new(value))
    }

    /// The credentials of a role, and the Secret that holds them: `own` for a value.
    pub(super) fn login(
        &mut self,
        role: &str,
        own: String,
        found: Found,
        given: &Given<'_>,
    ) -> Option<Login> {
        match found {
            Found::Value(value) => Some(Login {
                secret_name: own,
                generated: true,
                password: Some(value),
            }),
            Found::Reference(secret_name) => {
                let password = self.referenced_password(&secret_name, role, &given.source_path)?;
                Some(Login {
                    secret_name,
                    generated: false,
                    password,
                })
            }
        }
    }

    /// The password of a Secret among the items; it need not be there, but if it
    /// is, it must be one that CNPG accepts for the role; for a migration one that is not another's. The outer option is
    /// none after an error.
    #[expect(
        clippy::option_option,
        reason = "refused, unknown and known are three different things"
    )]
    fn referenced_password(
        &mut self,
        secret: &str,
        role: &str,
        path: &FieldPath,
    ) -> Option<Option<Secret>> {
        let Some(values) = self.outside.secrets.get(secret) else {
            return Some(None);
        };
        let path = path.key("secretRef");
        if values.get("username").map(String::as_str) != Some(role) {
            let message = "names a Secret among the items whose `username` is not the name of the role that logs in";
            self.out.error(Code::Conflict, &path, message);
            return None;
        }
        let Some(value) = values.get("password") else {
            self.out.error(
                Code::MissingSource,
                &path,
                "names a Secret among the items that has no `password`",
            );
            return None;
        };
        self.accept(Code::InvalidPassword, &path, "", password::password(value))?;
        Some(Some(Secret::new(value.clone())))
    }
}

/// The Secrets that the stack generates itself.
const OWN_SECRETS: [&str; 5] = [
    "cnpg-env",
    "cnpg-registry",
    "minio-env",
    "peer-env",
    "swbucket-env",
];

/// The names of the Secrets that a stack generates for its roles and for migrations.
pub(super) fn generated_logins<'a>(
    admin: Option<&'a Admin>,
    users: &'a [User],
    migrations: &'a [Migration],
) -> BTreeSet<&'a str> {
    let logins = admin.map(|admin| &admin.login).into_iter();
    let ends = migrations.iter().flat_map(|m| [&m.source, &m.destination]);
    let external = ends.filter_map(|end| match end {
        End::Own { .. } => None,
        End::External(external) => Some(&external.login),
    });
    logins
        .chain(users.iter().filter_map(|user| user.login.as_ref()))
        .chain(external)
        .filter(|login| login.generated)
        .map(|login| login.secret_name.as_str())
        .collect()
}

impl Checker<'_> {
    /// A reference is to a Secret that somebody else writes, never to one of ours.
    pub(super) fn references_are_foreign(&mut self, spec: &Spec, generated: &BTreeSet<&str>) {
        for (path, name) in references(spec) {
            if generated.contains(name) || OWN_SECRETS.contains(&name) {
                let message = "must not name a Secret that the stack generates itself";
                self.out.error(Code::Conflict, &path, message);
            }
        }
    }
}

/// Every Secret that a file names, and where.
fn references(spec: &Spec) -> Vec<(FieldPath, &str)> {
    let path = FieldPath::spec();
    let mut sources = vec![(
        path.key("adminPasswordFrom"),
        spec.admin_password_from.as_ref(),
    )];
    let registry = spec
        .registry
        .as_ref()
        .and_then(|registry| registry.password_from.as_ref());
    sources.push((path.key("registry").key("passwordFrom"), registry));
    for (index, entry) in spec.databases.iter().flatten().enumerate() {
        let path = path.key("databases").index(index).key("passwordFrom");
        sources.push((path, entry.password_from.as_ref()));
    }
    let ends = migration_ends(spec);
    let passwords = ends
        .iter()
        .map(|(path, end)| (path.key("passwordFrom"), end.password_from.as_ref()));
    sources.extend(passwords);
    let authorities = ends.iter().filter_map(|(path, end)| {
        let name = end.ssl_root_cert.as_ref()?.name.as_deref()?;
        Some((path.key("sslRootCert").key("name"), name))
    });
    let named = sources.into_iter().filter_map(|(path, source)| {
        let name = source?.secret_ref.as_ref()?.name.as_deref()?;
        Some((path.key("secretRef").key("name"), name))
    });
    named
        .chain(bucket_references(spec))
        .chain(authorities)
        .collect()
}

/// Both ends of every migration, and where they stand.
fn migration_ends(spec: &Spec) -> Vec<(FieldPath, &MigrationEnd)> {
    let path = FieldPath::spec().key("migrations");
    let migrations = spec.migrations.iter().flatten().enumerate();
    migrations
        .flat_map(|(index, given)| {
            let path = path.index(index);
            [
                (path.key("dbMigration"), given.db_migration.as_ref()),
                (path.key("migrationDb"), given.migration_db.as_ref()),
            ]
        })
        .filter_map(|(path, end)| Some((path, end?)))
        .collect()
}

fn bucket_references(spec: &Spec) -> impl Iterator<Item = (FieldPath, &str)> {
    let links = FieldPath::spec().key("links");
    let linked = linked(spec).into_iter();
    let linked = linked.map(move |(link, bucket)| (links.key(link.as_str()), bucket));
    let peer = spec.replica.iter().filter_map(|given| given.peer.as_ref());
    let peer = peer.map(|peer| (FieldPath::spec().key("replica").key("peer"), &peer.bucket));
    linked.chain(peer).flat_map(|(path, bucket)| {
        let credentials = bucket
            .credentials_from
            .as_ref()
            .and_then(|from| from.secret_ref.as_ref()?.name.as_deref());
        let authority = bucket
            .endpoint_ca
            .as_ref()
            .and_then(|ca| ca.name.as_deref());
        let credentials_path = path.key("credentialsFrom").key("secretRef").key("name");
        let authority_path = path.key("endpointCA").key("name");
        let others = bucket.key_sources().map(move |([group, field], source)| {
            let path = path.key(group).key(field).key("secretRef").key("name");
            (
                path,
                source.secret_ref.as_ref().and_then(|r| r.name.as_deref()),
            )
        });
        [(credentials_path, credentials), (authority_path, authority)]
            .into_iter()
            .chain(others)
            .filter_map(|(path, name)| Some((path, name?)))
    })
}
