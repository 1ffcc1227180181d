//! What a user made: usable while it may create and after, and no way back once it may not.

use super::convergence::rows;
use super::operations::FIXTURE;
use crate::rig::job::{Job, of};
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{entry, operator, stack};

/// Traps, made while `maker` may create but not read: each would lend it the owner role's rights once the
/// owner role has it.
const TRAPS: &str = "
CREATE SCHEMA den;
GRANT USAGE, CREATE ON SCHEMA den TO PUBLIC;
CREATE FUNCTION den.leak() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT note FROM app.t';
CREATE PROCEDURE den.give() LANGUAGE sql SECURITY DEFINER AS
  'GRANT USAGE ON SCHEMA app TO maker; GRANT SELECT ON app.t TO maker';
CREATE VIEW den.window AS SELECT * FROM app.t;
GRANT SELECT ON den.window TO PUBLIC;
CREATE MATERIALIZED VIEW den.copy AS SELECT * FROM app.t WITH NO DATA;
GRANT SELECT ON den.copy TO PUBLIC;
CREATE TABLE den.door (id int);
CREATE RULE through AS ON INSERT TO den.door DO ALSO DELETE FROM app.t;
GRANT ALL ON den.door TO PUBLIC;
CREATE TABLE den.kept (id int, note text);
INSERT INTO den.kept VALUES (1, 'one');
CREATE SEQUENCE den.numbers;
";

/// What `maker` tries afterwards.
const TRIES: [(&str, &str); 8] = [
    ("a security definer function", "SELECT * FROM den.leak()"),
    (
        "a security definer procedure",
        "CALL den.give(); SELECT * FROM app.t",
    ),
    ("a view", "SELECT * FROM den.window"),
    ("a materialized view", "SELECT * FROM den.copy"),
    ("a rule", "INSERT INTO den.door VALUES (1)"),
    (
        "a schema that was opened",
        "CREATE TABLE den.again (id int)",
    ),
    ("its own table", "SELECT * FROM den.kept"),
    (
        "taking the function back",
        "ALTER FUNCTION den.leak() SECURITY DEFINER; SELECT * FROM den.leak()",
    ),
];

fn set_traps(server: &Server) {
    let maker = entry(
        "orders",
        "maker",
        &["connect", "create_schema", "create_tables"],
    );
    let documents = stack(server.version, &[maker]);
    operator(server, &documents);
    server.psql("orders", FIXTURE);
    of(&documents, "orders", "maker").succeeds(server);
    server.psql_as("maker", "orders", TRAPS);
}

/// Which of the traps work.
fn sprung(server: &Server) -> Vec<&'static str> {
    // The owner refreshes what it owns, as owners do.
    server.psql("orders", "REFRESH MATERIALIZED VIEW den.copy");
    let works = |(_, sql): &&(&str, &str)| {
        let sql = format!("\\set ON_ERROR_STOP on\nBEGIN;\n{sql};\nROLLBACK;");
        server.try_psql("maker", "orders", &sql).code == 0
    };
    TRIES.iter().filter(works).map(|(name, _)| *name).collect()
}

fn job(server: &Server, permissions: &[&str]) -> Job {
    let documents = stack(server.version, &[entry("orders", "maker", permissions)]);
    of(&documents, "orders", "maker")
}

#[test]
fn nothing_that_a_user_made_is_a_way_back() {
    on_every_version(|server| {
        set_traps(server);
        let job = job(server, &["connect"]);
        job.succeeds(server);
        assert_eq!(sprung(server), [""; 0], "PostgreSQL {}", server.version);
        let owned = "SELECT count(*) FROM pg_class WHERE relowner = 'maker'::regrole";
        assert_eq!(server.psql("orders", owned), "0\n");
        let before = rows(server, "orders");
        job.succeeds(server);
        assert_eq!(rows(server, "orders"), before);
    });
}

/// The traps are real: a Job that only hands over springs every one of them.
#[test]
fn a_job_that_only_hands_over_opens_every_way_back() {
    let server = Server::start("17");
    set_traps(&server);
    let job = job(&server, &["connect"])
        .weakened(
            "ownership.sql",
            "SELECT step, place, statement FROM steps",
            "SELECT step, place, statement FROM steps WHERE step > 3",
        )
        .weakened("check.sql", "\\if :{?faults}", "\\if false");
    job.succeeds(&server);
    let sprung = sprung(&server);
    for trap in &TRIES[..6] {
        assert!(sprung.contains(&trap.0), "{}: only {sprung:?}", trap.0);
    }
}

#[test]
fn what_a_user_made_stays_usable() {
    on_every_version(|server| {
        set_traps(server);
        // While it may create, its objects are its own.
        job(server, &["connect", "create_tables"]).succeeds(server);
        server.psql_as(
            "maker",
            "orders",
            "ALTER TABLE den.kept ADD COLUMN more int; SELECT * FROM den.kept;",
        );
        job(server, &["connect", "read", "write"]).succeeds(server);
        let sql = "INSERT INTO den.kept VALUES (nextval('den.numbers'), 'two'); SELECT note FROM den.kept ORDER BY 1;
                   SELECT note FROM den.window; SELECT den.leak();";
        assert_eq!(
            server.psql_as("maker", "orders", sql),
            "one\ntwo\none\none\n"
        );
    });
}

/// REASSIGN OWNED takes along what lies outside the database, which is not this Job's to give.
#[test]
fn what_a_user_owns_elsewhere_stays_where_it_is() {
    on_every_version(|server| {
        set_traps(server);
        server.psql("postgres", "CREATE DATABASE side OWNER maker");
        server.psql("orders", "ALTER DATABASE orders OWNER TO maker");
        job(server, &["connect"]).succeeds(server);
        let owners = "SELECT datname, datdba::regrole FROM pg_database WHERE datname IN ('orders', 'side') ORDER BY 1";
        assert_eq!(
            server.psql("postgres", owners),
            "orders|orders_owner\nside|maker\n"
        );
    });
}
