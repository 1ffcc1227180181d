//! The expected forms are those of `resource.Quantity` of k8s.io/apimachinery v0.34, read back once more.

use super::super::quantity::*;
use super::{pass, propose, refuse};
use proptest::prelude::*;

fn canonical(text: &str) -> String {
    Quantity::parse(text)
        .unwrap_or_else(|e| panic!("{text}: {e}"))
        .canonical()
}

#[test]
fn canonical_forms() {
    let cases = [
        ("1000m", "1"),
        ("1024Mi", "1Gi"),
        ("1500Mi", "1500Mi"),
        ("0.5", "500m"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("12e4", "120e3"),
        ("1e1", "10"),
        ("1e-3", "1e-3"),
        ("1000e0", "1e3"),
        ("1.5e3", "1500"),
        ("1024Ki", "1Mi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("0.0001Ki", "102400u"),
        ("1.0001Ki", "1024102400u"),
        ("3156.25Ki", "3232k"),
        ("0Gi", "0"),
        ("-0", "0"),
        ("+1", "1"),
        ("-1500m", "-1500m"),
        ("007", "7"),
        ("1.", "1"),
        (".5Gi", "512Mi"),
        ("1.500", "1500m"),
        ("1000000k", "1G"),
        ("0.1n", "1n"),
        ("1n", "1n"),
        ("1000n", "1u"),
        ("9223372036854775807", "9223372036854775807"),
        ("7Ei", "7Ei"),
        ("9E", "9E"),
        ("1e-100", "1e-9"),
        ("0e100", "0"),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn malformed() {
    let bad = [
        "", "+", ".", "Gi", "-k", "1 Gi", "1gi", "1GB", "1K", "1e", "1e1.5", "1mm", "1Zi", "0x1",
        "１", "1,5", "--1",
    ];
    refuse(Quantity::parse, "Kubernetes quantity", &bad);
    refuse(
        Quantity::parse,
        "2^63-1",
        &[
            "8Ei",
            "9223372036854775808",
            "1e19",
            "1e2147483647",
            &"9".repeat(50),
        ],
    );
    let meant = [
        ("10GB", Some("10Gi")),
        ("10 Gi", Some("10Gi")),
        ("10gi", Some("10Gi")),
        ("4K", Some("4Ki")),
    ];
    propose(Quantity::parse, &meant);
    propose(
        Quantity::parse,
        &[
            ("+M", None),
            ("M", None),
            ("10XB", None),
            ("ü", None),
            ("9999999Pb", None),
        ],
    );
}

#[test]
fn helpers() {
    pass(storage, &["10Gi", "1Mi", "1e9", "1048576"]);
    refuse(storage, "more than zero", &["0", "-1Gi", "0Mi"]);
    refuse(memory, "at least 1Mi", &["512m", "4", "1Ki", "1048576500m"]);
    propose(
        memory,
        &[("512m", Some("512Mi")), ("4", Some("4Gi")), ("1Ki", None)],
    );
    pass(cpu, &["500m", "2", "0.001", "1e0"]);
    refuse(cpu, "finer than 1m", &["1u", "0.0005"]);
    refuse(cpu, "more than zero", &["0", "-1"]);
}

#[test]
fn order_and_whole_units() {
    let read = |text| Quantity::parse(text).unwrap();
    assert_eq!(read("1Gi"), read("1024Mi"));
    assert!(read("1G") < read("1Gi") && read("999m") < read("1"));
    assert_eq!(read("1.5Ki").whole(), 1536);
    assert_eq!(read("1m").whole(), 1);
    assert_eq!(read("-1500m").whole(), -1);
    assert_eq!(read("9223372036854775807").whole(), i64::MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn canonical_is_final_and_equal(
        text in "[+-]?[0-9]{1,6}(\\.[0-9]{0,12})?([numkMG]|[KMG]i|[eE][+-]?[0-9])?"
    ) {
        let quantity = Quantity::parse(&text).unwrap();
        let canonical = quantity.canonical();
        let again = Quantity::parse(&canonical).unwrap();
        prop_assert_eq!(quantity, again);
        prop_assert_eq!(again.canonical(), canonical);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,12}|[+-]?[0-9.]{0,45}[eEinumkKMGTP+-]{0,2}[0-9]{0,12}") {
        if let Err(refusal) = Quantity::parse(&text) && let Some(proposed) = refusal.proposed {
            prop_assert!(Quantity::parse(&proposed).is_ok());
        }
        let _ = (memory(&text), cpu(&text));
    }
}

#[test]
fn quantities_are_compared_by_what_they_come_to() {
    let [of_gibi, of_mebi, of_giga] =
        ["1Gi", "1024Mi", "1G"].map(|text| Quantity::parse(text).unwrap());
    assert_eq!(of_gibi, of_mebi);
    assert_ne!(of_gibi, of_giga);
    assert!(of_giga < of_gibi);
}
