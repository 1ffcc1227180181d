//! Permissions: what a grant Job is to bring about, and the files it does it with.
//!
//! Everything that is particular to one Job is one JSON document, the *wanted* document; everything
//! else is the same in all Jobs and lies in `grant/job/` as it runs. So no SQL and no shell is ever put
//! together here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::job::{COMMON, Files};
use super::roster::Roster;
use crate::spec::Permission;
use crate::validate::{Database, Grant, Stack, User};

pub mod rights;

use rights::Right;

/// The files of a grant Job.
pub static FILES: Files = Files::new(
    "grant-files",
    &[COMMON],
    &[
        ("grant.sh", include_str!("grant/job/grant.sh")),
        ("wanted.sql", include_str!("grant/job/wanted.sql")),
        ("ready.sql", include_str!("grant/job/ready.sql")),
        ("declared.sql", include_str!("grant/job/declared.sql")),
        ("role.sql", include_str!("grant/job/role.sql")),
        ("password.sql", include_str!("grant/job/password.sql")),
        ("permissions.sql", include_str!("grant/job/permissions.sql")),
        ("catalog.sql", include_str!("grant/job/catalog.sql")),
        ("ownership.sql", include_str!("grant/job/ownership.sql")),
        ("difference.sql", include_str!("grant/job/difference.sql")),
        ("round.sql", include_str!("grant/job/round.sql")),
        ("sessions.sql", include_str!("grant/job/sessions.sql")),
        ("check.sql", include_str!("grant/job/check.sql")),
    ],
);

/// The wanted document of one user in one database.
#[must_use]
pub fn wanted(roster: &Roster<'_>, grant: &Grant, user: &User) -> Value {
    let database = roster.database(&grant.database);
    let owner = database.map_or("", |database| database.owner.name.as_str());
    document(&Wanted {
        grant,
        owner,
        login: user.logs_in(),
        create_role: user.create_role,
        member_of: super::database_role::inherited_roles(user).unwrap_or_default(),
        stack_roles: if user.create_role {
            roles(roster.stack)
        } else {
            BTreeSet::new()
        },
        creators: creators(roster, grant, owner),
        closed: database.is_some_and(|database| database.revoke_public_execute),
        more: more(roster, grant, user),
    })
}

/// The wanted document of a user `app` of a database `db`, for people to look at.
#[must_use]
pub fn example(permissions: &BTreeSet<Permission>) -> Value {
    let grant = Grant {
        database: "db".to_owned(),
        user: "app".to_owned(),
        permissions: permissions.clone(),
        absent: false,
        extension_schemas: BTreeSet::new(),
    };
    document(&Wanted {
        owner: "db_owner",
        login: true,
        more: BTreeMap::new(),
        create_role: permissions.contains(&Permission::ManageRoles),
        member_of: super::database_role::metadata_roles(
            permissions.contains(&Permission::MetadataAccess),
        ),
        stack_roles: BTreeSet::new(),
        creators: BTreeSet::from(["db_owner", "postgres"]),
        closed: false,
        grant: &grant,
    })
}

/// What a wanted document is made of.
struct Wanted<'a> {
    grant: &'a Grant,
    owner: &'a str,
    login: bool,
    create_role: bool,
    member_of: Vec<String>,
    stack_roles: BTreeSet<&'a str>,
    creators: BTreeSet<&'a str>,
    closed: bool,
    more: BTreeMap<String, Value>,
}

fn document(wanted: &Wanted<'_>) -> Value {
    let grant = wanted.grant;
    let (now, later) = rights::of(&grant.permissions);
    // Nobody is named who does not matter: each name is a reason to run again.
    let creators = Some(&wanted.creators).filter(|_| wanted.closed || !later.is_empty());
    let mut document = json!({
        "database": grant.database,
        "owner": wanted.owner,
        "user": grant.user,
        "absent": grant.absent,
        "login": wanted.login,
        "createRole": wanted.create_role,
        "memberOf": wanted.member_of,
        "stackRoles": wanted.stack_roles,
        "keepsObjects": grant.creates(),
        "rights": documents(&now),
        "later": documents(&later),
        "creators": creators.cloned().unwrap_or_default(),
        "revokePublicExecute": wanted.closed,
        "extensionSchemas": grant.extension_schemas,
    });
    if let Some(document) = document.as_object_mut() {
        document.extend(wanted.more.clone());
    }
    if let (Some(_), Some(rights)) = (
        wanted.more.get("tablespaces"),
        document
            .pointer_mut("/rights")
            .and_then(Value::as_array_mut),
    ) {
        rights.push(json!({"kind": "tablespace", "privilege": "CREATE"}));
    }
    document
}

/// What only some Jobs have. It is left out where there is none, so that nothing runs again for it.
fn more(roster: &Roster<'_>, grant: &Grant, user: &User) -> BTreeMap<String, Value> {
    let database = roster.database(&grant.database);
    let database = database.filter(|_| !grant.absent);
    let lists = [
        ("schemas", database.map(schemas)),
        ("extensions", database.map(extensions)),
    ];
    let lists = lists
        .into_iter()
        .filter_map(|(name, list)| Some((name, Value::Array(list.filter(|l| !l.is_empty())?))));
    let certificate = user
        .client_certificate
        .then(|| ("certificate", true.into()));
    let tablespaces = tablespaces(roster, &grant.user);
    let tablespaces = (!tablespaces.is_empty()).then(|| ("tablespaces", json!(tablespaces)));
    let named = lists.chain(certificate).chain(tablespaces);
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The schemas that the operator makes. The Job has to wait for them: what comes later has no grants.
fn schemas(database: &Database) -> Vec<Value> {
    let present = database.schemas.iter().filter(|schema| !schema.absent);
    present
        .map(|schema| json!({"name": schema.name, "owner": schema.owner}))
        .collect()
}

/// The tablespaces that a user may put something in: the temporary ones, and as soon as it may make tables in any
/// database the others. They are the server's, so every Job of the user lists the same ones.
fn tablespaces<'a>(roster: &Roster<'a>, user: &str) -> Vec<&'a str> {
    let entries = roster.of_user(user);
    let mut entries = entries.filter(|grant| !grant.absent).peekable();
    let present = entries.peek().is_some();
    let makes = entries.any(|grant| grant.permissions.contains(&Permission::CreateTables));
    let all = roster.stack.storage.tablespaces.iter();
    all.filter(|tablespace| makes || (present && tablespace.temporary))
        .map(|tablespace| tablespace.name.as_str())
        .collect()
}

/// The extensions that the operator makes; a new one may bring a schema and is opted in by `extensionSchemas`.
fn extensions(database: &Database) -> Vec<Value> {
    let present = database
        .extensions
        .iter()
        .filter(|extension| !extension.absent);
    present
        .map(|extension| json!({"name": extension.name, "schema": extension.schema}))
        .collect()
}

fn documents(rights: &BTreeSet<Right>) -> Vec<Value> {
    let document = |right: &Right| json!({"kind": right.0.as_str(), "privilege": right.1});
    rights.iter().map(document).collect()
}

/// Whoever may make objects in the database: default privileges are given per creator.
fn creators<'a>(roster: &Roster<'a>, grant: &Grant, owner: &'a str) -> BTreeSet<&'a str> {
    let creating = roster.in_database(&grant.database);
    let creating = creating
        .filter(|other| other.creates())
        .map(|other| other.user.as_str());
    creating
        .chain([owner, &roster.stack.admin.name, "postgres"])
        .collect()
}

/// The roles of the stack: a user with CREATEROLE has no hold over them.
fn roles(stack: &Stack) -> BTreeSet<&str> {
    let owners = stack.databases.iter().map(|d| d.owner.name.as_str());
    let users = stack.users.iter().map(|user| user.name.as_str());
    owners
        .chain(users)
        .chain([stack.admin.name.as_str()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_spelt_as_in_the_api() {
        for permission in Permission::ALL {
            let read: Permission = serde_json::from_value(json!(permission.as_str())).unwrap();
            assert_eq!(read, permission);
        }
    }

    /// Nobody is named who does not matter: each name is a reason to run again.
    #[test]
    fn creators_are_named_only_where_something_is_given_later() {
        let creators =
            |list: &[Permission]| example(&list.iter().copied().collect())["creators"].clone();
        assert_eq!(creators(&[Permission::Read]), json!([]));
        assert_eq!(creators(&[Permission::DefaultPrivileges]), json!([]));
        let both = [Permission::Read, Permission::DefaultPrivileges];
        assert_eq!(creators(&both), json!(["db_owner", "postgres"]));
    }
}
