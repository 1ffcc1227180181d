//! Which values are selected, and patterns as Go reads them.

use super::super::pattern;
use super::*;

fn selection(option: &str, text: &str) -> Selection {
    let entries = json!({ option: text });
    Selection::read(entries.as_object().unwrap())
        .unwrap()
        .unwrap()
}

#[test]
fn every_key_on_the_path_is_asked() {
    let rule = selection("encrypted_regex", "^da");
    assert!(
        rule.selects(&["data", "x"])
            && rule.selects(&["x", "data"])
            && !rule.selects(&["x", "ada"])
    );
    let rule = selection("unencrypted_regex", "^da");
    assert!(!rule.selects(&["data", "x"]) && rule.selects(&["x", "ada"]) && rule.selects(&[]));
    let rule = selection("encrypted_suffix", "_enc");
    assert!(rule.selects(&["x_enc", "y"]) && !rule.selects(&["enc_x"]));
    let rule = selection("unencrypted_suffix", "_plain");
    assert!(!rule.selects(&["x_plain", "y"]) && rule.selects(&["x"]));
    let rule = Selection::secret_data();
    assert!(rule.selects(&["stringData", "y"]) && !rule.selects(&["metadata", "x"]));
}

#[test]
fn rules_are_compared_by_what_they_say() {
    assert_eq!(
        selection("encrypted_regex", "^(data|stringData)$"),
        Selection::secret_data()
    );
    assert_eq!(
        selection("unencrypted_suffix", "_unencrypted"),
        Selection::everything()
    );
    assert_ne!(
        selection("unencrypted_suffix", "x"),
        selection("encrypted_suffix", "x")
    );
    assert_eq!(
        Selection::secret_data().to_string(),
        "encrypted_regex: ^(data|stringData)$"
    );
}

#[test]
fn at_most_one_rule_is_read() {
    let read = |entries: Value| Selection::read(entries.as_object().unwrap());
    assert_eq!(
        read(json!({"encrypted_regex": "", "encrypted_suffix": null})),
        Ok(None)
    );
    for (entries, word) in [
        (
            json!({"encrypted_regex": "x", "unencrypted_suffix": "y"}),
            "together",
        ),
        (json!({"encrypted_comment_regex": "x"}), "not supported"),
        (json!({"encrypted_regex": "(x"}), "encrypted_regex"),
        (json!({"encrypted_suffix": 1}), "string"),
    ] {
        let reason = read(entries).unwrap_err();
        assert!(reason.contains(word), "{reason}");
    }
}

#[test]
fn patterns_mean_what_they_mean_to_go() {
    for (text, fits, not) in [
        (r"^\w+$", "abc_1", "größe"),
        (r"^\d\D$", "1x", "١x"),
        (r"^[\w-]+$", "a-b", "a b"),
        (r"^[^\d]$", "x", "1"),
        (r"\bdata\b", "größe data", "mydata"),
        (r"(?i)^PASS", "password", "compass"),
        (r"^[[a&&b]$", "&", "[["),
        (r"^[]a]$", "]", "b"),
        (r"^[[:alpha:]]+$", "abc", "ä"),
        (r"^\Qa.b\E.$", "a.bc", "axbc"),
        (r"^a\<b$", "a<b", "ab"),
        (r"\.ya?ml$", "x/y.yml", "x.yml.bak"),
        (r"^a{2,3}$", "aa", "a"),
        (r"^\s\S$", " x", "\u{a0}x"),
        ("^ü.$", "üx", "ü"),
    ] {
        let regex = pattern::compile(text).unwrap();
        assert!(regex.is_match(fits), "{text}");
        assert!(!regex.is_match(not), "{text}");
    }
    for text in [
        "(",
        "[a",
        r"a\",
        "a{,2}",
        "[a--b]",
        r"\p{Greek}",
        "(?=x)",
        r"\Qa\E(",
        "*",
    ] {
        assert!(pattern::compile(text).is_err(), "{text}");
    }
}
