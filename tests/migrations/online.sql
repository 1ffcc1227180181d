-- What can be replicated: every table has a key, nothing is a large object.
SET ROLE :owner;
CREATE SCHEMA sales;
CREATE TYPE sales.mood AS ENUM ('sad', 'ok');
CREATE TABLE sales."Order Lines" (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, "Note" text, m sales.mood, n numeric(12, 2),
  twice numeric GENERATED ALWAYS AS (n * 2) STORED
);
INSERT INTO sales."Order Lines" (at, "Note", m, n)
SELECT timestamptz '2026-01-02 00:00:00+00' + n * interval '1 minute', E'größer\t' || n, 'ok', n / 100.0 FROM generate_series(1, :rows) n;
CREATE TABLE public.events (id int, at date, kind text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE public.events_2025 PARTITION OF public.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT;
INSERT INTO public.events SELECT n, date '2025-06-01' + n, 'a' FROM generate_series(1, 500) n;
CREATE TABLE public.child (id serial PRIMARY KEY, line bigint REFERENCES sales."Order Lines");
INSERT INTO public.child (line) SELECT n FROM generate_series(1, 100) n;
CREATE MATERIALIZED VIEW public.sums AS SELECT count(*) FROM public.child;
RESET ROLE;
