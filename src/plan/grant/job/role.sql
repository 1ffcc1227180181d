-- Step 2: the roles. Runs in the database `postgres`, where users can make
-- nothing that could get in the way.
\ir wanted.sql
BEGIN ISOLATION LEVEL READ COMMITTED;
-- One Job at a time: they change the same rows of the shared catalogs.
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

-- Roles whose later objects the user is to reach are needed by name. One that
-- is missing is made without login; its own Job or the operator does the rest.
-- So is CNPG's metrics exporter, which would come too late to have had CONNECT
-- from PUBLIC; the operator repairs it into what it needs.
WITH it AS (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc)
SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM (SELECT doc->>'user' FROM it
      UNION SELECT jsonb_array_elements_text(doc->'creators') FROM it
      UNION SELECT 'cnpg_metrics_exporter') AS needed (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
ORDER BY name
\set ECHO all
\gexec
\set ECHO none

-- The user, and the owner role, which is nobody's login and no superuser.
WITH it AS (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc),
are AS (
  SELECT r.*, (name = doc->>'user') AND (doc->>'login')::bool AS login,
         (name = doc->>'user') AND (doc->>'createRole')::bool AS createrole,
         -- Neither a user that is gone nor one with a certificate has a password.
         name = doc->>'user' AND a.rolpassword IS NOT NULL
           AND (NOT (doc->>'login')::bool OR coalesce((doc->>'certificate')::bool, false)) AS forget
  FROM it, LATERAL (VALUES (doc->>'user'), (doc->>'owner')) AS named (name)
  JOIN pg_roles r ON r.rolname = name
  JOIN pg_authid a ON a.oid = r.oid
),
changes AS (
  SELECT rolname, concat(
    CASE WHEN rolsuper THEN ' NOSUPERUSER' END,
    CASE WHEN rolcreatedb THEN ' NOCREATEDB' END,
    CASE WHEN rolreplication THEN ' NOREPLICATION' END,
    CASE WHEN rolbypassrls THEN ' NOBYPASSRLS' END,
    CASE WHEN NOT rolinherit THEN ' INHERIT' END,
    CASE WHEN rolcreaterole <> createrole THEN CASE WHEN createrole THEN ' CREATEROLE' ELSE ' NOCREATEROLE' END END,
    CASE WHEN rolcanlogin <> login THEN CASE WHEN login THEN ' LOGIN' ELSE ' NOLOGIN' END END,
    CASE WHEN forget THEN ' PASSWORD NULL' END) AS attributes
  FROM are
)
SELECT format('ALTER ROLE %I%s', rolname, attributes) FROM changes WHERE attributes <> '' ORDER BY rolname
\set ECHO all
\gexec
\set ECHO none
COMMIT;
