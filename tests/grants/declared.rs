//! Schemas and extensions that the operator makes, maybe after the Job has begun.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{Entry, entry, operator, stack};

/// What the operator does for the Database once it gets to it.
const OPERATOR: &str = "CREATE SCHEMA sales AUTHORIZATION orders_owner;
    CREATE TABLE sales.invoices (id int); ALTER TABLE sales.invoices OWNER TO orders_owner;
    CREATE EXTENSION citext SCHEMA sales;";
/// What the user can see.
const SEES: &str = "SELECT has_schema_privilege('reporting', 'sales', 'USAGE'),
    has_table_privilege('reporting', 'sales.invoices', 'SELECT')";

fn reporting() -> Entry {
    entry("orders", "reporting", &["connect", "read"])
        .with("schemas", json!([{"name": "sales"}]))
        .with(
            "extensions",
            json!([{"name": "citext", "schema": "sales"}, {"name": "hstore", "state": "absent"}]),
        )
}

#[test]
fn what_is_declared_and_appears_late_is_waited_for() {
    on_every_version(|server| {
        let documents = stack(server.version, &[reporting()]);
        operator(server, &documents);
        let job = of(&documents, "orders", "reporting");
        let log = thread::scope(|scope| {
            let running = scope.spawn(|| job.succeeds(server));
            thread::sleep(Duration::from_secs(20));
            server.psql("orders", OPERATOR);
            running.join().expect("the Job succeeds")
        });
        assert!(
            log.contains("so again when it is: schema sales of database orders is not there yet"),
            "{log}"
        );
        assert_eq!(
            log.matches("step 3 of 4: the permissions").count(),
            2,
            "{log}"
        );
        assert_eq!(server.psql("orders", SEES), "t|t\n");
        // Once it is there, nothing is waited for and nothing is to do.
        let again = job.succeeds(server);
        assert_eq!(again.matches("step 3 of 4").count(), 1, "{again}");
        assert!(!again.contains("GRANT"), "{again}");
    });
}

/// A Job that did not wait would leave the schema closed.
#[test]
fn a_job_that_does_not_wait_grants_nothing_in_it() {
    let server = Server::start("18");
    let documents = stack("18", &[reporting()]);
    operator(&server, &documents);
    let job = of(&documents, "orders", "reporting");
    let hasty = job.weakened("grant.sh", "if ! declared", "if false");
    hasty.succeeds(&server);
    server.psql("orders", OPERATOR);
    assert_eq!(server.psql("orders", SEES), "f|f\n");
}

/// Each reason is named, and what is to be taken away is taken away all the same.
#[test]
fn what_never_appears_keeps_no_right_alive() {
    let server = Server::start("18");
    let documents = stack("18", &[reporting()]);
    operator(&server, &documents);
    server.psql("postgres", "CREATE ROLE reporting");
    server.psql("orders", "GRANT CREATE ON SCHEMA public TO reporting");
    let job = of(&documents, "orders", "reporting").with("WAIT_SECONDS", "8");
    let says = |reason: &str| {
        let log = job.fails(&server);
        let last = log.lines().last().unwrap_or_default().to_owned();
        let begin = "failed: step 3 of 4: not ready after 8 seconds: ";
        assert!(
            last.contains(begin) && last.contains(reason),
            "{reason}: {log}"
        );
    };
    says("schema sales of database orders is not there yet");
    let may = "SELECT has_schema_privilege('reporting', 'public', 'CREATE')";
    assert_eq!(server.psql("orders", may), "f\n");
    server.psql("orders", "CREATE SCHEMA sales");
    says(
        "schema sales of database orders is not there yet, or does not belong to role orders_owner",
    );
    server.psql("orders", "ALTER SCHEMA sales OWNER TO orders_owner");
    says("extension citext of database orders is not there yet");
    server.psql("orders", "CREATE EXTENSION citext SCHEMA public");
    says("extension citext of database orders is not there yet, or not in its schema");
    server.psql("orders", "ALTER EXTENSION citext SET SCHEMA sales");
    job.succeeds(&server);
}
