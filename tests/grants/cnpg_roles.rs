//! CNPG's own roles keep working when PUBLIC loses CONNECT, whether the operator made them before the
//! Job or makes them after it.

use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{entry, operator, stack};

/// What the operator does for the metrics exporter (1.28.3 and up) and for `PgBouncer`, in its own order:
/// what is there is repaired, and the pooler's role gets CONNECT only when it is made.
pub(super) const OPERATOR: &str = "
SELECT 'CREATE ROLE cnpg_metrics_exporter WITH LOGIN PASSWORD NULL'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cnpg_metrics_exporter') \\gexec
ALTER ROLE cnpg_metrics_exporter WITH NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT LOGIN;
GRANT pg_monitor TO cnpg_metrics_exporter;
SELECT 'CREATE ROLE cnpg_pooler_pgbouncer WITH LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cnpg_pooler_pgbouncer')
UNION ALL SELECT 'GRANT CONNECT ON DATABASE postgres TO cnpg_pooler_pgbouncer'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cnpg_pooler_pgbouncer') \\gexec
CREATE OR REPLACE FUNCTION public.user_search(uname TEXT) RETURNS TABLE (usename name, passwd text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
'SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename=$1;';
REVOKE ALL ON FUNCTION public.user_search(text) FROM public;
GRANT EXECUTE ON FUNCTION public.user_search(text) TO cnpg_pooler_pgbouncer;
";

/// Each role does what it is there for.
fn they_work(server: &Server) {
    let exporter = "SELECT 1 / count(*) FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
    for database in ["orders", "postgres"] {
        assert_eq!(
            server.psql_as("cnpg_metrics_exporter", database, exporter),
            "1\n",
            "{database}"
        );
    }
    let pooler =
        "SELECT count(*) FROM user_search('orders_app') WHERE passwd LIKE 'SCRAM-SHA-256$%'";
    assert_eq!(
        server.psql_as("cnpg_pooler_pgbouncer", "postgres", pooler),
        "1\n"
    );
    assert_eq!(
        server.psql_as("streaming_replica", "postgres", "SELECT 1"),
        "1\n"
    );
    for (role, database) in [
        ("cnpg_pooler_pgbouncer", "orders"),
        ("streaming_replica", "orders"),
    ] {
        assert_ne!(
            server.try_psql(role, database, "SELECT 1").code,
            0,
            "{role} needs no {database}"
        );
    }
}

#[test]
fn the_operators_roles_keep_working() {
    on_every_version(|server| {
        let documents = stack(
            server.version,
            &[entry("orders", "orders_app", &["connect", "read"])],
        );
        operator(server, &documents);
        server.psql("postgres", OPERATOR);
        of(&documents, "orders", "orders_app").succeeds(server);
        they_work(server);
    });
}

#[test]
fn the_operators_roles_work_when_they_come_after_the_job() {
    on_every_version(|server| {
        let documents = stack(
            server.version,
            &[entry("orders", "orders_app", &["connect", "read"])],
        );
        operator(server, &documents);
        of(&documents, "orders", "orders_app").succeeds(server);
        let before =
            "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'cnpg_metrics_exporter'";
        assert_eq!(server.psql("postgres", before), "f|f\n");
        server.psql("postgres", OPERATOR);
        they_work(server);
    });
}

/// Without the grants the exporter is locked out: the test can fail.
#[test]
fn a_job_that_forgets_them_locks_them_out() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", "orders_app", &["connect", "read"])]);
    operator(&server, &documents);
    server.psql("postgres", OPERATOR);
    let weak = of(&documents, "orders", "orders_app").weakened(
        "difference.sql",
        "concat(o.label, r.rolname), format('GRANT CONNECT",
        "concat(o.label, r.rolname), NULL || format('GRANT CONNECT",
    );
    weak.succeeds(&server);
    assert_ne!(
        server
            .try_psql("cnpg_metrics_exporter", "orders", "SELECT 1")
            .code,
        0
    );
}
