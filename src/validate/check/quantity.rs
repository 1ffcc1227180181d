//! Kubernetes quantities, exact and without floating point.
//!
//! Grammar and canonical form are those of `k8s.io/apimachinery/pkg/api/resource.Quantity` (its API doc
//! comment). A value is kept in billionths, the finest step that Kubernetes knows. [`Quantity::canonical`] gives
//! the form that the API server would store, so that a GitOps tool sees no difference.

use super::{Refusal, require};
use std::cmp::Ordering;

/// Billionths in one.
const NANO: i128 = 1_000_000_000;

/// The largest magnitude: 2^63 - 1. Kubernetes caps binary quantities there.
const LIMIT: i128 = i64::MAX as i128;

/// One mebibyte. A smaller volume or memory is a forgotten suffix.
const MEBI: i128 = 1 << 20;

const GRAMMAR: &str = "must be a Kubernetes quantity: a number with an optional suffix, one of \
                       n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3";

const TOO_LARGE: &str = "must not be larger than 2^63-1 or written with more than 38 digits (Kubernetes caps \
                         quantities there)";

/// How a quantity was written, which is how Kubernetes writes it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// `500m`, `2`, `10G`.
    DecimalSi,
    /// `512Mi`, `10Gi`.
    BinarySi,
    /// `1e3`.
    DecimalExponent,
}

/// An amount of storage, memory or processor time. Equality and order go by the value, not by the spelling.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    nanos: i128,
    format: Format,
}

/// What a suffix multiplies by: ten or two to the power of `exponent`.
struct Unit {
    format: Format,
    exponent: i32,
}

/// The digits of a number: `mantissa / 10^decimals`.
struct Number {
    negative: bool,
    mantissa: u128,
    decimals: i32,
}

impl Quantity {
    /// Reads a quantity. Parts finer than a billionth are rounded up, as Kubernetes does.
    ///
    /// # Errors
    /// Refuses what is not in the grammar, and what is larger than 2^63 - 1.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match read(text) {
            Some(quantity) => quantity,
            None => Err(Refusal::new(GRAMMAR).propose(respell(text))),
        }
    }

    /// The value in whole units (bytes, cores), rounded up.
    #[must_use]
    pub fn whole(&self) -> i64 {
        let (quotient, rest) = (self.nanos.div_euclid(NANO), self.nanos.rem_euclid(NANO));
        // The limit was checked when the quantity was read.
        i64::try_from(quotient + i128::from(rest > 0)).unwrap_or(i64::MAX)
    }

    /// Whether the value has no fraction.
    fn is_whole(&self) -> bool {
        self.nanos % NANO == 0
    }

    /// The form in which the API server stores the quantity.
    ///
    /// The largest suffix that leaves no fraction, in the family of suffixes that it was written with; binary
    /// ones give way to decimal ones for what is no multiple of 1024. (Kubernetes itself writes `3156.25Ki`
    /// without a suffix and, on reading that, with a decimal one; this goes there at once.)
    #[must_use]
    pub fn canonical(&self) -> String {
        let binary = self.format == Format::BinarySi;
        if self.nanos == 0 {
            "0".to_owned()
        } else if binary && self.nanos % (1024 * NANO) == 0 {
            binary_text(self.nanos / NANO)
        } else {
            decimal_text(self.nanos, self.format == Format::DecimalExponent)
        }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

/// Checks the size of a volume: whole bytes, at least one mebibyte.
///
/// # Errors
/// Refuses what is no quantity, not positive, or too small to be meant.
pub fn storage(text: &str) -> Result<Quantity, Refusal> {
    bytes(text)
}

/// Checks an amount of memory: whole bytes, at least one mebibyte.
///
/// # Errors
/// Refuses what is no quantity, not positive, or too small to be meant: `512m` is half a byte.
pub fn memory(text: &str) -> Result<Quantity, Refusal> {
    bytes(text)
}

/// Checks an amount of processor time: positive, in whole thousandths of a core.
///
/// # Errors
/// Refuses what is no quantity, not positive, or finer than `1m`.
pub fn cpu(text: &str) -> Result<Quantity, Refusal> {
    let quantity = positive(text)?;
    require(
        quantity.nanos % (NANO / 1000) == 0,
        "must not be finer than 1m, a thousandth of a core (Kubernetes: CPU resource units)",
    )?;
    Ok(quantity)
}

fn bytes(text: &str) -> Result<Quantity, Refusal> {
    let quantity = positive(text)?;
    if quantity.nanos >= MEBI * NANO && quantity.is_whole() {
        return Ok(quantity);
    }
    let message =
        "must be whole bytes and at least 1Mi (a bare number is bytes, m is a thousandth of one)";
    let number = text.trim_end_matches('m');
    let meant = format!("{number}{}", if number == text { "Gi" } else { "Mi" });
    let proposed = text.ends_with(|c: char| c.is_ascii_digit() || c == 'm');
    Err(Refusal::new(message).propose(
        proposed
            .then_some(meant)
            .filter(|meant| bytes(meant).is_ok()),
    ))
}

/// Checks that an amount is more than nothing (Kubernetes: a volume of zero is refused).
///
/// # Errors
/// Refuses what is no quantity, and zero and below.
pub fn positive(text: &str) -> Result<Quantity, Refusal> {
    let quantity = Quantity::parse(text)?;
    require(quantity.nanos > 0, "must be more than zero")?;
    Ok(quantity)
}

/// The quantity that a misspelt one probably means: `10GB`, `10 Gi` and `10gi` mean `10Gi`.
fn respell(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let number = compact.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = compact.strip_prefix(number)?.to_ascii_uppercase();
    let letter = unit.chars().next()?;
    let known = matches!(unit.get(1..)?, "" | "I" | "B" | "IB") && "KMGTP".contains(letter);
    let meant = format!("{number}{letter}i");
    let fine = known && matches!(read(&meant), Some(Ok(_)));
    fine.then_some(meant)
}

/// Reads a quantity; nothing when the text is not in the grammar.
fn read(text: &str) -> Option<Result<Quantity, Refusal>> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    let at = text.find(|c| !is_number(c)).unwrap_or(text.len());
    let (digits, suffix) = text.split_at_checked(at)?;
    let unit = unit(suffix)?;
    Some(number(digits)?.and_then(|number| {
        let nanos = nanos(&number, &unit)
            .filter(|nanos| *nanos <= LIMIT * NANO)
            .ok_or_else(|| Refusal::new(TOO_LARGE))?;
        Ok(Quantity {
            nanos: if number.negative { -nanos } else { nanos },
            format: unit.format,
        })
    }))
}

/// Reads a suffix.
fn unit(suffix: &str) -> Option<Unit> {
    const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let place = |list: &[&str]| {
        list.iter()
            .position(|s| *s == suffix)
            .and_then(|i| i32::try_from(i).ok())
    };
    let made = |format, exponent| Some(Unit { format, exponent });
    if let Some(place) = place(&DECIMAL) {
        return made(Format::DecimalSi, 3 * place - 9);
    }
    if let Some(place) = place(&BINARY) {
        return made(Format::BinarySi, 10 * place + 10);
    }
    let digits = suffix.strip_prefix(['e', 'E'])?;
    made(Format::DecimalExponent, digits.parse().ok()?)
}

/// Reads a number with a sign; the inner result tells a number of too many digits from none.
fn number(text: &str) -> Option<Result<Number, Refusal>> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{}", fraction.trim_end_matches('0'));
    let shaped = all.bytes().all(|b| b.is_ascii_digit()) && whole.len() + fraction.len() > 0;
    if !shaped {
        return None;
    }
    let significant = match all.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let decimals = i32::try_from(all.len() - whole.len());
    Some(match (significant.parse(), decimals) {
        (Ok(mantissa), Ok(decimals)) => Ok(Number {
            negative: text.starts_with('-'),
            mantissa,
            decimals,
        }),
        _ => Err(Refusal::new(TOO_LARGE)),
    })
}

/// The magnitude in billionths, rounded up, or nothing when it is beyond all limits.
fn nanos(number: &Number, unit: &Unit) -> Option<i128> {
    let binary = unit.format == Format::BinarySi;
    let factor = if binary {
        1_u128.checked_shl(unit.exponent.try_into().ok()?)?
    } else {
        1
    };
    let scaled = number.mantissa.checked_mul(factor)?;
    let tens = if binary { 0 } else { unit.exponent };
    let exponent = tens.checked_add(9)?.checked_sub(number.decimals)?;
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    let value = match (scaled, exponent >= 0, power) {
        (0, _, _) => 0,
        (_, true, power) => scaled.checked_mul(power?)?,
        // Something above nothing stays something.
        (_, false, power) => power.map_or(1, |power| scaled.div_ceil(power)),
    };
    i128::try_from(value).ok()
}

/// A whole number with the largest binary suffix that divides it.
fn binary_text(mut value: i128) -> String {
    const SUFFIXES: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let mut suffixes = SUFFIXES.iter();
    let mut suffix = suffixes.next();
    while value % 1024 == 0 {
        value /= 1024;
        suffix = suffixes.next();
    }
    format!("{value}{}", suffix.unwrap_or(&""))
}

/// A number of billionths with the largest decimal suffix or exponent (a multiple of three) that divides it.
fn decimal_text(mut value: i128, exponents: bool) -> String {
    const SUFFIXES: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    let mut power = 0_usize;
    while value % 1000 == 0 {
        value /= 1000;
        power += 1;
    }
    match (exponents, SUFFIXES.get(power)) {
        (true, _) if power != 3 => format!(
            "{value}e{}{}",
            if power < 3 { "-" } else { "" },
            power.abs_diff(3) * 3
        ),
        (true, _) | (_, None) => value.to_string(),
        (false, Some(suffix)) => format!("{value}{suffix}"),
    }
}
