//! What Kubernetes takes for counts and times in a Pod.

use super::{Refusal, require};

/// Checks a whole number that Kubernetes keeps in 32 bits.
///
/// # Errors
/// Refuses what is less than `least` or needs more bits.
pub fn number(value: i64, least: i32) -> Result<i32, Refusal> {
    let fits = i32::try_from(value).ok().filter(|value| *value >= least);
    let message = format!("must be a whole number from {least} to {}", i32::MAX);
    fits.ok_or_else(|| Refusal::new(message))
}

/// Checks the key of a node label that places are told apart by.
///
/// # Errors
/// Refuses what no node can have as a label.
pub fn topology_key(value: &str) -> Result<String, Refusal> {
    require(
        !value.is_empty(),
        "must not be empty (Kubernetes refuses it)",
    )?;
    super::name::label_key(value).map(super::name::LabelKey::into_string)
}
