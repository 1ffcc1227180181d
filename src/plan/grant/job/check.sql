-- Step 4: what the user can do, asked through privilege functions, as the user
-- where it may log in. Both ways: what is listed works, what is not is refused.
-- What everybody may do (PUBLIC) is told, but is no fault of the user's.
\ir wanted.sql
\set catalog `cat /etc/cnpg-stack/catalog.sql`
\getenv xact XACT
:catalog,
asked (class, kind, privilege) AS (
  VALUES ('pg_database'::regclass, 'database', 'CONNECT'), ('pg_database', 'database', 'CREATE'),
    ('pg_database', 'database', 'TEMPORARY'), ('pg_namespace', 'schema', 'USAGE'), ('pg_namespace', 'schema', 'CREATE'),
    ('pg_class', 'table', 'SELECT'), ('pg_class', 'table', 'INSERT'), ('pg_class', 'table', 'UPDATE'),
    ('pg_class', 'table', 'DELETE'), ('pg_class', 'table', 'TRUNCATE'), ('pg_class', 'table', 'REFERENCES'),
    ('pg_class', 'table', 'TRIGGER'), ('pg_class', 'sequence', 'SELECT'), ('pg_class', 'sequence', 'USAGE'),
    ('pg_class', 'sequence', 'UPDATE'), ('pg_proc', 'routine', 'EXECUTE'), ('pg_tablespace', 'tablespace', 'CREATE')
  UNION ALL
  SELECT 'pg_class', 'table', 'MAINTAIN' WHERE current_setting('server_version_num')::int >= 170000
),
answers AS (
  SELECT o.label, a.privilege, o.changed, o.owner = it.role AS mine,
         r.privilege IS NOT NULL AS wanted,
         EXISTS (SELECT FROM aclexplode(o.acl) AS e WHERE e.grantee = 0 AND e.privilege_type = a.privilege)
           OR a.kind = 'table' AND EXISTS (
             SELECT FROM pg_attribute c, aclexplode(c.attacl) AS e
             WHERE c.attrelid = o.object AND e.grantee = 0 AND e.privilege_type = a.privilege) AS public,
         CASE a.kind
           WHEN 'database' THEN has_database_privilege(it.role, o.object, a.privilege)
           WHEN 'schema' THEN has_schema_privilege(it.role, o.object, a.privilege)
           WHEN 'sequence' THEN has_sequence_privilege(it.role, o.object, a.privilege)
           WHEN 'routine' THEN has_function_privilege(it.role, o.object, a.privilege)
           WHEN 'tablespace' THEN has_tablespace_privilege(it.role, o.object, a.privilege)
           ELSE has_table_privilege(it.role, o.object, a.privilege)
             -- A right on one column is a right, unless the whole table is wanted.
             OR r.privilege IS NULL AND a.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                AND has_any_column_privilege(it.role, o.object, a.privilege)
         END AS may
  FROM it, asked a
  JOIN objects o ON o.class = a.class AND o.kind = a.kind AND o.sub = 0
  LEFT JOIN rights r ON r.class = o.class AND r.object = o.object AND r.sub = 0 AND r.privilege = a.privilege
),
faults (fault) AS (
  -- What was made or changed after the permissions were set is for the next run.
  SELECT format('%s on %s is refused', privilege, label)
  FROM answers
  WHERE wanted AND NOT may AND age(changed) >= age(:'xact'::xid8::xid)
  UNION ALL
  SELECT format('%s on %s is possible', privilege, label) FROM answers WHERE may AND NOT wanted AND NOT mine AND NOT public
  UNION ALL
  SELECT format('member of %I: %s', name, pg_has_role(it.role, name, 'USAGE'))
  FROM it, unnest(ARRAY['pg_read_all_settings', 'pg_read_all_stats']) AS predefined (name)
  WHERE pg_has_role(it.role, name, 'USAGE') <> (doc->'memberOf' ? name)
  UNION ALL
  SELECT 'the role''s attributes are not what is wanted'
  FROM it JOIN pg_roles r ON r.oid = it.role
  WHERE r.rolsuper OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
     OR r.rolcreaterole <> (doc->>'createRole')::bool OR r.rolcanlogin <> (doc->>'login')::bool
  UNION ALL
  SELECT format('SELECT on %s is possible', hidden)
  FROM it, unnest(ARRAY['pg_catalog.pg_authid', 'pg_catalog.pg_shadow', 'pg_catalog.pg_user_mapping']) AS secret (hidden)
  WHERE has_any_column_privilege(it.role, hidden, 'SELECT')
  UNION ALL
  SELECT 'the credentials of subscriptions are readable'
  FROM it WHERE has_column_privilege(it.role, 'pg_catalog.pg_subscription', 'subconninfo', 'SELECT')
)
SELECT (SELECT string_agg('  ' || fault, E'\n' ORDER BY fault) FROM faults) AS faults,
       (SELECT count(*) FROM answers WHERE may AND wanted) AS granted,
       (SELECT count(*) FROM answers WHERE NOT may) AS refused,
       (SELECT count(*) FROM answers WHERE may AND NOT wanted AND NOT mine AND public) AS open,
       (SELECT count(*) FROM answers WHERE may AND mine) AS own
\gset
\echo ' ' :granted 'rights granted,' :refused 'refused,' :own 'of its own,' :open 'that everybody has (PUBLIC)'
\if :{?faults}
  \warn :faults
\else
  \o /scratch/done
  \qecho checked
  \o
\endif
