-- Sequences: those of the columns of what comes over, and those that stand alone.
SELECT format($$SELECT format('INSERT INTO pg_temp.cnpgstack_sequences VALUES (%%L, %%L, %%L, %%L, %%L, %%s, %%L);', %L, %L, %L, %L, %L, last_value, is_called) FROM %I.%I$$,
              sn.nspname, s.relname, n.nspname, c.relname, a.attname, sn.nspname, s.relname)
FROM pg_class s
JOIN pg_namespace sn ON sn.oid = s.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
LEFT JOIN pg_class c ON c.oid = d.refobjid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND (s.oid = ANY (:'chosen'::oid[]) OR d.refobjid = ANY (:'chosen'::oid[]))
ORDER BY sn.nspname, s.relname
\gexec
