-- The tables whose rows come over, as :tables, in the order in which they are written.
-- A table comes after those that it refers to: more tables can be reached from it than
-- from each of them, unless they refer to each other in a circle.
\getenv mode MODE
WITH RECURSIVE refers AS (
  SELECT DISTINCT conrelid AS oid, confrelid AS other FROM pg_constraint
  WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid
), reached AS (
  SELECT oid, other FROM refers
  UNION
  SELECT r.oid, f.other FROM reached r JOIN refers f ON f.oid = r.other
), tables AS (
  SELECT c.oid, '' AS condition, false AS config FROM pg_class c
  WHERE c.oid = ANY (:'chosen'::oid[]) AND c.relkind IN ('r', 'p')
  UNION ALL
  -- What users have put into the tables of an extension, as pg_dump takes it along.
  SELECT c.oid, c.condition, true
  FROM pg_extension e
  CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS c(oid, condition)
  JOIN pg_class k ON k.oid = c.oid AND k.relkind = 'r'
  WHERE :'include' = '[]' AND :'mode' <> 'cutover'
    AND (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s %s', k.oid::regclass, c.condition),
                                             false, true, '')))[1]::text <> '0'
), ordered AS (
  SELECT row_number() OVER (ORDER BY NOT config, (SELECT count(*) FROM reached r WHERE r.oid = t.oid), n.nspname, c.relname) AS position,
         t.oid AS id, n.nspname AS nsp, c.relname AS rel, c.relkind AS kind, t.condition, t.config
  FROM tables t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
)
SELECT coalesce(jsonb_agg(to_jsonb(ordered) ORDER BY position), '[]') AS tables FROM ordered \gset
