//! The export Jobs: their own containers, what they leave in the bucket, and what `pg_restore` makes of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread::{scope, sleep};
use std::time::Duration;

use serde_json::{Value, json};

use super::documents::{environment, link};
use super::store::{BUCKET, EXPORTS, SECRET_KEY, Store};
use crate::rig::job::{self, Job};
use crate::rig::server::{Run, Server, VERSIONS, directory, run};
use crate::rig::stack::{
    ADMIN, ADMIN_PASSWORD, CLUSTER, Entry, documents, entry, operator, quoted,
};

/// A name that means something to SQL, shells, connection strings and object stores.
const DATABASE: &str = "or'd\"ers /$(id) host=x";
/// Objects of several owners, row security, large objects, and rows that differ when they are read wrongly.
const CONTENT: &str = r#"
CREATE TABLE plain (id int PRIMARY KEY, at timestamptz, amount numeric, bytes bytea, doc jsonb);
INSERT INTO plain SELECT n, timestamptz '2026-02-03 04:05:06.789+00' + n * interval '1 day', n / 7.0, sha256(n::text::bytea),
  jsonb_build_object('n', n, 'text', E'line\n\\"ö' || n) FROM generate_series(1, 5000) n;
ALTER TABLE plain OWNER TO :owner;
CREATE SCHEMA hidden AUTHORIZATION app;
CREATE TABLE hidden.others (v text);
INSERT INTO hidden.others SELECT 'row ' || n FROM generate_series(1, 100) n;
ALTER TABLE hidden.others OWNER TO app;
CREATE TABLE guarded (who text, v int);
INSERT INTO guarded SELECT 'nobody', n FROM generate_series(1, 50) n;
ALTER TABLE guarded OWNER TO app;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON guarded USING (who = current_user);
CREATE SEQUENCE hidden.numbers OWNED BY NONE;
SELECT setval('hidden.numbers', 4711);
SET ROLE app;
SELECT lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex'));
RESET ROLE;
"#;

/// The content, as one text for comparing.
const DIGEST: &str = r"
SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM plain p;
SELECT count(*), md5(string_agg(v, ',' ORDER BY v)) FROM hidden.others;
SELECT count(*), sum(v) FROM guarded;
SELECT last_value FROM hidden.numbers;
SELECT md5(string_agg(lo_get(oid)::text, ',')) FROM pg_largeobject_metadata;
SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relname IN ('plain', 'others', 'guarded', 'numbers') ORDER BY 1;
SELECT polname, pg_get_expr(polqual, polrelid) FROM pg_policy;
";

/// Roles and what they are members of: the same before and after.
const ROLES: &str =
    "SELECT r.rolname, array_agg(m.roleid::regrole::text ORDER BY m.roleid) FROM pg_roles r
  LEFT JOIN pg_auth_members m ON m.member = r.oid GROUP BY r.rolname ORDER BY 1";

fn entries() -> [Entry; 1] {
    [entry(
        DATABASE,
        "app",
        &["connect", "read", "create_tables"],
    )]
}

fn stack(version: &str, links: &Value) -> Vec<Value> {
    let more =
        json!({"links": links, "barmanPlugin": {"install": false}, "backup": {"apply": true}});
    documents(version, &entries(), &more, &environment())
}

/// A server with a database that has content.
fn filled(version: &'static str, documents: &[Value]) -> Server {
    let server = Server::on_host(version);
    operator(&server, documents);
    let owner = documents.iter().find(|d| d["kind"] == "Database");
    let owner = owner.and_then(|d| d["spec"]["owner"].as_str());
    let owner = quoted(owner.expect("a database has an owner"));
    server.psql("postgres", "CREATE ROLE app LOGIN");
    server.psql(DATABASE, &CONTENT.replace(":owner", &owner));
    server
}

fn export(documents: &[Value], store: &Store) -> Job {
    let authority = store.authority.clone().unwrap_or_default();
    job::named(documents, "export-").with_secret("store-authority", "store.crt", &authority)
}

/// The logs of both containers: `export` and `upload`.
fn both(job: &Job, server: &Server) -> [Run; 2] {
    let runs = job.run_all(server);
    runs.try_into()
        .unwrap_or_else(|runs| panic!("not two containers: {runs:?}"))
}

#[track_caller]
fn succeeds(job: &Job, server: &Server) -> [String; 2] {
    let [export, upload] = both(job, server);
    assert_eq!(
        (export.code, upload.code),
        (0, 0),
        "{}{}",
        export.text(),
        upload.text()
    );
    [export.text(), upload.text()]
}

/// Restores an object into a new database, as PostgreSQL's superuser.
fn restore(server: &Server, store: &Store, object: &str) {
    let file = directory("restored").join("dump");
    store.fetch(object, &file);
    server.psql("postgres", "DROP DATABASE IF EXISTS copy");
    server.psql("postgres", "CREATE DATABASE copy TEMPLATE template0");
    let inside = server.give(&file);
    let port = server.port.to_string();
    let arguments = [
        "exec",
        &server.container,
        "pg_restore",
        "--host=/server",
        "--port",
        &port,
        "--username=postgres",
        "--exit-on-error",
        "--dbname=copy",
        &inside,
    ];
    run("podman", &arguments, "").output();
    std::fs::remove_dir_all(file.parent().unwrap_or(Path::new("/nonexistent"))).ok();
}

/// The objects of the exports to a bucket, with the path in it.
fn objects(store: &Store, bucket: &str, path: &str) -> (String, Vec<String>) {
    let folder = format!("{bucket}/{path}/exports/{CLUSTER}");
    let names = store.objects(&folder);
    (folder, names)
}

#[test]
fn an_export_holds_everything_and_leaves_no_role_behind() {
    let store = Store::start(true);
    scope(|threads| {
        let store = &store;
        for version in VERSIONS {
            threads.spawn(move || exported(version, store));
        }
    });
}

fn exported(version: &'static str, store: &Store) {
    let path = format!("on-{version}");
    let documents = stack(
        version,
        &json!({"cnpgBucket": link(store, BUCKET, Some(&path))}),
    );
    let server = filled(version, &documents);
    // Left behind by a Job that was killed, one that still works, and one that cannot be dropped: a user who
    // may make roles could leave it there so that nothing is ever cleaned up.
    let old = "cnpgstack_export_0123456789abcdef";
    server.psql(
        DATABASE,
        &format!(
            "CREATE ROLE {old} LOGIN VALID UNTIL '2020-01-01';
             CREATE ROLE cnpgstack_export_fedcba9876543210 LOGIN VALID UNTIL 'infinity';
             CREATE ROLE cnpgstack_export_0000000000000000 LOGIN VALID UNTIL '2020-01-01';
             CREATE TABLE clung_to (); ALTER TABLE clung_to OWNER TO cnpgstack_export_0000000000000000"
        ),
    );
    let roles = server.psql("postgres", ROLES);
    let job = export(&documents, store);
    let logs = succeeds(&job, &server).concat();

    let (folder, names) = objects(store, BUCKET, &path);
    let [dump, sum] = names.as_slice() else {
        panic!("not a dump and its checksum: {names:?}");
    };
    assert_eq!(*sum, format!("{dump}.sha256"));
    restore(&server, store, &format!("{folder}/{dump}"));
    assert_eq!(server.psql("copy", DIGEST), server.psql(DATABASE, DIGEST));

    // The roles are what they were, but for the one that nobody needs any more.
    let expected = roles.replace(&format!("{old}|{{NULL}}\n"), "");
    assert_ne!(expected, roles);
    assert_eq!(server.psql("postgres", ROLES), expected);

    // No superuser dumps, and nothing that must not be seen is seen.
    let log = server.log();
    let login = |user: &str| {
        log.lines().any(|line| {
            line.contains("connection authorized")
                && line.contains(&format!("user={user}"))
                && line.contains("application_name=pg_dump")
        })
    };
    assert!(login("cnpgstack_export_") && !login(ADMIN) && !login("postgres"));
    assert!(
        !log.contains("SCRAM-SHA-256$"),
        "a verifier is in the server's log"
    );
    let document = job::text_of(&job);
    for secret in [ADMIN_PASSWORD, SECRET_KEY] {
        assert!(!logs.contains(secret) && !document.contains(secret));
    }
}

/// Both buckets, one over HTTP with keys of somebody else's Secret; and the sidecar is ended.
#[test]
fn exports_go_to_both_buckets() {
    let store = Store::start(false);
    let given = link(&store, EXPORTS, None);
    let mut referenced = given.clone();
    let fields = referenced.as_object_mut().expect("a link is an object");
    fields.retain(|name, _| name == "endpoint" || name == "bucket");
    referenced["credentialsFrom"] =
        json!({"secretRef": {"name": "weed-login", "accessKey": "access", "secretKey": "secret"}});
    let first = link(&store, BUCKET, None);
    let documents = stack(
        "18",
        &json!({"cnpgBucket": first, "cnpgSwbucket": referenced}),
    );
    let server = filled("18", &documents);
    let sidecar = TcpListener::bind("127.0.0.1:15020").expect("nobody else listens there");
    for (name, bucket) in [("export-minio-", BUCKET), ("export-swbucket-", EXPORTS)] {
        let job = job::named(&documents, name)
            .with_secret("weed-login", "access", super::store::ACCESS_KEY)
            .with_secret("weed-login", "secret", SECRET_KEY);
        let asked = scope(|threads| {
            let asked = threads.spawn(|| {
                let Some(mut stream) = accepted(&sidecar) else {
                    return String::new();
                };
                let mut request = [0; 256];
                let length = stream.read(&mut request).expect("it can be read");
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    .ok();
                String::from_utf8_lossy(&request[..length]).into_owned()
            });
            succeeds(&job, &server);
            asked.join().expect("the request is read")
        });
        assert!(asked.starts_with("POST /quitquitquit "), "{asked}");
        let (folder, names) = objects(&store, bucket, "storefront");
        assert_eq!(names.len(), 2, "{names:?}");
        restore(&server, &store, &format!("{folder}/{}", names[0]));
        assert_eq!(server.psql("copy", DIGEST), server.psql(DATABASE, DIGEST));
    }
}

/// The first one who comes within a minute.
fn accepted(listener: &TcpListener) -> Option<TcpStream> {
    listener
        .set_nonblocking(true)
        .expect("it can be asked without waiting");
    for _ in 0..600 {
        if let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(false).expect("it can be waited for");
            return Some(stream);
        }
        sleep(Duration::from_millis(100));
    }
    None
}

/// Whoever sees the role while it lives can grant something to it, and so keep it from being dropped.
#[test]
fn a_role_that_cannot_be_dropped_is_nobody() {
    let store = Store::start(true);
    let documents = stack("18", &json!({"cnpgBucket": link(&store, BUCKET, None)}));
    let server = filled("18", &documents);
    let job = export(&documents, &store);
    let granted = "GRANT CONNECT ON DATABASE postgres TO :\"role\";\nCOMMIT;";
    let clung_to = job.clone().weakened("reader.sql", "COMMIT;", granted);
    succeeds(&clung_to, &server);
    let left = "SELECT rolcanlogin, rolbypassrls, rolpassword IS NULL, rolname FROM pg_authid WHERE rolname LIKE 'cnpgstack%'";
    let role = server.psql("postgres", left);
    let role = role.trim().strip_prefix("f|f|t|");
    let role = role.expect("one is left, and can do nothing").to_owned();
    let members = format!("SELECT count(*) FROM pg_auth_members WHERE member = '{role}'::regrole");
    assert_eq!(server.psql("postgres", &members), "0\n");
    let settings =
        format!("SELECT count(*) FROM pg_db_role_setting WHERE setrole = '{role}'::regrole");
    assert_eq!(server.psql("postgres", &settings), "0\n");
    // The next one drops it, once it can be.
    server.psql(
        "postgres",
        &format!("REVOKE CONNECT ON DATABASE postgres FROM {role}"),
    );
    succeeds(&job, &server);
    assert_eq!(server.psql("postgres", left), "");
}

/// What goes wrong is a failed Job that says why, and no role is left.
#[test]
fn a_failed_export_says_so() {
    let store = Store::start(true);
    let documents = stack("18", &json!({"cnpgBucket": link(&store, BUCKET, None)}));
    let server = filled("18", &documents);
    let job = export(&documents, &store);
    let fails = |job: Job, [export, upload]: [i32; 2], reason: &str| {
        let runs = both(&job, &server);
        let text = runs.each_ref().map(Run::text).concat();
        assert_eq!(runs.map(|run| run.code), [export, upload], "{text}");
        assert!(text.contains(reason), "{reason:?} is not in {text}");
        let left = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'cnpgstack%'";
        assert_eq!(server.psql("postgres", left), "0\n", "{text}");
    };
    let wrong = job
        .clone()
        .with_secret("minio-env", "AWS_SECRET_ACCESS_KEY", "wrong");
    fails(wrong, [0, 1], "the upload failed");
    let stranger = job
        .clone()
        .with("RCLONE_CA_CERT", "/etc/ssl/certs/ca-certificates.crt");
    fails(stranger, [0, 1], "certificate");
    let absent = job
        .clone()
        .with("PGDATABASE", "nowhere")
        .with("WAIT_SECONDS", "3");
    fails(absent, [1, 1], "database nowhere does not exist yet");
    assert_eq!(
        objects(&store, BUCKET, "storefront").1,
        Vec::<String>::new()
    );

    // A store that keeps something else than it was given.
    let truncating = job.clone().weakened(
        "upload.sh",
        "rclone copyto --immutable \"$out/dump\" \"$object\"",
        "head -c 1000 \"$out/dump\" | rclone rcat \"$object\"",
    );
    fails(truncating, [0, 1], "the store holds something else");
    let names = objects(&store, BUCKET, "storefront").1;
    assert!(
        !names.iter().any(|name| name.ends_with(".sha256")),
        "{names:?}"
    );

    // A table that cannot be read: the dump fails, and both containers with it.
    let blind = job.clone().weakened("reader.sql", ", pg_read_all_data", "");
    fails(blind, [1, 1], "permission denied");
    // A container that is gone without a word.
    let killed = job
        .weakened("reader.sql", ", pg_read_all_data", "")
        .weakened("export.sh", "touch \"$out/failed\"", "true")
        .weakened("upload.sh", "-mmin +2", "-mmin +0");
    fails(killed, [1, 1], "the container \"export\" is gone");
}

/// As the kubelet ends a Pod: also while a program runs in the foreground the role goes.
#[test]
fn an_export_that_is_ended_leaves_no_role_behind() {
    let store = Store::start(true);
    let documents = stack("18", &json!({"cnpgBucket": link(&store, BUCKET, None)}));
    let server = filled("18", &documents);
    let name = format!("{}-ended", server.container);
    let job = export(&documents, &store).called(&name);
    let [dumps, _] = scope(|threads| {
        threads.spawn(|| server.psql(DATABASE, "BEGIN; LOCK TABLE plain; SELECT pg_sleep(15)"));
        let running = threads.spawn(|| both(&job, &server));
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        while server.psql("postgres", waits) == "0\n" {
            assert!(!running.is_finished(), "nobody has to wait for the table");
            sleep(Duration::from_millis(100));
        }
        let container = format!("{name}-export");
        run("podman", &["kill", "--signal", "TERM", &container], "").output();
        running.join().expect("the Job ends")
    });
    assert_eq!(dumps.code, 143, "{}", dumps.text());
    let left = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'cnpgstack%'";
    assert_eq!(server.psql("postgres", left), "0\n", "{}", dumps.text());
}
