-- Nothing is kept unless everything arrived: what is there is counted, against what
-- was counted in the snapshot of the source.
DO $$
DECLARE
  t record;
  counted bigint;
  problems text[];
BEGIN
  FOR t IN
    SELECT g.*, c.rows FROM pg_temp.cnpgstack_targets g LEFT JOIN pg_temp.cnpgstack_copied c USING (nsp, rel) ORDER BY g.position
  LOOP
    EXECUTE format('SELECT count(*) FROM %s%s', CASE t.kind WHEN 'r' THEN 'ONLY ' ELSE '' END, t.target::regclass) INTO counted;
    IF counted - t.before IS DISTINCT FROM t.rows THEN
      problems := problems || format('%s: %s rows in the source, %s in the destination', t.target::regclass, coalesce(t.rows::text, 'no count of the'), counted - t.before);
    END IF;
  END LOOP;
  SELECT count(*) INTO counted FROM pg_temp.cnpgstack_pieces;
  IF counted <> coalesce((SELECT sum(rows) FROM pg_temp.cnpgstack_copied WHERE rel IS NULL), 0) THEN
    problems := problems || format('large objects: %s pieces in the destination', counted);
  END IF;
  IF problems IS NOT NULL THEN
    RAISE EXCEPTION '%', array_to_string(problems, E'\n');
  END IF;
END $$;
SELECT format('  %I.%I: %s rows', nsp, rel, rows) FROM pg_temp.cnpgstack_targets JOIN pg_temp.cnpgstack_copied USING (nsp, rel) ORDER BY position;
SELECT format('  %s large objects', count(DISTINCT id)) FROM pg_temp.cnpgstack_pieces HAVING count(*) > 0;
SELECT format('  %s sequences', count(*)) FROM pg_temp.cnpgstack_sequences HAVING count(*) > 0;
