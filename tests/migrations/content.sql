-- What a database can hold that has been seen to get lost or to change on its way, owned by :owner.
SET ROLE :owner;
CREATE EXTENSION hstore;
CREATE EXTENSION citext WITH SCHEMA public;
CREATE SCHEMA sales;
COMMENT ON SCHEMA sales IS 'what is sold';
CREATE TYPE sales.mood AS ENUM ('sad', 'ok', 'very "happy"');
CREATE DOMAIN sales.price AS numeric(12, 2) CHECK (VALUE >= 0);
CREATE FUNCTION sales.doubled(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE SEQUENCE sales.lonely INCREMENT BY 5 START WITH 100 MINVALUE 100 MAXVALUE 120;
SELECT setval('sales.lonely', 120);

-- A million rows, in a table whose name and columns need quotes.
CREATE TABLE sales."Order Lines" (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000) PRIMARY KEY,
  "when" timestamptz NOT NULL DEFAULT '2026-03-04 05:06:07+00',
  "Note, or ""remark""" text,
  price sales.price,
  twice bigint GENERATED ALWAYS AS (sales.doubled(id)) STORED
);
INSERT INTO sales."Order Lines" ("when", "Note, or ""remark""", price)
SELECT timestamptz '2026-01-02 00:00:00+00' + n * interval '1 minute',
       CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN E'a\tb\nc\\.d' WHEN 3 THEN '\N' ELSE 'größer ' || n END,
       n / 100.0
FROM generate_series(1, :rows) n;
SELECT last_value FROM sales."Order Lines_id_seq" \g /dev/null

-- Values that depend on settings, or do not survive rounding.
CREATE TABLE public.values (
  id serial PRIMARY KEY, d date, t timestamp(3), z timestamptz, i interval, f double precision, r real, n numeric,
  b bytea, j jsonb, k json, a text[], h hstore, c citext, m sales.mood, x xml, u uuid, bits bit(3), p int4range, money money
);
INSERT INTO public.values (d, t, z, i, f, r, n, b, j, k, a, h, c, m, x, u, bits, p, money) VALUES
  ('2026-03-04', '2026-03-04 05:06:07.123', '2026-03-04 05:06:07.123456+05:45', '1 year -2 days 3:04:05.000006', 0.1::float8 + 0.2, 1e-30, 1.10,
   '\x00ff5c', '{"b": 1, "a": [1.50]}', '{"b": 1,  "a": 2, "a": 3}', ARRAY['a,b', NULL, '"', '{}', ''], 'k=>NULL, "a b"=>"c"', 'MiXed',
   'very "happy"', '<a>&amp;</a>', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '101', '[1,5)', '1234.56'),
  ('infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '-1 mon', 'NaN', '-Infinity', 'NaN', '', 'null', '[]', '{}', '', '', 'sad', '<b/>', NULL, '000', 'empty', '-0.01'),
  ('4713-01-01 BC', NULL, NULL, NULL, 5e-324, 3.4028235e38, 12345678901234567890.000000000000000000001, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- Partitions of partitions, and a default one.
CREATE TABLE public.events (id int, at date NOT NULL, kind text NOT NULL, PRIMARY KEY (id, at, kind)) PARTITION BY RANGE (at);
CREATE TABLE public.events_2025 PARTITION OF public.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE public.events_2026 PARTITION OF public.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (kind);
CREATE TABLE public."events_2026_A" PARTITION OF public.events_2026 FOR VALUES IN ('a');
CREATE TABLE public.events_2026_rest PARTITION OF public.events_2026 DEFAULT;
INSERT INTO public.events SELECT n, date '2025-06-01' + n, CASE n % 3 WHEN 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 500) n;

-- A child, a table that refers to itself, two that refer to each other, one of a name that comes too early.
CREATE TABLE public.parent (id int PRIMARY KEY);
CREATE TABLE public.child (extra text) INHERITS (public.parent);
INSERT INTO public.parent VALUES (1), (2);
INSERT INTO public.child VALUES (3, 'three');
CREATE TABLE public.a_tree (id int PRIMARY KEY, up int REFERENCES public.a_tree);
INSERT INTO public.a_tree VALUES (3, 2), (2, 1), (1, NULL);
CREATE TABLE public.chicken (id int PRIMARY KEY, egg int NOT NULL);
CREATE TABLE public.egg (id int PRIMARY KEY, chicken int NOT NULL REFERENCES public.chicken);
ALTER TABLE public.chicken ADD CONSTRAINT egg_first FOREIGN KEY (egg) REFERENCES public.egg DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO public.chicken VALUES (1, 10), (2, 20);
INSERT INTO public.egg VALUES (10, 1), (20, 2);
COMMIT;
CREATE TABLE public.aa_first (id int PRIMARY KEY, of_tree int REFERENCES public.a_tree, of_line bigint REFERENCES sales."Order Lines");
INSERT INTO public.aa_first VALUES (1, 3, 1001), (2, NULL, NULL);
CREATE TABLE public.empty ();
INSERT INTO public.empty DEFAULT VALUES;

-- A trigger, row security, an exhausted and a fresh sequence, views.
CREATE FUNCTION public.shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v := upper(NEW.v); RETURN NEW; END';
CREATE TABLE public.quiet (v text);
INSERT INTO public.quiet VALUES ('lower');
CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON public.quiet FOR EACH ROW EXECUTE FUNCTION public.shout();
ALTER TABLE public.quiet ENABLE ALWAYS TRIGGER loud;
CREATE TABLE public.guarded (v int);
INSERT INTO public.guarded VALUES (1), (2), (3);
ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.guarded FORCE ROW LEVEL SECURITY;
CREATE POLICY "some" ON public.guarded USING (v > 1);
CREATE VIEW sales.cheap AS SELECT id, price FROM sales."Order Lines" WHERE price < 1;
CREATE MATERIALIZED VIEW sales.totals AS SELECT date_trunc('month', "when") AS month, sum(price) AS total, count(*) AS n FROM sales."Order Lines" GROUP BY 1;
CREATE UNIQUE INDEX ON sales.totals (month);

-- Large objects: pointed to, of several pieces, empty, and with a hole.
CREATE TABLE public.pictures (id int PRIMARY KEY, picture oid);
INSERT INTO public.pictures VALUES
  (1, lo_from_bytea(4711, decode(repeat('00ff5c0a', 200000), 'hex'))), (2, lo_create(4712)), (3, lo_from_bytea(4713, '\x01')), (4, NULL);
SELECT lo_put(4713, 600000, '\x02');
RESET ROLE;
