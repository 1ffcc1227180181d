-- Where the destination keeps what the source says, until the transaction ends.
CREATE TEMP TABLE cnpgstack_tables (position int, id oid, nsp text, rel text, kind "char", condition text, config bool) ON COMMIT DROP;
CREATE TEMP TABLE cnpgstack_columns (id oid, position int, name text, type text, base text) ON COMMIT DROP;
CREATE TEMP TABLE cnpgstack_copied (nsp text, rel text, rows bigint) ON COMMIT DROP;
CREATE TEMP TABLE cnpgstack_sequences (nsp text, rel text, table_nsp text, table_rel text, attribute text, last bigint, called bool) ON COMMIT DROP;
CREATE TEMP TABLE cnpgstack_pieces (id oid, start bigint, piece bytea) ON COMMIT DROP;
-- What is changed for the time of the writing, and how it was.
CREATE TEMP TABLE cnpgstack_triggers (target regclass, name text, enabled "char") ON COMMIT DROP;
CREATE TEMP TABLE cnpgstack_deferred (target regclass, name text) ON COMMIT DROP;

-- Whether every value of one type is a value of another, and looks the same there.
CREATE FUNCTION pg_temp.cnpgstack_fits(source text, destination text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  s text := regexp_replace(source, ' ?\([0-9, -]+\)', '');
  d text := regexp_replace(destination, ' ?\([0-9, -]+\)', '');
  sm int[] := regexp_match(source, '\(([0-9]+)(?:,(-?[0-9]+))?\)')::int[];
  dm int[] := regexp_match(destination, '\(([0-9]+)(?:,(-?[0-9]+))?\)')::int[];
  whole text[] := ARRAY['smallint', 'integer', 'bigint'];
  digits int[] := ARRAY[5, 10, 19];
BEGIN
  RETURN CASE
    WHEN source = destination THEN true
    WHEN s = ANY (whole) AND d = ANY (whole) THEN array_position(whole, s) <= array_position(whole, d)
    WHEN s = ANY (whole) AND d = 'numeric' THEN dm IS NULL OR dm[1] - coalesce(dm[2], 0) >= digits[array_position(whole, s)] AND coalesce(dm[2], 0) >= 0
    WHEN s = 'smallint' AND d = 'real' OR s IN ('smallint', 'integer') AND d = 'double precision' THEN true
    WHEN s = 'numeric' AND d = 'numeric' THEN dm IS NULL OR sm IS NOT NULL
      AND coalesce(dm[2], 0) >= coalesce(sm[2], 0) AND dm[1] - coalesce(dm[2], 0) >= sm[1] - coalesce(sm[2], 0)
    WHEN s IN ('text', 'name', 'character varying') AND d IN ('text', 'character varying') THEN dm IS NULL OR sm[1] <= dm[1]
    WHEN s = 'bit varying' AND d = s THEN dm IS NULL OR sm[1] <= dm[1]
    WHEN s = 'date' AND d = 'timestamp without time zone' THEN true
    WHEN s ~ '^time' AND d = s THEN coalesce(sm[1], 6) <= coalesce(dm[1], 6)
  END IS TRUE;
END $$;

-- A table of the destination by its quoted or plain name; null when there is none.
CREATE FUNCTION pg_temp.cnpgstack_table(nsp text, rel text) RETURNS oid LANGUAGE sql AS $$
  SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = nsp AND c.relname = rel AND c.relkind IN ('r', 'p')
$$;

-- The type under domains, as text.
CREATE FUNCTION pg_temp.cnpgstack_base(type oid, mod int) RETURNS text LANGUAGE sql AS $$
  WITH RECURSIVE base AS (
    SELECT type AS t, mod AS m
    UNION ALL
    SELECT y.typbasetype, y.typtypmod FROM base JOIN pg_catalog.pg_type y ON y.oid = base.t WHERE y.typtype = 'd'
  )
  SELECT pg_catalog.format_type(t, m) FROM base JOIN pg_catalog.pg_type y ON y.oid = t WHERE y.typtype <> 'd'
$$;

-- Keeps the triggers of users from changing what is written; how they were is kept. A
-- table of somebody else must have none.
CREATE FUNCTION pg_temp.cnpgstack_quiet(target oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record;
BEGIN
  FOR t IN
    SELECT g.tgrelid::regclass AS on_table, g.tgname, g.tgenabled
    FROM pg_catalog.pg_trigger g
    WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
      AND g.tgrelid IN (SELECT target UNION SELECT relid FROM pg_catalog.pg_partition_tree(target))
  LOOP
    EXECUTE format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', t.on_table, t.tgname);
    INSERT INTO pg_temp.cnpgstack_triggers VALUES (t.on_table, t.tgname, t.tgenabled);
  END LOOP;
END $$;

-- As they were.
CREATE FUNCTION pg_temp.cnpgstack_loud() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record;
BEGIN
  FOR t IN DELETE FROM pg_temp.cnpgstack_triggers RETURNING * LOOP
    EXECUTE format('ALTER TABLE ONLY %s ENABLE %s TRIGGER %I', t.target,
      CASE t.enabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, t.name);
  END LOOP;
END $$;

-- Moves a sequence up to where the source's is, so that it goes on from there; never
-- down. Transactional, as setval is not.
CREATE FUNCTION pg_temp.cnpgstack_move(sequence oid, last bigint, called bool) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s pg_catalog.pg_sequence;
  mine record;
  next numeric;
  my_next numeric;
BEGIN
  SELECT * INTO s FROM pg_catalog.pg_sequence WHERE seqrelid = sequence;
  EXECUTE format('SELECT last_value, is_called FROM %s', sequence::regclass) INTO mine;
  next := last::numeric + CASE WHEN called THEN s.seqincrement ELSE 0 END;
  my_next := mine.last_value::numeric + CASE WHEN mine.is_called THEN s.seqincrement ELSE 0 END;
  IF sign(s.seqincrement) * next <= sign(s.seqincrement) * my_next THEN
    RETURN;
  END IF;
  IF next BETWEEN s.seqmin AND s.seqmax THEN
    EXECUTE format('ALTER SEQUENCE %s RESTART WITH %s', sequence::regclass, next);
  ELSIF last BETWEEN s.seqmin AND s.seqmax THEN
    -- Used up; RESTART has no word for that.
    EXECUTE format('ALTER SEQUENCE %s RESTART WITH %s', sequence::regclass, last);
    PERFORM nextval(sequence::regclass);
  ELSE
    RAISE EXCEPTION 'sequence % stands at % in the source, outside its bounds % to %', sequence::regclass, last, s.seqmin, s.seqmax;
  END IF;
END $$;
