-- What the databases of the grant tests hold: every kind of object, names that need quotes, and members of
-- an extension.
SET ROLE orders_owner;
CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, note text);
INSERT INTO app.t VALUES (1, 'one');
CREATE TABLE app.parted (id int) PARTITION BY RANGE (id);
CREATE TABLE app.part PARTITION OF app.parted FOR VALUES FROM (0) TO (9);
CREATE VIEW app.v AS SELECT * FROM app.t;
CREATE MATERIALIZED VIEW app.m AS SELECT * FROM app.t;
CREATE SEQUENCE app.s;
CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE app.total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE FUNCTION app.defaulted(a int, b text DEFAULT 'x', VARIADIC c int[] DEFAULT '{}') RETURNS int LANGUAGE sql AS 'SELECT 1';
RESET ROLE;
CREATE FUNCTION app.w() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE TABLE public.p (id int);
CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA "On ""call's"" $(id) ünï
line";
CREATE TABLE "On ""call's"" $(id) ünï
line"."Ta""b'le $1 \d
select" (id int);
CREATE SEQUENCE "On ""call's"" $(id) ünï
line"."SELECT";
CREATE TYPE "On ""call's"" $(id) ünï
line"."Ty""pe" AS (a int);
CREATE FUNCTION "On ""call's"" $(id) ünï
line"."Fu""nc"("On ""call's"" $(id) ünï
line"."Ty""pe") RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.ft (line text) SERVER files OPTIONS (filename '/etc/passwd');
CREATE EXTENSION hstore;
CREATE TABLE app.of_extension (id int);
ALTER EXTENSION hstore ADD TABLE app.of_extension;
CREATE FUNCTION app.of_extension_too() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION app.of_extension_too() FROM PUBLIC;
ALTER EXTENSION hstore ADD FUNCTION app.of_extension_too();
CREATE SCHEMA of_extension_as_well;
ALTER EXTENSION hstore ADD SCHEMA of_extension_as_well;
