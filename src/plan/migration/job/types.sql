-- The columns of a step's query, as the server describes them: as a prepared statement,
-- so it is one statement or none.
\getenv query QUERY
\pset fieldsep '\t'
SELECT 'COPY pg_temp.cnpgstack_described (name, type) FROM STDIN;';
SET LOCAL search_path = public;
:query
\gdesc
SELECT E'\\.';
