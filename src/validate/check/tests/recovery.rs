//! Recovery targets as CNPG's webhook and PostgreSQL take them.

use super::super::recovery::*;
use super::{pass, propose, refuse};
use proptest::prelude::*;

#[test]
fn times_are_written_with_their_zone() {
    let cases = [
        ("2026-11-02 09:14:00", "2026-11-02 09:14:00+00"),
        ("2026-11-02 09:14:00+00", "2026-11-02 09:14:00+00"),
        ("2026-11-02 09:14:00.5-03:30", "2026-11-02 09:14:00.5-03:30"),
        ("2026-11-02T09:14:00Z", "2026-11-02 09:14:00+00"),
        (
            "2026-11-02T09:14:00.123456+14:00",
            "2026-11-02 09:14:00.123456+14",
        ),
        ("2026-11-02T09:14:00", "2026-11-02 09:14:00+00"),
        ("2024-02-29 00:00:00", "2024-02-29 00:00:00+00"),
    ];
    for (given, written) in cases {
        assert_eq!(time(given).unwrap(), written, "{given}");
    }
    refuse(
        time,
        "must be a time such as",
        &[
            "",
            "yesterday",
            "2026-11-02",
            "2026-11-02 09:14",
            "2026-11-02 9:14:00",
            "2026-02-29 00:00:00",
            "2026-11-02 24:00:00",
            "2026-11-02 23:59:60",
            "2026-11-02 09:14:00.1234567",
            "2026-11-02 09:14:00 UTC",
            "2026-11-02 09:14:00+16",
            "2026-11-02 09:14:00+0530",
            "2026-11-02 09:14:00+05:60",
            "2026-11-02 09:14:00.+00",
            " 2026-11-02 09:14:00",
            "2026-11-02 09:14:00'; DROP TABLE t",
            "2026\u{2d}11\u{2d}02 09:14:00\n",
            "\u{fc}026-11-02 09:14:00",
        ],
    );
}

#[test]
fn backups_are_told_apart() {
    let barman = |text: &str| backup_ref(text) == Ok(BackupRef::Barman(text.to_owned()));
    assert!(barman("20261101T020000"));
    let object = |text: &str| backup_ref(text) == Ok(BackupRef::Object(text.to_owned()));
    assert!(object("backup-20261101") && object("20261101t020000") && object("20261301"));
    refuse(
        backup_ref,
        "must be a Barman ID",
        &["", "20261301T020000", "20261101T02000", "a_b", "$(id)"],
    );
    propose(backup_ref, &[(" 20261101t020000", Some("20261101T020000"))]);
}

#[test]
fn other_targets() {
    pass(lsn, &["0/0", "0/3000060", "1A/FFFFFFFF", "ffffffff/0"]);
    refuse(
        lsn,
        "must be a position",
        &["", "0", "0/", "/0", "0/g", "0/0/0", "0/123456789", "0x1/0"],
    );
    pass(xid, &["3", "4711", "4294967295"]);
    refuse(
        xid,
        "must be a transaction ID",
        &["", "0", "2", "-3", "+3", "4294967296", "0x10", "4 "],
    );
    pass(
        restore_point,
        &["x", "before release 42: it's $HOME", &"x".repeat(63)],
    );
    refuse(
        restore_point,
        "must be the name of a restore point",
        &["", "a\nb", "a\u{7f}", &"x".repeat(64)],
    );
    pass(timeline, &["latest", "1", "4294967295"]);
    refuse(
        timeline,
        "must be `latest`",
        &["", "0", "current", "-1", "+1", "4294967296"],
    );
    pass(server_name, &["cluster-storefront-pg17", "Legacy_1.2"]);
    refuse(
        server_name,
        "must be the name of an archive folder",
        &["", ".", "..", "a/b", "a b", "a\n"],
    );
}

#[test]
fn folders_name_their_major_version() {
    assert_eq!(major_of("cluster-storefront-pg17"), Some(17));
    assert_eq!(major_of("cluster-storefront-pg17-2"), Some(17));
    for other in [
        "legacy",
        "cluster-pg",
        "cluster-pg17x",
        "cluster-pg17-x",
        "cluster-pg17-",
        "pg17",
    ] {
        assert_eq!(major_of(other), None, "{other}");
    }
}

proptest! {
    /// What passes is written the same when it is read again, and always has a zone.
    #[test]
    fn written_times_are_stable(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-][01][0-9](:[0-5][0-9])?)?") {
        if let Ok(written) = time(&text) {
            prop_assert_eq!(time(&written).unwrap(), written.clone());
            let (_, rest) = written.split_at(19);
            prop_assert!(rest.contains(['+', '-']));
        }
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,40}") {
        let _ = (time(&text), lsn(&text), xid(&text), backup_ref(&text), timeline(&text), major_of(&text));
    }
}
