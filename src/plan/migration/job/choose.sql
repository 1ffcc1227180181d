-- Which relations come over, as :chosen, an array of their OIDs; :problems are the
-- entries of the lists that mean none, or more than one.
WITH relations AS (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'cnpgstack')
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                      -- What an extension has made, and sequences of a column, which come with it.
                      AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')
                           AND d.refclassid = 'pg_class'::regclass))
), entries AS (
  SELECT 'include' AS list, entry FROM jsonb_array_elements_text(:'include') entry
  UNION ALL
  SELECT 'exclude', entry FROM jsonb_array_elements_text(:'exclude') entry
), matches AS (
  SELECT e.list, e.entry, r.oid, r.relispartition, w.whole
  FROM entries e
  CROSS JOIN relations r
  -- A name may be written as it is, or as in SQL.
  CROSS JOIN LATERAL (SELECT ARRAY[r.nspname, quote_ident(r.nspname), '"' || replace(r.nspname, '"', '""') || '"']) s(schemas)
  CROSS JOIN LATERAL (SELECT ARRAY[r.relname, quote_ident(r.relname), '"' || replace(r.relname, '"', '""') || '"']) n(names)
  CROSS JOIN LATERAL (SELECT e.entry IN (SELECT schema || '.*' FROM unnest(schemas) schema)) w(whole)
  WHERE w.whole AND NOT r.relispartition
     OR e.entry IN (SELECT schema || '.' || name FROM unnest(schemas) schema CROSS JOIN unnest(names) name)
), chosen AS (
  SELECT oid FROM relations
  WHERE NOT relispartition
    -- The lists are of tables and views; a sequence stays away only when it is excluded.
    AND (relkind = 'S' OR :'include' = '[]' OR oid IN (SELECT oid FROM matches WHERE list = 'include'))
    AND oid NOT IN (SELECT oid FROM matches WHERE list = 'exclude')
), problems AS (
  SELECT format('tables.%s: %s is not in the source', list, entry) AS problem
  FROM entries WHERE (list, entry) NOT IN (SELECT list, entry FROM matches)
  UNION ALL
  SELECT format('tables.%s: %s is a partition; partitions come with their table', list, entry)
  FROM matches WHERE relispartition
  UNION ALL
  SELECT format('tables.%s: %s means more than one table; put the parts of the name in double quotes', list, entry)
  FROM matches WHERE NOT whole GROUP BY list, entry HAVING count(*) > 1
)
SELECT (SELECT coalesce(array_agg(oid ORDER BY oid), '{}') FROM chosen) AS chosen,
       (SELECT coalesce(jsonb_agg(problem ORDER BY problem), '[]') FROM problems) AS problems,
       (SELECT coalesce('LOCK TABLE ' || string_agg(format('ONLY %I.%I', r.nspname, r.relname), ', ' ORDER BY r.oid)
                        || ' IN ACCESS SHARE MODE;', '')
        FROM chosen JOIN relations USING (oid)
        CROSS JOIN LATERAL (
          SELECT oid, nspname, relname WHERE relkind = 'r'
          UNION ALL
          SELECT c.oid, n.nspname, c.relname
          FROM pg_partition_tree(relations.oid) t JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE relations.relkind = 'p' AND c.relkind IN ('r', 'p')
        ) r) AS lock
\gset
