use super::super::ident::*;
use super::{pass, refuse};

#[test]
fn identifiers() {
    let long = "ü".repeat(31) + "x";
    pass(
        identifier,
        &[
            "a", " ", "\"", "it's", "a b", "$(x)", "; DROP", "日本", "a\\b", "1", &long,
        ],
    );
    refuse(identifier, "empty", &[""]);
    refuse(identifier, "63 bytes", &[&"x".repeat(64), &"ü".repeat(32)]);
    refuse(
        identifier,
        "control",
        &["a\0", "a\nb", "\t", "\r", "\u{7f}", "\u{85}"],
    );
}

#[test]
fn roles() {
    let user = |v: &str| role_name(v, false);
    pass(
        user,
        &[
            "app",
            "PG_x",
            "pgx",
            "Public",
            "cnpgx",
            "Postgres",
            "user",
            "current_user",
            "all",
        ],
    );
    refuse(user, "public or none", &["public", "none"]);
    refuse(user, "pg_", &["pg_", "pg_monitor"]);
    refuse(
        user,
        "CloudNativePG",
        &["cnpg_", "cnpg_pooler_pgbouncer", "streaming_replica"],
    );
    refuse(user, "must not be postgres", &["postgres"]);
    pass(|v| role_name(v, true), &["postgres", "keeper"]);
    refuse(
        |v| role_name(v, true),
        "",
        &["public", "pg_x", "cnpg_x", "", "streaming_replica"],
    );
}

#[test]
fn databases() {
    pass(
        database_name,
        &[
            "orders",
            "Orders",
            "Template0",
            "public",
            "none",
            "PG_x",
            "replication",
        ],
    );
    refuse(
        database_name,
        "template0",
        &["postgres", "template0", "template1"],
    );
    refuse(database_name, "owner role", &["pg_x", "cnpg_x"]);
    refuse(database_name, "control", &["a\n"]);
}

#[test]
fn schemas() {
    pass(
        schema_name,
        &["public", "sales", "PG_x", "pg", "x.y", "$user"],
    );
    refuse(
        schema_name,
        "own schemas",
        &["pg_catalog", "pg_x", "information_schema"],
    );
    refuse(schema_name, "migrations", &["cnpgstack"]);
    refuse(schema_name, "empty", &[""]);
    pass(extension_schema, &["public", "pg_catalog"]);
    refuse(
        extension_schema,
        "own schemas",
        &["pg_toast", "information_schema"],
    );
}

#[test]
fn extensions() {
    pass(
        extension_part,
        &["vector", "uuid-ossp", "1.10", "0.8.0-dev"],
    );
    refuse(extension_part, "hyphen", &["a--b", "-a", "a-"]);
    refuse(extension_part, "slash", &["../x", "a\\b"]);
}
