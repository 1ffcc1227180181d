//! A hostile owner of the database: whatever it plants, the superuser's session runs none of it, and the
//! Job does its work all the same.

use super::operations::FIXTURE;
use crate::rig::job::{Job, of};
use crate::rig::server::{Server, on_every_version};
use crate::rig::stack::{entry, operator, stack};

/// The owner's loot: who ran what. Planted code writes here, whoever runs it.
const LOOT: &str = "
CREATE TABLE public.loot (who text, what text);
GRANT ALL ON public.loot TO PUBLIC;
CREATE FUNCTION public.steal(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN
    INSERT INTO public.loot VALUES (current_user, what);
    EXECUTE 'ALTER ROLE orders_owner SUPERUSER';
  END IF;
END $$;
";

/// Every built-in function and operator, once more in `public`, with a body that steals.
const SHADOWS: &str = r"
SET SESSION AUTHORIZATION orders_owner;
SET check_function_bodies = off;
SET client_min_messages = error;
DO $plant$
DECLARE f record; o record; planted int := 0; operators int := 0;
BEGIN
  FOR f IN SELECT p.oid, p.proname, p.prorettype::regtype AS type, p.proretset, p.provariadic,
                  pg_get_function_identity_arguments(p.oid) AS arguments, p.pronargs
           FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
             AND p.prorettype <> 'trigger'::regtype AND p.prorettype <> 'event_trigger'::regtype
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS %s%s LANGUAGE plpgsql AS %L', f.proname, f.arguments,
        CASE WHEN f.proretset THEN 'SETOF ' ELSE '' END, f.type,
        format('BEGIN PERFORM public.steal(%L); RETURN %s; END', f.proname, CASE WHEN f.proretset THEN '' ELSE 'NULL' END));
      planted := planted + 1;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR o IN SELECT op.oprname, op.oprleft::regtype AS l, op.oprright::regtype AS r, op.oprresult::regtype AS result, row_number() OVER () AS n
           FROM pg_operator op WHERE op.oprnamespace = 'pg_catalog'::regnamespace AND op.oprkind = 'b'
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION public.op_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', o.n, o.l, o.r, o.result,
        format('BEGIN PERFORM public.steal(%L); RETURN NULL; END', o.oprname));
      EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.op_%s)', o.oprname, o.l, o.r, o.n);
      operators := operators + 1;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  ASSERT planted > 1500 AND operators > 400, format('planted %s functions and %s operators', planted, operators);
END $plant$;
CREATE VIEW public.pg_class AS SELECT public.steal('pg_class') IS NULL AS stolen, * FROM pg_catalog.pg_class;
CREATE VIEW public.pg_roles AS SELECT public.steal('pg_roles') IS NULL AS stolen, * FROM pg_catalog.pg_roles;
CREATE VIEW public.pg_namespace AS SELECT public.steal('pg_namespace') IS NULL AS stolen, * FROM pg_catalog.pg_namespace;
ALTER DATABASE orders SET search_path = public, pg_catalog;
";

/// Code at every place of a table, view or type where something may run it.
const PLANTED: &str = r"
SET SESSION AUTHORIZATION orders_owner;
CREATE SCHEMA trap;
CREATE FUNCTION trap.row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('trigger'); RETURN NEW; END $$;
CREATE FUNCTION trap.value(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('expression'); RETURN $1; END $$;
CREATE FUNCTION trap.holds(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('condition'); RETURN true; END $$;
CREATE DOMAIN trap.checked AS int CHECK (trap.holds(VALUE));
CREATE TABLE trap.t (id int DEFAULT trap.value(1) CHECK (trap.holds(id)), d trap.checked, g int GENERATED ALWAYS AS (trap.value(id)) STORED);
CREATE INDEX ON trap.t (trap.value(id)) WHERE trap.holds(id);
CREATE STATISTICS trap.s ON trap.value(id), id FROM trap.t;
CREATE TRIGGER always AFTER INSERT OR UPDATE OR DELETE ON trap.t FOR EACH ROW EXECUTE FUNCTION trap.row();
ALTER TABLE trap.t ENABLE ALWAYS TRIGGER always;
ALTER TABLE trap.t ENABLE ROW LEVEL SECURITY;
ALTER TABLE trap.t FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON trap.t USING (trap.holds(id)) WITH CHECK (trap.holds(id));
CREATE RULE r AS ON UPDATE TO trap.t DO ALSO SELECT trap.value(1);
CREATE VIEW trap.v AS SELECT trap.value(id) FROM trap.t;
CREATE MATERIALIZED VIEW trap.m AS SELECT trap.value(1) AS id WITH NO DATA;
CREATE TYPE trap.pair AS (a int, b int);
CREATE FUNCTION trap.less(trap.pair, trap.pair) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('operator'); RETURN true; END $$;
CREATE OPERATOR trap.= (LEFTARG = trap.pair, RIGHTARG = trap.pair, FUNCTION = trap.less);
CREATE FUNCTION trap.cast(trap.pair) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('cast'); RETURN ''; END $$;
CREATE CAST (trap.pair AS text) WITH FUNCTION trap.cast(trap.pair) AS IMPLICIT;
CREATE FUNCTION trap.typed(trap.pair, trap.checked) RETURNS trap.pair LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('typed'); RETURN $1; END $$;
CREATE AGGREGATE trap.agg (int) (SFUNC = trap.step, STYPE = int);
";

fn prepare(server: &Server) -> Job {
    let entries = [
        entry(
            "orders",
            "orders_app",
            &[
                "connect",
                "read",
                "write",
                "execute_functions",
                "default_privileges",
            ],
        ),
        entry(
            "orders",
            "maker",
            &["connect", "create_schema", "create_tables"],
        ),
    ];
    let documents = stack(server.version, &entries);
    operator(server, &documents);
    server.psql("orders", FIXTURE);
    server.psql("orders", LOOT);
    of(&documents, "orders", "orders_app")
}

/// What the owner got, and whether it is a superuser now.
fn loot(server: &Server) -> String {
    let sql = "SELECT string_agg(DISTINCT what, ' ') FROM public.loot;
               SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'orders_owner'";
    server.psql("orders", &format!("SET search_path = pg_catalog;\n{sql}"))
}

const NOTHING: &str = "\nf\n";

#[test]
fn nothing_is_found_by_name() {
    on_every_version(|server| {
        let job = prepare(server);
        server.psql("orders", SHADOWS);
        job.succeeds(server);
        assert_eq!(loot(server), NOTHING, "PostgreSQL {}", server.version);
        let log = job.succeeds(server);
        assert!(
            !log.contains("GRANT "),
            "the second run changes something\n{log}"
        );
    });
}

#[test]
fn a_session_that_trusts_the_search_path_is_robbed() {
    let server = Server::start("18");
    let job = prepare(&server);
    server.psql("orders", SHADOWS);
    let weak = job
        .weakened("common.sh", " -c search_path=pg_catalog,pg_temp", "")
        .weakened("ready.sql", "'role', 'search_path',", "'role',")
        .weakened(
            "ready.sql",
            "WHERE setrole IS DISTINCT FROM role) AS admin_options",
            "WHERE false) AS admin_options",
        );
    // Robbed it is at once; what it then does with its broken functions need not be waited for.
    let weak = weak
        .weakened(
            "common.sh",
            "statement_timeout=5min",
            "statement_timeout=3s",
        )
        .with("WAIT_SECONDS", "3");
    weak.run(&server);
    assert_ne!(loot(&server), NOTHING);
}

#[test]
fn nothing_that_was_planted_runs() {
    on_every_version(|server| {
        let job = prepare(server);
        server.psql("orders", "CREATE FUNCTION public.step(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'");
        server.psql("orders", &PLANTED.replace("trap.step", "public.step"));
        job.succeeds(server);
        assert_eq!(loot(server), NOTHING, "PostgreSQL {}", server.version);
    });
}

/// The plants do run in a session that touches them: a check that wrote, say.
#[test]
fn a_job_that_writes_to_check_is_robbed() {
    let server = Server::start("17");
    let job = prepare(&server);
    server.psql(
        "orders",
        "CREATE FUNCTION public.step(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'",
    );
    server.psql("orders", &PLANTED.replace("trap.step", "public.step"));
    job.weakened(
        "permissions.sql",
        "\nCOMMIT;\n",
        "\nINSERT INTO trap.t (id, d) VALUES (1, 1);\nCOMMIT;\n",
    )
    .run(&server);
    assert_ne!(loot(&server), NOTHING);
}

/// Every parameter that anybody may set, set to something else for the database and for the user.
const SETTINGS: &str = r"
SET SESSION AUTHORIZATION orders_owner;
DO $set$
DECLARE p record; n int := 0;
BEGIN
  FOR p IN SELECT name, vartype, enumvals, min_val, max_val, reset_val FROM pg_settings
           WHERE context = 'user'
             -- These two leave nobody able to connect, the superuser included, whatever a client asks for.
             AND name NOT IN ('transaction_isolation', 'transaction_deferrable', 'transaction_read_only')
  LOOP
    BEGIN
      EXECUTE format('ALTER DATABASE orders SET %I = %L', p.name, CASE p.vartype
        WHEN 'bool' THEN CASE p.reset_val WHEN 'on' THEN 'off' ELSE 'on' END
        WHEN 'enum' THEN (SELECT v FROM unnest(p.enumvals) v WHERE v <> p.reset_val LIMIT 1)
        WHEN 'string' THEN 'x'
        ELSE CASE WHEN p.name ~ 'timeout|delay' THEN '1' ELSE p.min_val END END);
      n := n + 1;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  ASSERT n > 100, n;
END $set$;
ALTER DATABASE orders SET role = 'orders_owner';
ALTER DATABASE orders SET local_preload_libraries = 'nothing_of_that_name';
ALTER DATABASE orders SET default_transaction_read_only = on;
ALTER DATABASE orders SET statement_timeout = '1ms';
ALTER DATABASE orders SET client_min_messages = error;
RESET SESSION AUTHORIZATION;
";

#[test]
fn settings_of_the_database_and_the_user_do_not_count() {
    on_every_version(|server| {
        let job = prepare(server);
        job.succeeds(server);
        server.psql("orders", SETTINGS);
        let user = "SELECT format('ALTER ROLE orders_app SET %I = %L', split_part(s, '=', 1), substr(s, strpos(s, '=') + 1))
            FROM pg_db_role_setting, unnest(setconfig) s WHERE s !~ '^(role|session_authorization)=' \\gexec
            ALTER ROLE orders_app SET role = 'pg_monitor';";
        server.psql("postgres", user);
        let before = server.psql(
            "postgres",
            "SELECT count(*) > 100 FROM pg_db_role_setting, unnest(setconfig)",
        );
        assert_eq!(before, "t\n");
        job.succeeds(server);
    });
}

#[test]
fn a_session_that_takes_the_databases_settings_fails() {
    let server = Server::start("18");
    let job = prepare(&server);
    server.psql("orders", SETTINGS);
    let weak = job.with("WAIT_SECONDS", "2").weakened(
        "grant.sh",
        "local options=\"$admin_options $everyone $superuser ${extra_options:-}\"",
        "local options=",
    );
    weak.weakened("grant.sh", "((server_version < 170000)) ||", "true ||")
        .fails(&server);
}

/// Event triggers, made by a superuser but with a function that the owner of the database owns: enabled
/// as usual they would fire for the Job, as a superuser.
fn event_trigger(server: &Server, enabled: &str) {
    let login = if server.version == "15" {
        ""
    } else {
        "CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION public.fire();"
    };
    let names: &[&str] = if server.version == "15" {
        &["at_start", "at_end"]
    } else {
        &["at_start", "at_end", "at_login"]
    };
    let enable: String = names
        .iter()
        .map(|name| format!("ALTER EVENT TRIGGER {name} {enabled};"))
        .collect();
    let sql = format!(
        "CREATE FUNCTION public.fire() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.steal('event trigger'); END $$;
         ALTER FUNCTION public.fire() OWNER TO orders_owner;
         CREATE EVENT TRIGGER at_start ON ddl_command_start EXECUTE FUNCTION public.fire();
         CREATE EVENT TRIGGER at_end ON ddl_command_end EXECUTE FUNCTION public.fire();
         {login}"
    );
    // The test's own statements must not spring it.
    let off = if server.version == "15" {
        "SET session_replication_role = replica;"
    } else {
        "SET event_triggers = off;"
    };
    server.psql("orders", &format!("{off}\n{sql}\n{enable}"));
}

#[test]
fn event_triggers_do_not_fire() {
    on_every_version(|server| {
        let job = prepare(server);
        event_trigger(server, "ENABLE");
        job.succeeds(server);
        let quiet = if server.version == "15" {
            ""
        } else {
            "-c event_triggers=off"
        };
        assert_eq!(
            quiet_loot(server, quiet),
            NOTHING,
            "PostgreSQL {}",
            server.version
        );
    });
}

/// Where PostgreSQL cannot keep them away the Job changes nothing and says what to do.
#[test]
fn event_triggers_that_always_fire_are_refused_or_kept_away() {
    on_every_version(|server| {
        for enabled in ["ENABLE ALWAYS", "ENABLE REPLICA"] {
            let server = Server::start(server.version);
            let job = prepare(&server);
            event_trigger(&server, enabled);
            if server.version == "15" {
                let log = job.fails(&server);
                assert!(log.contains("event triggers that are enabled ALWAYS or REPLICA and that no superuser owns"), "{log}");
                assert!(
                    log.contains("at_end, at_start") || log.contains("at_start, at_end"),
                    "{log}"
                );
            } else {
                job.succeeds(&server);
            }
            let quiet = if server.version == "15" {
                ""
            } else {
                "-c event_triggers=off"
            };
            assert_eq!(
                quiet_loot(&server, quiet),
                NOTHING,
                "PostgreSQL {} {enabled}",
                server.version
            );
        }
    });
}

#[test]
fn a_session_with_event_triggers_is_robbed() {
    for version in ["15", "18"] {
        let server = Server::start(version);
        let job = prepare(&server);
        event_trigger(&server, "ENABLE");
        job.weakened("common.sh", "-c session_replication_role=replica", "")
            .weakened("grant.sh", "-c event_triggers=off", "")
            .run(&server);
        let quiet = if version == "15" {
            ""
        } else {
            "-c event_triggers=off"
        };
        assert_ne!(quiet_loot(&server, quiet), NOTHING, "PostgreSQL {version}");
    }
}

/// The loot, read without springing a login trigger.
fn quiet_loot(server: &Server, options: &str) -> String {
    let sql = "SET search_path = pg_catalog;
        SELECT string_agg(DISTINCT what, ' ') FROM public.loot;
        SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = 'orders_owner'";
    server.psql_with(options, "orders", sql)
}
