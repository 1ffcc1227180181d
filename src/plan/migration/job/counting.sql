-- Writes the script of the cut-over: how many rows each table has, and where the
-- sequences are. The rows themselves have come by replication.
\o /scratch/reading
SELECT format($$SELECT format('INSERT INTO pg_temp.cnpgstack_copied VALUES (%%L, %%L, %%s);', %L, %L, count(*)) FROM %s \g /dev/stdout$$,
              nsp, rel, format(CASE kind WHEN 'r' THEN 'ONLY %I.%I' ELSE '%I.%I' END, nsp, rel))
FROM jsonb_to_recordset(:'tables') AS t(position int, nsp text, rel text, kind text)
ORDER BY position;
\ir sequences.sql
\o
