-- What there is, read out of the catalogs: the beginning of every query of
-- this Job. It is a WITH clause, so that it works in a session that may make
-- nothing, not even a temporary view. `wanted` is the document of this Job.
WITH it AS (
  SELECT doc,
         (SELECT oid FROM pg_roles WHERE rolname = doc->>'user') AS role,
         (doc->>'absent')::bool AS absent,
         (doc->>'revokePublicExecute')::bool AS closed
  FROM (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc) AS given
),
-- Members of extensions, which are outside every permission, unless their
-- schema is listed in extensionSchemas.
members AS (
  SELECT classid AS class, objid AS object
  FROM pg_depend
  WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
),
opted AS (
  SELECT n.oid AS schema
  FROM it, jsonb_array_elements_text(doc->'extensionSchemas') AS listed (name)
  JOIN pg_namespace n ON n.nspname = listed.name
),
schemas AS (
  SELECT n.oid AS schema, n.nspname AS name, n.nspowner AS owner, n.nspacl AS acl, n.xmin AS changed,
         CASE
           WHEN n.nspname IN ('pg_catalog', 'information_schema') THEN 'system schema'
           -- What migrations have finished is nobody's business but theirs.
           WHEN starts_with(n.nspname, 'pg_') OR n.nspname = 'cnpgstack' THEN 'other'
           WHEN m.object IS NOT NULL AND NOT n.oid IN (SELECT schema FROM opted) THEN 'extension'
           ELSE 'schema'
         END AS kind
  FROM pg_namespace n
  LEFT JOIN members m ON m.class = 'pg_namespace'::regclass AND m.object = n.oid
  WHERE NOT starts_with(n.nspname, 'pg_temp_') AND NOT starts_with(n.nspname, 'pg_toast')
    -- NULL for what was dropped since the transaction looked at the catalogs.
    AND has_schema_privilege(n.oid, 'USAGE') IS NOT NULL
),
inside (class, object, sub, schema, of, label, part, owner, acl, changed) AS (
  SELECT 'pg_class'::regclass, c.oid, 0, c.relnamespace,
         CASE WHEN c.relkind = 'S' THEN 'sequence' ELSE 'table' END,
         format(CASE WHEN c.relkind = 'S' THEN 'SEQUENCE %I.%I' ELSE 'TABLE %I.%I' END, s.name, c.relname), '',
         c.relowner, c.relacl, c.xmin
  FROM pg_class c JOIN schemas s ON s.schema = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND has_table_privilege(c.oid, 'SELECT') IS NOT NULL
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, a.attnum, c.relnamespace, 'column',
         format('TABLE %I.%I', s.name, c.relname), format(' (%I)', a.attname),
         c.relowner, a.attacl, c.xmin
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN schemas s ON s.schema = c.relnamespace
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND has_table_privilege(c.oid, 'SELECT') IS NOT NULL
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0, p.pronamespace, 'routine',
         format('ROUTINE %s', p.oid::regprocedure), '',
         p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)), p.xmin
  FROM pg_proc p JOIN schemas s ON s.schema = p.pronamespace
  WHERE (s.kind <> 'system schema' OR p.proacl IS NOT NULL) AND has_function_privilege(p.oid, 'EXECUTE') IS NOT NULL
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0, t.typnamespace, 'type',
         format('TYPE %I.%I', s.name, t.typname), '',
         t.typowner, t.typacl, t.xmin
  FROM pg_type t JOIN schemas s ON s.schema = t.typnamespace
  WHERE t.typacl IS NOT NULL
),
-- Everything that has an ACL: its kind, which permissions speak of, and its
-- name in GRANT and REVOKE.
objects (class, object, sub, schema, kind, label, part, owner, acl, changed) AS (
  SELECT 'pg_database'::regclass, oid, 0, NULL::oid,
         CASE WHEN datname = current_database() THEN 'database' ELSE 'other database' END,
         format('DATABASE %I', datname), '', datdba, coalesce(datacl, acldefault('d', datdba)), xmin
  FROM pg_database
  WHERE datname IN (current_database(), 'postgres', 'template1')
  UNION ALL
  SELECT 'pg_namespace'::regclass, schema, 0, NULL, kind, format('SCHEMA %I', name), '', owner, acl, changed
  FROM schemas
  UNION ALL
  SELECT i.class, i.object, i.sub, i.schema,
         CASE
           WHEN m.object IS NOT NULL AND NOT i.schema IN (SELECT schema FROM opted) THEN 'extension'
           WHEN s.kind = 'system schema' OR s.kind = 'other' THEN 'other'
           ELSE i.of
         END,
         i.label, i.part, i.owner, i.acl, i.changed
  FROM inside i
  JOIN schemas s ON s.schema = i.schema
  LEFT JOIN members m ON m.class = i.class AND m.object = i.object
  UNION ALL
  SELECT 'pg_language'::regclass, oid, 0, NULL, 'other', format('LANGUAGE %I', lanname), '', lanowner, lanacl, xmin
  FROM pg_language WHERE lanacl IS NOT NULL
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, NULL, 'other',
         format('FOREIGN DATA WRAPPER %I', fdwname), '', fdwowner, fdwacl, xmin
  FROM pg_foreign_data_wrapper WHERE fdwacl IS NOT NULL
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, oid, 0, NULL, 'other', format('FOREIGN SERVER %I', srvname),
         '', srvowner, srvacl, xmin
  FROM pg_foreign_server WHERE srvacl IS NOT NULL
  UNION ALL
  SELECT 'pg_largeobject'::regclass, oid, 0, NULL, 'other', format('LARGE OBJECT %s', oid), '', lomowner, lomacl, xmin
  FROM pg_largeobject_metadata WHERE lomacl IS NOT NULL
  UNION ALL
  -- Only those that the user may have are a kind of their own: they are the server's, and every Job of the user
  -- lists the same ones.
  SELECT 'pg_tablespace'::regclass, oid, 0, NULL,
         CASE WHEN doc->'tablespaces' ? spcname::text THEN 'tablespace' ELSE 'other' END,
         format('TABLESPACE %I', spcname), '', spcowner, coalesce(spcacl, acldefault('t', spcowner)), t.xmin
  FROM it, pg_tablespace t WHERE spcacl IS NOT NULL OR doc->'tablespaces' ? spcname::text
  UNION ALL
  SELECT 'pg_parameter_acl'::regclass, oid, 0, NULL, 'other',
         'PARAMETER ' || (SELECT string_agg(quote_ident(part), '.' ORDER BY place)
                          FROM unnest(string_to_array(parname, '.')) WITH ORDINALITY AS parts (part, place)),
         '', 10::oid, paracl, xmin
  FROM pg_parameter_acl
),
-- The rights that the user is to have on what it does not own.
rights AS (
  SELECT o.*, r.privilege
  FROM it, objects o, jsonb_to_recordset(doc->'rights') AS r (kind text, privilege text)
  WHERE o.kind = r.kind AND o.owner <> it.role
)
