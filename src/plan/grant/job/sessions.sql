-- A user that may not connect any more does not stay connected either.
\ir wanted.sql
WITH it AS (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc)
SELECT format('  ended the session of process %s', a.pid)
FROM it, pg_stat_activity a
WHERE a.usename = doc->>'user'
  AND (a.datname = doc->>'database' OR NOT (doc->>'login')::bool)
  AND pg_terminate_backend(a.pid);
