//! A PostgreSQL server in a container of its own, with TLS and the settings that log the most.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use super::questions;
use crate::rig::stack::{CLUSTER, NAMESPACE};
use crate::support::process::communicate;

/// The versions that everything is proven on.
pub(crate) const VERSIONS: [&str; 3] = ["15", "17", "18"];

/// What a server is called by those who do not know that it is in a stack.
pub(crate) const ELSEWHERE: &str = "legacy.example.com";

/// Runs a test on every version, side by side.
pub(crate) fn on_every_version(test: impl Fn(&Server) + Sync) {
    std::thread::scope(|scope| {
        let running: Vec<_> = VERSIONS
            .map(|version| scope.spawn(|| test(&Server::start(version))))
            .into_iter()
            .collect();
        for thread in running {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

/// A server. It is gone when this is dropped.
pub(crate) struct Server {
    /// Its major version.
    pub version: &'static str,
    /// The name of its container, whose network Jobs share unless it is the host's.
    pub container: String,
    /// The port it listens on at 127.0.0.1.
    pub port: u16,
    on_host: bool,
    directory: PathBuf,
}

/// What a program came to.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Both streams, for looking at.
    pub(crate) fn text(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.stdout, self.stderr)
    }

    /// The standard output of a run that succeeded.
    #[track_caller]
    pub(crate) fn output(&self) -> &str {
        assert_eq!(self.code, 0, "{}", self.text());
        &self.stdout
    }
}

/// Runs a program with a text on its standard input.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = communicate(command, input);
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A fresh directory that any user may use.
pub(crate) fn directory(name: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // Not below target: the path of a socket has at most 107 characters.
    let path =
        std::env::temp_dir().join(format!("cnpg-stack-{}-{number}-{name}", std::process::id()));
    fs::create_dir_all(&path).expect("a directory can be made");
    open(&path, 0o777);
    path
}

/// A port that nobody listens on at the moment, and that was given to nobody here before.
pub(crate) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        if GIVEN
            .lock()
            .expect("nobody panics with it")
            .insert(address.port())
        {
            return address.port();
        }
    }
}

/// Sets the mode of a file.
pub(crate) fn open(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be set");
}

/// Where `tests/peers/install` puts things, among them a new cluster of each version.
#[expect(
    clippy::disallowed_methods,
    reason = "tests know the environment that `tests/run` sets"
)]
fn cache() -> PathBuf {
    let cache = std::env::var_os("CNPG_STACK_CACHE");
    PathBuf::from(cache.expect("tests/peers/env says where the cache is"))
}

/// What the container runs: certificates as CNPG makes them, a new cluster, what answers questions, the server.
const START: [&str; 3] = [
    r#"
set -e
bin=/usr/lib/postgresql/$1/bin dir=/server
cd "$dir"
key() { openssl ecparam -genkey -name prime256v1 -noout -out "$1"; }
key ca.key
openssl req -x509 -new -key ca.key -out ca.crt -days 2 -subj "/CN=$2-ca"
key server.key
openssl req -new -key server.key -out server.csr -subj "/CN=$2-rw"
printf 'subjectAltName=DNS:%s-rw,DNS:%s-rw.%s,DNS:%s-rw.%s.svc,DNS:%s-rw.%s.svc.cluster.local,DNS:%s\n' "$2" "$2" "$3" "$2" "$3" "$2" "$3" "$5" >san
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt -extfile san
cp -r "/initdb/$1" data
chmod 700 data
printf '%s\n' 'local all all trust' 'hostssl all all all scram-sha-256' >data/pg_hba.conf
cat >>data/postgresql.conf <<SETTINGS
unix_socket_directories = '$dir'
listen_addresses = '127.0.0.1'
port = $4
ssl = on
ssl_cert_file = '$dir/server.crt'
ssl_key_file = '$dir/server.key'
ssl_ca_file = '$dir/ca.crt'
fsync = off
max_connections = 200
wal_level = logical
shared_preload_libraries = 'pg_stat_statements,auto_explain,pgaudit'
log_statement = all
log_min_duration_statement = 0
log_connections = on
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
pgaudit.log = 'all'
pgaudit.log_parameter = on
pg_stat_statements.track = all
track_activity_query_size = 16384
SETTINGS
"#,
    questions::ANSWER,
    r#"exec "$bin/postgres" -D "$dir/data""#,
];

impl Server {
    /// Starts one without a network.
    pub(crate) fn start(version: &'static str) -> Self {
        Self::start_at(version, 5432, false)
    }

    /// Starts one that leaves PostgreSQL's port to a pooler beside it.
    pub(crate) fn behind_a_pooler(version: &'static str) -> Self {
        Self::start_at(version, 5433, false)
    }

    /// Runs a script of bash in its container, in its directory.
    #[track_caller]
    pub(crate) fn script(&self, script: &str, arguments: &[&str]) {
        let fixed = ["--chdir=/server", "bash", "-euc", script, "script"];
        let words: Vec<&str> = fixed.iter().chain(arguments).copied().collect();
        questions::ask(&self.directory, &self.container, &words, "").output();
    }

    /// Its directory, as podman's flag for a volume has it.
    pub(crate) fn volume(&self) -> String {
        format!("{}:/server", self.directory.display())
    }

    /// Starts one on the host's network, where Jobs reach more than the server.
    pub(crate) fn on_host(version: &'static str) -> Self {
        Self::start_at(version, free_port(), true)
    }

    fn start_at(version: &'static str, port: u16, on_host: bool) -> Self {
        let directory = directory(version);
        let container = directory
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        let mount = format!("{}:/server", directory.display());
        let initdb = format!("{}/initdb:/initdb:ro", cache().display());
        let image = format!("ghcr.io/cloudnative-pg/postgresql:{version}");
        let start = START.concat();
        let arguments = [
            "run",
            "--detach",
            "--name",
            &container,
            "--network",
            if on_host { "host" } else { "none" },
            "--user",
            "26:26",
            "--volume",
            &mount,
            "--volume",
            &initdb,
            "--pull",
            "never",
            &image,
            "bash",
            "-c",
            &start,
            "start",
            version,
            CLUSTER,
            NAMESPACE,
            &port.to_string(),
            ELSEWHERE,
        ];
        run("podman", &arguments, "").output();
        let server = Self {
            version,
            container,
            port,
            on_host,
            directory,
        };
        for _ in 0..300 {
            let taken = questions::taken(&server.directory);
            if taken && server.try_psql("postgres", "postgres", "SELECT 1").code == 0 {
                return server;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL {version} does not start\n{}", server.log());
    }

    /// Puts a copy of a file where the server finds it; the answer is the path there.
    pub(crate) fn give(&self, file: &Path) -> String {
        let name = "given";
        fs::copy(file, self.directory.join(name)).expect("it can be copied");
        open(&self.directory.join(name), 0o644);
        format!("/server/{name}")
    }

    /// The network of what runs beside it, as podman's flag has it.
    pub(crate) fn network(&self) -> String {
        if self.on_host {
            "host".to_owned()
        } else {
            format!("container:{}", self.container)
        }
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> String {
        fs::read_to_string(self.directory.join("ca.crt")).expect("the server has a certificate")
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        run("podman", &["logs", &self.container], "").text()
    }

    /// Runs SQL on the socket, where everybody is let in; psql goes on after an error.
    pub(crate) fn try_psql(&self, user: &str, database: &str, sql: &str) -> Run {
        self.try_psql_with("", user, database, sql)
    }

    /// The same with options for the session.
    fn try_psql_with(&self, options: &str, user: &str, database: &str, sql: &str) -> Run {
        let (user, database) = (format!("PGUSER={user}"), format!("PGDATABASE={database}"));
        let options = format!("PGOPTIONS={options}");
        let port = format!("PGPORT={}", self.port);
        let words = [
            user.as_str(),
            &database,
            "PGHOST=/server",
            &port,
            &options,
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--file=-",
        ];
        questions::ask(&self.directory, &self.container, &words, sql)
    }

    /// Runs SQL that has to succeed.
    #[track_caller]
    pub(crate) fn psql_as(&self, user: &str, database: &str, sql: &str) -> String {
        let run = self.try_psql(user, database, &format!("\\set ON_ERROR_STOP on\n{sql}"));
        run.output().to_owned()
    }

    /// Runs SQL as PostgreSQL's superuser, with options for the session.
    #[track_caller]
    pub(crate) fn psql_with(&self, options: &str, database: &str, sql: &str) -> String {
        let sql = format!("\\set ON_ERROR_STOP on\n{sql}");
        self.try_psql_with(options, "postgres", database, &sql)
            .output()
            .to_owned()
    }

    /// The same as PostgreSQL's superuser.
    #[track_caller]
    pub(crate) fn psql(&self, database: &str, sql: &str) -> String {
        self.psql_as("postgres", database, sql)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        run(
            "podman",
            &["rm", "--force", "--time", "0", &self.container],
            "",
        );
        fs::remove_dir_all(&self.directory).ok();
    }
}
