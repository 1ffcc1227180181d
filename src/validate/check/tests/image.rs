use super::super::image::*;
use super::{pass, refuse};

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn versions() {
    let cases = [
        ("16.2", 16, Some(2)),
        ("17", 17, None),
        ("18.4-standard-trixie", 18, Some(4)),
        ("17-minimal-trixie", 17, None),
        ("17beta1", 17, None),
        ("19rc1", 19, None),
        ("15.5-10", 15, Some(5)),
        ("16.3.2.1-1", 16, Some(3)),
        ("18.4-202608100000-system-trixie", 18, Some(4)),
    ];
    for (tag, major, minor) in cases {
        let version = psql_version(tag).unwrap();
        assert_eq!(
            (version.tag.as_str(), version.major, version.minor),
            (tag, major, minor)
        );
    }
}

#[test]
fn tags_that_are_no_version() {
    refuse(psql_version, "not latest", &["latest"]);
    refuse(
        psql_version,
        "leading major version",
        &["v17", "standard-trixie", "17.", "17.-x", "_17"],
    );
    refuse(
        psql_version,
        "leading major version",
        &["99999999999", "17.99999999999"],
    );
    refuse(psql_version, "dots", &["17..3"]);
    refuse(
        psql_version,
        "end of life",
        &["14", "14.24", "9.6", "13-bookworm", "0"],
    );
    refuse(psql_version, "dot or dash", &["175", "20260101"]);
    refuse(
        psql_version,
        "image tag",
        &["", ".17", "-17", "17 ", "17\n", "17+1", &"1".repeat(129)],
    );
    refuse(
        psql_version,
        "alone",
        &["postgres:17", "ghcr.io/x/y", &format!("17@{DIGEST}")],
    );
}

#[test]
fn operand_images() {
    let image = operand_image("ghcr.io/cloudnative-pg/postgresql:17.5-standard-trixie").unwrap();
    assert_eq!((image.version.major, image.version.minor), (17, Some(5)));
    let with_digest = format!("localhost:5000/pg:17@{DIGEST}");
    pass(
        operand_image,
        &[
            "postgres:16",
            "reg:5000/a/b:18.1",
            "[::1]:5000/a:17",
            &with_digest,
        ],
    );
    refuse(
        operand_image,
        "must have a tag that",
        &["postgres", "localhost:5000/postgres"],
    );
    refuse(
        operand_image,
        "before the digest",
        &[&format!("postgres@{DIGEST}")],
    );
    refuse(operand_image, "not latest", &["postgres:latest"]);
    refuse(operand_image, "end of life", &["postgres:14.2"]);
}

#[test]
fn references() {
    let good = [
        "docker.io/rclone/rclone:1.71",
        "a__b/c.d-e--f:x",
        "Reg.Example.com/x:1",
        "localhost/x:latest",
        "1.2.3.4:80/x:1",
        &format!("x@{DIGEST}"),
    ];
    pass(image_reference, &good);
    let bad = [
        "", ":1", "/x:1", "x/:1", "X:1", "a/B:1", "a..b:1", "a___b:1", "-a:1", "a-:1", "a b:1",
    ];
    refuse(image_reference, "image reference", &bad);
    refuse(
        image_reference,
        "image reference",
        &["h:0/x:1", "h:99999/x:1", "h:/x:1", "https://h/x:1"],
    );
    refuse(image_reference, "have a tag of", &["x:", "x:.a", "x:a b"]);
    refuse(
        image_reference,
        "digest",
        &["x@sha256:12", "x:1@", "x:1@md5:aa", "x"],
    );
}

#[test]
fn keys_of_a_catalog() {
    pass(major, &["15", "17", "18"]);
    refuse(
        major,
        "as its key",
        &["", "14", "17.5", "017", "17-standard", "latest", "175"],
    );
}
