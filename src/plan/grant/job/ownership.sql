-- What a user without a create permission made goes to the owner role, as
-- statements. Follows catalog.sql. Nothing that then belongs to the owner role
-- may lend the user that role's rights: routines and views that ran as the
-- user run as whoever calls them, and what PUBLIC was let into is closed where
-- the owner's rights are used (rules, and a refresh of a materialized view).
, made AS (
  SELECT it.role, doc->>'user' AS name, doc->>'owner' AS heir
  FROM it
  WHERE NOT (doc->>'keepsObjects')::bool
    AND EXISTS (SELECT FROM pg_shdepend s
                WHERE s.deptype = 'o' AND s.refclassid = 'pg_authid'::regclass AND s.refobjid = it.role
                  -- Default privileges of a user that makes nothing any more rule nothing.
                  AND s.classid <> 'pg_default_acl'::regclass
                  AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
),
steps (step, place, statement) AS (
  SELECT 1, p.oid::regprocedure::text, format('ALTER ROUTINE %s SECURITY INVOKER', p.oid::regprocedure)
  FROM made JOIN pg_proc p ON p.proowner = made.role
  WHERE p.prosecdef
  UNION ALL
  SELECT 2, o.label, format('ALTER VIEW%s SET (security_invoker = true)', substr(o.label, 6))
  FROM made JOIN objects o ON o.owner = made.role AND o.class = 'pg_class'::regclass AND o.sub = 0
  JOIN pg_class c ON c.oid = o.object
  WHERE c.relkind = 'v'
    AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
  UNION ALL
  SELECT DISTINCT 3, o.label, format('REVOKE ALL ON %s FROM PUBLIC CASCADE', o.label)
  FROM made JOIN objects o ON o.owner = made.role AND o.class = 'pg_class'::regclass
  JOIN pg_class c ON c.oid = o.object
  CROSS JOIN aclexplode(o.acl) AS a
  WHERE a.grantee = 0
    AND (c.relkind = 'm' OR c.relkind IN ('r', 'p', 'f')
         AND EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid))
  UNION ALL
  SELECT 3, o.label, format('REVOKE CREATE ON %s FROM PUBLIC CASCADE', o.label)
  FROM made JOIN objects o ON o.owner = made.role AND o.class = 'pg_namespace'::regclass
  CROSS JOIN aclexplode(o.acl) AS a
  WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'
  UNION ALL
  SELECT 4, '', format('REASSIGN OWNED BY %I TO %I', name, heir) FROM made
  UNION ALL
  -- That takes along what is not in this database, which is not ours to give.
  SELECT 5, d.datname, format('ALTER DATABASE %I OWNER TO %I', d.datname, made.name)
  FROM made JOIN pg_database d ON d.datdba = made.role AND d.datname <> current_database()
  UNION ALL
  SELECT 5, t.spcname, format('ALTER TABLESPACE %I OWNER TO %I', t.spcname, made.name)
  FROM made JOIN pg_tablespace t ON t.spcowner = made.role
  UNION ALL
  -- The database itself never stays with a user, whatever its permissions.
  SELECT 6, '', format('ALTER DATABASE %I OWNER TO %I', d.datname, doc->>'owner')
  FROM it JOIN pg_database d ON d.datdba = it.role AND d.datname = current_database()
)
SELECT step, place, statement FROM steps
