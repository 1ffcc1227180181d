//! The expected bits are those of robfig/cron v1.2.0, printed from its `SpecSchedule`.

use super::super::cron::*;
use super::super::duration::nanoseconds;
use super::{pass, propose, refuse};
use proptest::prelude::*;

const STAR: u64 = 1 << 63;

fn bits(value: &str) -> [u64; 6] {
    let Schedule::Calendar(c) = schedule(value).unwrap() else {
        panic!("{value} is no calendar schedule");
    };
    [
        c.second,
        c.minute,
        c.hour,
        c.day_of_month,
        c.month,
        c.day_of_week,
    ]
    .map(|field| field.bits | if field.star { STAR } else { 0 })
}

#[test]
fn calendars() {
    let (days, months, week) = (
        0x8000_0000_ffff_fffe,
        0x8000_0000_0000_1ffe,
        0x8000_0000_0000_007f,
    );
    let cases = [
        ("0 0 2 * * *", [1, 1, 4, days, months, week]),
        ("0 0 2 * * ?", [1, 1, 4, days, months, week]),
        ("0  0 0 * *  mon-FRI", [1, 1, 1, days, months, 0x3e]),
        (
            "5/20 1-10/3 */12 1,15 jan,Dec sat",
            [
                0x2000_0200_0020,
                0x492,
                0x8000_0000_0000_1001,
                0x8002,
                0x1002,
                0x40,
            ],
        ),
        ("@yearly", [1, 1, 1, 2, 2, week]),
        ("@monthly", [1, 1, 1, 2, months, week]),
        ("@weekly", [1, 1, 1, days, months, 1]),
        ("@midnight", [1, 1, 1, days, months, week]),
        ("@hourly", [1, 1, 0x8000_0000_00ff_ffff, days, months, week]),
    ];
    for (value, expected) in cases {
        assert_eq!(bits(value), expected, "{value}");
    }
}

#[test]
fn fields_that_are_misread() {
    refuse(
        schedule,
        "second of 0 to 59",
        &[
            "60 0 0 * * *",
            "-1 0 0 * * *",
            "+1 0 0 * * *",
            "x 0 0 * * *",
        ],
    );
    refuse(
        schedule,
        "minute of",
        &[
            "0 60 0 * * *",
            "0 , 0 * * *",
            "0 1,,2 0 * * *",
            "0 5-1 0 * * *",
        ],
    );
    refuse(
        schedule,
        "hour of",
        &[
            "0 0 24 * * *",
            "0 0 */0 * * *",
            "0 0 1/2/3 * * *",
            "0 0 *-5 * * *",
        ],
    );
    refuse(
        schedule,
        "day of month of 1 to 31",
        &["0 0 0 0 * *", "0 0 0 32 * *", "0 0 0 1-2-3 * *"],
    );
    refuse(
        schedule,
        "1 to 12 or jan to dec",
        &["0 0 0 * 13 *", "0 0 0 * january *", "0 0 0 * 0 *"],
    );
    refuse(
        schedule,
        "0 to 6 or sun to sat",
        &["0 0 0 * * 7", "0 0 0 * * */x", "0 0 0 * * 1.5"],
    );
}

#[test]
fn numbers_of_fields() {
    refuse(
        schedule,
        "six fields",
        &["", " ", "* * * *", "* * * * * * *", "daily", " @daily"],
    );
    refuse(schedule, "hourly", &["0 2 * * *"]);
    refuse(
        schedule,
        "time zone",
        &["TZ=UTC 0 0 2 * * *", "CRON_TZ=Europe/Berlin 0 0 2 * * *"],
    );
    refuse(schedule, "one line", &["0 0 2 * *\n*", "0\t0 2 * * *"]);
    propose(
        schedule,
        &[
            ("0 2 * * *", Some("0 0 2 * * *")),
            ("0  2 * * 1-5", Some("0 0 2 * * 1-5")),
            ("0 2 * * 7", None),
            ("TZ=UTC 0 0 2 * * *", Some("0 0 2 * * *")),
            ("TZ=UTC 0 2 * * *", None),
        ],
    );
}

#[test]
fn days_that_never_come() {
    let never = [
        "0 0 0 30 2 *",
        "0 0 0 31 feb,4,JUN,9,11 ?",
        "0 0 0 30-31 2 */2",
        "0 0 0 29 2 */3",
    ];
    refuse(schedule, "some day", &never);
    // With both day fields restricted one of them is enough.
    pass(
        schedule,
        &[
            "0 0 0 30 2 1",
            "0 0 0 31 4 mon",
            "0 0 0 29 2 *",
            "0 0 0 31 1,2 *",
            "0 0 0 */2 2 *",
        ],
    );
}

#[test]
fn intervals() {
    let cases = [
        ("1h30m", 5400),
        ("90s", 90),
        ("1.5h", 5400),
        (".5h", 1800),
        ("+1h", 3600),
        ("1500ms", 1),
    ];
    for (duration, seconds) in cases {
        assert_eq!(
            schedule(&format!("@every {duration}")),
            Ok(Schedule::Every { seconds }),
            "{duration}"
        );
    }
    refuse(
        schedule,
        "shorter",
        &["@every 0", "@every 0s", "@every -1h", "@every 999ms"],
    );
    refuse(
        schedule,
        "Go duration",
        &[
            "@every",
            "@every ",
            "@every 1d",
            "@every 1",
            "@every 1h ",
            "@Daily",
            "@reboot",
        ],
    );
    refuse(
        schedule,
        "Go duration",
        &[
            "@every h",
            "@every .h",
            "@every 1..5h",
            "@every 1h1",
            "@every 3000000h",
        ],
    );
}

#[test]
fn durations() {
    let cases = [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("1ns", Some(1)),
        ("1us1\u{b5}s1\u{3bc}s1ms", Some(1_003_000)),
        ("1m0.5s", Some(60_500_000_000)),
        ("-1.5h", Some(-5_400_000_000_000)),
        ("2562047h", Some(9_223_369_200_000_000_000)),
        ("2562048h", None),
        ("", None),
        ("+", None),
        ("1", None),
        ("00", None),
        ("1 h", None),
        ("1.1234567890123456.5h", None),
    ];
    for (text, expected) in cases {
        assert_eq!(nanoseconds(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "(@every )?[0-9*/,?a-z. -]{0,30}") {
        let _ = schedule(&text);
    }

    #[test]
    fn a_range_is_its_list(start in 0_u32..60, length in 0_u32..30, step in 1_u32..20) {
        let end = (start + length).min(59);
        let list: Vec<String> = (start..=end).step_by(step as usize).map(|n| n.to_string()).collect();
        let one = bits(&format!("{start}-{end}/{step} 0 0 * * *"));
        prop_assert_eq!(one, bits(&format!("{} 0 0 * * *", list.join(","))));
    }
}
