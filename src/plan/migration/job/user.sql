-- The user's own SQL, in the variable `text`: all of it or nothing, and no
-- statement of it can end the transaction.
\if :{?text}
SET LOCAL search_path = public;
SELECT format('BEGIN EXECUTE %L; END', :'text') AS block \gset
DO :'block';
SET LOCAL search_path = pg_catalog, pg_temp;
SET CONSTRAINTS ALL IMMEDIATE;
\unset text
\endif
