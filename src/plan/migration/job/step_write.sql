-- From the stage into the table, and what is there is compared with what came.
DO $$
DECLARE
  step jsonb := current_setting('cnpgstack.step');
  target regclass := current_setting('cnpgstack.into')::oid;
  conflict text := step ->> 'onConflict';
  columns text[] := ARRAY(SELECT quote_ident(c) FROM jsonb_array_elements_text(step -> 'columns') WITH ORDINALITY e(c, n) ORDER BY n);
  key text[] := ARRAY(SELECT quote_ident(c) FROM jsonb_array_elements_text(step -> 'key') WITH ORDINALITY e(c, n) ORDER BY n);
  list text := array_to_string(columns, ', ');
  keys text := array_to_string(key, ', ');
  sent bigint;
  staged bigint;
  written bigint;
  same bigint;
  s record;
  top bigint;
BEGIN
  SELECT count(*) INTO staged FROM pg_temp.cnpgstack_stage;
  SELECT rows INTO sent FROM pg_temp.cnpgstack_copied;
  IF sent IS DISTINCT FROM staged THEN
    RAISE EXCEPTION '%: % rows in the source, % in the stage', target, sent, staged;
  END IF;
  IF conflict <> 'error' THEN
    EXECUTE format('SELECT count(*) FROM (SELECT FROM pg_temp.cnpgstack_stage GROUP BY %s HAVING count(*) > 1) d', keys) INTO same;
    IF same > 0 THEN
      RAISE EXCEPTION '%: the query has several rows for % values of the key (%)', target, same, keys;
    END IF;
  END IF;
  PERFORM pg_temp.cnpgstack_quiet(target);
  EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM pg_temp.cnpgstack_stage%s', target, list, list,
    CASE conflict
      WHEN 'error' THEN ''
      WHEN 'skip' THEN format(' ON CONFLICT (%s) DO NOTHING', keys)
      ELSE coalesce(
        (SELECT format(' ON CONFLICT (%s) DO UPDATE SET %s', keys, string_agg(format('%s = excluded.%s', c, c), ', '))
         FROM unnest(columns) c WHERE c <> ALL (key) HAVING count(*) > 0),
        format(' ON CONFLICT (%s) DO NOTHING', keys))
    END);
  GET DIAGNOSTICS written = ROW_COUNT;
  same := written;
  IF conflict <> 'error' THEN
    -- As text: not every type can be compared.
    EXECUTE format('SELECT count(*) FROM pg_temp.cnpgstack_stage s JOIN %s d ON %s WHERE %s', target,
      (SELECT string_agg(format('s.%s = d.%s', c, c), ' AND ') FROM unnest(key) c),
      CASE conflict WHEN 'skip' THEN 'true'
        ELSE (SELECT string_agg(format('s.%s::text IS NOT DISTINCT FROM d.%s::text', c, c), ' AND ') FROM unnest(columns) c) END) INTO same;
  END IF;
  IF same <> staged THEN
    RAISE EXCEPTION '%: % rows came, and % of them are in the table', target, staged, same;
  END IF;
  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM pg_temp.cnpgstack_loud();
  -- What was numbered in the source must not be given out again here.
  FOR s IN
    SELECT d.objid, a.attname, q.seqincrement
    FROM pg_depend d
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    JOIN pg_sequence q ON q.seqrelid = d.objid
    WHERE d.refobjid = target AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      AND quote_ident(a.attname) = ANY (columns)
  LOOP
    EXECUTE format('SELECT %s(%I)::bigint FROM pg_temp.cnpgstack_stage', CASE WHEN s.seqincrement > 0 THEN 'max' ELSE 'min' END, s.attname) INTO top;
    IF top IS NOT NULL THEN
      PERFORM pg_temp.cnpgstack_move(s.objid, top, true);
    END IF;
  END LOOP;
  RAISE INFO '  %: % rows came, % written', target, staged, written;
  DELETE FROM pg_temp.cnpgstack_copied;
  DROP TABLE pg_temp.cnpgstack_stage, pg_temp.cnpgstack_described;
END $$;
