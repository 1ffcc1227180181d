-- The user's password. psql reads it from standard input, twice, and makes the
-- SCRAM verifier itself: the server is sent nothing else.
\set QUIET on
\set VERBOSITY verbose
\getenv user GRANT_USER
BEGIN ISOLATION LEVEL READ COMMITTED;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
\password :"user"
COMMIT;
