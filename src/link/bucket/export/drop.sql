-- The role goes, and with it those of Jobs that were killed before they could.
\set QUIET on
\pset tuples_only on
\getenv role EXPORT_ROLE
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :'role' \g /dev/null
BEGIN ISOLATION LEVEL READ COMMITTED;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
SELECT format('DROP ROLE %I', rolname) FROM pg_roles
WHERE rolname = :'role'
   OR (rolname ~ '^cnpgstack_export_[0-9a-f]{16}$' AND rolvaliduntil < now() AND NOT rolsuper)
\gexec
COMMIT;
