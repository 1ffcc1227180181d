use super::super::derive::*;
use super::super::ident::{identifier, role_name};
use super::super::name::{dns1123_label, dns1123_subdomain};
use proptest::prelude::*;

#[test]
fn plain_identifiers_stay_readable() {
    assert_eq!(object_name("role", "orders_app", 63), "role-orders-app");
    assert_eq!(object_name("", "a1", 63), "a1");
    assert_eq!(
        pair_name("grant", "orders", "orders_app", 63),
        "grant-orders--orders-app"
    );
}

#[test]
fn other_identifiers_get_a_hash() {
    let cases = [
        ("Orders", "r-orders-HASH"),
        ("a-b", "r-a-b-HASH"),
        ("a__b", "r-a-b-HASH"),
        ("_a", "r-a-HASH"),
        ("a_", "r-a-HASH"),
        ("x'; DROP TABLE y; --", "r-x-drop-table-y-HASH"),
        ("Größe", "r-gr-e-HASH"),
        ("日本", "r-HASH"),
        ("a_0123abcd", "r-a-0123abcd-HASH"),
        ("deadbeef", "r-deadbeef-HASH"),
    ];
    for (ident, pattern) in cases {
        let name = object_name("r", ident, 63);
        let start = pattern.strip_suffix("HASH").unwrap();
        let hash = name
            .strip_prefix(start)
            .unwrap_or_else(|| panic!("{ident}: {name}"));
        assert_eq!(hash.len(), 8, "{ident}: {name}");
        assert!(
            hash.bytes().all(|b| b.is_ascii_hexdigit()),
            "{ident}: {name}"
        );
    }
    // From `printf '%s' a-b | sha256sum`.
    assert_eq!(object_name("r", "a-b", 63), "r-a-b-d44362d6");
}

#[test]
fn long_names_are_cut() {
    let long = "a_".repeat(31) + "b";
    let name = object_name("role", &long, 40);
    assert_eq!(name.len(), 40 - 1, "a - before the hash is dropped: {name}");
    assert!(!name.contains("--"), "{name}");
    assert_eq!(cut_name("short", 5), "short");
    assert_eq!(
        cut_name("a-long-name-that-goes-on", 18),
        "a-long-na-651a5047"
    );
    assert_eq!(cut_name("abcdefgh---------ij", 18), "abcdefgh-cee092fa");
}

#[test]
fn names_of_jobs_leave_room_for_a_hash() {
    let long = "d".repeat(60);
    assert_eq!(export_name(&long, "minio").len(), 63 - "-01234567".len());
    assert_eq!(job_name(&long, &long).len(), 63 - "-01234567".len());
}

#[test]
fn cut_pairs_know_where_one_ends() {
    let (a, c) = ("a".repeat(40), "c".repeat(40));
    let one = pair_name("p", &format!("{a}b"), &c, 30);
    assert_ne!(one, pair_name("p", &a, &format!("b{c}"), 30));
}

#[test]
fn owner_roles() {
    assert_eq!(owner_role("orders"), "orders_owner");
    let fits = "d".repeat(57);
    assert_eq!(owner_role(&fits), format!("{fits}_owner"));
    let role = owner_role(&"d".repeat(58));
    assert_eq!(role.len(), 63);
    assert!(
        role.starts_with(&"d".repeat(48)) && role.ends_with("_owner"),
        "{role}"
    );
    // A database named like the cut role must not share it.
    let posing = role.strip_suffix("_owner").unwrap();
    assert_ne!(owner_role(posing), role);
    // A cut role is at most three bytes shorter than it may be, so a shorter one is nobody's.
    let short = format!("{}_0123abcd", "d".repeat(44));
    assert_eq!(owner_role(&short), format!("{short}_owner"));
    let short = format!("{}_0123abcd", "d".repeat(45));
    assert_ne!(owner_role(&short), format!("{short}_owner"));
    // 16 characters of three bytes make 48; one byte before them moves the cut.
    let wide = format!("x{}", "日".repeat(20));
    assert!(owner_role(&wide).starts_with(&format!("x{}_", "日".repeat(15))));
}

fn hash_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9_]{1,63}",
        "[a-z]{0,8}_[0-9a-f]{8}",
        "[a-zA-Z_ -]{1,12}",
        "\\PC{1,20}",
        "[ab_-]{1,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn derived_names_are_labels(ident in any::<String>(), max in 12_usize..=63) {
        for name in [object_name("p", &ident, max), pair_name("p", &ident, "b", max)] {
            prop_assert!(dns1123_label(&name).is_ok(), "{name}");
            prop_assert!(name.len() <= max);
        }
        prop_assert!(!object_name("p", &ident, max).contains("--"));
        prop_assert_eq!(object_name("p", &ident, max), object_name("p", &ident, max));
    }

    #[test]
    fn different_identifiers_have_different_names(a in hash_like(), b in hash_like(), max in 20_usize..=63) {
        prop_assume!(a != b);
        prop_assert_ne!(object_name("p", &a, max), object_name("p", &b, max));
        prop_assert_ne!(owner_role(&a), owner_role(&b));
        prop_assert_ne!(pair_name("p", &a, &b, max), pair_name("p", &b, &a, max));
    }

    #[test]
    fn pairs_do_not_run_together(parts in proptest::collection::vec("[a-c]{1,2}", 3)) {
        let (left, right) = (format!("{}_{}", parts[0], parts[1]), parts[2].clone());
        let (first, rest) = (parts[0].clone(), format!("{}_{}", parts[1], parts[2]));
        prop_assert_ne!(pair_name("p", &left, &right, 63), pair_name("p", &first, &rest, 63));
    }

    #[test]
    fn cut_names_stay_valid(name in "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?){0,3}", max in 12_usize..=63) {
        prop_assume!(dns1123_subdomain(&name).is_ok());
        let cut = cut_name(&name, max);
        prop_assert!(dns1123_subdomain(&cut).is_ok(), "{cut}");
        prop_assert!(cut.len() <= max);
        prop_assert_eq!(cut == name, name.len() <= max);
    }

    #[test]
    fn owner_roles_are_identifiers(database in "[a-z]{30,63}|\\PC{1,15}") {
        prop_assume!(identifier(&database).is_ok());
        let role = owner_role(&database);
        prop_assert!(role.len() <= 63 && role.ends_with("_owner"), "{role}");
        if super::super::ident::database_name(&database).is_ok() {
            // White space in front matters in Secrets only, and an owner role has none.
            let trimmed = role.trim_start();
            prop_assert!(role_name(trimmed, false).is_ok(), "{role}");
        }
    }

    #[test]
    fn no_length_is_too_short(ident in any::<String>(), max in 0_usize..12) {
        prop_assert!(object_name("p", &ident, max).len() <= max);
        prop_assert!(cut_name(&ident, max).len() <= max);
    }
}
