//! Failures in the middle of the work: the destination is as it was, and the next run succeeds.

use serde_json::{Value, json};

use super::ends::{Ends, Way};
use super::full::{CONTENT, DIGEST, migration};
use crate::rig::job::Job;

fn migrations(way: Way) -> Value {
    let postponed = "DO $$ BEGIN EXECUTE 'COMMIT'; END $$";
    json!([
        migration(way, "all", "full", &json!({})),
        migration(way, "last", "full", &json!({"postSql": "SELECT 1 / 0"})),
        migration(way, "smuggled", "full", &json!({"postSql": postponed})),
    ])
}

/// What the source's session runs before the rows of the table that comes last.
const READ: &str = "SELECT format('SELECT %L', format('COPY";

/// The Job with something else in the place of a part of a file.
fn broken(ends: &Ends, file: &str, from: &str, to: &str) -> Job {
    ends.job("all").weakened(file, from, to)
}

fn failures(way: Way) {
    let ends = Ends::start(way, "18", "15", &migrations(way));
    ends.at_source(&CONTENT.replace(":rows", "20000"));

    // The source's session ends while it sends rows: what was sent is a table cut off in the middle.
    let killed = broken(
        &ends,
        "reading.sql",
        "COPY (SELECT %s FROM %s %s) TO STDOUT', columns, source, condition)",
        "COPY (SELECT %s FROM %s WHERE CASE WHEN random() < 0.001 THEN pg_terminate_backend(pg_backend_pid()) ELSE true END) TO STDOUT', columns, source)",
    );
    ends.refuses(&killed, "nothing was changed in the destination");
    // A row is lost on its way.
    let lost = broken(
        &ends,
        "written.sql",
        "-- After the rows",
        "DELETE FROM sales.\"Order Lines\" WHERE id = 1001;\n-- After",
    );
    ends.refuses(
        &lost,
        "sales.\"Order Lines\": 20000 rows in the source, 19999 in the destination",
    );

    // The destination's session ends when all is there but the commit.
    let ended = broken(
        &ends,
        "finish.sql",
        "COMMIT;",
        "SELECT pg_terminate_backend(pg_backend_pid());\nCOMMIT;",
    );
    ends.refuses(&ended, "nothing was changed in the destination");
    ends.refuses(&ends.job("last"), "division by zero");
    ends.refuses(
        &ends.job("smuggled"),
        "nothing was changed in the destination",
    );

    ends.migrates("all");
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST));
    assert!(ends.migrates("all").contains("finished before"));
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST));
}

#[test]
fn a_failure_leaves_the_stack_as_it_was() {
    failures(Way::In);
}

#[test]
fn a_failure_leaves_another_server_as_it_was() {
    failures(Way::Out);
}

/// psql runs no command of what the source sends.
#[test]
fn a_source_gives_no_commands() {
    let ends = Ends::start(Way::In, "18", "15", &migrations(Way::In));
    ends.at_source(&CONTENT.replace(":rows", "10"));
    let to = format!(
        "SELECT $$SELECT '\\! echo was run >&2'$$, {}",
        READ.trim_start_matches("SELECT ")
    );
    let malicious = broken(&ends, "reading.sql", READ, &to);
    let log = ends.refuses(&malicious, "backslash commands are restricted");
    assert!(!log.contains("was run"), "{log}");
    let open = malicious.weakened("migrate.sh", "restricted() { printf '\\\\restrict %s\\n' \"$key\" && \"$@\" && printf '\\\\unrestrict %s\\n' \"$key\"; }", "restricted() { \"$@\"; }");
    let run = ends.run(&open.first_only());
    assert!(run.text().contains("was run"), "{}", run.text());
}
