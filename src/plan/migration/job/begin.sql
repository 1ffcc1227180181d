-- The transaction of the destination begins, with its row in the ledger: a second
-- run at the same time waits here, and finds it.
\getenv stack STACK
\getenv migration MIGRATION
\getenv attempt ATTEMPT
\getenv definition DEFINITION
\getenv owner DESTINATION_OWNER
\getenv structure STRUCTURE
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
\if :structure
\if :{?owner}
-- Everything that is made belongs to the owner role from the beginning.
SET ROLE :"owner";
\endif
\endif
SELECT to_regclass('cnpgstack.migrations') IS NULL AS is_new \gset
\if :is_new
CREATE SCHEMA IF NOT EXISTS cnpgstack;
COMMENT ON SCHEMA cnpgstack IS 'what the migration Jobs of cnpg-stack have finished';
CREATE TABLE IF NOT EXISTS cnpgstack.migrations (
  stack text NOT NULL,
  name text NOT NULL,
  attempt int NOT NULL,
  definition text NOT NULL,
  finished timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (stack, name, attempt)
);
\endif
-- A row that is there already is a finished run: this one fails, and the next one sees it.
INSERT INTO cnpgstack.migrations (stack, name, attempt, definition)
VALUES (:'stack', :'migration', :'attempt', :'definition');
