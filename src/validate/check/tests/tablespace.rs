use super::super::tablespace::{name, volume};
use super::{pass, refuse};

#[test]
fn names_that_make_a_tablespace_and_a_volume() {
    let longest = "a".repeat(59);
    pass(
        name,
        &["a", "_past", "Past_Years", "a$b", "p2025", &longest],
    );
    refuse(
        name,
        "letter or `_`",
        &["", "2025", "a-b", "a b", "größe", "$a", "a\n"],
    );
    refuse(name, "at most 59", &["a_", "a$", &"a".repeat(60)]);
    refuse(name, "pg_", &["pg_a"]);
}

/// Two tablespaces with one volume name are refused by CNPG.
#[test]
fn names_of_volumes() {
    for (name, expected) in [
        ("_Past_Years", "1past-years"),
        ("a$b_C", "a-b-c"),
        ("plain", "plain"),
    ] {
        assert_eq!(volume(name), expected);
    }
}
