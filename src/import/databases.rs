//! Databases and the roles that own them.
//!
//! A database comes into the stack only where a Secret with its owner's password is known: everything else
//! would set a password that nobody gave.

use serde_json::{Value, json};

use super::defaults;
use super::draft::Draft;
use super::found::{Found, name_of};
use super::objects;
use super::pointer::{list, on, text, word};
use super::report::{Note, Topic};
use crate::spec::Permission;
use crate::validate::check::{derive, hba};

/// A database and the role that owns it.
struct Owned {
    database: String,
    owner: String,
}

/// Brings the databases into the stack.
pub fn adopt(found: &Found, draft: &mut Draft, leave: bool) {
    let why = if leave {
        Some("was asked to stay as it is")
    } else if is_replica(found) {
        Some("is in a replica cluster, where nothing can be changed")
    } else {
        None
    };
    let mut entries = Vec::new();
    for owned in owned(found) {
        let login = match why {
            Some(why) => Err(why.to_owned()),
            None => login(found, draft, &owned.owner),
        };
        match login {
            Ok(login) => {
                let mut entry = entry(&owned, &login);
                let mut objects = found.databases.iter();
                let object = objects.find(|one| word(one, "/spec/name") == owned.database);
                if let (Some(object), Value::Object(entry)) = (object, &mut entry) {
                    objects::carry(object, entry);
                }
                entries.push(entry);
            }
            Err(why) => draft.note(left(found, &owned.database, &why)),
        }
    }
    if !entries.is_empty() {
        draft.set("databases", entries);
        let lines = certificate_lines(draft);
        if let Some(Value::Array(given)) = draft.spec.get_mut("pgHba") {
            given.retain(|line| !lines.contains(line));
            if given.is_empty() {
                draft.spec.remove("pgHba");
            }
        }
        draft.comment(
            "databases",
            "the former owners as users with every permission but manage_roles and metadata_access",
        );
    }
}

/// The lines of `pg_hba.conf` that a stack writes by itself for those who log in with a certificate.
#[must_use]
pub fn certificate_lines(draft: &Draft) -> Vec<Value> {
    let spec = draft.whole();
    let entries = list(&spec, "/spec/databases").iter();
    let entries = entries.filter(|entry| on(entry, "/clientCertificate"));
    entries
        .map(|entry| hba::certificate_line(word(entry, "/database"), word(entry, "/username")))
        .map(Value::from)
        .collect()
}

/// Whether another cluster is the primary one.
fn is_replica(found: &Found) -> bool {
    let replica = |place| text(&found.cluster, place);
    let primary = replica("/spec/replica/primary");
    let itself = replica("/spec/replica/self").unwrap_or(&found.name);
    on(&found.cluster, "/spec/replica/enabled") || primary.is_some_and(|name| name != itself)
}

/// The databases, the first one first.
fn owned(found: &Found) -> Vec<Owned> {
    let filled = defaults::filled(&found.cluster);
    let first = filled.get("spec").and_then(defaults::first_owner);
    let mut all: Vec<Owned> = first
        .into_iter()
        .map(|(database, owner, _)| Owned {
            database: database.to_owned(),
            owner: owner.to_owned(),
        })
        .collect();
    for object in &found.databases {
        let (database, owner) = (word(object, "/spec/name"), word(object, "/spec/owner"));
        if text(object, "/spec/ensure") == Some("absent") {
            continue;
        }
        match all.iter_mut().find(|owned| owned.database == database) {
            Some(owned) => owner.clone_into(&mut owned.owner),
            None => all.push(Owned {
                database: database.to_owned(),
                owner: owner.to_owned(),
            }),
        }
    }
    all
}

/// A role as it is declared, in the Cluster or by itself.
#[must_use]
pub fn declared<'a>(found: &'a Found, name: &str) -> Option<&'a Value> {
    let inline = list(&found.cluster, "/spec/managed/roles").iter();
    let inline = inline.filter(|role| word(role, "/name") == name);
    let objects = found.roles.iter().filter_map(|role| role.get("spec"));
    inline
        .chain(objects.filter(|role| word(role, "/name") == name))
        .next()
}

/// How an owner logs in.
enum Login {
    /// With the password of a Secret.
    Secret(String),
    /// With a certificate that the operator makes.
    Certificate,
}

/// How an owner logs in, or why nobody knows.
fn login(found: &Found, draft: &Draft, owner: &str) -> Result<Login, String> {
    let admin = draft.spec.get("adminUser").and_then(Value::as_str);
    if owner == "postgres" || Some(owner) == admin {
        return Err(format!(
            "belongs to the superuser {owner}, and an entry needs another user"
        ));
    }
    let role = declared(found, owner);
    if let Some(role) = role {
        if !on(role, "/login") {
            return Err(format!("belongs to {owner}, which cannot log in"));
        }
        if let Some(secret) = text(role, "/passwordSecret/name") {
            return Ok(Login::Secret(secret.to_owned()));
        }
    }
    let certificate = role.is_some_and(|role| on(role, "/clientCertificate/enabled"));
    let filled = defaults::filled(&found.cluster);
    let first = filled.get("spec").and_then(defaults::first_owner);
    match first {
        Some((_, first, secret)) if first == owner => {
            let own = format!("{}-app", found.name);
            Ok(Login::Secret(secret.map_or(own, str::to_owned)))
        }
        _ if certificate => Ok(Login::Certificate),
        _ => Err(format!(
            "belongs to {owner}, and no Secret with its password is known"
        )),
    }
}

fn entry(owned: &Owned, login: &Login) -> Value {
    let kept = |permission: &Permission| {
        !matches!(
            permission,
            Permission::ManageRoles | Permission::MetadataAccess
        )
    };
    let permissions: Vec<&str> = Permission::ALL
        .into_iter()
        .filter(kept)
        .map(Permission::as_str)
        .collect();
    let (way, how) = match login {
        Login::Secret(name) => ("passwordFrom", json!({"secretRef": {"name": name}})),
        Login::Certificate => ("clientCertificate", true.into()),
    };
    json!({
        "database": owned.database,
        "username": owned.owner,
        way: how,
        "cnpgPermissions": permissions,
    })
}

fn left(found: &Found, database: &str, why: &str) -> Note {
    let object = found.databases.iter();
    let object = object.filter(|object| word(object, "/spec/name") == database);
    let todo = match object.map(name_of).next() {
        Some(name) => format!("keep the manifest of Database {name}"),
        None => "nothing: it stays as it is".to_owned(),
    };
    Note::new(Topic::Left, found.object("database", database), why).todo(todo)
}

/// What is said about the databases that are in the stack in the end.
pub fn explain(found: &Found, draft: &mut Draft) {
    let entries = draft.entries();
    if entries.is_empty() {
        return;
    }
    let mut notes = Vec::new();
    for (database, user) in &entries {
        let owner = derive::owner_role(database);
        let note = Note::new(
            Topic::Changes,
            found.object("database", database),
            format!(
                "IS HANDED from {user} TO THE NEW ROLE {owner} (no login), with all that {user} owns in it; {user} keeps \
                 connect, read, write, create_schema, create_tables, execute_functions and default_privileges, and cannot \
                 ALTER or DROP what is there any more"
            ),
        );
        notes.push(note.todo(
            "see that the application and its schema migrations can live with that (docs/permissions.md), or import with \
             --leave-databases",
        ));
    }
    for line in certificate_lines(draft) {
        let why = "starts with a line that lets a user in by its certificate, and by nothing else";
        let note = Note::new(Topic::Changes, found.itself(), why).at("spec.postgresql.pg_hba");
        notes.push(note.value(line.as_str().unwrap_or_default()));
    }
    let users: Vec<&str> = entries.iter().map(|(_, user)| user.as_str()).collect();
    notes.push(public(found, &users));
    draft.notes.extend(notes);
}

fn public(found: &Found, users: &[&str]) -> Note {
    let inline = list(&found.cluster, "/spec/managed/roles").iter();
    let objects = found.roles.iter().filter_map(|role| role.get("spec"));
    let others: Vec<&str> = inline
        .chain(objects)
        .filter(|role| on(role, "/login") && !on(role, "/superuser"))
        .map(|role| word(role, "/name"))
        .filter(|name| !users.contains(name))
        .collect();
    let known = if others.is_empty() {
        "roles that were made by SQL are such".to_owned()
    } else {
        format!(
            "{}, and roles that were made by SQL, are such",
            others.join(", ")
        )
    };
    Note::new(
        Topic::Changes,
        found.itself(),
        format!(
            "the grant Jobs take CONNECT and TEMPORARY from PUBLIC in these databases, in postgres and in template1: every \
             other role cannot connect any more; {known}"
        ),
    )
    .todo("give each of them an entry in `databases`, or GRANT CONNECT by hand, before the stack is applied")
}

/// An object that would be a second one for the same thing once the stack is applied.
#[must_use]
pub fn replaced(found: &Found, kind: &str, old: &Value, new: &str, policy: &str) -> Option<Note> {
    let name = name_of(old);
    if name == new {
        return None;
    }
    let why =
        format!("is replaced by {new}: CNPG lets only one of two objects manage the same thing");
    let note = Note::new(Topic::Before, found.object(kind, name), why);
    let delete = format!(
        "`kubectl delete {} {name} -n {}`",
        kind.to_lowercase(),
        found.namespace
    );
    if text(old, &format!("/spec/{policy}")) != Some("delete") {
        return Some(note.todo(format!("{delete} right before (what it manages stays)")));
    }
    let todo = format!("SET IT TO retain FIRST, OR WHAT IT MANAGES IS DROPPED; then {delete}");
    Some(note.at(format!("spec.{policy}")).value("delete").todo(todo))
}
