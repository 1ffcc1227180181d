-- What the tables and the rest are like, whatever the version of the server.
SET search_path = pg_catalog;
SELECT n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid), pg_get_userbyid(c.relowner) = :'owner'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'sales') ORDER BY 1, 2;
SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid AND relkind IN ('r', 'p', 'v', 'm') JOIN pg_namespace n ON n.oid = relnamespace AND nspname IN ('public', 'sales')
LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum WHERE attnum > 0 ORDER BY 1, 2;
SELECT conrelid::regclass::text, contypid::regtype::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, to_regnamespace('sales')) AND contype <> 'n' ORDER BY 1, 2, 3;
SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2;
SELECT schemaname, tablename, policyname, qual FROM pg_policies ORDER BY 1, 2, 3;
SELECT extname, extnamespace::regnamespace FROM pg_extension ORDER BY 1;
SELECT typname, typtype, pg_get_userbyid(typowner) = :'owner' FROM pg_type t WHERE typnamespace = to_regnamespace('sales') AND typtype IN ('e', 'd') ORDER BY 1;
SELECT proname, pg_get_userbyid(proowner) = :'owner' FROM pg_proc WHERE pronamespace = to_regnamespace('sales') ORDER BY 1;
SELECT obj_description(to_regnamespace('sales'), 'pg_namespace');
