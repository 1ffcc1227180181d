//! Online moves, with the SQL that CNPG runs from the generated Publication and Subscription
//! (`publication_controller_sql.go` and `subscription_controller_sql.go` of the operator), and for the end that
//! is not the stack's with the SQL that the head of the file gives.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::ends::{Ends, FOREIGN, LOADER, OWN, PASSWORD, Way};
use super::full::{DIGEST, migration};
use crate::rig::job::{self, Job};
use crate::rig::server::{ELSEWHERE, directory};
use crate::rig::stack::{CLUSTER, NAMESPACE, literal, quoted};

const CONTENT: &str = include_str!("online.sql");
/// Changes while both halves are at work.
const CHANGES: &str = r#"
UPDATE sales."Order Lines" SET "Note" = 'changed', n = 0.01 WHERE id % 1000 = 0;
DELETE FROM public.events WHERE id <= 100;
UPDATE public.events SET at = at + 365 WHERE id = 200;
INSERT INTO public.child (line) VALUES (5), (NULL);
"#;

fn start(way: Way, own: &'static str, foreign: &'static str, rows: &str) -> Ends {
    let online = migration(way, "online", "replicate", &json!({}));
    let ends = Ends::start(way, own, foreign, &json!([online]));
    let loader = format!("ALTER ROLE {} REPLICATION", quoted(LOADER));
    ends.foreign.psql("postgres", &loader);
    ends.at_source(&CONTENT.replace(":rows", rows));
    ends
}

fn of_kind<'a>(ends: &'a Ends, kind: &str) -> &'a Value {
    let mut documents = ends.documents().iter();
    let found = documents.find(|document| document["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind}"))
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    let found = value.pointer(at).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("nothing is at {at} of {value}"))
}

/// A statement out of the steps at the head of the file.
fn statement(ends: &Ends, begin: &str) -> String {
    let job = job::text_of(&ends.job("online"));
    let job: Value = serde_json::from_str(&job).expect("a document is JSON");
    let steps = text(&job, "/metadata/annotations/cnpgstack.io~1steps");
    let from = steps.find(begin).expect("the steps have it");
    let (statement, _) = steps[from..].split_once(';').expect("it ends");
    statement.to_owned()
}

/// `toPublicationCreateSQL` of the operator, for all tables.
fn publish_as_cnpg(ends: &Ends) {
    let publication = of_kind(ends, "Publication");
    assert_eq!(text(publication, "/spec/cluster/name"), CLUSTER);
    assert_eq!(publication["spec"]["target"], json!({"allTables": true}));
    let sql = format!(
        "CREATE PUBLICATION {} FOR ALL TABLES WITH (\"publish_via_partition_root\" = {})",
        quoted(text(publication, "/spec/name")),
        literal(text(
            publication,
            "/spec/parameters/publish_via_partition_root"
        )),
    );
    ends.own.psql(text(publication, "/spec/dbname"), &sql);
}

/// `toSubscriptionCreateSQL` of the operator, with the connection string of `external.go`.
fn subscribe_as_cnpg(ends: &Ends) {
    let subscription = of_kind(ends, "Subscription");
    let name = text(subscription, "/spec/externalClusterName");
    let cluster = of_kind(ends, "Cluster");
    let clusters = cluster["spec"]["externalClusters"]
        .as_array()
        .expect("a list");
    let entry = clusters.iter().find(|entry| entry["name"] == name);
    let entry = entry.expect("the entry is there");
    assert_eq!(text(entry, "/connectionParameters/host"), ELSEWHERE);
    assert_eq!(text(entry, "/sslRootCert/name"), "legacy-ca");
    let secret = job::connection(ends.documents(), text(entry, "/password/name"));
    let mut connection = format!(
        "hostaddr=127.0.0.1 dbname={} password={} sslrootcert={}",
        parameter(text(subscription, "/spec/publicationDBName")),
        parameter(&secret[text(entry, "/password/key")]),
        authority(ends, Way::In),
    );
    for (key, value) in entry["connectionParameters"].as_object().expect("a map") {
        let value = match key.as_str() {
            "dbname" => continue,
            "port" => ends.foreign.port.to_string(),
            _ => value.as_str().expect("a string").to_owned(),
        };
        connection = format!("{connection} {key}={}", parameter(&value));
    }
    let sql = format!(
        "CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {}",
        quoted(text(subscription, "/spec/name")),
        escaped(&connection),
        quoted(text(subscription, "/spec/publicationName")),
    );
    ends.own.psql(text(subscription, "/spec/dbname"), &sql);
}

/// A value in a connection string.
fn parameter(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

/// A string of SQL with backslashes in it.
fn escaped(text: &str) -> String {
    format!("E'{}'", text.replace('\\', r"\\").replace('\'', "''"))
}

/// The certificate of the source where the destination's server finds it.
fn authority(ends: &Ends, way: Way) -> String {
    let file = directory("authority").join("ca.crt");
    let (certificate, server) = match way {
        Way::In => (ends.foreign.authority(), &ends.own),
        Way::Out => (ends.own.authority(), &ends.foreign),
    };
    std::fs::write(&file, certificate).expect("it can be written");
    server.give(&file)
}

/// What the head of the file says for a destination elsewhere, with its placeholders filled in.
fn subscribe_by_hand(ends: &Ends) {
    ends.own.psql(
        OWN,
        "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'replicating' IN ROLE pg_read_all_data, orders_owner",
    );
    let host = format!("host={CLUSTER}-rw.{NAMESPACE}.svc.cluster.local");
    let sql = statement(ends, "CREATE SUBSCRIPTION")
        .replace(&host, &format!("{host} hostaddr=127.0.0.1"))
        .replace("port=5432", &format!("port={}", ends.own.port))
        .replace("ROLE", "replicator")
        .replace("PASSWORD", "replicating")
        .replace("FILE", &authority(ends, Way::Out));
    ends.foreign.psql(FOREIGN, &sql);
}

fn begin(ends: &Ends) {
    match ends.way {
        Way::In => {
            let sql = statement(ends, "CREATE PUBLICATION");
            ends.foreign.psql(FOREIGN, &sql);
            ends.succeeds(&ends.job("online"));
            subscribe_as_cnpg(ends);
        }
        Way::Out => {
            publish_as_cnpg(ends);
            ends.succeeds(&ends.job("online"));
            subscribe_by_hand(ends);
        }
    }
}

fn cut_over(ends: &Ends) -> Job {
    let job = ends.job("online-cutover");
    let document: Value = serde_json::from_str(&job::text_of(&job)).expect("JSON");
    assert_eq!(document["spec"]["suspend"], true);
    job
}

/// Waits until the tables are copied, as somebody would before the cut-over.
fn copied(ends: &Ends) {
    let sql =
        "SELECT count(*) FILTER (WHERE srsubstate <> 'r'), count(*) > 0 FROM pg_subscription_rel";
    for _ in 0..600 {
        if ends.at_destination(sql) == "0|t\n" {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("the tables are not copied: {}", ends.at_destination(sql));
}

const READ_ONLY: &str =
    "SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
  WHERE datname = current_database() AND 'default_transaction_read_only=on' = ANY (setconfig)";

fn online(way: Way, own: &'static str, foreign: &'static str, rows: &str) {
    let ends = start(way, own, foreign, rows);
    begin(&ends);
    ends.at_source(CHANGES);
    copied(&ends);
    ends.at_source("INSERT INTO public.child (line) VALUES (6)");
    let log = ends.succeeds(&cut_over(&ends));
    // The view was not replicated.
    ends.at_destination("REFRESH MATERIALIZED VIEW public.sums");
    let (server, database, _) = ends.source();
    server.psql_with(
        "-c default_transaction_read_only=off",
        database,
        "REFRESH MATERIALIZED VIEW public.sums",
    );
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST), "{log}");
    assert_eq!(ends.at_source(READ_ONLY), "1\n");
    let refused = server.try_psql(
        "postgres",
        database,
        "INSERT INTO public.child (line) VALUES (7)",
    );
    assert!(
        refused.text().contains("read-only transaction"),
        "{}",
        refused.text()
    );
    // Applications number on where the source has stopped.
    ends.at_destination("INSERT INTO public.child (line) VALUES (7); INSERT INTO sales.\"Order Lines\" (n) VALUES (1)");
    assert!(ends.succeeds(&cut_over(&ends)).contains("finished before"));
    for secret in [PASSWORD, "replicating"] {
        assert!(!log.contains(secret));
    }
}

#[test]
fn a_database_moves_online_into_the_stack() {
    online(Way::In, "18", "15", "1000000");
}

#[test]
fn a_database_moves_online_out_of_the_stack() {
    online(Way::Out, "18", "15", "20000");
}

#[test]
fn a_cut_over_that_fails_lets_the_source_write() {
    let ends = start(Way::In, "15", "18", "100");
    let sql = statement(&ends, "CREATE PUBLICATION");
    ends.foreign.psql(FOREIGN, &sql);
    ends.succeeds(&ends.job("online"));
    let log = ends.fails(&cut_over(&ends).with("WAIT_SECONDS", "8"));
    assert!(log.contains("there is no subscription"), "{log}");
    assert!(log.contains("can be written to again"), "{log}");
    subscribe_as_cnpg(&ends);
    copied(&ends);
    // A row that the destination has lost.
    ends.at_destination("DELETE FROM public.child WHERE id = 1");
    let log = ends.fails(&cut_over(&ends));
    assert!(
        log.contains("public.child: 100 rows in the source, 99 in the destination"),
        "{log}"
    );
    assert_eq!(ends.at_source(READ_ONLY), "0\n");
}

#[test]
fn what_cannot_be_replicated_is_refused() {
    let ends = start(Way::In, "15", "18", "100");
    ends.foreign.psql(
        "postgres",
        &format!("ALTER ROLE {} NOREPLICATION", quoted(LOADER)),
    );
    let more = "SET ROLE :owner;
        CREATE TABLE public.keyless (v int);
        CREATE TABLE public.pictures (id int PRIMARY KEY, picture oid);
        CREATE UNLOGGED TABLE public.fast (id int PRIMARY KEY);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER always BEFORE INSERT ON public.child FOR EACH ROW EXECUTE FUNCTION f();
        ALTER TABLE public.child ENABLE ALWAYS TRIGGER always;
        SELECT lo_create(0)";
    ends.at_source(more);
    let log = ends.fails(&ends.job("online"));
    for problem in [
        "public.keyless has no replica identity",
        "public.pictures.picture may point to large objects",
        "public.fast is unlogged",
        "public.child has the trigger always, which would run as a superuser",
        "may not replicate",
    ] {
        assert!(log.contains(problem), "{problem} is not in {log}");
    }
    assert!(
        !ends
            .at_destination("SELECT nspname FROM pg_namespace")
            .contains("sales")
    );
}
