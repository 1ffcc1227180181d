-- Whether the migration was finished before: `no`, `yes`, or `other` when it was
-- another one of this name and number.
\getenv stack STACK
\getenv migration MIGRATION
\getenv attempt ATTEMPT
\getenv definition DEFINITION
SELECT to_regclass('cnpgstack.migrations') IS NULL AS is_new \gset
\if :is_new
\echo no
\else
SELECT coalesce((SELECT CASE WHEN definition = :'definition' THEN 'yes' ELSE 'other' END
                 FROM cnpgstack.migrations
                 WHERE (stack, name, attempt) = (:'stack', :'migration', :'attempt'::int)), 'no');
\endif
