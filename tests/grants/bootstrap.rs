//! What the Cluster gives to `initdb` and puts into `pg_hba.conf`, tried on the programs themselves.

use serde_json::{Value, json};

use crate::rig::server::{Server, VERSIONS, run};
use crate::rig::stack::documents;
use crate::support::process::Env;

fn cluster(version: &str, more: &Value) -> Value {
    let documents = documents(version, &[], more, &Env::new());
    let mut clusters = documents
        .into_iter()
        .filter(|document| document["kind"] == "Cluster");
    clusters.next().expect("there is a Cluster")["spec"].take()
}

/// The options of `initdb` that CNPG makes of the fields, with the defaults of its webhook
/// (`pkg/specs/jobs.go`, `api/v1/cluster_defaults.go`).
fn options(fields: &Value) -> Vec<String> {
    let names = [
        ("encoding", "encoding", "UTF8"),
        ("localeCollate", "lc-collate", "C"),
        ("localeCType", "lc-ctype", "C"),
        ("locale", "locale", ""),
        ("localeProvider", "locale-provider", ""),
        ("icuLocale", "icu-locale", ""),
        ("icuRules", "icu-rules", ""),
        ("builtinLocale", "builtin-locale", ""),
    ];
    let text = names
        .iter()
        .map(|(field, option, default)| (option, fields[*field].as_str().unwrap_or(default)))
        .filter(|(_, value)| !value.is_empty())
        .map(|(option, value)| format!("--{option}={value}"));
    let checksums = fields["dataChecksums"].as_bool().unwrap_or_default();
    let segment = fields["walSegmentSize"].as_i64();
    text.chain(checksums.then(|| "-k".to_owned()))
        .chain(segment.map(|size| format!("--wal-segsize={size}")))
        .collect()
}

#[test]
fn initdb_takes_what_is_given() {
    for version in VERSIONS {
        let mut given = vec![
            json!({}),
            json!({"encoding": "LATIN1", "dataChecksums": true, "walSegmentSize": 1}),
            json!({"encoding": "SQL_ASCII", "localeCType": "POSIX", "walSegmentSize": 1024}),
            json!({"locale": "C.UTF-8"}),
        ];
        if version != "15" {
            let icu = json!({"localeProvider": "icu", "icuLocale": "de-AT", "icuRules": "&a < g", "localeCType": "C.UTF-8"});
            given.extend([icu, json!({"localeProvider": "libc"})]);
            given.push(json!({"localeProvider": "builtin", "builtinLocale": "C.UTF-8"}));
            given.push(
                json!({"localeProvider": "builtin", "builtinLocale": "C", "encoding": "LATIN2"}),
            );
        }
        if version == "18" {
            given.push(json!({"localeProvider": "builtin", "builtinLocale": "PG_UNICODE_FAST"}));
        }
        for fields in given {
            let spec = cluster(version, &json!({"initdbOptions": fields}));
            let options = options(&spec["bootstrap"]["initdb"]);
            let image = format!("ghcr.io/cloudnative-pg/postgresql:{version}");
            let program = format!("/usr/lib/postgresql/{version}/bin/initdb");
            let fixed = [
                "run",
                "--rm",
                "--pull",
                "never",
                "--network",
                "none",
                "--user",
                "26:26",
            ];
            let command = [
                image.as_str(),
                &program,
                "--no-sync",
                "-U",
                "postgres",
                "-D",
                "/tmp/data",
            ];
            let arguments: Vec<&str> = fixed
                .into_iter()
                .chain(command)
                .chain(options.iter().map(String::as_str))
                .collect();
            run("podman", &arguments, "").output();
        }
    }
}

/// One line of each form that is let through, as the server reads it.
#[test]
fn the_server_reads_every_line() {
    let lines = json!([
        "hostnossl all all all reject",
        "hostssl orders,billing app,+readers 10.0.0.0/8 md5",
        "hostssl orders, billing app fd00::/8 cert clientcert=verify-full",
        "host \"all\" \"say \"\"x\"\"\" 10.0.0.0 255.0.0.0 scram-sha-256",
        "hostnogssenc sameuser all samenet scram-sha-256 # why",
        "host samerole all .example.com reject",
        "hostssl replication all db-1.example.com scram-sha-256 clientcert=verify-ca clientname=DN",
    ]);
    for version in VERSIONS {
        let server = Server::start(version);
        let spec = cluster(version, &json!({"pgHba": lines}));
        let text = spec["postgresql"]["pg_hba"]
            .as_array()
            .expect("the lines are there")
            .iter()
            .filter_map(Value::as_str)
            .fold("local all all trust\n".to_owned(), |text, line| {
                text + line + "\n"
            });
        let write = [
            "exec",
            "--interactive",
            &server.container,
            "sh",
            "-c",
            "cat >/server/data/pg_hba.conf",
        ];
        run("podman", &write, &text).output();
        let read = "SELECT count(*), count(error), string_agg(error, '; ') FROM pg_hba_file_rules";
        assert_eq!(
            server.psql("postgres", read),
            "8|0|\n",
            "PostgreSQL {version}"
        );
    }
}
