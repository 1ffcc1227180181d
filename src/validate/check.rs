//! Leaf checks: what one single value may be.
//!
//! Every check is pure: it takes strings and numbers, and returns the checked value or a [`Refusal`]. None of
//! them knows a field path, and none of them quotes a password. Each rule names the place where it would be
//! enforced later (the Kubernetes API server, the CloudNativePG webhook, PostgreSQL), because the point of
//! checking here is that nothing that passes is refused there.

use std::fmt;

/// Defines a string type whose values have passed a check.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The checked text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text away.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

pub mod bucket;
pub mod cidr;
pub mod cron;
pub mod derive;
pub mod duration;
pub mod hba;
pub mod host;
pub mod ident;
pub mod image;
pub mod locale;
pub mod metric;
pub mod name;
pub mod parameters;
pub mod password;
pub mod path;
pub mod pgbouncer;
pub mod preload;
pub mod promotion;
pub mod quantity;
pub mod recovery;
pub mod registry;
pub mod retention;
pub mod scheduling;
mod sql;
pub mod statement;
pub mod store;
pub mod table;
pub mod tablespace;
pub mod time;

#[cfg(test)]
mod tests;

/// Why a value is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A lower-case fragment that reads after a field path: "must be ...", "must not be ...".
    pub message: String,
    /// A value that would be accepted and is probably what was meant.
    pub proposed: Option<String>,
}

impl Refusal {
    /// A refusal without a proposal.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            proposed: None,
        }
    }

    /// The same refusal with a value that would be accepted, when there is one.
    #[must_use]
    pub fn propose(mut self, value: Option<String>) -> Self {
        self.proposed = value;
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// Turns a condition into a result, so that a check reads as a list of rules.
fn require(condition: bool, message: &str) -> Result<(), Refusal> {
    if condition {
        Ok(())
    } else {
        Err(Refusal::new(message))
    }
}
