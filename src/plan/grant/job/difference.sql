-- What has to be done, as statements: nothing once the permissions are as
-- they should be. Follows catalog.sql. Names go through %I; `label` has.
, entries AS (
  SELECT o.*, a.grantor, a.grantee, a.privilege_type AS privilege, a.is_grantable AS grantable
  FROM objects o, aclexplode(o.acl) AS a
),
-- What the user has and must not have, and what everybody has and nobody must.
surplus AS (
  SELECT e.class, e.object, e.sub, e.schema, e.label, e.part, e.owner, e.grantor, e.grantee,
         -- A right that is wanted loses only what it has in excess.
         e.grantable AND e.grantor = e.owner AND r.privilege IS NOT NULL AS option_only,
         e.privilege
  FROM it, entries e
  LEFT JOIN rights r ON r.class = e.class AND r.object = e.object AND r.sub = e.sub AND r.privilege = e.privilege
  WHERE e.grantee = it.role
    AND e.owner <> it.role
    AND (e.kind <> 'extension' OR it.absent)
    AND (r.privilege IS NULL OR e.grantable OR e.grantor <> e.owner)
  UNION ALL
  SELECT e.class, e.object, e.sub, e.schema, e.label, e.part, e.owner, e.grantor, e.grantee, false, e.privilege
  FROM it, entries e
  WHERE e.grantee = 0
    AND CASE
          WHEN e.kind IN ('database', 'other database') THEN e.privilege IN ('CONNECT', 'TEMPORARY')
          WHEN e.kind = 'schema' THEN e.label = 'SCHEMA public' AND e.privilege = 'CREATE'
          WHEN e.kind = 'routine' THEN it.closed
          ELSE false
        END
),
revoked AS (
  SELECT label, schema, owner, grantor, option_only,
         format('REVOKE %s%s FROM %s CASCADE',
           CASE WHEN option_only THEN 'GRANT OPTION FOR ' ELSE '' END,
           string_agg(privilege || part, ', ' ORDER BY privilege) || ' ON ' || label,
           CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END) AS statement
  FROM surplus
  GROUP BY class, object, sub, label, part, schema, owner, grantor, grantee, option_only
),
-- A superuser revokes as the owner. What somebody else granted has to be
-- revoked by that role, which needs the schema to name what is in it.
borrowed AS (
  SELECT r.statement, row_number() OVER (ORDER BY r.label, r.statement, g.rolname) AS number, g.rolname AS by, n.nspname AS inside,
         NOT coalesce(has_schema_privilege(r.grantor, r.schema, 'USAGE'), true) AS lent
  FROM revoked r
  JOIN pg_roles g ON g.oid = r.grantor
  LEFT JOIN pg_namespace n ON n.oid = r.schema
  WHERE r.grantor <> r.owner
),
-- Memberships. One that was made with a role of the user's own, which CREATEROLE
-- gives, stays: without it the user could not manage that role.
memberships AS (
  SELECT m.*, r.rolname, g.rolname AS grantor_name,
         r.rolname IN (SELECT jsonb_array_elements_text(doc->'memberOf')) AS listed,
         coalesce((to_jsonb(m)->>'inherit_option')::bool, true) AS inherits,
         (doc->>'createRole')::bool
           AND EXISTS (SELECT FROM pg_auth_members a
                       WHERE a.member = it.role AND a.roleid = m.roleid AND a.admin_option)
           AND NOT (r.rolsuper OR r.rolreplication OR r.rolbypassrls OR r.rolcreatedb)
           AND NOT starts_with(r.rolname, 'pg_') AND NOT starts_with(r.rolname, 'cnpg_')
           AND r.rolname <> 'streaming_replica'
           AND NOT r.rolname IN (SELECT jsonb_array_elements_text(doc->'stackRoles'))
           AND NOT EXISTS (SELECT FROM pg_database d WHERE d.datdba = m.roleid) AS own
  FROM it
  JOIN pg_auth_members m ON m.member = it.role
  JOIN pg_roles r ON r.oid = m.roleid
  LEFT JOIN pg_roles g ON g.oid = m.grantor
),
-- Rights on what will be made: by whom, and where (0: in every schema).
defaults AS (
  SELECT d.defaclrole AS creator, d.defaclnamespace AS schema, d.defaclobjtype AS kind,
         a.grantee, a.privilege_type AS privilege, a.is_grantable AS grantable
  FROM pg_default_acl d, aclexplode(d.defaclacl) AS a
),
creators AS (
  SELECT r.oid AS creator, r.rolname AS name
  FROM it, jsonb_array_elements_text(doc->'creators') AS listed (name)
  JOIN pg_roles r ON r.rolname = listed.name
),
later AS (
  SELECT c.creator, c.name, r.privilege, k.code AS kind, k.words
  FROM it, creators c, jsonb_to_recordset(doc->'later') AS r (kind text, privilege text),
       (VALUES ('table', 'r', 'TABLES'), ('sequence', 'S', 'SEQUENCES'), ('routine', 'f', 'ROUTINES'),
               ('schema', 'n', 'SCHEMAS')) AS k (kind, code, words)
  WHERE k.kind = r.kind AND c.creator <> it.role
),
steps (step, place, statement) AS (
  -- Memberships go first: as a member of the owner the user would seem to hold
  -- grant options, and CASCADE would leave what it granted to others.
  SELECT 0, rolname::text,
         format('REVOKE %I FROM %I%s CASCADE', rolname, doc->>'user',
           CASE WHEN current_setting('server_version_num')::int >= 160000
                THEN format(' GRANTED BY %I', grantor_name) ELSE '' END)
  FROM it, memberships
  WHERE NOT own AND (NOT listed OR admin_option OR NOT inherits)
  UNION ALL
  SELECT 1, to_char(number, '0000000000') || s.part, s.text
  FROM borrowed,
       LATERAL (VALUES
         (1, CASE WHEN lent THEN format('GRANT USAGE ON SCHEMA %I TO %I', inside, by) END),
         (2, format('SET LOCAL ROLE %I', by)),
         (3, statement),
         (4, 'RESET ROLE'),
         (5, CASE WHEN lent THEN format('REVOKE USAGE ON SCHEMA %I FROM %I', inside, by) END)) AS s (part, text)
  UNION ALL
  SELECT 2, label, statement FROM revoked WHERE grantor = owner
  UNION ALL
  SELECT 4, name, format('GRANT %I TO %I', name, doc->>'user')
  FROM it, jsonb_array_elements_text(doc->'memberOf') AS listed (name)
  WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.rolname = listed.name AND m.inherits AND NOT m.admin_option)
  UNION ALL
  SELECT 5, c.label,
         format('GRANT %s ON %s TO %I', string_agg(r.privilege, ', ' ORDER BY r.privilege), c.label, doc->>'user')
  FROM it, rights r JOIN objects c ON c.class = r.class AND c.object = r.object AND c.sub = r.sub
  WHERE NOT EXISTS (SELECT FROM entries e
                    WHERE e.class = r.class AND e.object = r.object AND e.sub = r.sub
                      AND e.grantee = it.role AND e.grantor = e.owner AND e.privilege = r.privilege)
  GROUP BY c.label, doc
  UNION ALL
  -- CONNECT is for those who are given it. These are CNPG's own roles, which
  -- had it from PUBLIC: the metrics exporter looks into the databases, and
  -- pg_rewind and PgBouncer's auth_query into `postgres`.
  SELECT 6, concat(o.label, r.rolname), format('GRANT CONNECT ON %s TO %I', o.label, r.rolname)
  FROM objects o, pg_roles r
  WHERE (o.kind = 'database' AND r.rolname = 'cnpg_metrics_exporter'
         OR o.label = 'DATABASE postgres'
            AND r.rolname IN ('cnpg_metrics_exporter', 'cnpg_pooler_pgbouncer', 'streaming_replica'))
    AND NOT EXISTS (SELECT FROM entries e
                    WHERE e.class = o.class AND e.object = o.object AND e.grantee = r.oid AND e.privilege = 'CONNECT')
  UNION ALL
  SELECT 7, concat(c.rolname, d.kind, d.privilege),
         format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON %s FROM %s CASCADE', c.rolname,
           CASE WHEN n.nspname IS NULL THEN '' ELSE format(' IN SCHEMA %I', n.nspname) END, d.privilege,
           CASE d.kind WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES'
                       WHEN 'n' THEN 'SCHEMAS' WHEN 'T' THEN 'TYPES' WHEN 'L' THEN 'LARGE OBJECTS' END,
           CASE WHEN d.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(doc->>'user') END)
  FROM it, defaults d
  JOIN pg_roles c ON c.oid = d.creator
  LEFT JOIN pg_namespace n ON n.oid = d.schema
  WHERE d.grantee = it.role AND d.creator <> it.role
        AND (d.grantable OR d.schema <> 0
             OR NOT EXISTS (SELECT FROM later l
                            WHERE l.creator = d.creator AND l.kind = d.kind AND l.privilege = d.privilege))
     OR d.grantee = 0 AND it.closed AND d.kind = 'f'
        AND d.creator IN (SELECT creator FROM creators)
  UNION ALL
  SELECT 8, c.name, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON ROUTINES FROM PUBLIC', c.name)
  FROM it, creators c
  WHERE it.closed
    AND NOT EXISTS (SELECT FROM pg_default_acl d
                    WHERE d.defaclrole = c.creator AND d.defaclnamespace = 0 AND d.defaclobjtype = 'f')
  UNION ALL
  SELECT 9, concat(l.name, l.words),
         format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT %s ON %s TO %I', l.name,
           string_agg(l.privilege, ', ' ORDER BY l.privilege), l.words, doc->>'user')
  FROM it, later l
  WHERE NOT EXISTS (SELECT FROM defaults d
                    WHERE d.creator = l.creator AND d.schema = 0 AND d.kind = l.kind
                      AND d.grantee = it.role AND d.privilege = l.privilege)
  GROUP BY l.name, l.words, doc
)
SELECT step, place, statement FROM steps WHERE statement IS NOT NULL
