//! Paths, registries and retention.

use super::super::path::relative_path;
use super::super::registry::server;
use super::super::retention::retention;
use super::{pass, propose, refuse};
use proptest::prelude::*;

#[test]
fn paths() {
    pass(
        relative_path,
        &[
            "a",
            "k8s/deploy/base",
            ".hidden/x",
            "a..b",
            "...",
            ".gitignore",
            "ä/b c",
        ],
    );
    refuse(relative_path, "empty", &["", "a//b"]);
    refuse(relative_path, "relative", &["/", "/etc", "//a"]);
    refuse(
        relative_path,
        "segments",
        &["..", ".", "a/../b", "a/..", "./a", "a/.", "a/ b", "a /b"],
    );
    refuse(relative_path, ".git", &[".git", "a/.git/hooks", ".GIT/x"]);
    refuse(relative_path, "control", &["a\\b", "a\nb", "a\0", "..\\x"]);
    refuse(
        relative_path,
        "bytes",
        &[&"a".repeat(256), "a/".repeat(300).trim_end_matches('/')],
    );
    propose(
        relative_path,
        &[("a/b/", Some("a/b")), ("../", None), ("a//", None)],
    );
}

#[test]
fn servers() {
    let good = [
        "registry.example.com",
        "localhost:5000",
        "1.2.3.4",
        "[::1]:443",
        "ghcr.io/org/x",
        "Reg.io",
    ];
    pass(server, &good);
    pass(server, &["https://index.docker.io/v1/"]);
    let bad = [
        "",
        "a b",
        "user@host",
        "host:",
        "host:0",
        "host:65536",
        "host:+5",
        "a//b",
        "a/",
        "a/..",
        "-a",
        "[::g]",
    ];
    refuse(server, "registry server", &bad);
    propose(
        server,
        &[
            ("https://ghcr.io/", Some("ghcr.io")),
            ("http://a:5000", Some("a:5000")),
            ("ftp://", None),
        ],
    );
}

#[test]
fn retentions() {
    pass(retention, &["1d", "30d", "4w", "12m", "9999d"]);
    refuse(
        retention,
        "30d",
        &[
            "", "d", "0d", "030d", "-1d", "1.5d", "1y", "10000d", "30 d", "٣d",
        ],
    );
    propose(
        retention,
        &[
            ("30", Some("30d")),
            ("30D", Some("30d")),
            (" 4w ", Some("4w")),
            ("1y", None),
        ],
    );
}

proptest! {
    #[test]
    fn an_accepted_path_stays_inside(text in "[a./\\\\g~ it]{1,12}") {
        if relative_path(&text).is_ok() {
            let path = std::path::Path::new(&text);
            let plain = |c: std::path::Component<'_>| matches!(c, std::path::Component::Normal(_));
            prop_assert!(path.components().all(plain));
        }
    }
}
