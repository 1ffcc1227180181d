//! The connection Secret of an application: everything in it really connects, whatever the names and the
//! password hold.

use serde_json::{Value, json};

use crate::rig::job::{connection, of};
use crate::rig::server::{Server, on_every_version, run};
use crate::rig::stack::{Entry, entry, operator, with_links};

const DATABASE: &str = "or/de:rs?a=b&c#d %25 [x] @ü'\"\\";
const USER: &str = "app@host:5432/u?s&e=r#%2F ü'\"\\$x";
const PASSWORD: &str = "p:a/s?s#w@o&r=d %20+ü'\"\\$(HOME)~!*()";

fn app() -> Entry {
    entry(DATABASE, USER, &["connect"]).with("password", PASSWORD)
}

fn documents(version: &str) -> Vec<Value> {
    let link = json!({"backendDb": [{"app": "checkout", "namespace": "shop-apps", "database": DATABASE, "username": USER}]});
    with_links(version, &[app()], &link)
}

/// Connects with psql as a client of the application would: over TLS, with the server checked.
fn psql(server: &Server, arguments: &[&str], passfile: Option<&str>) -> String {
    let script = "umask 077; printf %s \"$AUTHORITY\" >/tmp/ca.crt; printf %s \"$LINE\" >/tmp/pgpass; exec psql \"$@\"";
    let authority = format!("AUTHORITY={}", server.authority());
    let line = format!("LINE={}", passfile.unwrap_or_default());
    let network = format!("container:{}", server.container);
    let image = format!("ghcr.io/cloudnative-pg/postgresql:{}", server.version);
    let fixed = [
        "run",
        "--rm",
        "--pull",
        "never",
        "--network",
        &network,
        "--user",
        "26:26",
        "--env",
        &authority,
        "--env",
        &line,
        "--env",
        "PGPASSFILE=/tmp/pgpass",
        "--env",
        "PGHOSTADDR=127.0.0.1",
        "--env",
        "PGSSLMODE=verify-full",
        "--env",
        "PGSSLROOTCERT=/tmp/ca.crt",
        &image,
        "bash",
        "-c",
        script,
        "psql",
        "--no-psqlrc",
        "--no-password",
        "--tuples-only",
        "--no-align",
        "--command=SELECT current_user, current_database()",
    ];
    let arguments: Vec<&str> = fixed.into_iter().chain(arguments.iter().copied()).collect();
    run("podman", &arguments, "").output().trim_end().to_owned()
}

#[test]
fn every_way_to_connect_connects() {
    on_every_version(|server| {
        let documents = documents(server.version);
        operator(server, &documents);
        of(&documents, DATABASE, USER).succeeds(server);
        let secret = connection(&documents, "checkout-or-de-rs-a-b-c-d-25-x");
        let expected = format!("{USER}|{DATABASE}");
        for key in ["uri", "fqdn-uri", "DATABASE_URL"] {
            assert_eq!(psql(server, &[&secret[key]], None), expected, "{key}");
        }
        // libpq reads the rest of a JDBC URL as it is: user and password are parameters in both.
        for key in ["jdbc-uri", "fqdn-jdbc-uri"] {
            let uri = secret[key].strip_prefix("jdbc:").expect("it is a JDBC URL");
            assert_eq!(psql(server, &[uri], None), expected, "{key}");
        }
        let parts = ["host", "port", "user", "dbname"]
            .map(|key| format!("{key}='{}'", escaped(&secret[key])));
        assert_eq!(
            psql(server, &[&parts.join(" ")], Some(&secret["pgpass"])),
            expected,
            "pgpass"
        );
        assert_eq!(
            (secret["username"].as_str(), secret["password"].as_str()),
            (USER, PASSWORD)
        );
    });
}

/// A value of a connection string.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

/// What is not encoded does not connect: the names hold what they are meant to hold.
#[test]
fn a_uri_that_is_not_encoded_does_not_connect() {
    let server = Server::start("18");
    let documents = documents("18");
    operator(&server, &documents);
    of(&documents, DATABASE, USER).succeeds(&server);
    let secret = connection(&documents, "checkout-or-de-rs-a-b-c-d-25-x");
    let plain = format!(
        "postgresql://{USER}:{PASSWORD}@{}:5432/{DATABASE}",
        secret["host"]
    );
    let connects = std::panic::catch_unwind(|| psql(&server, &[&plain], None));
    assert!(connects.is_err());
}
