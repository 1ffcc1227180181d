//! Queries and the tables that their rows go into.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use serde_json::{Value, json};

use super::ends::{Ends, Way};
use super::full::migration;

const SOURCE: &str = "
SET ROLE :owner;
CREATE TABLE public.\"Sales\" (id int, at timestamptz, total numeric(12, 4), note text);
INSERT INTO public.\"Sales\" VALUES
  (1, '2026-03-04 05:06:07.123456+05:45', 1.0050, E'a\\tb\\\\.'), (2, 'infinity', 2.5, NULL), (3, NULL, -0.0001, '');
";
const DESTINATION: &str = "
SET ROLE :owner;
CREATE FUNCTION public.shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := upper(NEW.note); RETURN NEW; END';
CREATE TABLE public.facts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, total numeric, note text, seen int DEFAULT 7);
CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON public.facts FOR EACH ROW EXECUTE FUNCTION public.shout();
CREATE TABLE public.\"Rounded\" (total numeric(12, 2), day date);
INSERT INTO public.facts (id, note) OVERRIDING SYSTEM VALUE VALUES (2, 'old');
";
const FACTS: &str = "SET timezone = UTC; SELECT * FROM public.facts ORDER BY id; SELECT * FROM public.\"Rounded\" ORDER BY 1";
const ALL: &str = "SELECT id, at, total, note FROM \"Sales\" -- all of them";

fn step(query: &str, into: &str, columns: &[&str], conflict: &str) -> Value {
    let mut step =
        json!({"query": query, "into": into, "columns": columns, "onConflict": conflict});
    if conflict != "error" {
        step["key"] = json!(["id"]);
    }
    step
}

fn facts(conflict: &str) -> Value {
    step(
        ALL,
        "public.facts",
        &["id", "at", "total", "note"],
        conflict,
    )
}

fn rounded(query: &str) -> Value {
    step(query, "public.Rounded", &["total", "day"], "error")
}

fn migrations(way: Way) -> Value {
    let etl = |name, steps: Value| migration(way, name, "etl", &json!({"steps": steps}));
    let cast =
        "SELECT total::numeric(12, 2), (at AT TIME ZONE 'UTC')::date FROM \"Sales\" WHERE id <> 2";
    json!([
        etl("errors", json!([facts("error")])),
        etl(
            "silent",
            json!([facts("update"), rounded("SELECT total, at FROM \"Sales\"")])
        ),
        etl(
            "twice",
            json!([step(
                "SELECT 1, 'x' UNION ALL SELECT 1, 'y'",
                "public.facts",
                &["id", "note"],
                "skip"
            )])
        ),
        etl(
            "wide",
            json!([step(
                "SELECT 1, 'x', 2",
                "public.facts",
                &["id", "note"],
                "skip"
            )])
        ),
        etl(
            "pointing",
            json!([step("SELECT 1::oid", "public.facts", &["id"], "error")])
        ),
        etl("skips", json!([facts("skip")])),
        etl("updates", json!([facts("update"), rounded(cast)])),
    ])
}

fn steps(way: Way) {
    let ends = Ends::start(way, "18", "15", &migrations(way));
    ends.at_source(SOURCE);
    ends.at_destination(DESTINATION);
    for (name, reason) in [
        ("errors", "duplicate key value"),
        (
            "silent",
            "column 1 of the query is numeric(12,4) and total of the table numeric(12,2): write the cast",
        ),
        (
            "silent",
            "column 2 of the query is timestamp with time zone and day of the table date: write the cast",
        ),
        (
            "twice",
            "the query has several rows for 1 values of the key",
        ),
        (
            "wide",
            "column 3 of the query, ?column?, has no place in columns",
        ),
        ("pointing", "may point to large objects"),
    ] {
        ends.refuses(&ends.job(name), reason);
    }
    let moved = "2026-03-03 23:21:07.123456+00";
    ends.migrates("skips");
    let skipped = format!("1|{moved}|1.0050|a\tb\\.|7\n2|||OLD|7\n3||-0.0001||7\n");
    assert_eq!(ends.at_destination(FACTS), skipped);
    let log = ends.migrates("updates");
    assert!(
        log.contains("public.facts: 3 rows came, 3 written"),
        "{log}"
    );
    let updated = format!(
        "1|{moved}|1.0050|a\tb\\.|7\n2|infinity|2.5000||7\n3||-0.0001||7\n0.00|\n1.01|2026-03-03\n"
    );
    assert_eq!(ends.at_destination(FACTS), updated);
    // The sequence has moved up, and the trigger is at work again.
    ends.at_destination("INSERT INTO public.facts (note) VALUES ('new')");
    let new = ends.at_destination("SELECT id, note FROM public.facts WHERE note = 'NEW'");
    assert_eq!(new, "4|NEW\n");
    assert!(ends.migrates("updates").contains("finished before"));
}

#[test]
fn steps_bring_rows_into_the_stack() {
    steps(Way::In);
}

#[test]
fn steps_bring_rows_out_of_the_stack() {
    steps(Way::Out);
}

/// The most memory that a client program of a Job had, in kB, until it is told to stop.
fn peak(stop: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !stop.load(Ordering::Relaxed) {
        for entry in fs::read_dir("/proc").expect("there is /proc").flatten() {
            let read = |name| fs::read_to_string(entry.path().join(name)).unwrap_or_default();
            if read("cmdline").contains("--no-psqlrc") {
                let status = read("status");
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
                peak = peak.max(number.unwrap_or(0));
            }
        }
        sleep(Duration::from_millis(50));
    }
    peak
}

/// A table of ten times the rows takes no more memory: nothing is kept but what is on its way.
#[test]
fn memory_stays_flat() {
    let query =
        |rows| format!("SELECT n, repeat(md5(n::text), 6) FROM generate_series(1, {rows}) n");
    let step = |rows| step(&query(rows), "public.wide", &["id", "text"], "error");
    let etl = |name, rows| {
        migration(
            Way::In,
            name,
            "etl",
            &json!({"steps": [step(rows)], "preSql": "TRUNCATE wide"}),
        )
    };
    let both = json!([etl("small", 100_000), etl("large", 1_000_000)]);
    let ends = Ends::start(Way::In, "18", "15", &both);
    ends.at_destination("SET ROLE :owner; CREATE TABLE public.wide (id int, text text)");
    let [small, large] = ["small", "large"].map(|name| {
        let stop = AtomicBool::new(false);
        scope(|threads| {
            let measured = threads.spawn(|| peak(&stop));
            ends.migrates(name);
            stop.store(true, Ordering::Relaxed);
            measured.join().expect("it can be measured")
        })
    });
    assert!(
        small > 0 && large < small + 8 * 1024,
        "{small} kB and {large} kB"
    );
    assert_eq!(
        ends.at_destination("SELECT count(*), sum(id) FROM public.wide"),
        "1000000|500000500000\n"
    );
}
