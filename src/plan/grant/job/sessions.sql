-- A user that may not connect any more does not stay connected either. Who is
-- meant is settled first: a condition may be evaluated in any order, and this
-- one would end other sessions, its own among them.
\ir wanted.sql
WITH it AS (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc),
meant AS MATERIALIZED (
  SELECT a.pid
  FROM it, pg_stat_activity a
  WHERE a.usename = doc->>'user'
    AND (a.datname = doc->>'database' OR NOT (doc->>'login')::bool)
    AND a.pid <> pg_backend_pid()
),
ended AS MATERIALIZED (SELECT pid, pg_terminate_backend(pid) AS so FROM meant)
SELECT format('ended the session of process %s', pid) FROM ended WHERE so;
