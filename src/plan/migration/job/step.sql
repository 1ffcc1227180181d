-- One step of an ETL migration, the one of number :step: a stage with the types of the
-- columns that its rows go into. What keeps it from working is told before any row.
\getenv steps STEPS
SELECT set_config('cnpgstack.step', (:'steps'::jsonb -> (:step - 1))::text, true) \g /dev/null
CREATE TEMP TABLE cnpgstack_described (position int GENERATED ALWAYS AS IDENTITY, name text, type text) ON COMMIT DROP;
DO $$
DECLARE
  step jsonb := current_setting('cnpgstack.step');
  columns text[] := ARRAY(SELECT c FROM jsonb_array_elements_text(step -> 'columns') WITH ORDINALITY e(c, n) ORDER BY n);
  ids oid[];
  problems text[];
BEGIN
  SELECT array_agg(c.oid) INTO ids
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  -- A name may be written as it is, or as in SQL.
  WHERE c.relkind IN ('r', 'p') AND step ->> 'into' IN (
    SELECT schema || '.' || name
    FROM unnest(ARRAY[n.nspname, quote_ident(n.nspname), '"' || replace(n.nspname, '"', '""') || '"']) schema
    CROSS JOIN unnest(ARRAY[c.relname, quote_ident(c.relname), '"' || replace(c.relname, '"', '""') || '"']) name);
  IF cardinality(ids) IS DISTINCT FROM 1 THEN
    RAISE EXCEPTION '% %', step ->> 'into', CASE WHEN ids IS NULL THEN 'is not a table of the destination'
      ELSE 'means more than one table; put the parts of the name in double quotes' END;
  END IF;
  SELECT array_agg(format('%s %s', ids[1]::regclass, problem)) INTO problems FROM (
    SELECT format('has no column %I', w) AS problem FROM unnest(columns) w
    WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = ids[1] AND attname = w AND attnum > 0 AND NOT attisdropped)
    UNION ALL
    SELECT format('generates its column %I', attname) FROM pg_attribute
    WHERE attrelid = ids[1] AND attname = ANY (columns) AND attgenerated <> ''
    UNION ALL
    SELECT format('has the rule %I, which would change what is written', rulename) FROM pg_rewrite
    WHERE ev_class = ids[1] AND ev_type IN ('2', '3') AND ev_enabled NOT IN ('D', 'R')
  ) p;
  IF problems IS NOT NULL THEN
    RAISE EXCEPTION '%', array_to_string(problems, E'\n');
  END IF;
  PERFORM set_config('cnpgstack.into', ids[1]::text, true);
  EXECUTE format('CREATE TEMP TABLE cnpgstack_stage ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA',
                 (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY u(c, n)), ids[1]::regclass);
END $$;
