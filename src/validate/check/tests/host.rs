use super::super::host::{host, is_service_of};
use super::{pass, propose, refuse};

#[test]
fn names_and_addresses() {
    pass(
        host,
        &[
            "db",
            "db.example.com",
            "192.0.2.7",
            "2001:db8::7",
            "::1",
            "xn--bcher-kva.example",
        ],
    );
}

#[test]
fn what_libpq_would_read_as_something_else() {
    refuse(
        host,
        "no port, no URL",
        &[
            "",
            " db",
            "db.example.com:5432",
            "192.0.2.7:5432",
            "a,b",
            "/var/run/postgresql",
            "@abstract",
            "https://db.example.com",
            "fe80::1%eth0",
            "db_1",
            "db\n",
            "db'",
            "$(id)",
        ],
    );
}

#[test]
fn what_was_meant() {
    let pairs = [
        ("DB.Example.com", Some("db.example.com")),
        ("db.example.com.", Some("db.example.com")),
        ("[2001:db8::7]", Some("2001:db8::7")),
        ("a,b", None),
    ];
    propose(host, &pairs);
}

#[test]
fn names_of_a_clusters_services() {
    let is_ours = |host| is_service_of(host, "cluster-shop", "shop");
    for ours in [
        "cluster-shop-rw",
        "cluster-shop-r.shop",
        "cluster-shop-ro.shop.svc",
        "cluster-shop-rw.shop.svc.cluster.local",
    ] {
        assert!(is_ours(ours), "{ours}");
    }
    for other in [
        "cluster-shop",
        "cluster-shop-any",
        "cluster-shop-rw.stage",
        "cluster-shop-2-rw.shop",
    ] {
        assert!(!is_ours(other), "{other}");
    }
}
