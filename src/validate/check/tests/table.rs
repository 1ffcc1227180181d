use super::super::table::{entry, is_whole_schema, one, published};
use super::{pass, refuse};

#[test]
fn entries_of_a_list() {
    pass(
        entry,
        &[
            "public.orders",
            "public.*",
            "a.b.c",
            "Großes.\"x\"",
            "a. ",
            "..a.b",
        ],
    );
    refuse(
        entry,
        "`schema.*`",
        &["", ".", "..", "orders", ".orders", "public.", "*"],
    );
    refuse(entry, "control", &["a.b\n", "a.\0b"]);
}

#[test]
fn single_tables() {
    pass(one, &["public.orders", "a.b.c"]);
    refuse(one, "one table", &["", "orders", "public.*", "public.a*"]);
    refuse(one, "control", &["a.b\t"]);
}

#[test]
fn entries_of_a_publication() {
    pass(published, &["public.orders", "public.*", "Großes.x y"]);
    refuse(
        published,
        "exactly one dot",
        &[
            "", "orders", "a.\"b\"", ".a", "a.", "a.b.c", "*.a", "*.*", "a.b*", "a.**",
        ],
    );
}

#[test]
fn whole_schemas() {
    assert!(is_whole_schema("public.*"));
    assert!(!is_whole_schema("public.orders"));
}
