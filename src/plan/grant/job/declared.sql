-- What the operator has still to make in the user's database before all of it
-- can be given: tablespaces, schemas and extensions that the stack declares. One line, which
-- is empty when nothing is missing. Whoever makes them later gives no rights.
\ir wanted.sql
WITH it AS (SELECT current_setting('cnpgstack.wanted')::jsonb AS doc)
SELECT coalesce((SELECT format('tablespace %I is not there yet', t.name)
                 FROM it, jsonb_array_elements_text(doc->'tablespaces') AS t (name)
                 WHERE NOT EXISTS (SELECT FROM pg_tablespace s WHERE s.spcname = t.name)
                 ORDER BY t.name LIMIT 1),
                (SELECT format('schema %I of database %I is not there yet, or does not belong to role %I', s.name, current_database(), s.owner)
                 FROM it, jsonb_to_recordset(doc->'schemas') AS s (name text, owner text)
                 WHERE NOT EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
                                   WHERE n.nspname = s.name AND r.rolname = s.owner)
                 ORDER BY s.name LIMIT 1),
                (SELECT format('extension %I of database %I is not there yet, or not in its schema', e.name, current_database())
                 FROM it, jsonb_to_recordset(doc->'extensions') AS e (name text, schema text)
                 WHERE NOT EXISTS (SELECT FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
                                   WHERE x.extname = e.name AND n.nspname = coalesce(e.schema, n.nspname))
                 ORDER BY e.name LIMIT 1),
                '') AS missing;
