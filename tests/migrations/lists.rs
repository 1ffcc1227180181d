//! Which tables come over, and what comes with them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ends::{Ends, Way, both_ways};
use super::full::{CONTENT, DIGEST, migration};

/// Beside the content: a picture of a table that is not asked for, and names with dots.
const MORE: &str = "
SET ROLE :owner;
CREATE TABLE public.more_pictures (picture oid);
INSERT INTO public.more_pictures VALUES (lo_from_bytea(5000, '\\x05'));
CREATE SCHEMA \"sales.a\";
CREATE TABLE \"sales.a\".b AS SELECT 1 AS id;
CREATE TABLE sales.\"a.b\" AS SELECT 2 AS id;
";

/// The relations that are there, and the large objects.
const THERE: &str = "
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_|^cnpgstack$|^information_schema$' ORDER BY 1;
SELECT oid FROM pg_largeobject_metadata ORDER BY 1;
";

fn full(way: Way, include: &[&str], exclude: &[&str]) -> Value {
    let mut tables = json!({"exclude": exclude});
    if !include.is_empty() {
        tables["include"] = json!(include);
    }
    json!([migration(way, "some", "full", &json!({"tables": tables}))])
}

/// Brings some of the content over: all that is there then, and the same as in the source.
fn comes(include: &'static [&str], exclude: &'static [&str], expected: &[&str]) {
    let start = |way| full(way, include, exclude);
    both_ways(start, |ends| {
        ends.at_source(&CONTENT.replace(":rows", "1000"));
        ends.at_source(MORE);
        let log = ends.migrates("some");
        let there = ends.at_destination(THERE);
        let there: BTreeSet<&str> = there.lines().collect();
        assert_eq!(there, expected.iter().copied().collect(), "{log}");
        same(ends, &log);
    });
}

/// What the destination holds is what the source holds.
fn same(ends: &Ends, log: &str) {
    let (source, destination) = (ends.at_source(DIGEST), ends.at_destination(DIGEST));
    for line in destination.lines() {
        assert!(
            source.lines().any(|known| known == line),
            "{line}\n{source}{log}"
        );
    }
}

#[test]
fn what_is_included_comes_with_partitions_sequences_and_large_objects() {
    comes(
        &[
            "sales.Order Lines",
            "public.events",
            "public.\"pictures\"",
            "\"sales.a\".b",
        ],
        &["sales.lonely"],
        &[
            "public.events",
            "public.events_2025",
            "public.events_2026",
            "public.\"events_2026_A\"",
            "public.events_2026_rest",
            "public.pictures",
            "\"sales.a\".b",
            "sales.\"Order Lines\"",
            "sales.\"Order Lines_id_seq\"",
            "4711",
            "4712",
            "4713",
        ],
    );
}

#[test]
fn a_schema_comes_without_what_is_excluded() {
    comes(
        &["sales.*"],
        &["sales.\"a.b\"", "sales.totals"],
        &[
            "sales.cheap",
            "sales.lonely",
            "sales.\"Order Lines\"",
            "sales.\"Order Lines_id_seq\"",
        ],
    );
}

#[test]
fn all_but_what_is_excluded_comes() {
    comes(
        &[],
        &["public.*", "\"sales.a\".b", "sales.cheap", "sales.totals"],
        &[
            "sales.\"Order Lines\"",
            "sales.\"Order Lines_id_seq\"",
            "sales.\"a.b\"",
            "sales.lonely",
        ],
    );
}

#[test]
fn a_view_of_a_table_that_stays_behind_is_refused() {
    let tables = full(Way::In, &["sales.cheap"], &[]);
    let ends = Ends::start(Way::In, "18", "15", &tables);
    ends.at_source(&CONTENT.replace(":rows", "10"));
    let reason = "relation \"sales.Order Lines\" does not exist";
    ends.refuses(&ends.job("some"), reason);
}
