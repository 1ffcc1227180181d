use super::super::locale::*;
use super::{pass, propose, refuse};

#[test]
fn encodings() {
    pass(
        encoding,
        &["UTF8", "LATIN9", "WIN1252", "EUC_JIS_2004", "SQL_ASCII"],
    );
    refuse(encoding, "server", &["", "BIG5", "SJIS", "UTF16", "x"]);
    propose(
        encoding,
        &[
            ("utf-8", Some("UTF8")),
            ("Unicode", Some("UTF8")),
            ("latin1", Some("LATIN1")),
            ("GBK", None),
        ],
    );
    assert!(known_to_icu("UTF8") && !known_to_icu("SQL_ASCII"));
}

#[test]
fn locales() {
    pass(
        libc_locale,
        &[
            "C",
            "POSIX",
            "C.UTF-8",
            "de_AT.utf8",
            "de_DE@euro",
            "en_US.ISO-8859-1",
        ],
    );
    refuse(
        libc_locale,
        "locale",
        &["", "de AT", "../x", "1", "de_AT\n", "\"C\""],
    );
    pass(
        icu_locale,
        &[
            "und",
            "de-AT",
            "en-US-u-kn-true",
            "de_DE@collation=phonebook",
        ],
    );
    refuse(icu_locale, "ICU", &["", "-u", "de AT", "de\n"]);
    pass(icu_rules, &["&a < g", "&V << w <<< W"]);
    refuse(icu_rules, "rules", &["", " ", "&a\n< g"]);
    for (locale, encoding, expected) in [
        ("C", "LATIN1", true),
        ("de_AT", "LATIN1", true),
        ("de_AT.UTF-8", "UTF8", true),
        ("de_AT.utf8@euro", "UTF8", true),
        ("de_AT.UTF-8", "SQL_ASCII", true),
        ("de_AT.UTF-8", "LATIN1", false),
        ("de_AT.ISO-8859-1", "UTF8", false),
    ] {
        assert_eq!(goes_with(locale, encoding), expected, "{locale} {encoding}");
    }
}

#[test]
fn builtin_locales() {
    let check =
        |major, encoding: &'static str| move |value: &str| builtin_locale(value, major, encoding);
    pass(check(17, "UTF8"), &["C", "C.UTF-8"]);
    pass(check(18, "UTF8"), &["PG_UNICODE_FAST"]);
    pass(check(17, "LATIN1"), &["C"]);
    refuse(
        check(17, "UTF8"),
        "PostgreSQL 18",
        &["PG_UNICODE_FAST", "c", "de-AT"],
    );
    refuse(check(18, "LATIN1"), "UTF8", &["C.UTF-8"]);
}

#[test]
fn segments() {
    for size in [1, 2, 16, 1024] {
        assert!(wal_segment_size(size).is_ok());
    }
    for size in [-16, 0, 3, 2048, i64::MIN] {
        assert!(wal_segment_size(size).is_err(), "{size}");
    }
}
