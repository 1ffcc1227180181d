//! What is refused, with its reason, and with the destination and the roles as they were.

use serde_json::{Value, json};

use super::ends::{Ends, LOADER, Way, both_ways};
use super::full::migration;
use crate::rig::stack::quoted;

/// Tables that the destination has no place for, each for another reason.
const THERE: &str = "
SET ROLE :owner;
CREATE TABLE public.filled (id int);
CREATE TABLE public.absent (id int);
CREATE TABLE public.missing (a int, \"B b\" int);
CREATE TABLE public.narrow (a bigint, b numeric(12, 2), c varchar(20), d timestamp, e text, f numeric, g timestamptz);
CREATE TABLE public.generated (a int);
CREATE TABLE public.parted (id int) PARTITION BY RANGE (id);
CREATE TABLE public.parted_1 PARTITION OF public.parted DEFAULT;
CREATE TABLE public.pointed (id int PRIMARY KEY);
CREATE TABLE public.pointing (id int CONSTRAINT \"to It\" REFERENCES public.pointed);
CREATE SCHEMA a;
CREATE SCHEMA \"a.b\";
CREATE TABLE a.\"b.c\" ();
CREATE TABLE \"a.b\".c ();
CREATE TABLE public.pictures (picture oid);
INSERT INTO public.pictures VALUES (lo_from_bytea(4711, '\\x01'));
CREATE TABLE public.unique (id int);
INSERT INTO public.unique VALUES (1), (1);
CREATE TABLE public.numbered (id int GENERATED ALWAYS AS IDENTITY (START WITH 1000));
INSERT INTO public.numbered SELECT FROM generate_series(1, 3);
CREATE TABLE public.guarded (v int);
INSERT INTO public.guarded VALUES (1), (2);
ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.guarded FORCE ROW LEVEL SECURITY;
CREATE POLICY \"some\" ON public.guarded USING (v > 1);
";

const HERE: &str = "
SET ROLE :owner;
CREATE TABLE public.filled (id int);
INSERT INTO public.filled VALUES (1);
CREATE TABLE public.missing (a int, b int);
CREATE TABLE public.narrow (a int, b numeric(10, 2), c varchar(10), d date, e varchar(100), f numeric(10, 2), g date);
CREATE TABLE public.generated (a int GENERATED ALWAYS AS (1) STORED);
CREATE TABLE public.parted (id int);
CREATE TABLE public.pictures (picture oid);
SELECT lo_from_bytea(4711, '\\x02') \\g /dev/null
CREATE TABLE public.unique (id int UNIQUE);
CREATE TABLE public.numbered (id int GENERATED ALWAYS AS IDENTITY (MAXVALUE 100));
CREATE TABLE public.guarded (v int);
";

/// The name and the mode of a migration, its list of tables, and why it is refused.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        "filled",
        "data",
        "public.filled",
        "public.filled has rows in the destination: empty it",
    ),
    (
        "absent",
        "data",
        "public.absent",
        "public.absent is not in the destination",
    ),
    (
        "missing",
        "data",
        "public.missing",
        "public.missing has no column \"B b\" in the destination",
    ),
    (
        "generated",
        "data",
        "public.generated",
        "public.generated.a is generated in the destination",
    ),
    (
        "nothing",
        "data",
        "public.Filled",
        "tables.include: public.Filled is not in the source",
    ),
    (
        "partition",
        "full",
        "public.parted_1",
        "tables.include: public.parted_1 is a partition; partitions come with their table",
    ),
    (
        "pointing",
        "full",
        "public.pointing",
        "public.pointing refers to public.pointed, which does not come over (\"to It\")",
    ),
    (
        "two",
        "data",
        "a.b.c",
        "tables.include: a.b.c means more than one table; put the parts of the name in double quotes",
    ),
    (
        "there",
        "full",
        "public.filled",
        "relation \"filled\" already exists",
    ),
    ("pictures", "data", "public.pictures", "pg_largeobject"),
    (
        "unique",
        "data",
        "public.unique",
        "duplicate key value violates unique constraint",
    ),
    (
        "numbered",
        "data",
        "public.numbered",
        "sequence public.numbered_id_seq stands at 1002 in the source, outside its bounds 1 to 100",
    ),
];

/// Every column whose values might not fit, all of them at once.
const NARROW: [&str; 7] = [
    "public.narrow.a is bigint in the source and integer in the destination",
    "public.narrow.b is numeric(12,2) in the source and numeric(10,2) in the destination",
    "public.narrow.c is character varying(20) in the source and character varying(10) in the destination",
    "public.narrow.d is timestamp without time zone in the source and date in the destination",
    "public.narrow.e is text in the source and character varying(100) in the destination",
    "public.narrow.f is numeric in the source and numeric(10,2) in the destination",
    "public.narrow.g is timestamp with time zone in the source and date in the destination",
];

fn migrations(way: Way) -> Value {
    let only = |table: &str| json!({"tables": {"include": [table]}});
    let refused = REFUSED
        .iter()
        .map(|(name, mode, table, _)| migration(way, name, mode, &only(table)));
    let more = [
        migration(way, "narrow", "data", &only("public.narrow")),
        migration(
            way,
            "outside",
            "data",
            &json!({"tables": {"exclude": ["public.none"]}}),
        ),
        migration(way, "guarded", "data", &only("public.guarded")),
        migration(way, "guarded-whole", "full", &only("public.guarded")),
        migration(way, "structure", "schema", &only("public.absent")),
    ];
    refused.chain(more).collect()
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_changed() {
    both_ways(migrations, |ends| {
        ends.at_source(THERE);
        ends.at_destination(HERE);
        for (name, _, _, reason) in REFUSED {
            ends.refuses(&ends.job(name), reason);
        }
        let log = ends.refuses(&ends.job("narrow"), NARROW[0]);
        for reason in NARROW {
            assert!(log.contains(reason), "no {reason:?} in {log}");
        }
        let reason = "tables.exclude: public.none is not in the source";
        ends.refuses(&ends.job("outside"), reason);
    });
}

/// A role that does not see all rows would bring some of them, and nobody would know.
#[test]
fn a_source_that_hides_rows_is_refused() {
    let ends = Ends::start(Way::In, "18", "15", &migrations(Way::In));
    ends.at_source(THERE);
    ends.at_destination(HERE);
    ends.at_source(&format!("ALTER ROLE {} NOBYPASSRLS", quoted(LOADER)));
    let reason = "query would be affected by row-level security policy for table \"guarded\"";
    ends.refuses(&ends.job("guarded"), reason);
    ends.at_destination("DROP TABLE public.guarded");
    ends.refuses(&ends.job("guarded-whole"), reason);
}

#[test]
fn old_programs_and_a_wrong_password_are_refused() {
    for way in [Way::In, Way::Out] {
        let ends = Ends::start(way, "18", "17", &migrations(way));
        ends.at_source(THERE);
        let job = ends.job("structure");
        let old = job
            .clone()
            .with_image("ghcr.io/cloudnative-pg/postgresql:17");
        let reason = "the client programs of this image are of PostgreSQL 17, one server is 18: images.psql names a newer image";
        ends.refuses(&old, reason);
        let foreign = match way {
            Way::In => "source",
            Way::Out => "destination",
        };
        let wrong = job
            .with_password(foreign, "wrong")
            .with("WAIT_SECONDS", "3");
        let log = ends.refuses(&wrong, "password authentication failed for user");
        let last = log.lines().last().unwrap_or_default().to_owned();
        assert!(last.contains("not ready after 3 seconds"), "{log}");
        ends.migrates("structure");
    }
}
