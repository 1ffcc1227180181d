-- What the source knows of what comes over, for the destination to compare: tables
-- in the order in which they are written, and their columns.
\ir tables.sql
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
