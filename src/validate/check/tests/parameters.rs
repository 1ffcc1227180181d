use super::super::parameters::*;

const CONTEXT: Context = Context {
    instances: 3,
    memory_request: Some(1 << 30),
    wal_storage: Some(5 << 30),
};

fn check_in(context: &Context, entries: &[(&str, &str)]) -> Vec<(String, String)> {
    let map = entries
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    let found = parameters(&map, context);
    found
        .into_iter()
        .map(|(key, refusal)| (key, refusal.message))
        .collect()
}

fn check(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    check_in(&CONTEXT, entries)
}

/// Expects one mistake, at a key, with a text in its message.
fn mistake(entries: &[(&str, &str)], key: &str, part: &str) {
    match check(entries).as_slice() {
        [(found, message)] if found == key => {
            assert!(
                message.contains(part) && message.starts_with("must "),
                "{message}"
            );
        }
        other => panic!("{entries:?}: {other:?}"),
    }
}

#[test]
fn good_parameters() {
    let good = [
        ("max_connections", "200"),
        ("DateStyle", "ISO, MDY"),
        ("search_path", ""),
        ("pg_stat_statements.max", "10000"),
        ("My_App.x$1", "it's"),
        ("shared_buffers", "256MB"),
        ("min_wal_size", "1GB"),
        ("max_wal_size", "4GB"),
        ("wal_level", "replica"),
        ("wal_log_hints", "ON"),
        ("hot_standby_feedback", "of"),
        ("pg_failover_slots.worker_nap_time", "60s"),
    ];
    let with_feedback = good.map(|(k, v)| {
        if k == "hot_standby_feedback" {
            (k, "tru")
        } else {
            (k, v)
        }
    });
    assert_eq!(check(&with_feedback), []);
    mistake(
        &good,
        "pg_failover_slots.worker_nap_time",
        "hot_standby_feedback",
    );
}

#[test]
fn names() {
    for bad in ["", "a-b", "1a", "a.", ".a", "a.b.c", "a b", "a\n", "é"] {
        mistake(&[(bad, "x")], bad, "name of a PostgreSQL parameter");
    }
    let twins = check(&[("work_mem", "1MB"), ("Work_Mem", "2MB")]);
    assert_eq!(twins.len(), 2, "{twins:?}");
}

#[test]
fn fixed_parameters() {
    for key in FIXED
        .iter()
        .filter(|key| **key != "shared_preload_libraries")
    {
        mistake(&[(key, "x")], key, "for itself");
    }
    mistake(&[("Archive_Command", "x")], "Archive_Command", "for itself");
    mistake(
        &[("cnpg.config_sha256", "x")],
        "cnpg.config_sha256",
        "for itself",
    );
    mistake(
        &[("shared_preload_libraries", "")],
        "shared_preload_libraries",
        "preloads",
    );
    assert_eq!(FIXED.len(), 65);
    assert!(FIXED.is_sorted());
}

#[test]
fn values_are_one_line() {
    for bad in ["a\nb", "a\rb", "a\0"] {
        mistake(&[("application_name", bad)], "application_name", "one line");
    }
}

#[test]
fn shared_buffers() {
    let key = "shared_buffers";
    for good in [
        "128kB",
        "1GB",
        "1.5 MB",
        "1024",
        "0.5GB",
        "1048576 kB",
        "134217728B",
    ] {
        assert_eq!(check(&[(key, good)]), [], "{good}");
    }
    for bad in [
        "", "MB", "1mb", "1 M", "128Mi", "0x10", "1e3kB", "-1MB", " 1MB", "1MB ", "1PB", "1.2.3MB",
        "B",
    ] {
        mistake(&[(key, bad)], key, "256MB");
    }
    for big in ["1025", "1025MB", "1.01GB", "1TB", "1073741825B"] {
        mistake(&[(key, big)], key, "memRequest");
    }
    mistake(&[(key, "16kB")], key, "128kB");
    assert_eq!(check_in(&Context::default(), &[(key, "1TB")]), []);
}

#[test]
fn wal_sizes() {
    mistake(&[("min_wal_size", "1GB")], "min_wal_size", "max_wal_size");
    mistake(&[("max_wal_size", "80MB")], "max_wal_size", "min_wal_size");
    mistake(
        &[("min_wal_size", "2GB"), ("max_wal_size", "2GB")],
        "min_wal_size",
        "max_wal_size",
    );
    mistake(&[("max_wal_size", "5GB")], "max_wal_size", "walStorageSize");
    mistake(&[("min_wal_size", "31MB")], "min_wal_size", "32MB");
    assert_eq!(
        check(&[("min_wal_size", "32MB"), ("max_wal_size", "33MB")]),
        []
    );
    assert_eq!(
        check_in(&Context::default(), &[("max_wal_size", "50GB")]),
        []
    );
}

#[test]
fn wal_level_and_switches() {
    for bad in ["minimal", "hot_standby", "", "Replica"] {
        mistake(&[("wal_level", bad)], "wal_level", "replica or logical");
    }
    for bad in ["", "o", "2", "enabled", "truee"] {
        mistake(
            &[("hot_standby_feedback", bad)],
            "hot_standby_feedback",
            "boolean",
        );
        mistake(&[("wal_log_hints", bad)], "wal_log_hints", "boolean");
    }
    mistake(
        &[("wal_log_hints", "off")],
        "wal_log_hints",
        "more than one instance",
    );
    let single = Context {
        instances: 1,
        ..CONTEXT
    };
    assert_eq!(check_in(&single, &[("wal_log_hints", "off")]), []);
}

#[test]
fn all_mistakes_at_once() {
    let found = check(&[
        ("archive_mode", "off"),
        ("bad name", "x"),
        ("shared_buffers", "x"),
    ]);
    assert_eq!(found.len(), 3, "{found:?}");
}
