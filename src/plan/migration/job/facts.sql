-- What the source knows of what comes over, for the destination to compare: tables
-- in the order in which they are written, and their columns. A table comes after
-- those that it refers to: more tables can be reached from it than from each of
-- them, unless they refer to each other in a circle.
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
\o /scratch/facts
SELECT 'COPY pg_temp.cnpgstack_tables FROM STDIN;';
COPY (
  SELECT position, id, nsp, rel, kind, condition, config
  FROM jsonb_to_recordset(:'tables') AS t(position int, id oid, nsp text, rel text, kind text, condition text, config bool)
) TO STDOUT;
SELECT E'\\.';
SELECT 'COPY pg_temp.cnpgstack_columns FROM STDIN;';
COPY (
  WITH RECURSIVE columns AS (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod
    FROM pg_attribute a JOIN jsonb_to_recordset(:'tables') AS t(id oid) ON t.id = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  ), base AS (
    SELECT attrelid, attnum, atttypid AS type, atttypmod AS mod FROM columns
    UNION ALL
    SELECT b.attrelid, b.attnum, t.typbasetype, t.typtypmod FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
  )
  SELECT c.attrelid, c.attnum, c.attname, format_type(c.atttypid, c.atttypmod), format_type(b.type, b.mod)
  FROM columns c JOIN base b USING (attrelid, attnum) JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
) TO STDOUT;
SELECT E'\\.';
\o
SELECT :'mode' = 'cutover' AS counts \gset
\if :counts
\ir counting.sql
\else
\ir reading.sql
\endif
