-- The tables of the destination that rows come into, and whether they can take them as
-- they are: all that keeps them from that at once.
DO $$
DECLARE
  problems text[];
BEGIN
  CREATE TEMP TABLE cnpgstack_targets ON COMMIT DROP AS
  SELECT s.position, s.id, s.nsp, s.rel, s.config, c.oid AS target, c.relkind AS kind, 0::bigint AS before
  FROM pg_temp.cnpgstack_tables s LEFT JOIN pg_class c ON c.oid = pg_temp.cnpgstack_table(s.nsp, s.rel);
  SELECT array_agg(problem ORDER BY problem) INTO problems FROM (
    SELECT format('%I.%I is not in the destination', nsp, rel) AS problem FROM pg_temp.cnpgstack_targets WHERE target IS NULL
    UNION ALL
    SELECT CASE
             WHEN a.attname IS NULL THEN format('%s has no column %I in the destination', g.target::regclass, c.name)
             WHEN a.attgenerated <> '' THEN format('%s.%I is generated in the destination', g.target::regclass, c.name)
             ELSE format('%s.%I is %s in the source and %s in the destination', g.target::regclass, c.name, c.type, format_type(a.atttypid, a.atttypmod))
           END
    FROM pg_temp.cnpgstack_targets g
    JOIN pg_temp.cnpgstack_columns c ON c.id = g.id
    LEFT JOIN pg_attribute a ON a.attrelid = g.target AND a.attname = c.name AND a.attnum > 0 AND NOT a.attisdropped
    WHERE g.target IS NOT NULL
      AND (a.attname IS NULL OR a.attgenerated <> ''
           OR c.type <> format_type(a.atttypid, a.atttypmod)
              AND NOT pg_temp.cnpgstack_fits(c.base, pg_temp.cnpgstack_base(a.atttypid, a.atttypmod)))
  ) p;
  IF problems IS NOT NULL THEN
    RAISE EXCEPTION '%', array_to_string(problems, E'\n');
  END IF;
END $$;
