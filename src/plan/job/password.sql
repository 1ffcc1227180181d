-- The password, read from standard input twice: the server is sent the SCRAM
-- verifier that psql makes, and nothing else.
\set QUIET on
\set VERBOSITY verbose
\getenv role ROLE
\password :"role"
