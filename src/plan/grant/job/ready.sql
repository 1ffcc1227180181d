-- Whether the work can begin, asked in the database `postgres`, where users
-- can make nothing. Five lines: what is still missing (empty: nothing), how the
-- user is checked in the end, the server's version, and the options that undo what the owner of the database
-- or its roles have set for sessions, for the admin and for the user.
\ir wanted.sql
WITH it AS (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc),
facts AS (
  SELECT doc, d.oid AS database, d.datallowconn, o.oid AS owner, me.rolsuper, me.oid AS me,
         (SELECT oid FROM pg_roles WHERE rolname = doc->>'user') AS role
  FROM it
  LEFT JOIN pg_database d ON d.datname = doc->>'database'
  LEFT JOIN pg_roles o ON o.rolname = doc->>'owner'
  LEFT JOIN pg_roles me ON me.rolname = session_user
),
-- A setting of a database or a role beats the server's, and a client's beats
-- both. Only what is set is listed: a connection takes 10 kB of options.
overridden AS (
  SELECT g.context, s.setrole,
         format(' -c %s=%s', g.name, regexp_replace(g.reset_val, '([\\[:space:]])', '\\\1', 'g')) AS option
  FROM facts f
  JOIN pg_db_role_setting s ON s.setdatabase IN (0, f.database) AND s.setrole IN (0, f.me, f.role)
  CROSS JOIN unnest(s.setconfig) AS entry
  JOIN pg_settings g ON lower(g.name) = lower(split_part(entry, '=', 1))
  WHERE g.context IN ('user', 'superuser')
    AND g.name NOT IN ('role', 'search_path', 'session_replication_role') AND strpos(g.reset_val, E'\n') = 0
)
SELECT coalesce(CASE
         WHEN pg_is_in_recovery() THEN 'the server is a standby; the primary is needed'
         WHEN NOT rolsuper THEN format('role %I is not a superuser yet', session_user)
         WHEN database IS NULL THEN format('database %I does not exist yet', doc->>'database')
         WHEN NOT datallowconn THEN format('database %I allows no connections', doc->>'database')
         WHEN owner IS NULL THEN format('role %I, the owner of database %I, does not exist yet', doc->>'owner', doc->>'database')
       END, '') AS missing,
       (SELECT coalesce(string_agg(option, ''), '') FROM overridden
        WHERE setrole IS DISTINCT FROM role) AS admin_options,
       (SELECT coalesce(string_agg(option, ''), '') FROM overridden
        WHERE setrole <> me AND context = 'user') AS user_options,
       CASE WHEN NOT (doc->>'login')::bool THEN 'nologin'
            WHEN doc->'rights' @> '[{"kind": "database", "privilege": "CONNECT"}]' THEN 'connect'
            ELSE 'refused' END AS mode
FROM facts \gset
\echo :missing
\echo :mode
\echo :SERVER_VERSION_NUM
\echo :admin_options
\echo :user_options
