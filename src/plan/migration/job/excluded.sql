-- What pg_dump leaves out: every relation that was not chosen, by its quoted name.
-- The lists rule tables; types, functions and schemas come along all the same.
\o /scratch/excluded
\pset recordsep_zero
WITH chosen AS (
  SELECT o AS oid FROM unnest(:'chosen'::oid[]) o
  UNION
  SELECT p.relid FROM unnest(:'chosen'::oid[]) o JOIN pg_class c ON c.oid = o AND c.relkind = 'p' CROSS JOIN pg_partition_tree(o) p
), with_sequences AS (
  SELECT oid FROM chosen
  UNION
  SELECT d.objid FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    AND d.refobjid IN (SELECT oid FROM chosen)
)
SELECT format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'cnpgstack')
  AND c.oid NOT IN (SELECT oid FROM with_sequences)
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e')
ORDER BY 1;
\pset recordsep '\n'
\o
