//! Tablespaces of the stack: the server's, not a database's, so all Jobs of a user have to agree on them.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::convergence::rows;
use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{documents, entry, operator};
use crate::support::process::Env;

/// What the operator does, in a directory that needs no volume.
const OPERATOR: &str = "SET allow_in_place_tablespaces = on;
    CREATE TABLESPACE past_years LOCATION ''; CREATE TABLESPACE \"Sorting\" LOCATION '';
    CREATE TABLESPACE elsewhere LOCATION '';";
/// Who may put something where.
const MAY: &str = "SELECT u, t, has_tablespace_privilege(u, t, 'CREATE')
    FROM unnest(ARRAY['migrator', 'reporting']) AS u, unnest(ARRAY['past_years', 'Sorting', 'elsewhere']) AS t
    ORDER BY 1, 2;";

/// A user who makes tables in one of two databases, and one who reads.
fn stack(server: &Server, making: &[&str]) -> Vec<Value> {
    let entries = [
        entry("orders", "migrator", making),
        entry("billing", "migrator", &["connect", "read"]),
        entry("orders", "reporting", &["connect", "read"]),
    ];
    let more = json!({"tablespaces": [
        {"name": "past_years", "size": "1Gi", "owner": "orders_owner"},
        {"name": "Sorting", "size": "1Gi", "temporary": true},
    ]});
    documents(server.version, &entries, &more, &Env::new())
}

fn run_all(server: &Server, documents: &[Value]) -> String {
    let jobs = [
        ("orders", "migrator"),
        ("billing", "migrator"),
        ("orders", "reporting"),
    ];
    jobs.map(|(database, user)| of(documents, database, user).succeeds(server))
        .concat()
}

#[test]
fn all_jobs_of_a_user_agree_on_tablespaces() {
    on_every_version(|server| {
        let documents = stack(server, &["connect", "create_tables"]);
        operator(server, &documents);
        server.psql("postgres", OPERATOR);
        server.psql("postgres", "CREATE ROLE reporting; GRANT CREATE ON TABLESPACE past_years, elsewhere TO reporting WITH GRANT OPTION");
        run_all(server, &documents);
        let may = "migrator|Sorting|t\nmigrator|elsewhere|f\nmigrator|past_years|t\n\
                   reporting|Sorting|t\nreporting|elsewhere|f\nreporting|past_years|f\n";
        assert_eq!(server.psql("orders", MAY), may);
        server.psql_as(
            "migrator",
            "orders",
            "CREATE TABLE public.facts (id int) TABLESPACE past_years; DROP TABLE public.facts",
        );
        let before = rows(server, "orders")
            + &server.psql("postgres", "SELECT t::text FROM pg_tablespace t ORDER BY 1");
        let again = run_all(server, &documents);
        assert!(
            !again.contains("GRANT") && !again.contains("REVOKE"),
            "{again}"
        );
        let after = rows(server, "orders")
            + &server.psql("postgres", "SELECT t::text FROM pg_tablespace t ORDER BY 1");
        assert_eq!(before, after);

        // Without create_tables anywhere nothing but the temporary one is left.
        run_all(server, &stack(server, &["connect"]));
        let may = may.replace("migrator|past_years|t", "migrator|past_years|f");
        assert_eq!(server.psql("orders", MAY), may);
    });
}

#[test]
fn a_tablespace_that_appears_late_is_waited_for() {
    let server = Server::start("18");
    let documents = stack(&server, &["connect", "create_tables"]);
    operator(&server, &documents);
    let job = of(&documents, "orders", "migrator");
    let log = thread::scope(|scope| {
        let running = scope.spawn(|| job.succeeds(&server));
        thread::sleep(Duration::from_secs(10));
        server.psql("postgres", OPERATOR);
        running.join().expect("the Job succeeds")
    });
    assert!(
        log.contains("tablespace \"Sorting\" is not there yet"),
        "{log}"
    );
    let may = "SELECT has_tablespace_privilege('migrator', 'past_years', 'CREATE')";
    assert_eq!(server.psql("orders", may), "t\n");
}
