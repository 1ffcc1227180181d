-- Before the rows: they come into tables that are empty, and nothing of the
-- destination's gets in the way.
DO $$
DECLARE
  t record;
  filled bool;
  problems text[];
BEGIN
  FOR t IN SELECT * FROM pg_temp.cnpgstack_targets ORDER BY position LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', t.target::regclass);
    EXCEPTION WHEN insufficient_privilege THEN
      -- Who may only insert cannot keep others away; the count at the end would tell.
      NULL;
    END;
    IF t.config THEN
      EXECUTE format('UPDATE pg_temp.cnpgstack_targets SET before = (SELECT count(*) FROM %s) WHERE position = %s', t.target::regclass, t.position);
    ELSE
      EXECUTE format('SELECT EXISTS (SELECT FROM %s%s)', CASE t.kind WHEN 'r' THEN 'ONLY ' ELSE '' END, t.target::regclass) INTO filled;
      IF filled THEN
        problems := problems || format('%s has rows in the destination: empty it (preSql: TRUNCATE), or leave it out (tables.exclude)', t.target::regclass);
      END IF;
    END IF;
  END LOOP;
  IF problems IS NOT NULL THEN
    RAISE EXCEPTION '%', array_to_string(problems, E'\n');
  END IF;
  PERFORM pg_temp.cnpgstack_quiet(target) FROM pg_temp.cnpgstack_targets ORDER BY position;
  -- Tables that refer to each other in a circle are checked when all of them are there.
  FOR t IN
    SELECT con.conrelid::regclass AS target, con.conname
    FROM pg_temp.cnpgstack_targets one
    CROSS JOIN LATERAL (SELECT one.target AS id UNION SELECT relid FROM pg_partition_tree(one.target)) part
    JOIN pg_constraint con ON con.conrelid = part.id AND con.contype = 'f' AND con.conparentid = 0 AND NOT con.condeferrable
    JOIN pg_temp.cnpgstack_targets other ON other.position > one.position
      AND con.confrelid IN (SELECT other.target UNION SELECT relid FROM pg_partition_tree(other.target))
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE', t.target, t.conname);
    INSERT INTO pg_temp.cnpgstack_deferred VALUES (t.target, t.conname);
  END LOOP;
END $$;
SET CONSTRAINTS ALL DEFERRED;
