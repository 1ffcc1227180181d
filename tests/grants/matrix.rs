//! The permission matrix: each permission alone, all, none, and twenty random sets, in a row on one
//! server, so that every set also has to undo the one before. Each operation that any permission rules is
//! tried by the user itself, and a second run changes no row.

use super::convergence::rows;
use super::operations::{FIXTURE, FLAGS, Flags, all, dropped, made_by, mistakes, try_all};
use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{Entry, entry, operator, stack};

const USER: &str = "orders_app";
/// Another user of the database that may create: what it makes later counts too.
const MAKER: &str = "maker";
const CREATORS: [&str; 4] = ["orders_owner", "keeper", "postgres", MAKER];

/// The permissions that the function accepts for a version; below 16 CREATEROLE is too much.
pub(super) fn known(version: &str) -> Vec<&'static str> {
    FLAGS
        .into_iter()
        .filter(|flag| version != "15" || *flag != "manage_roles")
        .collect()
}

fn sets(version: &str) -> Vec<Flags> {
    let known = known(version);
    let mut sets: Vec<Flags> = known.iter().map(|flag| Flags::from([*flag])).collect();
    sets.push(known.iter().copied().collect());
    sets.push(Flags::new());
    // xorshift: the same sets in every run.
    let mut state: u64 = 0x2545_F491_4F6C_DD1D;
    let enough = sets.len() + 20;
    while sets.len() < enough {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let chosen =
            |(bit, flag): (usize, &&'static str)| ((state >> (bit + 20)) & 1 == 1).then_some(*flag);
        let set: Flags = known.iter().enumerate().filter_map(chosen).collect();
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

fn entries(flags: &Flags) -> Vec<Entry> {
    let flags: Vec<&str> = flags.iter().copied().collect();
    let closed = |entry: Entry| entry.with("revokePublicExecute", true);
    vec![
        closed(entry("orders", USER, &flags)),
        closed(entry(
            "orders",
            MAKER,
            &["connect", "create_schema", "create_tables"],
        )),
    ]
}

#[test]
fn every_set_of_permissions_gives_what_the_table_says() {
    on_every_version(|server| {
        let documents = stack(server.version, &entries(&Flags::new()));
        operator(server, &documents);
        server.psql("orders", FIXTURE);
        of(&documents, "orders", MAKER).succeeds(server);
        let failures: Vec<String> = sets(server.version)
            .iter()
            .flat_map(|flags| check(server, flags))
            .collect();
        assert!(
            failures.is_empty(),
            "PostgreSQL {}\n{}",
            server.version,
            failures.join("\n")
        );
    });
}

fn check(server: &Server, flags: &Flags) -> Vec<String> {
    let documents = stack(server.version, &entries(flags));
    let job = of(&documents, "orders", USER);
    job.succeeds(server);
    let before = rows(server, "orders");
    let log = job.succeeds(server);
    let mut found = Vec::new();
    if rows(server, "orders") != before {
        found.push(format!("{flags:?}: the second run changes rows\n{log}"));
    }
    let made: String = CREATORS.into_iter().map(made_by).collect();
    server.psql("orders", &made);
    found.extend(tried(server, flags));
    let away: String = CREATORS.into_iter().map(dropped).collect();
    server.psql("orders", &away);
    found
}

/// Without `connect` the user is refused at the door, and everything else is tried with a door held open.
fn tried(server: &Server, flags: &Flags) -> Vec<String> {
    let mut found = Vec::new();
    let connects = flags.contains("connect");
    let login = server.try_psql(USER, "orders", "SELECT 1");
    if (login.code == 0) != connects {
        found.push(format!("{flags:?}: {}", login.text()));
    }
    if !connects {
        server.psql("orders", "GRANT CONNECT ON DATABASE orders TO orders_app");
    }
    let operations = all(&CREATORS);
    let answers = try_all(server, USER, "orders", &operations);
    for mistake in mistakes(&operations, &answers, flags) {
        found.push(format!("{flags:?}: {mistake}"));
    }
    for other in ["postgres", "template1"] {
        let login = server.try_psql(USER, other, "SELECT 1");
        if login.code == 0 {
            found.push(format!("{flags:?}: can connect to {other}"));
        }
    }
    found
}

/// Without `revokePublicExecute`, PUBLIC keeps EXECUTE, and the Job says so instead of failing.
#[test]
fn public_keeps_execute_unless_it_is_taken_away() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", USER, &["connect"])]);
    operator(&server, &documents);
    server.psql("orders", FIXTURE);
    let log = of(&documents, "orders", USER).succeeds(&server);
    assert!(log.contains("that everybody has (PUBLIC)"), "{log}");
    assert_eq!(server.psql_as(USER, "orders", "SELECT public.f()"), "1\n");
}

/// `extensionSchemas` lets the permissions rule an extension's members.
#[test]
fn extension_members_are_ruled_where_they_are_listed() {
    on_every_version(|server| {
        let base = entry(
            "orders",
            USER,
            &[
                "connect",
                "read",
                "write",
                "create_tables",
                "execute_functions",
            ],
        );
        let documents = stack(
            server.version,
            &[base.with("extensionSchemas", vec!["app", "of_extension_as_well"])],
        );
        operator(server, &documents);
        server.psql("orders", FIXTURE);
        of(&documents, "orders", USER).succeeds(server);
        let sql = "SELECT * FROM app.of_extension; INSERT INTO app.of_extension VALUES (1); \
                   SELECT app.of_extension_too(); CREATE TABLE of_extension_as_well.made (id int);";
        server.psql_as(USER, "orders", sql);
    });
}

/// The table itself can fail: a Job that forgets a right is found out.
#[test]
fn the_matrix_finds_a_job_that_grants_too_little_or_too_much() {
    let server = Server::start("18");
    let documents = stack("18", &entries(&known("18").into_iter().collect()));
    operator(&server, &documents);
    server.psql("orders", FIXTURE);
    let job = of(&documents, "orders", USER);
    job.succeeds(&server);
    // The Job keeps what an earlier one gave, and its own check is blind.
    let flags = Flags::from(["connect"]);
    let job = of(&stack("18", &entries(&flags)), "orders", USER);
    let job = job
        .weakened(
            "difference.sql",
            "e.grantee = it.role\n    AND e.owner <> it.role",
            "false\n    AND e.owner <> it.role",
        )
        .weakened("check.sql", "\\if :{?faults}", "\\if false");
    job.succeeds(&server);
    let operations = all(&[]);
    let answers = try_all(&server, USER, "orders", &operations);
    let mistakes = mistakes(&operations, &answers, &flags);
    assert!(
        mistakes
            .iter()
            .any(|mistake| mistake.starts_with("insert: 00000")),
        "{mistakes:#?}"
    );
}
