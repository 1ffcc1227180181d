-- Sequences go on from where they are in the source.
DO $$
DECLARE
  problems text[];
BEGIN
  CREATE TEMP TABLE cnpgstack_moves ON COMMIT DROP AS
  SELECT s.*, c.oid AS sequence
  FROM pg_temp.cnpgstack_sequences s
  LEFT JOIN pg_catalog.pg_class c ON c.relkind = 'S' AND c.oid = CASE
    WHEN s.table_rel IS NULL THEN to_regclass(format('%I.%I', s.nsp, s.rel))
    ELSE (SELECT d.objid FROM pg_catalog.pg_depend d
          JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
          WHERE d.refobjid = pg_temp.cnpgstack_table(s.table_nsp, s.table_rel) AND a.attname = s.attribute
            AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i'))
  END;
  SELECT array_agg(format('sequence %I.%I is not in the destination', nsp, rel) ORDER BY nsp, rel) INTO problems
  FROM pg_temp.cnpgstack_moves WHERE sequence IS NULL;
  IF problems IS NOT NULL THEN
    RAISE EXCEPTION '%', array_to_string(problems, E'\n');
  END IF;
  PERFORM pg_temp.cnpgstack_move(sequence, last, called) FROM pg_temp.cnpgstack_moves;
END $$;
