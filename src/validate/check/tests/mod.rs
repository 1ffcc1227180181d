//! Table tests and property tests of the leaf checks.

mod bucket;
mod cidr;
mod cron;
mod derive;
mod hba;
mod host;
mod ident;
mod image;
mod locale;
mod metric;
mod name;
mod parameters;
mod password;
mod pgbouncer;
mod places;
mod preload;
mod promotion;
mod quantity;
mod recovery;
mod scheduling;
mod statement;
mod store;
mod table;
mod tablespace;
mod time;

use super::Refusal;
use std::fmt::Debug;

/// Expects every value to pass.
fn pass<T: Debug>(check: impl Fn(&str) -> Result<T, Refusal>, values: &[&str]) {
    for value in values {
        let result = check(value);
        assert!(result.is_ok(), "{value:?} should pass: {result:?}");
    }
}

/// Expects every value to be refused with a message that holds a text and reads after a field path.
fn refuse<T: Debug>(check: impl Fn(&str) -> Result<T, Refusal>, part: &str, values: &[&str]) {
    for value in values {
        let refusal = check(value).expect_err(value);
        let message = refusal.message;
        assert!(message.starts_with("must "), "{value:?}: {message}");
        assert!(message.contains(part), "{value:?}: {message}");
        assert!(!message.ends_with('.'), "{value:?}: {message}");
        assert!(!message.contains("  "), "{value:?}: {message}");
    }
}

/// Expects a refusal that proposes a value, and the proposal to pass.
fn propose<T: Debug>(check: impl Fn(&str) -> Result<T, Refusal>, pairs: &[(&str, Option<&str>)]) {
    for (value, expected) in pairs {
        let refusal = check(value).expect_err(value);
        assert_eq!(refusal.proposed.as_deref(), *expected, "{value:?}");
        if let Some(proposed) = expected {
            pass(&check, &[proposed]);
        }
    }
}
