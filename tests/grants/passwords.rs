//! No password is seen by anybody but the two ends: not by the server, its log and its statistics, not in
//! the arguments or the environment of any process, not in the Job's own log.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::rig::job::{Job, of};
use crate::rig::server::{Run, Server, on_every_version, run};
use crate::rig::stack::{entry, operator, stack};

/// What is looked for. Both users of the Job have a password that holds it.
const SENTINEL: &str = "Sent1nel-pa55w0rd";

/// Everything that could be seen while a Job ran, and what is left behind.
fn seen(server: &Server, job: &Job) -> (Run, String) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let processes = scope.spawn(|| watch(&done, processes));
        let activity = scope.spawn(|| {
            watch(&done, || {
                server.psql("postgres", "SELECT query FROM pg_stat_activity")
            })
        });
        let run = job.run(server);
        done.store(true, Ordering::Relaxed);
        let mut seen = processes.join().expect("the watcher ends")
            + &activity.join().expect("the watcher ends");
        seen += &server.psql("postgres", "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT query FROM pg_stat_statements");
        seen += &server.log();
        seen += &run.text();
        (run, seen)
    })
}

fn watch(done: &AtomicBool, look: impl Fn() -> String) -> String {
    let mut seen = String::new();
    while !done.load(Ordering::Relaxed) {
        seen += &look();
        thread::sleep(Duration::from_millis(1));
    }
    seen
}

/// Arguments and environments of all processes of the machine, those in containers included.
fn processes() -> String {
    let mut all = String::new();
    for process in fs::read_dir("/proc").expect("there is /proc").flatten() {
        for file in ["cmdline", "environ"] {
            let bytes = fs::read(process.path().join(file)).unwrap_or_default();
            all += &String::from_utf8_lossy(&bytes);
        }
    }
    all
}

/// In every form in which it is the password.
fn shows(text: &str) -> bool {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(SENTINEL);
    // Cut at whole groups of three bytes, which come out the same whatever follows.
    text.contains(SENTINEL) || text.contains(&encoded[..20])
}

fn job(server: &Server) -> Job {
    let documents = stack(
        server.version,
        &[entry("orders", "orders_app", &["connect", "read"])],
    );
    operator(server, &documents);
    // The server is told the admin's password by the operator; what is looked for is what the Job does.
    let job = of(&documents, "orders", "orders_app");
    job.with_password("user", SENTINEL)
}

#[test]
fn a_password_is_seen_nowhere() {
    on_every_version(|server| {
        let job = job(server);
        let (run, seen) = seen(server, &job);
        assert!(
            run.text().contains("the password was set"),
            "{}",
            run.text()
        );
        assert!(!shows(&seen), "PostgreSQL {}", server.version);
        // What it became is no secret like the password, but a log is no place for it either.
        assert!(
            !seen.contains("SCRAM-SHA-256$"),
            "PostgreSQL {}",
            server.version
        );
        // The watchers do see what there is to see.
        assert!(seen.contains("grant.sh") && seen.contains("GRANT_USER=orders_app"));
        assert!(seen.contains("statement: BEGIN ISOLATION LEVEL REPEATABLE READ"));
        let stored =
            "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'orders_app'";
        assert_eq!(server.psql("postgres", stored), "t\n");
    });
}

/// Each careless way to do it is found out.
#[test]
fn a_careless_job_is_seen() {
    let server = Server::start("18");
    let job = job(&server);
    let pipe = "printf '%s\\n%s\\n' \"$REPLY\" \"$REPLY\" | in_postgres password.sql";
    let environment = job
        .clone()
        .weakened("grant.sh", pipe, "PLAIN=$REPLY in_postgres password.sql")
        .weakened(
            "password.sql",
            "\\password :\"user\"",
            "\\getenv plain PLAIN\nALTER ROLE :\"user\" PASSWORD :'plain';",
        );
    assert!(shows(&seen(&server, &environment).1), "in the environment");
    server.psql(
        "postgres",
        "ALTER ROLE orders_app PASSWORD NULL; SELECT pg_stat_statements_reset();",
    );
    let logged = job.clone().weakened(
        "grant.sh",
        "local extra_options=$unlogged",
        "local extra_options=",
    );
    assert!(
        seen(&server, &logged).1.contains("SCRAM-SHA-256$"),
        "in the log"
    );
}

/// An account whose password is stored as md5 is logged in with nothing less than SCRAM.
#[test]
fn no_server_is_sent_a_password_as_it_is() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", "orders_app", &["connect"])]);
    operator(&server, &documents);
    let hba = "printf '%s\\n' 'local all all trust' 'hostssl all all all password' >/server/data/pg_hba.conf";
    run("podman", &["exec", &server.container, "sh", "-c", hba], "").output();
    server.psql("postgres", "SELECT pg_reload_conf()");
    let log = of(&documents, "orders", "orders_app")
        .with("WAIT_SECONDS", "1")
        .fails(&server);
    assert!(log.contains("channel binding required"), "{log}");
}
