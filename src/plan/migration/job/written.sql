-- After the rows: large objects, then everything as it was before.
SELECT count(lo_create(id)) FROM (SELECT DISTINCT id FROM pg_temp.cnpgstack_pieces) p \g /dev/null
SELECT lo_put(id, start, piece) FROM pg_temp.cnpgstack_pieces WHERE piece <> '' \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM pg_temp.cnpgstack_deferred LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', t.target, t.name);
  END LOOP;
  PERFORM pg_temp.cnpgstack_loud();
END $$;
