//! Endpoints as boto3 and rclone take them, bucket names by S3's rules.

use super::super::bucket::*;
use super::{pass, propose, refuse};
use proptest::prelude::*;

#[test]
fn endpoints() {
    pass(
        endpoint,
        &[
            "https://minio.storage.svc.cluster.local:9000",
            "http://weed:8333",
            "https://s3.eu-west-1.amazonaws.com",
            "https://10.0.0.7:9000",
            "https://[fd00::7]:9000",
        ],
    );
    refuse(
        endpoint,
        "must be the URL of an object store",
        &[
            "",
            "minio",
            "ftp://minio",
            "https://",
            "https://minio:0",
            "https://minio:99999",
            "https://minio/path",
            "https://minio?x=y",
            "https://minio#x",
            "https://user:pass@minio",
            "HTTPS://minio",
            "https://mi nio",
            "https://minio\n",
            "https://$(id)",
        ],
    );
    propose(endpoint, &[("minio:9000", Some("https://minio:9000"))]);
    propose(
        endpoint,
        &[("https://minio:9000/", Some("https://minio:9000"))],
    );
}

#[test]
fn buckets() {
    pass(
        bucket,
        &["abc", "pg-backups", "a.b.c", "1a1", &"a".repeat(63)],
    );
    refuse(
        bucket,
        "must be the name of a bucket",
        &[
            "",
            "ab",
            &"a".repeat(64),
            "-abc",
            "abc-",
            "a..b",
            "a_b",
            "a/b",
            "192.168.0.1",
            "b\u{fc}cket",
        ],
    );
    propose(bucket, &[("s3://PG-Backups/", Some("pg-backups"))]);
}

#[test]
fn folders() {
    pass(folder, &["a", "a/b/c", "shop_1/v1.2/x-y"]);
    refuse(
        folder,
        "must be a folder",
        &["", "a//b", "../a", "a/..", "./a", "a b", "a/$HOME", "a\n"],
    );
    propose(folder, &[("/a/b/", Some("a/b"))]);
}

#[test]
fn keys() {
    pass(key, &["AKIA0123", "s3:cr$(id)t/%+'w\"", &"x".repeat(1024)]);
    refuse(
        key,
        "must be 1 to 1024 printable",
        &["", "a b", "a\n", "p\u{e4}ss", &"x".repeat(1025)],
    );
    pass(region, &["us-east-1", "garage", "EU_1"]);
    refuse(region, "must be a region", &["", "us east", "eu/1"]);
}

proptest! {
    /// Whatever passes is in the bucket and nowhere else: no escape, no second meaning.
    #[test]
    fn what_passes_is_plain(text in "\\PC{0,80}") {
        if folder(&text).is_ok() {
            prop_assert!(!text.starts_with('/') && !text.split('/').any(|part| matches!(part, "" | "." | "..")));
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-/".contains(&b)));
        }
        if let Ok(endpoint) = endpoint(&text) {
            prop_assert!(!endpoint.as_str().contains(['@', '?', '#', ' ', '$']));
        }
    }
}
