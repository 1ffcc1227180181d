-- Prints the rows, as SQL for the destination, in which every name is quoted by the
-- server. What the server says is no command for psql here either: \gexec sends it back
-- as it is, whatever it holds.
\getenv include INCLUDE
\getenv exclude EXCLUDE
\ir choose.sql
\ir tables.sql
SELECT format('SELECT %L', format('COPY %I.%I%s FROM STDIN;', nsp, rel, ' (' || columns || ')')),
       format('COPY (SELECT %s FROM %s %s) TO STDOUT', columns, source, condition),
       $$SELECT E'\\.'$$,
       format($$SELECT format('INSERT INTO pg_temp.cnpgstack_copied VALUES (%%L, %%L, %%s);', %L, %L, count(*)) FROM %s %s$$,
              nsp, rel, source, condition)
FROM jsonb_to_recordset(:'tables') AS t(position int, id oid, nsp text, rel text, kind text, condition text)
CROSS JOIN LATERAL (SELECT format(CASE kind WHEN 'r' THEN 'ONLY %I.%I' ELSE '%I.%I' END, nsp, rel) AS source) s
CROSS JOIN LATERAL (
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
  WHERE attrelid = t.id AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
) c
ORDER BY position
\gexec

\ir sequences.sql

-- Large objects, in pieces: all of them, or those that columns of chosen tables point
-- to. Their size is where reading ends; the inner queries are not merged, so that each
-- is opened, measured and closed in this order.
WITH pointing AS (
  SELECT string_agg(format('SELECT %I::oid FROM %I.%I', a.attname, t.nsp, t.rel), ' UNION ' ORDER BY t.position, a.attnum) AS queries
  FROM jsonb_to_recordset(:'tables') AS t(position int, id oid, nsp text, rel text)
  JOIN pg_attribute a ON a.attrelid = t.id AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  JOIN pg_type y ON y.oid = a.atttypid AND 'oid'::regtype IN (y.oid, y.typbasetype)
), sizes AS (
  SELECT format($$
  FROM pg_largeobject_metadata m
  CROSS JOIN LATERAL (
    SELECT size FROM (
      SELECT o.fd, lo_lseek64(o.fd, 0, 2) AS size FROM (SELECT lo_open(m.oid, 262144) AS fd OFFSET 0) o OFFSET 0
    ) measured WHERE lo_close(fd) = 0
  ) s
  CROSS JOIN LATERAL generate_series(0, greatest(s.size - 1, 0), 262144) AS p(start)
  WHERE %s$$, CASE WHEN :'include' = '[]' AND :'exclude' = '[]' THEN 'true' ELSE format('m.oid IN (%s)', queries) END) AS pieces
  FROM pointing
  WHERE queries IS NOT NULL OR :'include' = '[]' AND :'exclude' = '[]'
)
SELECT $$SELECT 'COPY pg_temp.cnpgstack_pieces FROM STDIN;'$$,
       format('COPY (SELECT m.oid, p.start, lo_get(m.oid, p.start, 262144) %s) TO STDOUT', pieces),
       $$SELECT E'\\.'$$,
       format($$SELECT format('INSERT INTO pg_temp.cnpgstack_copied VALUES (NULL, NULL, %%s);', count(*)) %s$$, pieces)
FROM sizes
\gexec
