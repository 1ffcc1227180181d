//! Names that are something else to a shell, to libpq, to SQL or to Kubernetes.

use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{entry, operator, quoted, stack};

/// Names of databases and, with a letter behind, of users.
fn corpus() -> Vec<String> {
    let mut names: Vec<String> = [
        "a\"b",
        "a'b",
        "$(id)",
        "`id`",
        "a$$(PGPASSWORD)",
        "$(PGHOST)",
        "$$",
        "dbname=postgres user=postgres",
        "postgresql://keeper@localhost/postgres",
        "; DROP DATABASE postgres; --",
        "-c",
        "UPPER",
        "sélèct 表",
        "select",
        "user",
        "a\\'b\\",
        ":'wanted' :wanted",
        "%I%s",
        "{\"a\": 1}",
        " inner  space",
        "/tmp",
    ]
    .map(ToOwned::to_owned)
    .into();
    names.push("n".repeat(63));
    names.push("ü".repeat(31) + "x");
    names
}

/// A user's name out of a database's: another one, valid, at most 63 bytes.
fn user(database: &str) -> String {
    let trimmed = database.trim();
    let mut name: String = trimmed
        .chars()
        .rev()
        .take(30)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    name.push('u');
    name
}

#[test]
fn any_name_is_only_a_name() {
    on_every_version(|server| {
        let entries: Vec<_> = corpus()
            .iter()
            .map(|name| {
                entry(
                    name,
                    &user(name),
                    &["connect", "read", "create_tables", "default_privileges"],
                )
            })
            .collect();
        let documents = stack(server.version, &entries);
        operator(server, &documents);
        for name in corpus() {
            let schema = format!(
                "CREATE SCHEMA {}; CREATE TABLE {}.t AS SELECT 1 AS id;",
                quoted(&name),
                quoted(&name)
            );
            server.psql(&name, &schema);
            let user = user(&name);
            of(&documents, &name, &user).succeeds(server);
            let sql = format!(
                "SELECT id, current_database() = {} FROM {}.t",
                crate::rig::stack::literal(&name),
                quoted(&name)
            );
            assert_eq!(server.psql_as(&user, &name, &sql), "1|t\n", "{name}");
            let elsewhere = server.try_psql(&user, "postgres", "SELECT 1");
            assert_ne!(elsewhere.code, 0, "{name} can connect to postgres");
        }
        let left = "SELECT count(*) FROM pg_database WHERE datname IN ('postgres', 'template1')";
        assert_eq!(server.psql("postgres", left), "2\n");
    });
}

/// The traps in the names are real. Each of these Jobs is what somebody would write first.
#[test]
fn a_careless_job_takes_a_name_for_something_else() {
    let server = Server::start("18");
    let connection = "dbname=postgres user=postgres";
    let (quote, variable) = ("a\"b", "$(PGHOST)");
    let names = [connection, quote, variable];
    let entries = names.map(|name| entry(name, &user(name), &["connect"]));
    let documents = stack("18", &entries);
    operator(&server, &documents);
    let job = |name: &str| of(&documents, name, &user(name)).with("WAIT_SECONDS", "2");

    // As an argument the name is a connection string: the permissions are set in another database.
    let by_argument = "psql --no-psqlrc --dbname=\"$PGDATABASE\"";
    let weak = job(connection).weakened("common.sh", "psql --no-psqlrc", by_argument);
    let log = weak.run(&server).text();
    assert!(!log.contains("Z done"), "{log}");

    let weak = job(quote).weakened("role.sql", "CREATE ROLE %I", "CREATE ROLE %s");
    assert!(
        weak.fails(&server)
            .contains("unterminated quoted identifier")
    );

    let weak = job(variable).undoubled();
    assert!(
        weak.fails(&server).contains("cluster-storefront-rw"),
        "Kubernetes replaced the name"
    );

    for name in names {
        job(name).succeeds(&server);
    }
}
