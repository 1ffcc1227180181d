-- Every row of every table, and what else there is, as lines to compare. Large tables as a hash of all of their rows.
SET datestyle = ISO; SET timezone = UTC; SET intervalstyle = postgres; SET bytea_output = hex; SET extra_float_digits = 3;
SET row_security = off; SET search_path = pg_catalog;
SELECT format('SELECT %L, count(*), md5(string_agg(md5(t::text), '''' ORDER BY t::text COLLATE "C")) FROM ONLY %I.%I t', n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND n.nspname IN ('public', 'sales') ORDER BY 1
\gexec
SELECT format('SELECT %L, last_value + CASE WHEN is_called THEN seqincrement ELSE 0 END, seqstart, seqincrement, seqmin, seqmax, seqcycle FROM %I.%I, pg_sequence WHERE seqrelid = %s', n.nspname || '.' || c.relname, n.nspname, c.relname, c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname IN ('public', 'sales') ORDER BY 1
\gexec
SELECT oid, length(lo_get(oid)), md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY oid;
