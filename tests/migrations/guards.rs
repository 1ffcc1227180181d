//! What is commonly done with a pipe, and the harm that it does; a Job does not do it.

use serde_json::{Value, json};

use super::ends::{Ends, Way};
use super::full::{CONTENT, DIGEST, migration};

/// A Job that brings the rows of one table, or everything.
fn start(mode: &str, more: &Value) -> Ends {
    let job = migration(Way::In, "it", mode, more);
    Ends::start(Way::In, "18", "15", &json!([job]))
}

const BIG: &str = "SET ROLE :owner;
CREATE TABLE public.big AS SELECT g AS id, repeat('x', 200) AS filler FROM generate_series(1, 50000) g";
const COUNT: &str = "SELECT count(*) FROM public.big";

/// `pg_dump` that ends too early: its reader cannot tell.
#[test]
fn a_dump_that_breaks_off_leaves_nothing_half_done() {
    let ends = start("full", &json!({}));
    ends.at_source(BIG);
    let run = ends.naively(
        "from pg_dump --no-owner | sed 1000q | into psql -q1 >/dev/null; echo ${PIPESTATUS[@]}",
    );
    assert!(run.stdout.ends_with(" 0 0\n"), "{}", run.text());
    assert_ne!(run.stdout, "0 0 0\n");
    let count: u32 = ends.at_destination(COUNT).trim().parse().expect("a count");
    assert!(0 < count && count < 50_000, "{count}");
    ends.at_destination("DROP TABLE public.big");
    let nothing = "nothing was changed in the destination";
    // The reader of the rows breaks off, or the whole producer dies between two statements.
    let reader = "restricted in_snapshot \"$files/reading.sql\"";
    let cut = |by: &str| ends.job("it").weakened("migrate.sh", reader, by);
    ends.refuses(&cut(&format!("{reader} | sed 1000q")), nothing);
    ends.refuses(&cut(&format!("{reader} && kill -KILL $BASHPID")), nothing);
    ends.refuses(
        &cut("restricted timeout -s KILL 0.3 cat /dev/zero"),
        nothing,
    );
    let dies = ends.job("it").weakened(
        "migrate.sh",
        "at SOURCE pg_dump",
        "at SOURCE timeout -s KILL 0.02 pg_dump",
    );
    ends.refuses(&dies, "pg_dump failed");
    ends.migrates("it");
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST));
}

/// The table of a day and a month that can be told apart by nothing but their order.
const DAYS: &str = "SET ROLE :owner;
CREATE TABLE public.days (d date, i interval, f float8, b bytea)";
const SETTINGS: [&str; 2] = [
    "SET datestyle = 'SQL, DMY'; SET intervalstyle = sql_standard; SET extra_float_digits = 0; SET bytea_output = escape",
    "SET datestyle = 'SQL, MDY'; SET intervalstyle = postgres",
];

/// Sets for a database what others set for a session.
fn settings(ends: &Ends, at: usize) {
    let (server, database, _) = if at == 0 {
        ends.source()
    } else {
        ends.destination()
    };
    let name = crate::rig::stack::quoted(database);
    let sql = SETTINGS[at].replace("SET ", &format!("ALTER DATABASE {name} SET "));
    server.psql("postgres", &sql.replace("; ", ";\n"));
}

#[test]
fn a_day_and_a_month_do_not_swap() {
    let ends = start("data", &json!({}));
    ends.at_source(DAYS);
    ends.at_destination(DAYS);
    ends.at_source("INSERT INTO public.days SELECT date '2026-01-02' + 31 * g, interval '-1 day 02:03', 0.1::float8 + 0.2, '\\x00ff' FROM generate_series(0, 9) g");
    settings(&ends, 0);
    settings(&ends, 1);
    let copy = "from psql -c 'COPY days TO STDOUT' | into psql -c 'COPY days FROM STDIN'";
    let run = ends.naively(copy);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "COPY 10\n"),
        "{}",
        run.text()
    );
    assert_ne!(ends.at_source(DIGEST), ends.at_destination(DIGEST));
    ends.at_destination("TRUNCATE public.days");
    ends.migrates("it");
    assert_eq!(ends.at_source(DIGEST), ends.at_destination(DIGEST));
}

/// A name without quotes means another table.
#[test]
fn a_name_means_the_table_that_is_called_so() {
    let include = json!({"tables": {"include": ["public.Lines"]}});
    let ends = start("full", &include);
    ends.at_source("SET ROLE :owner; CREATE TABLE public.\"Lines\" AS SELECT 'right' AS v; CREATE TABLE public.lines AS SELECT 'wrong' AS v");
    let run = ends.naively(
        "from pg_dump --no-owner -t public.Lines | into psql -q1v ON_ERROR_STOP=1 >/dev/null",
    );
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(ends.at_destination("SELECT v FROM public.lines"), "wrong\n");
    ends.at_destination("DROP TABLE public.lines");
    ends.migrates("it");
    let names = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(ends.at_destination(names), "Lines\n");
    assert_eq!(
        ends.at_destination("SELECT v FROM public.\"Lines\""),
        "right\n"
    );
}

#[test]
fn a_trigger_does_not_change_what_comes() {
    let ends = start("data", &json!({}));
    ends.at_source("SET ROLE :owner; CREATE TABLE public.quiet AS SELECT 'lower' AS v");
    ends.at_destination("SET ROLE :owner; CREATE TABLE public.quiet (v text);
        CREATE FUNCTION public.shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v := upper(NEW.v); RETURN NEW; END';
        CREATE TRIGGER loud BEFORE INSERT ON public.quiet FOR EACH ROW EXECUTE FUNCTION public.shout()");
    let value = "SELECT v FROM public.quiet";
    ends.naively("from psql -c 'COPY quiet TO STDOUT' | into psql -c 'COPY quiet FROM STDIN'")
        .output();
    assert_eq!(ends.at_destination(value), "LOWER\n");
    ends.at_destination("TRUNCATE public.quiet");
    ends.migrates("it");
    assert_eq!(ends.at_destination(value), "lower\n");
    ends.at_destination("INSERT INTO public.quiet VALUES ('later')");
    assert_eq!(
        ends.at_destination(&format!("{value} ORDER BY v")),
        "LATER\nlower\n"
    );
}

/// What a pipe does twice a Job does once.
#[test]
fn a_finished_migration_is_not_run_again() {
    let structure = migration(Way::In, "structure", "schema", &json!({}));
    let it = migration(Way::In, "it", "etl", &steps());
    let ends = Ends::start(Way::In, "18", "15", &json!([structure, it]));
    ends.at_source(&CONTENT.replace(":rows", "100"));
    ends.migrates("structure");
    ends.migrates("it");
    let after = ends.content();
    let log = ends.succeeds(&ends.job("it"));
    assert!(log.contains("finished before: nothing to do"), "{log}");
    assert_eq!(ends.content(), after);
    let other = ends.job("it").with("DEFINITION", "another");
    ends.refuses(&other, "another migration of this name has finished as run 1; give this one another name, or a higher `attempt`");
    // The same rows once more, where they are errors; then when they are gone.
    let again = ends.job("it").with("ATTEMPT", "2");
    ends.refuses(&again, "duplicate key value violates unique constraint");
    ends.at_destination("TRUNCATE public.events");
    ends.succeeds(&again.first_only());
    let lines = ends.content();
    let of_one: Vec<&str> = lines
        .lines()
        .filter(|line| !line.ends_with("|it|2"))
        .collect();
    assert_eq!(of_one, after.lines().collect::<Vec<_>>());
}

fn steps() -> Value {
    json!({"steps": [{"query": "TABLE events", "into": "public.events", "columns": ["id", "at", "kind"]}]})
}
