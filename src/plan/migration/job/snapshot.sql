-- The one transaction that everything is read in. Tables are locked before the
-- snapshot is taken: one that is truncated in between would look empty.
\getenv include INCLUDE
\getenv exclude EXCLUDE
\ir choose.sql
\set before :chosen
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT :'lock' WHERE :'lock' <> '' \gexec
SELECT 'snapshot ' || pg_export_snapshot() AS snapshot \gset
\ir choose.sql
SELECT :'before' <> :'chosen' AS changed \gset
\if :changed
ROLLBACK;
SELECT 'again';
\else
SELECT 'problem ' || translate(problem, E'\n\r', '  ') FROM jsonb_array_elements_text(:'problems') problem;
\ir problems.sql
SELECT :'snapshot';
\endif
