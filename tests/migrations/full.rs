//! Structure and rows of a database that has everything, both ways between the oldest and the newest version.

use serde_json::{Value, json};

use super::ends::{Ends, OWN, USER, Way, elsewhere};

/// What the source holds.
pub(crate) const CONTENT: &str = include_str!("content.sql");
/// Every row, and what sequences and large objects are.
pub(crate) const DIGEST: &str = include_str!("digest.sql");
/// What tables and the rest are like.
pub(crate) const STRUCTURE: &str = include_str!("structure.sql");

/// A migration in a direction.
pub(crate) fn migration(way: Way, name: &str, mode: &str, more: &Value) -> Value {
    let own = json!({"database": OWN});
    let (source, destination) = match way {
        Way::In => (elsewhere(), own),
        Way::Out => (own, elsewhere()),
    };
    let mut migration =
        json!({"name": name, "mode": mode, "dbMigration": source, "migrationDb": destination});
    for (key, value) in more.as_object().into_iter().flatten() {
        migration[key] = value.clone();
    }
    migration
}

/// What a user who reads may do.
const MAY: &str = "SELECT has_table_privilege('USER', 'sales.\"Order Lines\"', 'SELECT'),
  has_table_privilege('USER', 'sales.\"Order Lines\"', 'INSERT'),
  has_schema_privilege('USER', 'cnpgstack', 'USAGE'), has_table_privilege('USER', 'cnpgstack.migrations', 'SELECT')";

fn full(way: Way, own: &'static str, foreign: &'static str) {
    let all = migration(way, "all", "full", &json!({}));
    let ends = Ends::start(way, own, foreign, &json!([all]));
    ends.at_source(&CONTENT.replace(":rows", "1000000"));
    let log = ends.succeeds(&ends.job("all"));
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST), "{log}");
    assert_eq!(ends.at_source(STRUCTURE), ends.at_destination(STRUCTURE));
    if way == Way::In {
        // The user's permissions hold for what came, and for nothing of the Job's own.
        let may = ends.at_destination(&MAY.replace("USER", USER));
        assert_eq!(may, "t|f|f|f\n", "{log}");
    }
}

#[test]
fn a_database_comes_over_whole_from_15_to_18() {
    full(Way::In, "18", "15");
}

#[test]
fn a_database_comes_over_whole_from_18_to_15() {
    full(Way::Out, "18", "15");
}
