-- What this Job is to bring about, as the other files read it.
\set QUIET on
\set VERBOSITY verbose
\pset tuples_only on
\pset format unaligned
\pset pager off
\getenv wanted WANTED
SELECT set_config('cnpgstack.wanted', :'wanted', false) AS wanted \gset
