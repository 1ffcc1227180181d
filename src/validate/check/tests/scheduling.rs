use super::super::scheduling::{number, topology_key};
use super::{pass, refuse};

#[test]
fn numbers_of_32_bits() {
    assert_eq!(number(0, 0), Ok(0));
    assert_eq!(number(1, 1), Ok(1));
    assert_eq!(number(i64::from(i32::MAX), 1), Ok(i32::MAX));
    for (value, least) in [(0, 1), (-1, 0), (i64::from(i32::MAX) + 1, 0), (i64::MIN, 1)] {
        let refusal = number(value, least).expect_err("it is out of range");
        let expected = format!("must be a whole number from {least} to 2147483647");
        assert_eq!(refusal.message, expected);
    }
}

#[test]
fn keys_of_places() {
    pass(
        topology_key,
        &[
            "kubernetes.io/hostname",
            "topology.kubernetes.io/zone",
            "rack",
            "A.b_c-d",
        ],
    );
    refuse(topology_key, "empty", &[""]);
    refuse(
        topology_key,
        "",
        &["a/b/c", "-a", "ä", "a b", "example.com/"],
    );
}
