//! What a Job leaves behind, what it tells, and a source that means harm.

use serde_json::json;

use super::ends::{Ends, PASSWORD, USER, Way, both_ways};
use super::full::{CONTENT, migration};
use crate::rig::job::text_of;
use crate::rig::stack::{ADMIN_PASSWORD, password};

/// Whatever belongs to a superuser or to the role of a Job, but for what extensions have made.
const BELONGS: &str = "
WITH things AS (
  SELECT 'pg_class'::regclass AS class, oid, relowner AS owner, relnamespace AS inside FROM pg_class
  UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, pronamespace FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, typowner, typnamespace FROM pg_type
  UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner, oid FROM pg_namespace
  UNION ALL SELECT 'pg_extension'::regclass, oid, extowner, extnamespace FROM pg_extension
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner, NULL FROM pg_largeobject_metadata
)
SELECT CASE WHEN class = 'pg_largeobject'::regclass THEN 'large object' ELSE pg_describe_object(class, oid, 0) END, owner::regrole FROM things
WHERE oid >= 16384 AND owner IN (SELECT oid FROM pg_roles WHERE rolsuper OR rolname ~ '^cnpgstack_')
  -- Schemas for temporary tables stay when they are empty.
  AND NOT EXISTS (SELECT FROM pg_namespace n WHERE n.oid = inside AND n.nspname ~ '^pg_(toast_)?temp_')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = class AND d.objid = things.oid AND d.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_type t JOIN pg_depend d ON d.objid = t.typelem AND d.deptype = 'e' WHERE t.oid = things.oid);
";
/// Roles of Jobs.
const ROLES: &str = "SELECT rolname FROM pg_roles WHERE rolname ~ '^cnpgstack_'";

/// What nobody may read anywhere, beside what each server had logged before.
fn is_silent(ends: &Ends, before: &[String; 2], texts: &[String]) {
    let user = password(USER);
    let secrets = [ADMIN_PASSWORD, PASSWORD, &user, "SCRAM-SHA-256$"];
    let logs = logs(ends);
    let logs = logs.iter().zip(before).map(|(log, before)| {
        log.strip_prefix(before.as_str())
            .expect("it grows")
            .to_owned()
    });
    for text in logs.chain(texts.iter().cloned()) {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

fn logs(ends: &Ends) -> [String; 2] {
    [&ends.own, &ends.foreign].map(crate::rig::server::Server::log)
}

#[test]
fn nothing_is_left_behind_and_nothing_is_told() {
    let migrations = |way| {
        json!([
            migration(
                way,
                "fails",
                "full",
                &json!({"postSql": "SELECT nothing()"})
            ),
            migration(way, "all", "full", &json!({})),
        ])
    };
    both_ways(migrations, |ends| {
        ends.at_source(&CONTENT.replace(":rows", "100"));
        let before = logs(ends);
        let (fails, all) = (ends.job("fails"), ends.job("all"));
        let texts = [
            ends.fails(&fails),
            ends.succeeds(&all),
            text_of(&fails),
            text_of(&all),
        ];
        is_silent(ends, &before, &texts);
        for server in [&ends.own, &ends.foreign] {
            assert_eq!(server.psql("postgres", ROLES), "");
        }
        assert_eq!(ends.at_destination(BELONGS), "");
    });
}

/// The same question about what a superuser brings: it is not empty by chance.
#[test]
fn what_a_superuser_restores_is_a_superusers() {
    let ends = Ends::start(Way::In, "18", "15", &json!([]));
    ends.at_source(&CONTENT.replace(":rows", "10"));
    ends.naively("from pg_dump --no-owner | into psql -q1v ON_ERROR_STOP=1 >/dev/null");
    let belongs = ends.at_destination(BELONGS);
    assert!(
        belongs.contains("function sales.doubled(bigint)|postgres"),
        "{belongs}"
    );
}

fn everything() -> Ends {
    let all = migration(Way::In, "all", "full", &json!({}));
    let ends = Ends::start(Way::In, "18", "15", &json!([all]));
    ends.at_source("SET ROLE :owner; CREATE TABLE public.t AS SELECT 1 AS v");
    ends
}

/// Commands of psql that the source sends instead of rows.
#[test]
fn a_source_that_sends_commands_is_refused() {
    let ends = everything();
    let sends = ends.job("all").weakened(
        "reading.sql",
        "$$SELECT E'\\\\.'$$,",
        "$$SELECT E'\\\\.\\n\\\\! echo p$1wned'$$,",
    );
    let log = ends.refuses(&sends, "backslash commands are restricted");
    assert!(!log.contains("pwned"), "{log}");
    let open = "restricted() { printf '\\\\restrict %s\\n' \"$key\" && \"$@\" && printf '\\\\unrestrict %s\\n' \"$key\"; }";
    let log = ends.succeeds(
        &sends
            .weakened("migrate.sh", open, "restricted() { \"$@\"; }")
            .first_only(),
    );
    assert!(log.contains("pwned"), "{log}");
}

/// A server whose own functions answer with commands: they are nothing for the psql that asks either.
/// (What is built in is called without a look at its definition, unless the planner writes that in its place.)
const LYING: &str = r"
SET allow_system_table_mods = on;
CREATE OR REPLACE FUNCTION pg_catalog.quote_ident(text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT E'v\n\\! echo p$1wned >&2\n' $$;
";

#[test]
fn a_server_that_answers_with_commands_is_not_obeyed() {
    let ends = everything();
    ends.at_source(LYING);
    let job = ends.job("all");
    // It is a server that lies, so that it fails is no harm.
    let log = ends.run(&job.clone().first_only()).text();
    assert!(!log.contains("pwned"), "{log}");
    // What the answer does where psql reads it as a script.
    let obeys = job.weakened(
        "reading.sql",
        "ORDER BY position\n\\gexec",
        "ORDER BY position\n\\g /scratch/script\n\\i /scratch/script",
    );
    let log = ends.run(&obeys.with("ATTEMPT", "2").first_only()).text();
    assert!(log.contains("pwned"), "{log}");
}

/// Bash calculates with what is no number, too.
#[test]
fn a_version_that_is_none_is_not_calculated_with() {
    let ends = everything();
    let asks = "-c 'SHOW server_version_num'";
    let lies = "-c 'SELECT $$roles[$(echo pwned >&2)]$$'";
    let job = ends.job("all").weakened("ends.sh", asks, lies);
    let log = ends.refuses(&job, "no version of PostgreSQL");
    assert!(!log.contains("pwned"), "{log}");
    let check = "[[ $REPLY =~ ^[0-9]{5,7}$ ]] ||";
    let log = ends
        .run(&job.weakened("ends.sh", check, "true ||").first_only())
        .text();
    assert!(log.contains("pwned"), "{log}");
}
