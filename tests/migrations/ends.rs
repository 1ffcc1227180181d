//! A stack whose server is one end of a migration, and somebody else's server, which is the other.

use serde_json::{Value, json};

use super::full::{DIGEST, STRUCTURE};
use crate::rig::job::{self, Job};
use crate::rig::server::{ELSEWHERE, Run, Server, run};
use crate::rig::stack::{documents, entry, literal, operator, quoted};
use crate::support::process::Env;

/// The database of the stack.
pub(crate) const OWN: &str = "orders";
/// The database elsewhere.
pub(crate) const FOREIGN: &str = "shop \"2\"";
/// Who works in the stack's database.
pub(crate) const USER: &str = "orders_app";
/// The role of the other server.
pub(crate) const LOADER: &str = "Loader 'x'";
/// Its password: with what means something in libpq's files.
pub(crate) const PASSWORD: &str = r#"lo:ad\er'"$(id) pass"#;

/// How scripts that know no better reach the two ends.
const NAIVE: &str = r#"
from() { PGHOST=127.0.0.1 PGPORT=$FROM_PORT PGUSER=$FROM PGDATABASE=$DATABASE PGPASSWORD=$PASSWORD PGSSLMODE=require "$@"; }
into() { PGHOST=/server PGPORT=$INTO_PORT PGUSER=postgres PGDATABASE=orders "$@"; }
"#;

/// What the Jobs have finished, as the destination knows it.
pub(crate) const LEDGER: &str = "
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1;
SELECT format('SELECT stack, name, attempt FROM %s ORDER BY 1, 2, 3', to_regclass('cnpgstack.migrations'))
WHERE to_regclass('cnpgstack.migrations') IS NOT NULL \\gexec
";
/// Roles and what they are members of.
const ROLES: &str = "
SELECT r.rolname, r.rolsuper, r.rolcanlogin, array_agg(m.roleid::regrole::text ORDER BY m.roleid::regrole::text)
FROM pg_roles r LEFT JOIN pg_auth_members m ON m.member = r.oid GROUP BY 1, 2, 3 ORDER BY 1";

/// The end elsewhere, as it is in a file.
pub(crate) fn elsewhere() -> Value {
    json!({
        "host": ELSEWHERE,
        "database": FOREIGN,
        "username": LOADER,
        "passwordFrom": {"env": "LEGACY_PASSWORD"},
        "sslRootCert": {"name": "legacy-ca"},
    })
}

/// Which way rows go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From elsewhere into the stack.
    In,
    /// Out of the stack.
    Out,
}

/// Both ways between the oldest and the newest version.
pub(crate) fn both_ways(migrations: impl Fn(Way) -> Value, test: impl Fn(&Ends)) {
    for way in [Way::In, Way::Out] {
        test(&Ends::start(way, "18", "15", &migrations(way)));
    }
}

/// Two servers and what is generated for them.
pub(crate) struct Ends {
    pub way: Way,
    pub own: Server,
    pub foreign: Server,
    documents: Vec<Value>,
    /// The role that the stack's database belongs to.
    pub owner: String,
}

impl Ends {
    /// Starts both; the client programs are those of the newer one.
    pub(crate) fn start(
        way: Way,
        own: &'static str,
        foreign: &'static str,
        migrations: &Value,
    ) -> Self {
        let newest = own.max(foreign);
        let image = format!("ghcr.io/cloudnative-pg/postgresql:{newest}");
        let entries = [entry(OWN, USER, &["connect", "read"])];
        let more = json!({"migrations": migrations, "images": {"psql": image}});
        let env = Env::from([("LEGACY_PASSWORD".to_owned(), PASSWORD.to_owned())]);
        let documents = documents(own, &entries, &more, &env);
        let own = Server::on_host(own);
        operator(&own, &documents);
        let foreign = Server::on_host(foreign);
        let sql = format!(
            "CREATE ROLE {} LOGIN BYPASSRLS PASSWORD {}; CREATE DATABASE {} OWNER {}",
            quoted(LOADER),
            literal(PASSWORD),
            quoted(FOREIGN),
            quoted(LOADER),
        );
        for statement in sql.split("; ") {
            foreign.psql("postgres", statement);
        }
        let owner = format!("{OWN}_owner");
        Self {
            way,
            own,
            foreign,
            documents,
            owner,
        }
    }

    /// What is generated.
    pub(crate) fn documents(&self) -> &[Value] {
        &self.documents
    }

    /// The server and the database that rows come from, and its owner.
    pub(crate) fn source(&self) -> (&Server, &'static str, &str) {
        match self.way {
            Way::In => (&self.foreign, FOREIGN, LOADER),
            Way::Out => (&self.own, OWN, &self.owner),
        }
    }

    /// The server and the database that they go to, and its owner.
    pub(crate) fn destination(&self) -> (&Server, &'static str, &str) {
        match self.way {
            Way::In => (&self.own, OWN, &self.owner),
            Way::Out => (&self.foreign, FOREIGN, LOADER),
        }
    }

    /// Runs SQL at the source, as its superuser.
    #[track_caller]
    pub(crate) fn at_source(&self, sql: &str) -> String {
        let (server, database, owner) = self.source();
        server.psql(database, &with_owner(sql, owner))
    }

    /// Runs SQL at the destination, as its superuser.
    #[track_caller]
    pub(crate) fn at_destination(&self, sql: &str) -> String {
        let (server, database, owner) = self.destination();
        server.psql(database, &with_owner(sql, owner))
    }

    /// The Job of a migration, told where the servers of the test are.
    pub(crate) fn job(&self, name: &str) -> Job {
        let (own, foreign) = match self.way {
            Way::In => ("DESTINATION_PORT", "SOURCE_PORT"),
            Way::Out => ("SOURCE_PORT", "DESTINATION_PORT"),
        };
        job::hashed(&self.documents, &format!("migration-{name}"))
            .with(own, &self.own.port.to_string())
            .with(foreign, &self.foreign.port.to_string())
            .with_secret("legacy-ca", "ca.crt", &self.foreign.authority())
    }

    /// What nobody may change who fails: content, structure and ledger of the destination, roles at both ends.
    #[track_caller]
    pub(crate) fn state(&self) -> String {
        let roles = [&self.own, &self.foreign].map(|server| server.psql("postgres", ROLES));
        format!("{}{}", self.content(), roles.concat())
    }

    /// Content, structure and ledger of the destination.
    #[track_caller]
    pub(crate) fn content(&self) -> String {
        self.at_destination(&[DIGEST, STRUCTURE, LEDGER].join("\n"))
    }

    /// A Job has to fail, to say why, and to change nothing.
    #[track_caller]
    pub(crate) fn refuses(&self, job: &Job, reason: &str) -> String {
        let before = self.state();
        let log = self.fails(&job.clone().first_only());
        assert!(log.contains(reason), "no {reason:?} in {log}");
        assert_eq!(self.state(), before, "{log}");
        log
    }

    /// The migration alone, without the permissions that are set again after it.
    #[track_caller]
    pub(crate) fn migrates(&self, name: &str) -> String {
        self.succeeds(&self.job(name).first_only())
    }

    /// Runs a Job and does something while its session in the destination sleeps (`pg_sleep` in its `postSql`).
    pub(crate) fn while_it_sleeps(&self, job: &Job, action: impl FnOnce()) -> Run {
        let (server, database, _) = self.destination();
        std::thread::scope(|scope| {
            let running = scope.spawn(|| self.run(&job.clone().first_only()));
            let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
            while server.psql(database, sleeps) == "0\n" {
                assert!(!running.is_finished(), "it ended before it slept");
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            action();
            running.join().expect("the Job ends")
        })
    }

    /// Runs a shell script beside the stack's server: with `from` before them commands reach the source elsewhere,
    /// with `into` the destination in the stack, as their owners see them.
    pub(crate) fn naively(&self, script: &str) -> Run {
        let ports = [
            ("FROM_PORT", self.foreign.port),
            ("INTO_PORT", self.own.port),
        ];
        let ports = ports.map(|(name, port)| format!("{name}={port}"));
        let names = [
            ("FROM", LOADER),
            ("DATABASE", FOREIGN),
            ("PASSWORD", PASSWORD),
        ];
        let names = names.map(|(name, value)| format!("{name}={value}"));
        let mut arguments = vec!["exec"];
        for variable in ports.iter().chain(&names) {
            arguments.extend(["--env", variable]);
        }
        let script = format!("{NAIVE}{script}");
        arguments.extend([self.own.container.as_str(), "bash", "-c", &script]);
        run("podman", &arguments, "")
    }

    /// Runs all of its containers; the logs one after the other.
    pub(crate) fn run(&self, job: &Job) -> Run {
        let runs = job.run_all(&self.own);
        Run {
            code: runs.iter().map(|run| run.code).max().unwrap_or(-1),
            stdout: runs.iter().map(Run::text).collect::<Vec<_>>().join("\n"),
            stderr: String::new(),
        }
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, job: &Job) -> String {
        let run = self.run(job);
        assert_eq!(run.code, 0, "{}", run.text());
        run.text()
    }

    #[track_caller]
    pub(crate) fn fails(&self, job: &Job) -> String {
        let run = self.run(job);
        assert_eq!(run.code, 1, "{}", run.text());
        run.text()
    }
}

/// The owner of the database as a variable of psql.
fn with_owner(sql: &str, owner: &str) -> String {
    let name = literal(owner).replace('\\', "\\\\").replace("''", "\\'");
    let sql = sql.replace(":owner;", &format!("{};", quoted(owner)));
    format!("\\set owner {name}\n{sql}")
}
