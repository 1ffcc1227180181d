-- What keeps the source from being at rest; nothing when it is.
\set QUIET on
\pset tuples_only on
\pset format unaligned
\getenv database SOURCE_DATABASE
SELECT 'new sessions may write: ALTER DATABASE ' || quote_ident(:'database') || ' SET default_transaction_read_only = on'
WHERE NOT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase CROSS JOIN unnest(s.setconfig) e
                  WHERE d.datname = :'database' AND s.setrole = 0 AND e IN ('default_transaction_read_only=on', 'default_transaction_read_only=true'))
UNION ALL
SELECT format('%s sessions are still there that may write: end them', count(*))
FROM pg_stat_activity
WHERE datname = :'database' AND coalesce(backend_type, 'client backend') = 'client backend' AND pid <> pg_backend_pid()
  AND usename !~ '^cnpgstack_migration_'
HAVING count(*) > 0
UNION ALL
SELECT format('%s prepared transactions may still be committed: end them', count(*))
FROM pg_prepared_xacts WHERE database = :'database' HAVING count(*) > 0
LIMIT 1;
