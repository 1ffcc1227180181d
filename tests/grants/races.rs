//! Many Jobs at once, and other sessions in the way.

use std::thread;

use super::operations::FIXTURE;
use crate::rig::job::{Job, of};
use crate::rig::server::{Run, Server, on_every_version};
use crate::rig::stack::{Entry, entry, operator, stack};

/// Two users of one database, and one user in two databases.
fn entries() -> Vec<Entry> {
    let all = [
        "connect",
        "read",
        "write",
        "create_tables",
        "execute_functions",
        "default_privileges",
        "metadata_access",
    ];
    vec![
        entry("orders", "first", &all),
        entry("orders", "second", &all).clone(),
        entry("stock", "first", &["connect", "read", "default_privileges"]),
    ]
}

const PAIRS: [(&str, &str); 3] = [
    ("orders", "first"),
    ("orders", "second"),
    ("stock", "first"),
];

fn start(version: &'static str) -> (Server, Vec<Job>) {
    let server = Server::start(version);
    let documents = stack(version, &entries());
    operator(&server, &documents);
    server.psql("orders", FIXTURE);
    server.psql("stock", "CREATE TABLE public.t (id int)");
    let jobs = PAIRS.map(|(database, user)| of(&documents, database, user));
    (server, jobs.into())
}

/// All of them at the same time.
fn at_once(server: &Server, jobs: &[Job]) -> Vec<Run> {
    thread::scope(|scope| {
        let running: Vec<_> = jobs
            .iter()
            .map(|job| scope.spawn(|| job.run(server)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("the Job ends"))
            .collect()
    })
}

/// Takes everything away again, so that the next round has all of it to do.
const RESET: &str = "
DROP OWNED BY first CASCADE;
DROP OWNED BY second CASCADE;
ALTER ROLE first NOLOGIN PASSWORD NULL; ALTER ROLE second NOLOGIN PASSWORD NULL;
REVOKE pg_read_all_stats, pg_read_all_settings FROM first, second;
GRANT CONNECT, TEMPORARY ON DATABASE orders, stock, postgres, template1 TO PUBLIC;";

fn round(server: &Server, jobs: &[Job]) -> Vec<Run> {
    let runs = at_once(server, jobs);
    for (database, user) in PAIRS {
        if runs.iter().all(|run| run.code == 0) {
            // The union of a user's entries, whichever of its Jobs came last.
            let sees = "SELECT pg_has_role('pg_read_all_stats', 'USAGE')";
            assert_eq!(server.psql_as(user, database, sees), "t\n");
        }
    }
    server.psql("orders", RESET);
    server.psql("stock", "DROP OWNED BY first CASCADE");
    runs
}

#[test]
fn jobs_run_side_by_side() {
    for version in crate::rig::server::VERSIONS {
        let (server, jobs) = start(version);
        for number in 0..10 {
            for run in round(&server, &jobs) {
                assert_eq!(
                    run.code,
                    0,
                    "PostgreSQL {version}, round {number}: {}",
                    run.text()
                );
            }
        }
    }
}

/// Jobs that do not take turns fail: this is what the lock and the retries are for.
#[test]
fn jobs_that_do_not_take_turns_get_in_each_others_way() {
    let (server, jobs) = start("18");
    let lock = "LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;";
    let weak: Vec<Job> = jobs
        .into_iter()
        .map(|job| {
            job.weakened("role.sql", lock, "")
                .weakened("permissions.sql", lock, "SELECT pg_sleep(0.3);")
                .weakened(
                    "common.sh",
                    "readonly in_the_way='",
                    "readonly in_the_way='never:",
                )
        })
        .collect();
    let failed = (0..10).any(|_| round(&server, &weak).iter().any(|run| run.code != 0));
    assert!(failed, "ten rounds without a lock and without a failure");
}

/// Tables come and go while the Job runs; a lock is held on one for a while.
#[test]
fn a_busy_database_does_not_make_the_job_fail() {
    on_every_version(|server| {
        let maker = entry(
            "orders",
            "maker",
            &["connect", "create_schema", "create_tables"],
        );
        let reader = entry("orders", "reader", &["connect", "read"]);
        let documents = stack(server.version, &[maker, reader]);
        operator(server, &documents);
        server.psql("orders", FIXTURE);
        of(&documents, "orders", "maker").succeeds(server);
        let churn = "SET client_min_messages = error;
            DO $$ BEGIN FOR i IN 1..4000 LOOP
              EXECUTE format('CREATE TABLE app.c%s (id int)', i); COMMIT;
              IF i > 20 THEN EXECUTE format('DROP TABLE app.c%s', i - 20); COMMIT; END IF;
            END LOOP; END $$;";
        thread::scope(|scope| {
            let busy = scope.spawn(|| server.try_psql("maker", "orders", churn));
            for _ in 0..3 {
                of(&documents, "orders", "reader").succeeds(server);
            }
            server.psql(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'maker'",
            );
            busy.join().expect("psql ends");
        });
    });
}

/// What is being used is waited for, not fought over.
#[test]
fn a_table_that_is_in_use_is_waited_for() {
    let server = Server::start("18");
    let documents = stack(
        "18",
        &[entry("orders", "maker", &["connect", "create_tables"])],
    );
    operator(&server, &documents);
    server.psql("orders", "CREATE SCHEMA app");
    of(&documents, "orders", "maker").succeeds(&server);
    server.psql_as("maker", "orders", "CREATE TABLE app.held (id int)");
    let documents = stack("18", &[entry("orders", "maker", &["connect"])]);
    thread::scope(|scope| {
        let held = "BEGIN; LOCK TABLE app.held; SELECT pg_sleep(40);";
        let holder = scope.spawn(|| server.try_psql("maker", "orders", held));
        while server.psql(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND usename = 'maker'",
        ) != "1\n"
        {}
        let job = of(&documents, "orders", "maker");
        let impatient = job
            .clone()
            .weakened("common.sh", "lock_timeout=20s", "lock_timeout=1s")
            .weakened(
                "common.sh",
                "readonly in_the_way='",
                "readonly in_the_way='never:",
            );
        let log = impatient.fails(&server);
        assert!(
            log.contains("canceling statement due to lock timeout"),
            "{log}"
        );
        // As patient as it is, but it gives up a lock sooner, so that it has to try again.
        let job = job.weakened("common.sh", "lock_timeout=20s", "lock_timeout=2s");
        let log = job.succeeds(&server);
        assert!(
            log.contains("another session was in the way; trying again"),
            "{log}"
        );
        holder.join().expect("psql ends");
    });
}

/// The Job's queries join the catalogs by hash. (With loops within loops, ten thousand tables took longer
/// than the five minutes of a statement, and every attempt failed.)
#[test]
fn a_database_with_many_tables_is_no_trouble() {
    on_every_version(|server| {
        let flags = [
            "connect",
            "read",
            "write",
            "execute_functions",
            "default_privileges",
        ];
        let entry = entry("orders", "orders_app", &flags).with("revokePublicExecute", true);
        let documents = stack(server.version, &[entry]);
        operator(server, &documents);
        let many = "CREATE SCHEMA app; SET client_min_messages = error; SET log_statement = none;
            SET log_min_duration_statement = -1; SET pgaudit.log = none; SET auto_explain.log_min_duration = -1;
            DO $$ BEGIN FOR i IN 1..10000 LOOP
              EXECUTE format('CREATE TABLE app.t%s (id int)', i);
              IF i % 5 = 0 THEN
                EXECUTE format('CREATE FUNCTION app.f%s() RETURNS int LANGUAGE sql AS ''SELECT 1''', i);
                COMMIT;
              END IF;
            END LOOP; END $$;";
        server.psql("orders", many);
        let job = of(&documents, "orders", "orders_app");
        job.succeeds(server);
        let log = job.succeeds(server);
        assert!(!log.contains("GRANT "), "the second run changes something");
    });
}
