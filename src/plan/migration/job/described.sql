-- Whether the columns of the query fit those of the table, in their order: a number or
-- a time would be rounded without a word otherwise.
SET LOCAL search_path = public;
DO $$
DECLARE
  problems text[];
BEGIN
  SELECT pg_catalog.array_agg(CASE
           WHEN a.attname IS NULL THEN pg_catalog.format('column %s of the query, %s, has no place in columns', d.position, d.name)
           WHEN d.name IS NULL THEN pg_catalog.format('column %I of the table has no column in the query', a.attname)
           WHEN d.type = 'oid' THEN pg_catalog.format('column %s of the query, %s, may point to large objects, which would not come along; cast it to bigint if it is a number', d.position, d.name)
           ELSE pg_catalog.format('column %s of the query is %s and %I of the table %s: write the cast into the query if it is meant', d.position, d.type, a.attname,
                                  pg_catalog.format_type(a.atttypid, a.atttypmod))
         END ORDER BY coalesce(d.position, a.attnum)) INTO problems
  FROM pg_temp.cnpgstack_described d
  FULL JOIN (SELECT * FROM pg_catalog.pg_attribute WHERE attrelid = 'pg_temp.cnpgstack_stage'::pg_catalog.regclass AND attnum > 0) a ON a.attnum = d.position
  WHERE a.attname IS NULL OR d.name IS NULL OR d.type = 'oid'
     OR d.type <> pg_catalog.format_type(a.atttypid, a.atttypmod)
        AND NOT pg_temp.cnpgstack_fits(d.type, pg_temp.cnpgstack_base(a.atttypid, a.atttypmod));
  IF problems IS NOT NULL THEN
    RAISE EXCEPTION '%', pg_catalog.array_to_string(problems, E'\n');
  END IF;
END $$;
SET LOCAL search_path = pg_catalog, pg_temp;
