//! Failures in the middle of the work: the destination is as it was, and the next run succeeds.

use serde_json::{Value, json};

use super::ends::{Ends, Way, both_ways};
use super::full::{CONTENT, DIGEST, migration};
use crate::rig::job::Job;
use crate::rig::server::run;

fn migrations(way: Way) -> Value {
    let postponed = "DO $$ BEGIN EXECUTE 'COMMIT'; END $$";
    json!([
        migration(way, "all", "full", &json!({})),
        migration(way, "last", "full", &json!({"postSql": "SELECT 1 / 0"})),
        migration(way, "smuggled", "full", &json!({"postSql": postponed})),
        // Its egg is not there, which is looked at when all is done.
        migration(
            way,
            "deferred",
            "full",
            &json!({"postSql": "INSERT INTO chicken VALUES (99, 99)"})
        ),
        migration(
            way,
            "sleeps",
            "full",
            &json!({"postSql": "CREATE TABLE more (); SELECT pg_sleep(8)"})
        ),
    ])
}

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
    ends.refuses(&ends.job("deferred"), "violates foreign key constraint");
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

/// As the kubelet ends a Pod, and as a node does that fails.
#[test]
fn a_job_that_is_ended_changes_nothing() {
    let ends = Ends::start(Way::In, "18", "15", &migrations(Way::In));
    ends.at_source(&CONTENT.replace(":rows", "1000"));
    for signal in ["TERM", "KILL"] {
        let name = format!("{}-{signal}", ends.own.container);
        let job = ends.job("sleeps").called(&name);
        let (before, content) = (ends.state(), ends.content());
        let container = format!("{name}-migrate");
        let ended = ends.while_it_sleeps(&job, || {
            run("podman", &["kill", "--signal", signal, &container], "").output();
        });
        if signal == "TERM" {
            assert_eq!(ended.code, 143, "{}", ended.text());
            assert_eq!(ends.state(), before, "{}", ended.text());
        } else {
            // Its role is left, which cannot log in when its time is over; nothing else is.
            assert_eq!(ends.content(), content, "{}", ended.text());
        }
    }
    ends.migrates("all");
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST));
}

/// The user's SQL is a part of the migration.
fn with_sql(way: Way) -> Value {
    let pre =
        json!({"preSql": "TRUNCATE t", "postSql": "INSERT INTO notes SELECT count(*) FROM t"});
    let fails = json!({"preSql": "TRUNCATE t", "postSql": "SELECT nothing()"});
    let etl = json!({
        "steps": [{"query": "TABLE t", "into": "public.t", "columns": ["v"]}],
        "preSql": "TRUNCATE t",
        "postSql": "INSERT INTO notes SELECT -count(*) FROM t",
    });
    json!([
        migration(way, "rows", "data", &pre),
        migration(way, "fails", "data", &fails),
        migration(way, "etl", "etl", &etl),
    ])
}

#[test]
fn sql_before_and_after_is_part_of_the_transaction() {
    both_ways(with_sql, |ends| {
        ends.at_source("SET ROLE :owner; CREATE TABLE public.t AS SELECT g AS v FROM generate_series(1, 2) g; CREATE TABLE public.notes (n int)");
        let here = "SET ROLE :owner; CREATE TABLE public.t (v int); CREATE TABLE public.notes (n int); INSERT INTO public.t VALUES (7)";
        ends.at_destination(here);
        // Without a name of a schema, what is meant is in public; what fails undoes the TRUNCATE.
        ends.refuses(&ends.job("fails"), "function nothing() does not exist");
        ends.migrates("rows");
        ends.migrates("etl");
        let there = "SELECT * FROM public.t ORDER BY v; SELECT * FROM public.notes ORDER BY 1";
        assert_eq!(ends.at_destination(there), "1\n2\n-2\n2\n");
    });
}
