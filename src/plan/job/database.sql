-- What is still missing before the database can be dumped; nothing when it can.
\set QUIET on
\pset tuples_only on
\pset format unaligned
\getenv database TARGET_DATABASE
\getenv owner OWNER_ROLE
SELECT CASE
         WHEN pg_is_in_recovery() THEN 'the server is a standby; the primary is needed'
         WHEN NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN format('role %I is not a superuser yet', session_user)
         WHEN NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') THEN format('database %I does not exist yet', :'database')
         WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') THEN format('role %I, the owner of the database, does not exist yet', :'owner')
         WHEN NOT EXISTS (SELECT FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
                          WHERE datname = :'database' AND rolname = :'owner') THEN format('database %I does not belong to role %I yet', :'database', :'owner')
       END AS missing \gset
\if :{?missing}
\echo :missing
\endif
