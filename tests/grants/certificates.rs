//! Users without a password: the Job logs in with the certificate that the operator makes.

use serde_json::Value;

use crate::rig::job::{Job, of};
use crate::rig::server::{Server, on_every_version, run};
use crate::rig::stack::{Entry, entry, operator, stack};

/// What the operator names the Secret.
const SECRET: &str = "role-orders-app-client-cert";
/// Names that mean something in `pg_hba.conf`, and would be lists, key words and comments without quotes.
const DATABASE: &str = "all, or\"ders #1";
const USER: &str = "+app, \"x\" # @y";

fn certified(database: &str, user: &str, permissions: &[&str]) -> Entry {
    let entry = entry(database, user, permissions).with("clientCertificate", true);
    entry.without("password")
}

/// A certificate of the server's authority, as the operator issues it: key and certificate.
fn issue(server: &Server, user: &str) -> [String; 2] {
    let script = r#"set -e; cd /server
        openssl ecparam -genkey -name prime256v1 -noout -out user.key
        printf '%s\n' '[req]' 'distinguished_name=dn' 'prompt=no' 'utf8=yes' '[dn]' "CN=$1" >user.cnf
        openssl req -new -key user.key -out user.csr -config user.cnf
        openssl x509 -req -in user.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out user.crt 2>/dev/null
        cat "$2""#;
    // A value of OpenSSL's configuration knows quotes, comments and variables.
    let escaped: String = user
        .chars()
        .flat_map(|c| ['\\', c].into_iter().skip(usize::from(c.is_alphanumeric())))
        .collect();
    let cat = |file: &str| {
        let arguments = [
            "exec",
            &server.container,
            "bash",
            "-c",
            script,
            "issue",
            &escaped,
            file,
        ];
        run("podman", &arguments, "").output().to_owned()
    };
    let key = cat("user.key");
    let certificate = run(
        "podman",
        &["exec", &server.container, "cat", "/server/user.crt"],
        "",
    );
    [key, certificate.output().to_owned()]
}

/// The lines of the Cluster where CNPG puts them.
fn let_in(server: &Server, documents: &[Value]) {
    let cluster = documents
        .iter()
        .find(|document| document["kind"] == "Cluster")
        .expect("there is a Cluster");
    let lines = cluster["spec"]["postgresql"]["pg_hba"].as_array();
    let lines = lines.into_iter().flatten().filter_map(Value::as_str);
    let text = std::iter::once("local all all trust")
        .chain(lines)
        .chain(["hostssl all all all scram-sha-256"])
        .fold(String::new(), |text, line| text + line + "\n");
    let write = [
        "exec",
        "--interactive",
        &server.container,
        "sh",
        "-c",
        "cat >/server/data/pg_hba.conf",
    ];
    run("podman", &write, &text).output();
    server.psql("postgres", "SELECT pg_reload_conf()");
    let wrong = "SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL";
    assert_eq!(server.psql("postgres", wrong), "");
}

fn with_certificate(job: Job, secret: &str, [key, certificate]: &[String; 2]) -> Job {
    job.with_secret(secret, "tls.key", key)
        .with_secret(secret, "tls.crt", certificate)
}

#[test]
fn a_user_with_a_certificate_needs_no_password() {
    on_every_version(|server| {
        let entries = [
            certified("orders", "orders_app", &["connect", "read"]),
            certified("billing", "orders_app", &["read"]),
            certified("attic", "orders_app", &[]).with("state", "absent"),
        ];
        let documents = stack(server.version, &entries);
        operator(server, &documents);
        // A password of former times is forgotten.
        server.psql("postgres", "CREATE ROLE orders_app LOGIN PASSWORD 'old'");
        let pair = issue(server, "orders_app");
        let_in(server, &documents);
        for database in ["orders", "billing", "attic"] {
            let job = with_certificate(of(&documents, database, "orders_app"), SECRET, &pair);
            let log = job.succeeds(server);
            assert!(log.contains("the certificate is right"), "{log}");
            assert!(!log.contains("the password was set"), "{log}");
            let again = job.succeeds(server);
            assert!(
                !again.contains("GRANT") && !again.contains("ALTER"),
                "{again}"
            );
        }
        let facts =
            "SELECT rolcanlogin, rolpassword IS NULL FROM pg_authid WHERE rolname = 'orders_app'";
        assert_eq!(server.psql("postgres", facts), "t|t\n");
    });
}

/// The line is for this database and this user, whatever they are called.
#[test]
fn names_mean_nothing_in_pg_hba() {
    on_every_version(|server| {
        let documents = stack(server.version, &[certified(DATABASE, USER, &["connect"])]);
        operator(server, &documents);
        let_in(server, &documents);
        let job = of(&documents, DATABASE, USER);
        let secret = job.secret_of("user");
        let job = with_certificate(job, &secret, &issue(server, USER));
        assert!(job.succeeds(server).contains("the certificate is right"));
    });
}

/// Another's certificate, and a server that does not know the line yet.
#[test]
fn what_keeps_a_certificate_out_is_said() {
    let server = Server::start("18");
    let documents = stack("18", &[certified("orders", "orders_app", &["connect"])]);
    operator(&server, &documents);
    let job = of(&documents, "orders", "orders_app").with("WAIT_SECONDS", "3");
    let right = with_certificate(job.clone(), SECRET, &issue(&server, "orders_app"));
    let wrong = with_certificate(job, SECRET, &issue(&server, "another"));
    let log = right.fails(&server);
    assert!(
        log.contains("step 2 of 4: the certificate does not let in: not ready"),
        "{log}"
    );
    let_in(&server, &documents);
    let log = wrong.fails(&server);
    assert!(
        log.contains("certificate authentication failed for user"),
        "{log}"
    );
    right.succeeds(&server);
}
