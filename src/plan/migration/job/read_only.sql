-- New sessions of the database only read, and there are no others any more but those
-- that replicate and our own. Once it is undone (`off`), sessions are left alone.
\set QUIET on
\getenv database SOURCE_DATABASE
\getenv only READ_ONLY
\if :only
ALTER DATABASE :"database" SET default_transaction_read_only = on;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = :'database' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND usename !~ '^cnpgstack_migration_'
  -- Those that may not be ended from here are told of later.
  AND (pg_has_role(usesysid, 'MEMBER') OR pg_has_role('pg_signal_backend', 'MEMBER'))
  AND ((SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR NOT (SELECT rolsuper FROM pg_roles WHERE oid = usesysid))
  \g /dev/null
\else
ALTER DATABASE :"database" RESET default_transaction_read_only;
\endif
