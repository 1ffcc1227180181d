-- The rows of a step's query, for the stage. psql tells the number of rows that the
-- server has sent only where COPY goes to a file.
\getenv query QUERY
SELECT 'COPY pg_temp.cnpgstack_stage FROM STDIN;' \g /dev/stdout
SET LOCAL search_path = public;
COPY (
:query
) TO STDOUT \g /dev/stdout
\set copied :ROW_COUNT
SELECT E'\\.' \g /dev/stdout
SELECT format('INSERT INTO pg_temp.cnpgstack_copied VALUES (NULL, NULL, %s);', :copied) \g /dev/stdout
