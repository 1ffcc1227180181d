use super::super::statement::{query, script};
use super::{pass, refuse};
use proptest::prelude::*;

#[test]
fn queries() {
    let values = [
        "SELECT 1",
        " select 1 ; ",
        "VALUES (1), (2)",
        "TABLE public.orders",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "(SELECT 1) UNION (SELECT 2)",
        "((SELECT 1))",
        "-- first\nSELECT 1",
        "/* a /* nested */ one */ SELECT 1",
        "SELECT ';'",
        "SELECT $$;$$",
        "SELECT $a$ ; $$ ; $b$ ; $a$",
        "SELECT /* ( */ 1",
        "SELECT 'it''s'",
        "SELECT ')', '('",
        r"SELECT E'\''",
        r"SELECT E'\\', '\', e'a''\'b'",
        r#"SELECT U&"x" FROM y"#,
        r"SELECT U&'\0441' UESCAPE '!'",
        r#"SELECT "a;b" FROM ")""#,
        r#"SELECT "a""b;" FROM y"#,
        "SELECT 1 -- ;",
        "SELECT 1 -- it's",
        "SELECT 1 -- ' \n, 2",
        "SELECT a::text, b :: int, c[1:2], d[1 : n], f(x := 1)",
        "SELECT $1",
        "SELECT 1e5, 0x1F, 1_000, .5, 1.",
        "SELECT date '2024-01-01', 5 'x'",
        "SELECT * FROM \"Größe\" WHERE größe > 1\r\n\tLIMIT 1",
        "SELECT a$b$ FROM x",
        r"SELECT '\d+' || '\'",
        "SELECT 1 - - 1, 2*/**/3",
    ];
    pass(query, &values);
}

#[test]
fn the_semicolon_at_the_end() {
    let pairs = [
        (" SELECT 1 ;\n", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 -- ;", "SELECT 1 -- ;"),
        ("SELECT ';'", "SELECT ';'"),
        ("SELECT ';';", "SELECT ';'"),
    ];
    for (given, expected) in pairs {
        assert_eq!(query(given).as_deref(), Ok(expected), "{given}");
    }
}

#[test]
fn more_than_a_query() {
    let semicolons = [
        "SELECT 1; DROP TABLE x",
        "SELECT 1;;",
        "SELECT 1; -- ;",
        "; SELECT 1",
        "SELECT 1 -- \r; DROP TABLE x",
        "SELECT 1 -- \n; DROP TABLE x",
        "SELECT /* /* */ */ 1; DROP TABLE x",
        "SELECT $a$ $$ $a$; DROP TABLE x -- $$",
        r"SELECT '\'; DROP TABLE x --'",
        r#"SELECT "\"; DROP TABLE x --""#,
        r"SELECT ae'\'; DROP TABLE x --'",
        r"SELECT E'\\'; DROP TABLE x --'",
        "SELECT a$$; DROP TABLE x --$$",
        "SELECT $1; DROP TABLE x --$1",
    ];
    refuse(query, "semicolon", &semicolons);
    let parentheses = [
        "SELECT 1) TO PROGRAM 'x' --",
        "SELECT 1) TO PROGRAM 'x'; --",
        "SELECT (1",
        "SELECT ')' || (1",
        "SELECT 1) UNION (SELECT 2",
        "SELECT 1 -- (\r)",
        "(SELECT 1",
    ];
    refuse(query, "parenthesis", &parentheses);
    let others = [
        "",
        ";",
        "()",
        "-- nothing",
        "DELETE FROM x",
        "INSERT INTO x VALUES (1)",
        "COPY x TO STDOUT",
        "\"select\" 1",
        "'select'",
        "EXPLAIN SELECT 1",
        "1 SELECT",
        "selectx 1",
        "\u{a0}SELECT 1",
    ];
    refuse(query, "SELECT, VALUES, TABLE or WITH", &others);
    refuse(
        query,
        "control",
        &["SELECT 1\0", "SELECT\u{b}1", "SELECT '\u{1b}'"],
    );
}

#[test]
fn what_is_not_closed() {
    for check in [|text: &str| query(text).map(|_| ()), script] {
        refuse(
            check,
            "string",
            &["SELECT '", "SELECT 'it''", r"SELECT E'\'"],
        );
        refuse(check, "quoted name", &["SELECT \"", "SELECT \"a\"\""]);
        refuse(
            check,
            "dollar quote",
            &["SELECT $$", "SELECT $a$ $A$", "SELECT $a$ $$"],
        );
        refuse(
            check,
            "comment",
            &["SELECT 1 /*", "SELECT 1 /* /* */", "SELECT /*/ 1"],
        );
    }
}

#[test]
fn what_psql_reads_otherwise() {
    for check in [|text: &str| query(text).map(|_| ()), script] {
        let commands = [
            r"SELECT 1 \g |id",
            r"\! id",
            r"SELECT 1\;",
            "SELECT 1 /* */ \\gexec",
        ];
        refuse(check, "commands of psql", &commands);
        let variables = [
            "SELECT :x",
            "SELECT :'x'",
            "SELECT :\"x\"",
            "SELECT :{?x}",
            "SELECT 1:::x",
            "SELECT a[1:n]",
        ];
        refuse(check, "variables of psql", &variables);
    }
}

/// The meaning of these depends on the version or on line breaks.
#[test]
fn what_readers_disagree_about() {
    for check in [|text: &str| query(text).map(|_| ()), script] {
        let continued = [
            "SELECT E'a'\n'\\'' ; x --'",
            "SELECT e'' -- c\n''",
            "SELECT E'a' 'b'",
        ];
        refuse(check, "continue a string", &continued);
        let glued = [
            r"SELECT 1e'\'; x --'",
            "SELECT 1$$;$$",
            "SELECT 0x1e'a'",
            "SELECT 1\"a\"",
        ];
        refuse(check, "between a number", &glued);
    }
    pass(query, &["SELECT 'a'\n'b'", "SELECT E'a', 'b'"]);
}

#[test]
fn scripts() {
    let values = [
        "ANALYZE",
        "ANALYZE;",
        "SELECT 1;\nSELECT 2;;\n",
        "UPDATE x SET a = 'commit; end'; -- commit; \n SELECT 1",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
        "DO $$ BEGIN COMMIT; END $$",
        "CREATE TABLE commit (\"end\" int); PREPARE x AS SELECT 1",
        "SELECT begin, release FROM x",
        "COPY x FROM '/dev/null'",
        "SELECT stdin FROM x",
        "CREATE RULE r AS ON INSERT TO x DO ALSO (SELECT 1; SELECT 2)",
    ];
    pass(script, &values);
}

#[test]
fn what_a_script_must_not_hold() {
    let transactions = [
        "COMMIT",
        "begin",
        "SELECT 1; Commit; SELECT 2",
        "START TRANSACTION",
        "END",
        "rollback to x",
        "abort;",
        "SAVEPOINT x",
        "RELEASE x",
        "PREPARE TRANSACTION 'x'",
        "/* a */ commit -- b",
        "SELECT 1 -- \r; COMMIT",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
    ];
    refuse(script, "transaction", &transactions);
    refuse(
        script,
        "STDIN",
        &["COPY x FROM STDIN", "SELECT 1; copy (SELECT 1) to stdout"],
    );
    refuse(
        script,
        "statement",
        &["", " ", ";;", "-- nothing", "/* nothing */;"],
    );
    refuse(
        script,
        "parenthesis",
        &["SELECT (1", "SELECT 1)", "SELECT ')'; SELECT ("],
    );
    refuse(script, "NUL", &["SELECT 1\0"]);
}

proptest! {
    /// What passes is still refused with a statement behind it, and with a parenthesis too many.
    #[test]
    fn a_query_ends_where_it_seems_to(text in r#"SELECT ([ eE1a'"$/*\-:;()\\\n\r]{0,24})"#) {
        if let Ok(found) = query(&text) {
            let again = query(&found);
            prop_assert_eq!(again.as_ref(), Ok(&found));
            let two = query(&format!("{found}\n; DROP TABLE x"));
            prop_assert!(two.is_err(), "{:?}", found);
            let closed = query(&format!("{found}\n) TO PROGRAM 'x' --"));
            prop_assert!(closed.is_err(), "{:?}", found);
            let nested = query(&format!("SELECT * FROM (\n{found}\n) AS x"));
            prop_assert!(nested.is_ok(), "{:?}: {:?}", found, nested);
        }
    }
}
