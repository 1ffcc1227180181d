use super::super::metric::{is_pattern, name, versions};
use super::{pass, refuse};

#[test]
fn parts_of_a_metrics_name() {
    pass(name, &["orders", "Orders_2", "2nd"]);
    refuse(
        name,
        "letters, digits",
        &["", "open-orders", "a b", "größe", "a:b"],
    );
}

#[test]
fn ranges_of_versions() {
    pass(
        versions,
        &[">=16.0.0", ">=15.0.0 <18.0.0", "17.x", "~17.2 || ^18"],
    );
    refuse(versions, "range", &["", "sixteen", ">=", "17; DROP"]);
}

#[test]
fn patterns_of_databases() {
    for (text, expected) in [
        ("orders", false),
        ("*", true),
        ("a?c", true),
        ("[ab]", true),
    ] {
        assert_eq!(is_pattern(text), expected, "{text}");
    }
}
