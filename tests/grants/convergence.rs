//! Whatever a user was given, by whomever, is found and taken away; what a second run finds is nothing.

use super::operations::{FIXTURE, Flags, all, mistakes, try_all};
use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{entry, operator, stack};

/// Every row that a grant Job could touch, with the transaction that wrote it.
pub(super) fn rows(server: &Server, database: &str) -> String {
    let sql = "
      SELECT 'role', xmin, a::text FROM pg_authid a ORDER BY oid;
      SELECT 'member', xmin, m::text FROM pg_auth_members m ORDER BY m::text;
      SELECT 'database', xmin, datname, datdba, datacl FROM pg_database ORDER BY oid;
      SELECT 'schema', xmin, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)' ORDER BY oid;
      SELECT 'relation', xmin, oid, relowner, relacl, reloptions FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_(temp|toast)' ORDER BY oid;
      SELECT 'column', attrelid, attnum, attacl FROM pg_attribute WHERE attacl IS NOT NULL ORDER BY attrelid, attnum;
      SELECT 'routine', xmin, oid, proowner, prosecdef, proacl FROM pg_proc ORDER BY oid;
      SELECT 'type', oid, typowner, typacl FROM pg_type WHERE typacl IS NOT NULL ORDER BY oid;
      SELECT 'default', xmin, d::text FROM pg_default_acl d ORDER BY oid;
      SELECT 'parameter', xmin, p::text FROM pg_parameter_acl p ORDER BY oid;
      SELECT 'large object', xmin, l::text FROM pg_largeobject_metadata l ORDER BY oid;
      SELECT 'dependence', s::text FROM pg_shdepend s WHERE deptype = 'a' ORDER BY s::text;
      SELECT 'setting', s::text FROM pg_db_role_setting s ORDER BY s::text;";
    server.psql(database, sql)
}

/// Everything that depends on a role, and what the role is, without its name.
pub(super) fn holdings(server: &Server, role: &str) -> String {
    let sql = format!(
        "SELECT deptype, coalesce((SELECT datname FROM pg_database d WHERE d.oid = s.dbid), '-'),
                pg_describe_object(classid, objid, objsubid)
         FROM pg_shdepend s WHERE refclassid = 'pg_authid'::regclass AND refobjid = '{role}'::regrole ORDER BY 1, 2, 3;
         SELECT 'member of', roleid::regrole, admin_option FROM pg_auth_members WHERE member = '{role}'::regrole ORDER BY 2;
         SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin, rolinherit
         FROM pg_roles WHERE rolname = '{role}';
         SELECT c.oid::regclass, a.privilege_type, a.is_grantable, a.grantor = c.relowner
         FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = '{role}'::regrole ORDER BY 1, 2;
         SELECT n.nspname, a.privilege_type, a.is_grantable FROM pg_namespace n, aclexplode(n.nspacl) a
         WHERE a.grantee = '{role}'::regrole ORDER BY 1, 2;
         SELECT d.datname, a.privilege_type, a.is_grantable FROM pg_database d, aclexplode(d.datacl) a
         WHERE a.grantee = '{role}'::regrole ORDER BY 1, 2;"
    );
    server.psql("orders", &sql).replace(role, "ROLE")
}

/// Rights in every form that PostgreSQL has, for a user that is to have `connect` and `read` only.
const TOO_MUCH: &str = r#"
CREATE ROLE friend; CREATE ROLE stranger; CREATE ROLE club; CREATE ROLE staff CREATEROLE;
GRANT USAGE ON SCHEMA app TO friend;
GRANT SELECT, INSERT ON app.t TO friend WITH GRANT OPTION;
GRANT SELECT (note), UPDATE (note) ON app.t TO friend WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION app.f() TO friend WITH GRANT OPTION;
SET ROLE friend;
GRANT SELECT, INSERT ON app.t TO orders_app WITH GRANT OPTION;
GRANT SELECT (note), UPDATE (note) ON app.t TO orders_app;
GRANT EXECUTE ON FUNCTION app.f() TO orders_app;
RESET ROLE;
REVOKE USAGE ON SCHEMA app FROM friend;
GRANT ALL ON ALL TABLES IN SCHEMA app, public TO orders_app WITH GRANT OPTION;
GRANT ALL ON ALL SEQUENCES IN SCHEMA app TO orders_app WITH GRANT OPTION;
GRANT ALL ON ALL ROUTINES IN SCHEMA app TO orders_app WITH GRANT OPTION;
GRANT ALL ON SCHEMA app, public TO orders_app WITH GRANT OPTION;
GRANT ALL ON DATABASE orders, postgres, template1 TO orders_app WITH GRANT OPTION;
GRANT REFERENCES (id), INSERT (id) ON app.t TO orders_app;
GRANT USAGE ON LANGUAGE plpgsql TO orders_app;
GRANT USAGE ON FOREIGN DATA WRAPPER file_fdw TO orders_app;
GRANT USAGE ON FOREIGN SERVER files TO orders_app;
CREATE DOMAIN app.d AS int; GRANT USAGE ON DOMAIN app.d TO orders_app;
GRANT USAGE ON TYPE "On ""call's"" $(id) ünï
line"."Ty""pe" TO orders_app;
SELECT lo_create(4242); GRANT ALL ON LARGE OBJECT 4242 TO orders_app;
GRANT CREATE ON TABLESPACE pg_default TO orders_app;
GRANT SET, ALTER SYSTEM ON PARAMETER work_mem, "odd.Name" TO orders_app;
GRANT SELECT ON pg_catalog.pg_authid, pg_catalog.pg_subscription TO orders_app;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO orders_app;
GRANT CREATE ON SCHEMA pg_catalog, information_schema TO orders_app;
GRANT CREATE ON SCHEMA public TO PUBLIC;
SET ROLE orders_app;
GRANT DELETE ON app.t TO stranger;
RESET ROLE;
GRANT orders_owner, keeper, pg_read_all_data, pg_read_all_stats TO orders_app WITH ADMIN OPTION;
GRANT club TO friend WITH ADMIN OPTION;
SET ROLE friend; GRANT club TO orders_app; RESET ROLE;
GRANT club TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_owner GRANT ALL ON TABLES TO orders_app WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_owner IN SCHEMA app GRANT ALL ON SEQUENCES TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE stranger GRANT ALL ON SCHEMAS TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE stranger GRANT EXECUTE ON ROUTINES TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE stranger GRANT USAGE ON TYPES TO orders_app;
ALTER ROLE orders_app SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS;
"#;

#[test]
fn whatever_was_granted_by_whomever_is_taken_away() {
    on_every_version(|server| {
        let entries =
            ["orders_app", "twin"].map(|user| entry("orders", user, &["connect", "read"]));
        let documents = stack(server.version, &entries);
        operator(server, &documents);
        server.psql("orders", FIXTURE);
        server.psql("postgres", "CREATE ROLE orders_app LOGIN");
        server.psql("orders", TOO_MUCH);
        let job = of(&documents, "orders", "orders_app");
        // What a third role granted stays with a Job that only revokes as the owner.
        let weak = job.clone().weakened(
            "difference.sql",
            "FROM borrowed,",
            "FROM (SELECT * FROM borrowed LIMIT 0) AS borrowed,",
        );
        weak.weakened("check.sql", "\\if :{?faults}", "\\if false")
            .succeeds(server);
        of(&documents, "orders", "twin").succeeds(server);
        assert_ne!(holdings(server, "orders_app"), holdings(server, "twin"));

        job.succeeds(server);
        // Members of extensions are outside of what the permissions rule, both ways.
        let left = holdings(server, "orders_app");
        let (outside, left): (Vec<&str>, Vec<&str>) =
            left.lines().partition(|line| line.contains("of_extension"));
        let twin = holdings(server, "twin");
        let twin: Vec<&str> = twin.lines().collect();
        assert_eq!(left, twin, "PostgreSQL {}", server.version);
        assert!(
            outside.contains(&"app.of_extension|TRUNCATE|t|t"),
            "{outside:?}"
        );
        let away = "REVOKE ALL ON app.of_extension FROM orders_app CASCADE;
                    REVOKE ALL ON FUNCTION app.of_extension_too() FROM orders_app CASCADE";
        server.psql("orders", away);
        let operations = all(&[]);
        let answers = try_all(server, "orders_app", "orders", &operations);
        let flags = Flags::from(["connect", "read", "execute_functions"]); // PUBLIC has EXECUTE here
        let found = mistakes(&operations, &answers, &flags);
        assert!(
            found.is_empty(),
            "PostgreSQL {}: {found:#?}",
            server.version
        );
        // What others have stays, except what they had from the user.
        let others = "SELECT has_table_privilege('friend', 'app.t', 'SELECT WITH GRANT OPTION'),
                             has_schema_privilege('friend', 'app', 'USAGE'),
                             has_table_privilege('stranger', 'app.t', 'DELETE')";
        assert_eq!(server.psql("orders", others), "t|f|f\n");
    });
}

#[test]
fn an_absent_user_has_nothing_left() {
    on_every_version(|server| {
        let flags = [
            "connect",
            "read",
            "write",
            "create_tables",
            "default_privileges",
            "metadata_access",
        ];
        let entries = [
            entry("orders", "leaver", &flags),
            entry("orders", "stayer", &["connect"]),
        ];
        let documents = stack(server.version, &entries);
        operator(server, &documents);
        server.psql("orders", FIXTURE);
        for user in ["leaver", "stayer"] {
            of(&documents, "orders", user).succeeds(server);
        }
        server.psql_as(
            "leaver",
            "orders",
            "CREATE TABLE app.mine AS SELECT 1 AS id; CREATE TYPE app.my AS (a int);",
        );
        server.psql(
            "orders",
            "GRANT SELECT ON app.of_extension TO leaver; GRANT stayer TO leaver;",
        );

        let entries = [
            entry("orders", "leaver", &[]).absent(),
            entry("orders", "stayer", &["connect", "read"]),
        ];
        let documents = stack(server.version, &entries);
        let job = of(&documents, "orders", "leaver");
        let log = job.succeeds(server);
        let nothing = "f|f|f|f|f|f|t\n";
        assert_eq!(
            holdings(server, "leaver"),
            nothing,
            "PostgreSQL {}: {log}",
            server.version
        );
        let owner = server.psql(
            "orders",
            "SELECT relowner::regrole FROM pg_class WHERE relname = 'mine'",
        );
        assert_eq!(owner, "orders_owner\n");
        let login = server.try_psql("leaver", "postgres", "SELECT 1");
        assert!(
            login.stderr.contains("is not permitted to log in"),
            "{}",
            login.text()
        );
        let password = "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'leaver'";
        assert_eq!(server.psql("orders", password), "t\n");
        let before = rows(server, "orders");
        job.succeeds(server);
        assert_eq!(rows(server, "orders"), before);
    });
}

/// Absent in one database and present in another: the login stays, and works only there.
#[test]
fn a_user_can_be_absent_in_one_of_its_databases() {
    let server = Server::start("17");
    let entries = [
        entry("orders", "both", &["connect", "read"]),
        entry("stock", "both", &["connect", "read"]),
    ];
    let documents = stack("17", &entries);
    operator(&server, &documents);
    for database in ["orders", "stock"] {
        of(&documents, database, "both").succeeds(&server);
    }
    let entries = [entry("orders", "both", &[]).absent(), entries[1].clone()];
    let documents = stack("17", &entries);
    for database in ["orders", "stock"] {
        of(&documents, database, "both").succeeds(&server);
    }
    assert_ne!(server.try_psql("both", "orders", "SELECT 1").code, 0);
    assert_eq!(server.psql_as("both", "stock", "SELECT 1"), "1\n");
}

/// What cannot be put right is not committed in part.
#[test]
fn a_difference_that_stays_aborts_the_whole_transaction() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", "orders_app", &["connect", "read"])]);
    operator(&server, &documents);
    server.psql("orders", FIXTURE);
    let job = of(&documents, "orders", "orders_app");
    // A Job that never takes the last step, whatever it finds.
    let job = job.weakened(
        "round.sql",
        "ORDER BY step, place",
        "WHERE step < 9 AND statement !~ 'app[.]v' ORDER BY step, place",
    );
    job.clone()
        .weakened("permissions.sql", "\\if :unequal", "\\if false")
        .fails(&server);
    let before = server.psql(
        "orders",
        "SELECT nspname, nspacl FROM pg_namespace ORDER BY 1",
    );
    let log = job.fails(&server);
    assert!(
        log.contains("nothing is changed, because this would still differ"),
        "{log}"
    );
    assert!(
        log.contains("GRANT SELECT ON TABLE app.v TO orders_app"),
        "{log}"
    );
    assert!(log.contains("failed: step 3 of 4"), "{log}");
    assert_eq!(
        server.psql(
            "orders",
            "SELECT nspname, nspacl FROM pg_namespace ORDER BY 1"
        ),
        before
    );
}

/// A user that may not connect any more is put out, and nobody else is. (A first version asked
/// `pg_terminate_backend` in a WHERE clause, where it came before the condition on the user.)
#[test]
fn the_sessions_of_a_user_that_may_not_connect_are_ended() {
    on_every_version(|server| {
        let users = ["orders_app", "other"];
        let documents = stack(
            server.version,
            &users.map(|user| entry("orders", user, &["connect"])),
        );
        operator(server, &documents);
        for user in users {
            of(&documents, "orders", user).succeeds(server);
        }
        let asleep = "SELECT string_agg(usename, ' ' ORDER BY usename) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'";
        std::thread::scope(|scope| {
            for user in users {
                scope.spawn(move || server.try_psql(user, "orders", "SELECT pg_sleep(20)"));
            }
            while server.psql("postgres", asleep) != "orders_app other\n" {}
            let documents = stack(server.version, &[entry("orders", "orders_app", &["read"])]);
            let log = of(&documents, "orders", "orders_app").succeeds(server);
            assert!(log.contains("ended the session of process"), "{log}");
            assert_eq!(
                server.psql("postgres", asleep),
                "other\n",
                "PostgreSQL {}",
                server.version
            );
            server.psql(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'other'",
            );
        });
    });
}

/// A user with `manage_roles` goes on managing what it made, and nothing else.
#[test]
fn roles_that_a_user_made_stay_its_own() {
    for version in ["17", "18"] {
        let server = Server::start(version);
        let documents = stack(
            version,
            &[entry("orders", "chief", &["connect", "manage_roles"])],
        );
        operator(&server, &documents);
        let job = of(&documents, "orders", "chief");
        job.succeeds(&server);
        server.psql_as("chief", "orders", "CREATE ROLE team");
        server.psql(
            "orders",
            "GRANT orders_owner, pg_read_all_data, streaming_replica TO chief WITH ADMIN OPTION",
        );
        job.succeeds(&server);
        let before = rows(&server, "orders");
        job.succeeds(&server);
        assert_eq!(rows(&server, "orders"), before);
        server.psql_as(
            "chief",
            "orders",
            "ALTER ROLE team CREATEROLE; DROP ROLE team; CREATE ROLE team;",
        );
        let members = "SELECT string_agg(roleid::regrole::text, ' ') FROM pg_auth_members WHERE member = 'chief'::regrole";
        assert_eq!(server.psql("orders", members), "team\n");
        // Without the permission they are nobody's.
        let documents = stack(version, &[entry("orders", "chief", &["connect"])]);
        of(&documents, "orders", "chief").succeeds(&server);
        assert_eq!(server.psql("orders", members), "\n");
        assert_ne!(
            server
                .try_psql("chief", "orders", "\\set ON_ERROR_STOP on\nDROP ROLE team;")
                .code,
            0
        );
    }
}
