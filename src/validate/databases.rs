//! Databases, their users, and who may do what where.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{derive, ident, password};
use super::client_certificate::asked;
use super::credentials::{Given, MAX_NAME};
use super::{Checker, Database, Grant, Image, Login, Operator, OwnerRole, RoleStyle, User};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, Permission, Spec, State};

/// What the entries of `spec.databases` come to.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) databases: Vec<Database>,
    pub(super) users: Vec<User>,
    pub(super) grants: Vec<Grant>,
}

/// An entry whose names are valid.
pub(super) struct Entry<'a> {
    pub(super) given: &'a spec::Database,
    pub(super) path: FieldPath,
    pub(super) grant: Grant,
}

impl Checker<'_> {
    pub(super) fn databases(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        image: Option<&Image>,
        operator: Option<&Operator>,
    ) -> Option<Entries> {
        let path = path.key("databases");
        let given = spec.databases.as_deref().unwrap_or_default();
        let entries: Vec<Entry<'_>> = given
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| self.entry(entry, path.index(index)))
            .collect();
        self.pairs_differ(&entries);
        for entry in &entries {
            self.permissions(entry, image, operator);
        }
        self.client_certificates(&entries, operator);
        let databases = self.distinct_databases(&entries);
        let users = self.distinct_users(&entries);
        self.roles_differ(spec, &entries, &databases);
        let grants = entries.iter().map(|entry| entry.grant.clone()).collect();
        (entries.len() == given.len()).then_some(Entries {
            databases,
            users,
            grants,
        })
    }

    fn entry<'s>(&mut self, given: &'s spec::Database, path: FieldPath) -> Option<Entry<'s>> {
        let check = |text: &str| ident::database_name(text).map(ident::Identifier::into_string);
        let database = self.optional(
            Code::InvalidIdentifier,
            &path.key("database"),
            given.database.as_ref(),
            check,
        );
        let check = |text: &str| ident::role_name(text, false).map(ident::Identifier::into_string);
        let user = self.optional(
            Code::InvalidIdentifier,
            &path.key("username"),
            given.username.as_ref(),
            check,
        );
        for (index, schema) in given.extension_schemas.iter().flatten().enumerate() {
            let path = path.key("extensionSchemas").index(index);
            self.accept(
                Code::InvalidIdentifier,
                &path,
                schema,
                ident::identifier(schema),
            );
        }
        self.listed_once(given, &path);
        let absent = given.state.unwrap_or_default() == State::Absent;
        if absent || database.is_none() || user.is_none() {
            // Nobody looks at these later, and their mistakes are mistakes all the same.
            self.aside(given, &path, absent);
        }
        let listed = given.cnpg_permissions.iter().flatten().copied();
        let grant = Grant {
            database: database?,
            user: user?,
            permissions: if absent {
                BTreeSet::new()
            } else {
                listed.collect()
            },
            absent,
            extension_schemas: given.extension_schemas.iter().flatten().cloned().collect(),
        };
        Some(Entry { given, path, grant })
    }

    fn aside(&mut self, given: &spec::Database, path: &FieldPath, absent: bool) {
        let password = credentials_of(given, path);
        let needed = !absent && !given.client_certificate.unwrap_or_default();
        if needed || password.plain.is_some() || password.source.is_some() {
            self.password(&password);
        }
        self.rotation(&path.key("rotationDb"), given.rotation_db.as_ref());
    }

    fn listed_once(&mut self, given: &spec::Database, path: &FieldPath) {
        let mut seen = BTreeSet::new();
        for (index, permission) in given.cnpg_permissions.iter().flatten().enumerate() {
            if !seen.insert(permission) {
                let path = path.key("cnpgPermissions").index(index);
                self.out
                    .error(Code::DuplicateEntry, &path, "is listed twice");
            }
        }
    }

    fn pairs_differ(&mut self, entries: &[Entry<'_>]) {
        let mut seen = BTreeSet::new();
        for Entry { path, grant, .. } in entries {
            if !seen.insert((&grant.database, &grant.user)) {
                let message = "must differ from the entries before it in `database` or `username`; list all \
                               permissions of a user in a database in one entry";
                self.out.error(Code::DuplicateEntry, path, message);
            }
        }
    }

    fn permissions(
        &mut self,
        entry: &Entry<'_>,
        image: Option<&Image>,
        operator: Option<&Operator>,
    ) {
        let path = entry.path.key("cnpgPermissions");
        let has = |permission| entry.grant.permissions.contains(&permission);
        if has(Permission::Write) && !has(Permission::Read) {
            let message = "has `write` without `read`: the user cannot see what it changes, and UPDATE ... WHERE \
                           and DELETE ... WHERE are refused";
            self.out.warn(Code::BlindWrite, &path, message);
        }
        if has(Permission::MetadataAccess) {
            let message = "has `metadata_access`, which is cluster-wide: the user sees other databases' queries";
            self.out.warn(Code::ClusterWideAccess, &path, message);
        }
        if has(Permission::ManageRoles) {
            self.manage_roles(&path, image, operator);
        }
    }

    fn manage_roles(
        &mut self,
        path: &FieldPath,
        image: Option<&Image>,
        operator: Option<&Operator>,
    ) {
        if image.is_some_and(|image| image.major < 16) {
            let message = "must not have `manage_roles` below PostgreSQL 16: there CREATEROLE reaches the server's \
                           operating system through the predefined roles";
            self.out.error(Code::Conflict, path, message);
        }
        if operator.is_some_and(|operator| operator.roles == RoleStyle::Inline) {
            let message = "must not have `manage_roles` with an operator below 1.30: it would take the roles that \
                           the user makes away from the user";
            self.out.error(Code::Conflict, path, message);
        }
    }

    /// One database per name; `revokePublicExecute` has one value for all its entries.
    fn distinct_databases(&mut self, entries: &[Entry<'_>]) -> Vec<Database> {
        let mut databases: Vec<Database> = Vec::new();
        for (Entry { given, path, grant }, of_database) in
            grouped(entries, |entry| &entry.grant.database)
        {
            let value = given.revoke_public_execute.unwrap_or_default();
            let differs =
                |other: &&Entry<'_>| other.given.revoke_public_execute.unwrap_or_default() != value;
            if of_database.iter().any(differs) {
                let message = "must be the same in all entries of the database";
                self.out
                    .error(Code::Conflict, &path.key("revokePublicExecute"), message);
            }
            databases.push(database(&grant.database, value));
        }
        databases
    }

    /// One user per name; its password source and rotation are the same in all its entries.
    fn distinct_users(&mut self, entries: &[Entry<'_>]) -> Vec<User> {
        let mut users: Vec<User> = Vec::new();
        for (first, of_user) in grouped(entries, |entry| &entry.grant.user) {
            self.entries_agree(&of_user);
            users.extend(self.user(&first.grant.user, &of_user));
        }
        users
    }

    fn entries_agree(&mut self, entries: &[&Entry<'_>]) {
        let present: Vec<_> = entries.iter().filter(|entry| !entry.grant.absent).collect();
        let Some((first, others)) = present.split_first() else {
            return;
        };
        self.one_way_in(first, others);
        for other in others {
            let (one, two) = (first.given, other.given);
            if asked(first) != asked(other) {
                continue;
            }
            let message = format!(
                "must be the same as in `{}`: the user has one password",
                first.path
            );
            if one.password != two.password {
                self.out
                    .error(Code::Conflict, &other.path.key("password"), message);
            } else if one.password_from != two.password_from {
                self.out
                    .error(Code::Conflict, &other.path.key("passwordFrom"), message);
            }
            if first.given.rotation_db != other.given.rotation_db {
                let message = format!(
                    "must be the same as in `{}`: the user has one Secret",
                    first.path
                );
                self.out
                    .error(Code::Conflict, &other.path.key("rotationDb"), message);
            }
        }
    }

    /// A user whose entries are all absent has no credentials, so it needs no password.
    fn user(&mut self, name: &str, entries: &[&Entry<'_>]) -> Option<User> {
        let entry = entries.iter().find(|entry| !entry.grant.absent);
        let client_certificate = entry.is_some_and(|entry| asked(entry));
        let login = match entry.filter(|entry| !asked(entry)) {
            None => None,
            Some(entry) => Some(self.user_login(name, entry)?),
        };
        let rotation = entry.and_then(|entry| {
            let path = entry.path.key("rotationDb");
            self.rotation(&path, entry.given.rotation_db.as_ref())
        });
        let any = |permission| {
            entries
                .iter()
                .any(|entry| entry.grant.permissions.contains(&permission))
        };
        Some(User {
            name: name.to_owned(),
            object: derive::object_name("role", name, MAX_NAME),
            login,
            client_certificate,
            rotation,
            create_role: any(Permission::ManageRoles),
            metadata_access: any(Permission::MetadataAccess),
        })
    }

    fn user_login(&mut self, name: &str, entry: &Entry<'_>) -> Option<Login> {
        let given = credentials_of(entry.given, &entry.path);
        let found = self.password(&given)?;
        let own = derive::object_name("login", name, MAX_NAME);
        self.login(name, own, found, &given)
    }

    /// Admin, owner roles and users are different roles.
    fn roles_differ(&mut self, spec: &Spec, entries: &[Entry<'_>], databases: &[Database]) {
        let owners: BTreeSet<&str> = databases
            .iter()
            .map(|database| database.owner.name.as_str())
            .collect();
        for Entry { path, grant, .. } in entries {
            let path = path.key("username");
            if Some(&grant.user) == spec.admin_user.as_ref() {
                self.conflict(
                    &path,
                    &grant.user,
                    "must differ from `spec.adminUser`: the superuser needs no grants",
                );
            }
            if owners.contains(grant.user.as_str()) {
                self.conflict(
                    &path,
                    &grant.user,
                    "must differ from the owner roles `{database}_owner`, which are generated",
                );
            }
        }
        if let Some(admin) = spec
            .admin_user
            .as_ref()
            .filter(|admin| owners.contains(admin.as_str()))
        {
            let path = FieldPath::spec().key("adminUser");
            self.conflict(
                &path,
                admin,
                "must differ from the owner roles `{database}_owner`, which are no superusers",
            );
        }
    }

    pub(super) fn conflict(&mut self, path: &FieldPath, value: &str, message: &str) {
        self.out
            .push(Diagnostic::at(Severity::Error, Code::Conflict, path, message).value(value));
    }
}

/// The entries of each name, with the first of them before them, in the order of these.
fn grouped<'e, 's>(
    entries: &'e [Entry<'s>],
    name: impl Fn(&'e Entry<'s>) -> &'e str,
) -> Vec<(&'e Entry<'s>, Vec<&'e Entry<'s>>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<(&Entry<'_>, Vec<&Entry<'_>>)> = Vec::new();
    for entry in entries {
        let place = *places.entry(name(entry)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(entry),
            None => groups.push((entry, vec![entry])),
        }
    }
    groups
}

fn database(name: &str, revoke_public_execute: bool) -> Database {
    let owner = derive::owner_role(name);
    Database {
        name: name.to_owned(),
        object: derive::object_name("database", name, MAX_NAME),
        owner: OwnerRole {
            object: derive::object_name("role", &owner, MAX_NAME),
            name: owner,
        },
        revoke_public_execute,
        schemas: Vec::new(),
        extensions: Vec::new(),
    }
}

/// The fields that hold the password of an entry.
fn credentials_of<'a>(given: &'a spec::Database, path: &FieldPath) -> Given<'a> {
    Given {
        plain: given.password.as_ref(),
        source: given.password_from.as_ref(),
        plain_path: path.key("password"),
        source_path: path.key("passwordFrom"),
        check: password::password,
    }
}
