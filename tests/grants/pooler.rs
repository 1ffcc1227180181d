//! `PgBouncer` between an application and the server, as CNPG sets it up: configuration, HBA file, role, function and
//! certificate are those of its v1.30.0 (`pkg/management/pgbouncer/config/config.go`,
//! `internal/management/controller/instance_controller.go`), parameters and rules those of the generated Pooler,
//! names in the server's certificate those of the generated Cluster.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::cnpg_roles::OPERATOR;
use crate::rig::job::{connection, of};
use crate::rig::server::{Run, Server, run};
use crate::rig::stack::{CLUSTER, NAMESPACE, documents, entry, operator};
use crate::support::process::Env;

const IMAGE: &str = "ghcr.io/cloudnative-pg/pgbouncer:1.26";

/// What CNPG sets where the user does not.
const DEFAULTS: [(&str, &str); 5] = [
    ("log_stats", "0"),
    ("auth_type", "hba"),
    ("client_tls_sslmode", "prefer"),
    ("server_tls_sslmode", "verify-ca"),
    ("ignore_startup_parameters", "extra_float_digits,options"),
];

/// What it always sets; the paths are those of the rig.
const FORCED: &str = "unix_socket_dir = /server/pooler
listen_port = 5432
listen_addr = *
admin_users = pgbouncer
auth_hba_file = /server/pooler/pg_hba.conf
server_tls_ca_file = /server/ca.crt
server_tls_cert_file = /server/auth.crt
server_tls_key_file = /server/auth.key
client_tls_cert_file = /server/server.crt
client_tls_key_file = /server/server.key
client_tls_ca_file = /server/ca.crt
";

/// Certificates of the operator, and who may log in with one.
const CERTIFICATES: &str = r#"
printf 'subjectAltName=%s\n' "$1" >names
sign() { openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "$1.crt" "${@:2}"; }
sign server -extfile names
openssl ecparam -genkey -name prime256v1 -noout -out auth.key
openssl req -new -key auth.key -out auth.csr -subj /CN=cnpg_pooler_pgbouncer
sign auth
sed -i '1i hostssl postgres cnpg_pooler_pgbouncer all cert' data/pg_hba.conf
printf "ssl_ca_file = '/server/ca.crt'\n" >>data/postgresql.conf
"#;

/// A pooler that runs. It is gone when this is dropped.
struct Pooler<'a> {
    server: &'a Server,
    container: String,
}

impl Drop for Pooler<'_> {
    fn drop(&mut self) {
        run(
            "podman",
            &["rm", "--force", "--time", "0", &self.container],
            "",
        );
    }
}

impl Pooler<'_> {
    /// Runs SQL of `PgBouncer`'s own on the socket, as the user that it runs as.
    fn show(&self, command: &str) -> Run {
        let arguments = [
            "exec",
            &self.server.container,
            "psql",
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--command",
            command,
            "host=/server/pooler port=5432 user=pgbouncer dbname=pgbouncer",
        ];
        run("podman", &arguments, "")
    }

    /// Connects as an application does, with the server checked in full.
    fn psql(&self, uri: &str, sslmode: &str, sql: &str) -> Run {
        let script =
            "printf %s \"$AUTHORITY\" >/tmp/ca.crt; exec psql \"$1\" -XqAt -v ON_ERROR_STOP=1 -f -";
        let authority = format!("AUTHORITY={}", self.server.authority());
        let mode = format!("PGSSLMODE={sslmode}");
        let network = self.server.network();
        let image = format!("ghcr.io/cloudnative-pg/postgresql:{}", self.server.version);
        let arguments = [
            "run",
            "--rm",
            "--interactive",
            "--pull",
            "never",
            "--network",
            &network,
            "--user",
            "26:26",
            "--env",
            &authority,
            "--env",
            "PGHOSTADDR=127.0.0.1",
            "--env",
            &mode,
            "--env",
            "PGSSLROOTCERT=/tmp/ca.crt",
            &image,
            "bash",
            "-c",
            script,
            "psql",
            uri,
        ];
        run("podman", &arguments, sql)
    }
}

fn object<'a>(documents: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let is_it =
        |document: &&Value| document["kind"] == kind && document["metadata"]["name"] == name;
    let mut found = documents.iter();
    found.find(is_it).expect("it is generated")
}

/// The file that CNPG makes of a Pooler.
fn configuration(pooler: &Value, port: u16) -> String {
    let pgbouncer = &pooler["spec"]["pgbouncer"];
    let mut parameters: BTreeMap<&str, String> = DEFAULTS
        .into_iter()
        .map(|(key, value)| (key, value.to_owned()))
        .collect();
    let given = pgbouncer["parameters"].as_object();
    for (key, value) in given.into_iter().flatten() {
        let value = value.as_str().expect("a string");
        let value = match key.as_str() {
            "ignore_startup_parameters" => format!("extra_float_digits,options,{value}"),
            _ => value.to_owned(),
        };
        parameters.insert(key, value);
    }
    let lines: String = parameters
        .iter()
        .map(|(key, value)| format!("{key} = {value}\n"))
        .collect();
    format!(
        "[databases]\n* = host=127.0.0.1 port={port}\n[pgbouncer]\npool_mode = {}\nauth_user = cnpg_pooler_pgbouncer\n\
         auth_query = SELECT usename, passwd FROM public.user_search($1)\nauth_dbname = postgres\n{lines}{FORCED}",
        pgbouncer["poolMode"].as_str().expect("a mode"),
    )
}

fn rules(pooler: &Value) -> String {
    let given = pooler["spec"]["pgbouncer"]["pg_hba"].as_array();
    let given: String = given
        .into_iter()
        .flatten()
        .map(|line| format!("{}\n", line.as_str().expect("a string")))
        .collect();
    format!(
        "local pgbouncer pgbouncer peer\n{given}host all all 0.0.0.0/0 md5\nhost all all ::/0 md5\n"
    )
}

fn stack(pooler: &Value) -> Vec<Value> {
    let entries = [
        entry("orders", "orders_app", &["connect", "read", "write"]),
        entry("orders", "outsider", &["read"]),
    ];
    let more = json!({
        "pooler": {"rw": pooler},
        "links": {"backendDb": [{
            "app": "checkout", "namespace": "shop-apps", "database": "orders", "username": "orders_app", "endpoint": "poolerRw",
        }]},
    });
    documents("18", &entries, &more, &Env::new())
}

/// Does what the operator does, then what the Jobs do, and starts the pooler.
fn start<'a>(server: &'a Server, documents: &[Value]) -> Pooler<'a> {
    let cluster = &object(documents, "Cluster", CLUSTER)["spec"];
    let names = cluster["certificates"]["serverAltDNSNames"].as_array();
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    let own = format!("{CLUSTER}-rw.{NAMESPACE}.svc.cluster.local");
    let names: Vec<String> = names
        .chain([own.as_str()])
        .map(|name| format!("DNS:{name}"))
        .collect();
    server.script(CERTIFICATES, &[&names.join(",")]);
    server.psql("postgres", "SELECT pg_reload_conf();");
    operator(server, documents);
    server.psql("postgres", OPERATOR);
    for user in ["orders_app", "outsider"] {
        of(documents, "orders", user).succeeds(server);
    }
    run_pooler(server, documents)
}

fn run_pooler<'a>(server: &'a Server, documents: &[Value]) -> Pooler<'a> {
    let pooler = object(documents, "Pooler", &format!("{CLUSTER}-pooler-rw"));
    let write = "mkdir -p pooler; printf %s \"$1\" >pooler/pgbouncer.ini; printf %s \"$2\" >pooler/pg_hba.conf";
    server.script(
        write,
        &[&configuration(pooler, server.port), &rules(pooler)],
    );
    let started = Pooler {
        server,
        container: format!("{}-pooler", server.container),
    };
    let (network, volume) = (server.network(), server.volume());
    let arguments = [
        "run",
        "--detach",
        "--name",
        &started.container,
        "--network",
        &network,
        "--user",
        "26:26",
        "--volume",
        &volume,
        "--pull",
        "never",
        IMAGE,
        "pgbouncer",
        "/server/pooler/pgbouncer.ini",
    ];
    run("podman", &arguments, "").output();
    for _ in 0..100 {
        if started.show("SHOW VERSION").code == 0 {
            return started;
        }
        sleep(Duration::from_millis(100));
    }
    let log = run("podman", &["logs", &started.container], "");
    panic!("PgBouncer does not start: {}", log.text());
}

/// The Secret of the application connects, over TLS, to the name that it holds; what the Job refuses is refused.
#[test]
fn an_application_connects_through_the_pooler() {
    let server = Server::behind_a_pooler("18");
    let pooler = json!({
        "poolMode": "transaction",
        "parameters": {"default_pool_size": "1", "max_client_conn": "50"},
        "pgHba": ["hostnossl all all 0.0.0.0/0 reject"],
    });
    let documents = stack(&pooler);
    let pooler = start(&server, &documents);
    let secret = connection(&documents, "checkout-orders--orders-app--pooler-rw");
    let who = "SELECT current_user, current_database();";
    for key in ["uri", "DATABASE_URL"] {
        let run = pooler.psql(&secret[key], "verify-full", who);
        assert_eq!(run.output(), "orders_app|orders\n", "{key}");
    }
    // It is the pooler that answers there, and not the server.
    assert!(pooler.show("SHOW CLIENTS").output().lines().count() >= 1);
    assert_ne!(server.port, 5432);
    // A user whose CONNECT was taken gets no further than to the pooler.
    let outsider = secret["uri"].replace("//orders_app:", "//outsider:");
    let refused = pooler.psql(&outsider, "verify-full", who);
    assert_ne!(refused.code, 0, "{}", refused.text());
    // The rule of `pgHba` comes before CNPG's own.
    let plain = pooler.psql(&secret["uri"], "disable", who);
    assert_ne!(plain.code, 0, "{}", plain.text());
    let wrong = pooler.psql(
        &secret["uri"].replace("pooler-rw", "elsewhere"),
        "verify-full",
        who,
    );
    assert!(wrong.stderr.contains("does not match"), "{}", wrong.text());
}

/// Two sessions that share a connection prepare a statement of one name.
const PREPARE: &str = "BEGIN;\nSELECT $1::int \\parse same\nCOMMIT;\n\\bind_named same 7 \\g\n";

#[test]
fn prepared_statements_work_in_transaction_mode() {
    let server = Server::behind_a_pooler("18");
    let tracked =
        stack(&json!({"poolMode": "transaction", "parameters": {"default_pool_size": "1"}}));
    let first = start(&server, &tracked);
    let uri = &connection(&tracked, "checkout-orders--orders-app--pooler-rw")["uri"];
    for _ in 0..2 {
        assert_eq!(first.psql(uri, "verify-full", PREPARE).output(), "7\n");
    }
    drop(first);
    // The test can fail: without tracking the second session finds the name taken.
    let lost = stack(&json!({
        "poolMode": "transaction", "parameters": {"default_pool_size": "1", "max_prepared_statements": "0"},
    }));
    let second = run_pooler(&server, &lost);
    let secret = connection(&lost, "checkout-orders--orders-app--pooler-rw");
    assert!(secret["jdbc-uri"].ends_with("&prepareThreshold=0"));
    let runs = [1, 2].map(|_| second.psql(uri, "verify-full", PREPARE));
    let [_, again] = &runs;
    assert!(again.stderr.contains("already exists"), "{}", again.text());
}

/// Every parameter that is accepted is one of `PgBouncer`, with a value that it reads. `suspend_timeout` is left out: CNPG
/// takes it, and 1.26 has it no more.
#[test]
fn pgbouncer_takes_every_parameter() {
    let text = "application_name_add_host=1 auth_type=hba autodb_idle_timeout=1800.5 cancel_wait_timeout=11 \
        client_idle_timeout=1 client_login_timeout=61 client_tls13_ciphers=TLS_AES_256_GCM_SHA384 \
        client_tls_ciphers=HIGH client_tls_sslmode=require default_pool_size=21 disable_pqexec=0 dns_max_ttl=16 \
        dns_nxdomain_ttl=17 idle_transaction_timeout=1 ignore_startup_parameters=search_path listen_backlog=129 \
        log_connections=0 log_disconnections=0 log_pooler_errors=0 log_stats=1 max_client_conn=101 \
        max_db_connections=51 max_packet_size=1000000 max_prepared_statements=199 max_user_connections=52 \
        min_pool_size=1 pkt_buf=8192 query_timeout=1 query_wait_timeout=0.5 reserve_pool_size=1 \
        reserve_pool_timeout=6 sbuf_loopcnt=6 server_check_delay=31 server_check_query=select server_connect_timeout=16 \
        server_fast_close=1 server_idle_timeout=601 server_lifetime=3601 server_login_retry=16 \
        server_reset_query=RESET server_reset_query_always=1 server_round_robin=1 \
        server_tls13_ciphers=TLS_AES_256_GCM_SHA384 server_tls_ciphers=HIGH server_tls_protocols=secure \
        server_tls_sslmode=verify-ca stats_period=61 tcp_defer_accept=44 tcp_socket_buffer=1 \
        tcp_keepalive=0 tcp_keepcnt=1 tcp_keepidle=1 tcp_keepintvl=1 tcp_user_timeout=1 \
        track_extra_parameters=IntervalStyle verbose=1";
    let parameters: Map<String, Value> = text
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), json!(value)))
        .collect();
    assert_eq!(parameters.len(), 56);
    let server = Server::behind_a_pooler("18");
    let documents = stack(&json!({"parameters": parameters}));
    let pooler = start(&server, &documents);
    let shown = pooler.show("SHOW CONFIG");
    let shown: BTreeMap<&str, &str> = shown
        .output()
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('|');
            Some((columns.next()?, columns.next()?))
        })
        .collect();
    for (key, value) in &parameters {
        let set = shown.get(key.as_str()).copied();
        let value = value.as_str().expect("a string");
        let expected = match key.as_str() {
            "ignore_startup_parameters" => "extra_float_digits,options,search_path",
            _ => value,
        };
        assert_eq!(set, Some(expected), "{key}");
    }
}
