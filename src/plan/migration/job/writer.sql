-- The role that writes into a database: a member of its owner role, and of the
-- roles that its tables belong to, none of them a superuser. Row security hides
-- nothing from it, so that what is counted is what is there.
\set QUIET on
\getenv role ROLE
\getenv until ROLE_UNTIL
\getenv owner OWNER_ROLE
\getenv database DESTINATION_DATABASE
BEGIN ISOLATION LEVEL READ COMMITTED;
-- One Job at a time: grant Jobs change the same rows of the shared catalogs.
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
CREATE ROLE :"role" LOGIN BYPASSRLS CONNECTION LIMIT 2 VALID UNTIL :'until' IN ROLE :"owner";
COMMENT ON ROLE :"role" IS 'writes into a database for a migration Job of cnpg-stack';
SELECT format('GRANT %I TO %I', r.rolname, :'role')
FROM pg_roles r
WHERE NOT r.rolsuper AND r.rolname !~ '^(pg_|cnpg_|cnpgstack_)' AND r.rolname NOT IN (:'owner', 'streaming_replica')
  AND r.oid IN (SELECT refobjid FROM pg_shdepend
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = :'database')
                  AND deptype = 'o' AND classid = 'pg_class'::regclass AND refclassid = 'pg_authid'::regclass)
ORDER BY r.rolname
\gexec
SELECT :SERVER_VERSION_NUM >= 170000 AS has_event_triggers \gset
\if :has_event_triggers
ALTER ROLE :"role" SET event_triggers = off;
\endif
COMMIT;
