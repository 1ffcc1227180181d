-- Prints, as SQL for the destination, how many rows each table has and where the
-- sequences are: for the cut-over, when the rows themselves have come by replication.
\getenv include INCLUDE
\getenv exclude EXCLUDE
\ir choose.sql
\ir tables.sql
SELECT format('SELECT format(''INSERT INTO pg_temp.cnpgstack_copied VALUES (%%L, %%L, %%s);'', %L, %L, count(*)) FROM %s',
              nsp, rel, format(CASE kind WHEN 'r' THEN 'ONLY %I.%I' ELSE '%I.%I' END, nsp, rel))
FROM jsonb_to_recordset(:'tables') AS t(position int, nsp text, rel text, kind text)
ORDER BY position
\gexec
\ir sequences.sql
