//! The schedule of a ScheduledBackup, as robfig/cron v1.2.0 reads it (`cron.Parse`, which CNPG calls).
//!
//! Six fields: second, minute, hour, day of month, month, day of week. The library takes five as well and then
//! reads a crontab's minute as a second, so five are refused here. Three more things are refused that the
//! library lets pass without meaning anything: `*-5`, empty list items, and signs before numbers.

use super::{Refusal, duration, require};

/// The values that a field stands for, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Bit `n` is set when the value `n` matches.
    pub bits: u64,
    /// Whether a `*` or `?` was in it, with or without a step.
    pub star: bool,
}

/// A schedule by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// Seconds, 0 to 59.
    pub second: Field,
    /// Minutes, 0 to 59.
    pub minute: Field,
    /// Hours, 0 to 23.
    pub hour: Field,
    /// Days of the month, 1 to 31.
    pub day_of_month: Field,
    /// Months, 1 to 12.
    pub month: Field,
    /// Days of the week, 0 (Sunday) to 6.
    pub day_of_week: Field,
}

/// A schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// At points of the calendar.
    Calendar(Calendar),
    /// Every so many seconds.
    Every {
        /// The seconds between two backups; the library drops fractions.
        seconds: u64,
    },
}

/// What a field may hold.
struct Bounds {
    label: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const SECOND: Bounds = plain("second", 0, 59);
const MINUTE: Bounds = plain("minute", 0, 59);
const HOUR: Bounds = plain("hour", 0, 23);
const DAY_OF_MONTH: Bounds = plain("day of month", 1, 31);
const MONTH: Bounds = Bounds {
    names: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
    ..plain("month", 1, 12)
};
const DAY_OF_WEEK: Bounds = Bounds {
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    ..plain("day of week", 0, 6)
};

const fn plain(label: &'static str, min: u32, max: u32) -> Bounds {
    Bounds {
        label,
        min,
        max,
        names: &[],
    }
}

const SIX_FIELDS: &str = "must have six fields: second, minute, hour, day of month, month and day of week, or be \
                          one of @yearly @monthly @weekly @daily @hourly and @every 12h";

/// Checks a schedule.
///
/// # Errors
/// Refuses what CNPG would not parse, would read as something else than a crontab, or would never run.
pub fn schedule(value: &str) -> Result<Schedule, Refusal> {
    require(
        !value.chars().any(char::is_control),
        "must be one line without tabs",
    )?;
    if value.starts_with('@') {
        return descriptor(value);
    }
    let fields: Vec<&str> = value.split_whitespace().collect();
    match fields.as_slice() {
        [zone, ..] if zone.starts_with("TZ=") || zone.starts_with("CRON_TZ=") => {
            Err(with_zone(fields.get(1..).unwrap_or_default()))
        }
        [second, minute, hour, day, month, weekday] => {
            calendar([second, minute, hour, day, month, weekday]).map(Schedule::Calendar)
        }
        [_, _, _, _, _] => Err(five_fields(&fields)),
        _ => Err(Refusal::new(SIX_FIELDS)),
    }
}

/// The refusal of a crontab of five fields.
fn five_fields(fields: &[&str]) -> Refusal {
    let six = format!("0 {}", fields.join(" "));
    let proposed = schedule(&six).is_ok().then_some(six);
    Refusal::new(format!(
        "{SIX_FIELDS}; CNPG would read five fields as second, minute, hour, day of month and month, and make a \
         crontab's nightly backup an hourly one"
    ))
    .propose(proposed)
}

/// The refusal of a schedule with a time zone.
fn with_zone(fields: &[&str]) -> Refusal {
    let bare = fields.join(" ");
    let proposed = schedule(&bare).is_ok().then_some(bare);
    Refusal::new("must not start with a time zone (CNPG's robfig/cron 1.2.0 knows none; the operator's clock is UTC)")
        .propose(proposed)
}

/// Reads `@daily` and the like. They are case-sensitive in the library.
fn descriptor(value: &str) -> Result<Schedule, Refusal> {
    let fields = match value {
        "@yearly" | "@annually" => ["0", "0", "0", "1", "1", "*"],
        "@monthly" => ["0", "0", "0", "1", "*", "*"],
        "@weekly" => ["0", "0", "0", "*", "*", "0"],
        "@daily" | "@midnight" => ["0", "0", "0", "*", "*", "*"],
        "@hourly" => ["0", "0", "*", "*", "*", "*"],
        _ => return every(value),
    };
    calendar(fields).map(Schedule::Calendar)
}

/// Reads `@every 1h30m`.
fn every(value: &str) -> Result<Schedule, Refusal> {
    let unknown = || {
        Refusal::new(
            "must be one of @yearly @annually @monthly @weekly @daily @midnight @hourly, or @every and a Go \
             duration such as 12h or 1h30m",
        )
    };
    let text = value.strip_prefix("@every ").ok_or_else(unknown)?;
    let nanoseconds = duration::nanoseconds(text).ok_or_else(unknown)?;
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).unwrap_or(0);
    require(seconds > 0, "must not be shorter than @every 1s")?;
    Ok(Schedule::Every { seconds })
}

fn calendar(fields: [&str; 6]) -> Result<Calendar, Refusal> {
    let [second, minute, hour, day_of_month, month, day_of_week] = fields;
    let calendar = Calendar {
        second: field(second, &SECOND)?,
        minute: field(minute, &MINUTE)?,
        hour: field(hour, &HOUR)?,
        day_of_month: field(day_of_month, &DAY_OF_MONTH)?,
        month: field(month, &MONTH)?,
        day_of_week: field(day_of_week, &DAY_OF_WEEK)?,
    };
    require(
        calendar.ever_matches(),
        "must match some day: none of its months has such a day (CNPG would accept it and never run)",
    )?;
    Ok(calendar)
}

impl Calendar {
    /// Whether some day matches within the five years that the library looks ahead.
    ///
    /// When neither day field has a star, one of them matching is enough; else both must.
    fn ever_matches(&self) -> bool {
        let both = self.day_of_month.star || self.day_of_week.star;
        !both || (1..=12).any(|month| self.month.has(month) && self.matches_in(month))
    }

    /// Whether the month has a day of the month that matches, and on any of the wanted weekdays.
    fn matches_in(&self, month: u32) -> bool {
        let days = match month {
            // A leap day falls on a given weekday only every 28 years.
            2 if self.day_of_week.bits == 0x7f => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        (1..=days).any(|day| self.day_of_month.has(day))
    }
}

impl Field {
    fn has(self, value: u32) -> bool {
        1_u64
            .checked_shl(value)
            .is_some_and(|bit| self.bits & bit != 0)
    }
}

/// Reads a field: a list of ranges.
fn field(text: &str, bounds: &Bounds) -> Result<Field, Refusal> {
    let empty = Field {
        bits: 0,
        star: false,
    };
    text.split(',').try_fold(empty, |all, item| {
        let one = range(item, bounds).ok_or_else(|| misread(bounds))?;
        Ok(Field {
            bits: all.bits | one.bits,
            star: all.star || one.star,
        })
    })
}

fn misread(bounds: &Bounds) -> Refusal {
    let names = match (bounds.names.first(), bounds.names.last()) {
        (Some(first), Some(last)) => format!(" or {first} to {last}"),
        _ => String::new(),
    };
    let Bounds {
        label, min, max, ..
    } = bounds;
    Refusal::new(format!(
        "must have a {label} of {min} to {max}{names}, as single values, ranges a-b, lists a,b and steps */n \
         (robfig/cron 1.2.0)"
    ))
}

/// Reads `*`, `a`, `a-b`, each with an optional step; `a/n` means from `a` to the end.
fn range(text: &str, bounds: &Bounds) -> Option<Field> {
    let (span, step) = match text.split_once('/') {
        Some((span, step)) => (span, Some(number(step)?)),
        None => (text, None),
    };
    let star = matches!(span, "*" | "?");
    let (start, end) = match span.split_once('-') {
        _ if star => (bounds.min, bounds.max),
        Some((start, end)) => (value(start, bounds)?, value(end, bounds)?),
        None if step.is_some() => (value(span, bounds)?, bounds.max),
        None => (value(span, bounds)?, value(span, bounds)?),
    };
    let step = step.unwrap_or(1);
    let fine = bounds.min <= start && start <= end && end <= bounds.max && step > 0;
    let step = usize::try_from(step).ok()?.max(1);
    fine.then(|| Field {
        bits: (start..=end).step_by(step).fold(0, |bits, n| bits | 1 << n),
        star,
    })
}

/// Reads a number or a name of the field.
fn value(text: &str, bounds: &Bounds) -> Option<u32> {
    let place = bounds
        .names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text));
    match place {
        Some(place) => Some(bounds.min + u32::try_from(place).ok()?),
        None => number(text),
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
