-- A role that reads a database. A member of the owner role, so that it can connect; it
-- reads everything, also what others own, what row security hides, and large
-- objects (which no role but a superuser can be granted as a whole). It cannot
-- write, as far as settings can see to it, and no login trigger stops it.
\set QUIET on
\getenv role ROLE
\getenv until ROLE_UNTIL
\getenv owner OWNER_ROLE
\getenv kind JOB_KIND
BEGIN ISOLATION LEVEL READ COMMITTED;
-- One Job at a time: grant Jobs change the same rows of the shared catalogs.
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
CREATE ROLE :"role" LOGIN BYPASSRLS CONNECTION LIMIT 3 VALID UNTIL :'until' IN ROLE :"owner", pg_read_all_data;
SELECT format('COMMENT ON ROLE %I IS %L', :'role', format('reads a database for an %s Job of cnpg-stack', :'kind'))
\gexec
ALTER ROLE :"role" SET lo_compat_privileges = on;
ALTER ROLE :"role" SET default_transaction_read_only = on;
SELECT :SERVER_VERSION_NUM >= 170000 AS has_event_triggers \gset
\if :has_event_triggers
ALTER ROLE :"role" SET event_triggers = off;
\endif
COMMIT;
