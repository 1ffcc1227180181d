//! Migrations between databases of the stack and others.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::databases::{login, names};
use super::make::{all, joined, leave_out, list, number, one, some, text};

/// Migrations whose ends are words; [`fit`] puts the ends in.
pub(super) fn migrations() -> BoxedStrategy<Value> {
    let tables = vec![
        json!({"include": ["public.a", "sales.b"]}),
        json!({"include": ["public.*"]}),
        json!({"include": ["public.a"], "exclude": ["public.\"B c\""]}),
        json!({"exclude": ["public.audit"]}),
    ];
    let steps = vec![
        json!([{"query": "SELECT 1 AS a", "into": "public.facts", "columns": ["a"]}]),
        json!([
            {"query": "SELECT a, b FROM t", "into": "p.t", "columns": ["a", "b"], "onConflict": "update", "key": ["a"]},
            {"query": "TABLE t", "into": "p.u", "columns": ["a", "é \"b"], "onConflict": "skip", "key": ["a"]},
            {"query": "TABLE u", "into": "p.v", "columns": ["x"], "onConflict": "error"},
        ]),
    ];
    let needed = all(vec![
        (
            "mode",
            text(&["schema", "data", "full", "etl", "replicate"]),
        ),
        ("dbMigration", text(&["own", "other"])),
        ("migrationDb", text(&["own", "other"])),
    ]);
    let more = some(vec![
        ("attempt", number(1..9)),
        ("preSql", text(&["SET LOCAL statement_timeout = 0"])),
        ("postSql", text(&["ANALYZE; SELECT '$(x)'"])),
        ("tables", one(tables)),
        ("steps", one(steps)),
    ]);
    let end = some(vec![
        ("port", number(1..65535)),
        (
            "sslMode",
            text(&["disable", "require", "verify-ca", "verify-full"]),
        ),
        (
            "sslRootCert",
            one(vec![
                json!({"name": "their-ca"}),
                json!({"name": "their-ca", "key": "root.pem"}),
            ]),
        ),
    ]);
    let whole = joined(vec![needed, more, all(vec![("end", end)])]);
    list(whole, 0..4)
}

/// Ends that are there, and fields that go with the mode.
pub(super) fn fit(spec: &mut Value) {
    let databases = names(spec);
    let given = spec["migrations"].as_array_mut();
    for (number, migration) in given.into_iter().flatten().enumerate() {
        migration["name"] = json!(format!("move-{number}"));
        ends(migration, &databases);
        mode(migration);
        leave_out(migration, &["end"]);
    }
}

fn ends(migration: &mut Value, databases: &[String]) {
    let mut own = databases.iter();
    let more = migration["end"].clone();
    let replicate = migration["mode"] == "replicate";
    // One end of a replication is in the stack, and the other is not.
    if replicate {
        let other = migration["dbMigration"] == "own";
        migration["migrationDb"] = json!(if other { "other" } else { "own" });
    }
    for (end, role) in [("dbMigration", "reader"), ("migrationDb", "the loader")] {
        let database = if migration[end] == "own" {
            own.next()
        } else {
            None
        };
        migration[end] = match database {
            Some(database) => json!({"database": database}),
            None => external(&more, role),
        };
        if database.is_none() && replicate && databases.is_empty() {
            migration["mode"] = json!("full");
        }
    }
}

/// Another server.
fn external(more: &Value, role: &str) -> Value {
    let mut end = more.clone();
    let mode = end["sslMode"].as_str().unwrap_or_default().to_owned();
    match mode.as_str() {
        "disable" | "require" => leave_out(&mut end, &["sslRootCert"]),
        "verify-ca" => end["sslRootCert"] = json!({"name": "their-ca"}),
        _ => {}
    }
    end["host"] = json!(format!("{}.example.com", role.replace(' ', "-")));
    end["database"] = json!("Other $(db)");
    // The width makes it a password of one kind or the other.
    let port = end["port"].as_u64().unwrap_or_default();
    let width = usize::try_from(5 + port % 4).unwrap_or_default();
    let role = format!("{role} {port:0>width$}");
    let (field, way) = login(&role);
    end[field] = way;
    end["username"] = json!(role);
    end
}

fn mode(migration: &mut Value) {
    if migration["mode"] == "etl" {
        leave_out(migration, &["tables"]);
        let step = json!([{"query": "VALUES (1)", "into": "public.one", "columns": ["n"]}]);
        let map = migration.as_object_mut();
        map.map(|map| map.entry("steps").or_insert(step));
        return;
    }
    leave_out(migration, &["steps"]);
    let listed = migration["tables"]["include"].as_array();
    let single = listed.is_some_and(|list| list.iter().all(|table| *table != "public.*"));
    if migration["mode"] == "replicate"
        && !single
        && let Some(tables) = migration.get_mut("tables")
    {
        leave_out(tables, &["exclude"]);
    }
}
