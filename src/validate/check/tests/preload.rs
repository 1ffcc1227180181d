use super::super::preload::{managed_extensions, preload_parameter};
use proptest::prelude::*;

#[test]
fn what_sql_mentions() {
    let cases: [(&str, &[&str]); 23] = [
        (
            "CREATE EXTENSION pg_stat_statements;",
            &["pg_stat_statements"],
        ),
        (
            "create extension if not exists PGAUDIT with schema x",
            &["pgaudit"],
        ),
        ("Create\n\tExtension\n \"pgaudit\"", &["pgaudit"]),
        ("CREATE EXTENSION \"PGAUDIT\"", &[]),
        (
            "CREATE /* a /* b */ c */ EXTENSION -- x\n pgaudit",
            &["pgaudit"],
        ),
        ("-- CREATE EXTENSION pgaudit", &[]),
        (
            "/* CREATE EXTENSION pgaudit /* */ CREATE EXTENSION pgaudit */",
            &[],
        ),
        ("SELECT 'CREATE EXTENSION pgaudit'", &[]),
        ("SELECT 'it''s CREATE EXTENSION pgaudit'", &[]),
        ("SELECT E'\\' CREATE EXTENSION pgaudit; '", &[]),
        ("SELECT '\\'; CREATE EXTENSION pgaudit", &["pgaudit"]),
        ("SELECT $$ CREATE EXTENSION pgaudit $$", &[]),
        (
            "SELECT $a$ $$ CREATE EXTENSION pgaudit $a$; CREATE EXTENSION hstore",
            &[],
        ),
        ("DO $$ BEGIN CREATE EXTENSION pgaudit; END $$", &["pgaudit"]),
        (
            "DO LANGUAGE plpgsql $x$ BEGIN CREATE EXTENSION pgaudit; END $x$",
            &["pgaudit"],
        ),
        ("PREPARE 'auto_explain'", &[]),
        ("LOAD 'auto_explain'", &["auto_explain"]),
        ("load '$libdir/auto_explain.so';", &["auto_explain"]),
        (
            "SELECT $1, a$b FROM t; CREATE EXTENSION pgaudit",
            &["pgaudit"],
        ),
        (
            "DROP EXTENSION pgaudit; CREATE EXTENSION hstore; LOAD 'plpgsql'",
            &[],
        ),
        (
            "CREATE EXTENSION pgaudit; CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pgaudit",
            &["pgaudit", "pg_stat_statements"],
        ),
        ("SELECT \"CREATE EXTENSION pgaudit\"", &[]),
        ("", &[]),
    ];
    for (sql, expected) in cases {
        assert_eq!(managed_extensions(sql), expected, "{sql}");
    }
}

#[test]
fn every_managed_extension_has_a_parameter_of_its_namespace() {
    for name in [
        "pg_stat_statements",
        "auto_explain",
        "pgaudit",
        "pg_failover_slots",
    ] {
        let (key, value) = preload_parameter(name).unwrap();
        assert!(key.starts_with(&format!("{name}.")) && !value.is_empty());
    }
    assert_eq!(preload_parameter("hstore"), None);
}

proptest! {
    #[test]
    fn any_text_is_scanned(sql in "[$'\"/*a\\-\\\\ \nE;ü]{0,60}") {
        let _ = managed_extensions(&sql);
    }

    #[test]
    fn code_after_closed_text_is_found(text in "[a-z$;/ -]{0,20}") {
        let quoted = format!("SELECT '{text}', \"x{text}\", $Q$ {text} $Q$; CREATE EXTENSION pgaudit");
        prop_assert_eq!(managed_extensions(&quoted), vec!["pgaudit"]);
    }
}

#[test]
fn deep_nesting_ends() {
    let nested = "/*".repeat(100_000) + &"DO $a$ ".repeat(10_000) + &"'".repeat(99_999);
    assert!(managed_extensions(&nested).is_empty());
    assert!(managed_extensions(&"DO $a$ DO $b$ ".repeat(5_000)).is_empty());
}
