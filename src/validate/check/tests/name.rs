use super::super::name::*;
use super::{pass, propose, refuse};
use proptest::prelude::*;

#[test]
fn labels() {
    let long = "a".repeat(63);
    pass(dns1123_label, &["a", "0", "a-b", "a--b", "123-abc", &long]);
    let longer = "a".repeat(64);
    let bad = [
        "", "-a", "a-", "A", "a.b", "a_b", "ä", "a b", "a\n", "a\0", &longer,
    ];
    refuse(dns1123_label, "DNS label", &bad);
    pass(|v| dns1123_label_within(v, 42), &[&"a".repeat(42)]);
    refuse(
        |v| dns1123_label_within(v, 42),
        "at most 42",
        &[&"a".repeat(43)],
    );
}

#[test]
fn labels_that_start_with_a_letter() {
    pass(|v| dns1035_label(v, 50), &["a", "a1", &"a".repeat(50)]);
    refuse(
        |v| dns1035_label(v, 50),
        "starts with a letter",
        &["1a", "-a", "", &"a".repeat(51)],
    );
    propose(
        |v| dns1035_label(v, 50),
        &[("My_App", Some("my-app")), ("1_A", None)],
    );
}

#[test]
fn subdomains() {
    let long = ["a".repeat(100), "b".repeat(100), "c".repeat(51)].join(".");
    pass(dns1123_subdomain, &["a.b", "a-b.c", "1.2", &long]);
    let longer = format!("{long}c");
    refuse(
        dns1123_subdomain,
        "DNS name",
        &["", ".a", "a.", "a..b", "a.-b", "a/b", &longer],
    );
    propose(
        dns1123_subdomain,
        &[("Minio CA.crt", Some("minio-ca.crt")), ("___", None)],
    );
}

#[test]
fn label_keys_and_values() {
    let long = "k".repeat(63);
    pass(
        label_key,
        &[
            "a",
            "A.b_c-d",
            "example.com/Team",
            &long,
            &format!("a.b/{long}"),
        ],
    );
    let longer = "k".repeat(64);
    refuse(
        label_key,
        "label key",
        &[
            "", "/a", "a/", "a/b/c", "-a", "a-", "Ex.com/a", "a b", &longer,
        ],
    );
    pass(label_value, &["", "a", "A_b.c-d", &long]);
    refuse(
        label_value,
        "label value",
        &["-a", "a-", "a b", "a/b", "é", &longer],
    );
}

#[test]
fn labels_of_others_are_refused() {
    let fine = [
        "team",
        "app",
        "mycnpg.io/a",
        "example.com/role",
        "kubernetes.io/os",
        "myargoproj.io/x",
    ];
    pass(custom_label_key, &fine);
    let owned = [
        "cnpg.io/cluster",
        "alpha.cnpg.io/x",
        "postgresql.cnpg.io/x",
        "app.kubernetes.io/instance",
        "argocd.argoproj.io/instance",
        "applications.argoproj.io/app-name",
        "kustomize.toolkit.fluxcd.io/name",
        "helm.toolkit.fluxcd.io/name",
        "cnpgstack.io/rotation",
        "batch.kubernetes.io/job-name",
        "role",
        "job-name",
        "controller-uid",
        "pod-template-hash",
    ];
    refuse(custom_label_key, "must not be", &owned);
    refuse(custom_label_key, "must be a label key", &["cnpg.io/"]);
}

#[test]
fn environment_names() {
    pass(env_name, &["A", "_", "my_name1", "PGPASSWORD"]);
    refuse(
        env_name,
        "environment variable",
        &["", "1A", "A-B", "A.B", "A=B", "Ä", "A\0"],
    );
}

#[test]
fn data_keys() {
    pass(
        config_key,
        &["ca.crt", ".hidden", "A_b-c", &"k".repeat(253)],
    );
    refuse(
        config_key,
        "data key",
        &["", ".", "..", "..a", "a/b", "a b", &"k".repeat(254)],
    );
}

proptest! {
    #[test]
    fn a_label_is_a_subdomain_and_a_label_value(text in "[a-z0-9.-]{1,70}") {
        if dns1123_label(&text).is_ok() {
            prop_assert!(dns1123_subdomain(&text).is_ok());
            prop_assert!(label_value(&text).is_ok());
        }
    }

    #[test]
    fn proposals_pass(text in any::<String>()) {
        for check in [dns1123_label, |v: &str| dns1123_label_within(v, 20)] {
            if let Err(refusal) = check(&text) && let Some(proposed) = refusal.proposed {
                prop_assert!(check(&proposed).is_ok(), "{proposed}");
            }
        }
    }
}
