//! Databases, their users, and what is in them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use cnpg_stack::spec::Permission;

use super::PASSWORD;
use super::around::KNOWN;
use super::make::{has, leave_out, word};

/// A PostgreSQL identifier with anything in it that PostgreSQL takes.
fn identifier() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z][a-z0-9_]{0,20}",
        1 => word(),
        1 => "[ -~é]{1,30}",
    ]
    .prop_map(|text| format!("x{text}z"))
}

/// The password of a role: in the file, in the environment, in a Secret among the items, in one that is elsewhere.
///
/// All entries of a user have to say the same, so the name decides.
pub(super) fn login(role: &str) -> (&'static str, Value) {
    let hex: String = role
        .bytes()
        .take(24)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let secret = |begin: &str| json!({"secretRef": {"name": format!("{begin}{hex}")}});
    match role.len() % 4 {
        0 => ("password", json!(PASSWORD)),
        1 => ("passwordFrom", json!({"env": "APP_PASSWORD"})),
        2 => ("passwordFrom", secret(KNOWN)),
        _ => ("passwordFrom", secret("ref-")),
    }
}

fn entry(databases: Vec<String>) -> impl Strategy<Value = Value> {
    // [`fit`] takes one away where it is refused.
    let permissions = Permission::ALL.map(Permission::as_str).to_vec();
    let flags = prop::collection::btree_set(prop::sample::select(permissions), 0..6);
    let state = prop::sample::select(vec![Some("present"), None, None, Some("absent")]);
    let schemas = prop::option::of(prop::sample::subsequence(vec!["public", "attic"], 0..=2));
    let parts = (
        prop::sample::select(databases),
        identifier(),
        flags,
        state,
        schemas,
    );
    parts.prop_map(|(database, user, flags, state, schemas)| {
        let user = format!("u{user}");
        let (field, way) = login(&user);
        let mut entry = json!({
            "database": format!("d{database}"),
            "username": user,
            "cnpgPermissions": flags.into_iter().collect::<Vec<_>>(),
        });
        entry[field] = way;
        if user.len().is_multiple_of(5) {
            entry["rotationDb"] = json!("monthly");
        }
        if let Some(state) = state {
            entry["state"] = json!(state);
        }
        if let Some(schemas) = schemas {
            entry["extensionSchemas"] = json!(schemas);
        }
        of_database(&mut entry, &database);
        entry
    })
}

/// What has to be the same in all entries of a database.
fn of_database(entry: &mut Value, database: &str) {
    let mut own = json!({"name": format!("s{database}"), "state": "present"});
    if database.len() < 40 && database.len().is_multiple_of(2) {
        own["owner"] = json!(format!("d{database}_owner"));
    }
    entry["schemas"] = json!([own, {"name": "attic", "state": "absent"}]);
    entry["extensions"] = json!([
        {"name": "vector", "version": "0.8.0", "schema": format!("s{database}")},
        {"name": "pgaudit", "state": "present"},
        {"name": "hstore", "state": "absent"},
    ]);
    match database.len() % 3 {
        0 => entry["revokePublicExecute"] = json!(true),
        1 => entry["revokePublicExecute"] = json!(false),
        _ => {}
    }
}

/// Entries without a pair that occurs twice.
pub(super) fn entries() -> BoxedStrategy<Value> {
    prop::collection::vec(identifier(), 1..4)
        .prop_flat_map(|databases| prop::collection::vec(entry(databases), 0..8))
        .prop_map(|mut entries| {
            let mut seen = BTreeSet::new();
            entries.retain(|entry| {
                seen.insert((entry["database"].to_string(), entry["username"].to_string()))
            });
            json!(entries)
        })
        .boxed()
}

/// What goes with some operators and some versions of PostgreSQL only.
pub(super) fn fit(entries: &mut Value, newest_operator: bool, major: u32) {
    for entry in entries.as_array_mut().into_iter().flatten() {
        let flags = entry["cnpgPermissions"].as_array_mut();
        if !newest_operator || major < 16 {
            flags
                .into_iter()
                .for_each(|flags| flags.retain(|flag| flag != "manage_roles"));
        }
        let user = entry["username"].as_str().unwrap_or_default();
        if newest_operator && user.len().is_multiple_of(3) {
            entry["clientCertificate"] = json!(true);
            leave_out(entry, &["password", "passwordFrom", "rotationDb"]);
        }
        // Nobody logs in, so there need not be a password.
        if entry["state"] == "absent" && entry["database"].to_string().len().is_multiple_of(2) {
            leave_out(entry, &["password", "passwordFrom"]);
        }
    }
}

/// The databases, in the order in which they are listed first.
pub(super) fn names(spec: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for entry in spec["databases"].as_array().into_iter().flatten() {
        let name = entry["database"].as_str().unwrap_or_default().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether an application can have the entry: let in, with a password that is known.
pub(super) fn is_for_applications(entry: &Value) -> bool {
    let flags = entry["cnpgPermissions"].as_array();
    let connects = flags.is_some_and(|flags| flags.contains(&json!("connect")));
    let elsewhere = entry["passwordFrom"]["secretRef"]["name"].as_str();
    let known = elsewhere.is_none_or(|name| name.starts_with(KNOWN));
    entry["state"] != "absent" && connects && known && !has(entry, "clientCertificate")
}
