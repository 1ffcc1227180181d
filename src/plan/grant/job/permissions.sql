-- Step 3: the permissions, in one transaction in the user's database.
\ir wanted.sql
\set catalog `cat /etc/cnpg-stack/catalog.sql`
\set ownership `cat /etc/cnpg-stack/ownership.sql`
\set difference `cat /etc/cnpg-stack/difference.sql`

-- One look at the catalogs counts for the whole transaction, taken after the
-- lock: "all tables" are those that exist then, even while others make more.
BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
SELECT pg_current_xact_id()::text AS xact \gset

-- From PostgreSQL 17 on `event_triggers = off` keeps all event triggers away.
-- Below, one that fires in replica mode would run here as the superuser.
SELECT string_agg(quote_ident(t.evtname), ', ') AS hostile
FROM pg_event_trigger t
JOIN pg_proc p ON p.oid = t.evtfoid
JOIN pg_roles o ON o.oid = t.evtowner
JOIN pg_roles f ON f.oid = p.proowner
WHERE t.evtenabled IN ('A', 'R') AND NOT (o.rolsuper AND f.rolsuper)
  AND current_setting('server_version_num')::int < 170000
\gset
\if :{?hostile}
  \warn 'event triggers that are enabled ALWAYS or REPLICA and that no superuser owns would run as the superuser; drop or disable them:' :hostile
  ROLLBACK;
  \quit
\endif

\set ON_ERROR_STOP off
\set ON_ERROR_ROLLBACK on
SELECT statement FROM (:catalog :ownership) AS found ORDER BY step, place
\set ECHO all
\gexec
\set ECHO none
\ir round.sql
\ir round.sql
\ir round.sql
\set ON_ERROR_ROLLBACK off
\set ON_ERROR_STOP on

SELECT count(*) > 0 AS unequal FROM (:catalog :difference) AS found \gset
SELECT :'unequal' OR count(*) > 0 AS unequal FROM (:catalog :ownership) AS found \gset
\if :unequal
  \warn 'nothing is changed, because this would still differ from what is wanted:'
  SELECT '  ' || statement FROM (:catalog :difference) AS found ORDER BY step, place \g |cat >&2
  SELECT '  ' || statement FROM (:catalog :ownership) AS found ORDER BY step, place \g |cat >&2
  ROLLBACK;
  \quit
\endif
COMMIT;
-- The caller takes this file for the word that it is done.
\o /scratch/done
\qecho :xact
\o
