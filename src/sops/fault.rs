//! Why a document does not open.

use std::collections::BTreeSet;
use std::fmt;

/// Why a document does not open. No value and no key is ever quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The metadata is missing or cannot be read.
    Metadata(String),
    /// None of the identities opens the data key, or there is none.
    NoIdentity {
        /// The age recipients that the document is encrypted for.
        recipients: BTreeSet<String>,
        /// Whether keys of other kinds could open it.
        other_keys: bool,
    },
    /// The data key is split between several groups of keys.
    KeyGroups,
    /// One value cannot be trusted or read.
    Leaf {
        /// The JSON pointer of the value.
        pointer: String,
        /// What is wrong, to be read after the pointer.
        reason: String,
    },
    /// The MAC does not match the values.
    Mac,
    /// There is no MAC.
    NoMac,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(reason) => write!(f, "the SOPS metadata cannot be read: {reason}"),
            Self::NoIdentity {
                recipients,
                other_keys,
            } => no_identity(f, recipients, *other_keys),
            Self::KeyGroups => f.write_str(
                "the data key is split between several key groups, which is not supported",
            ),
            Self::Leaf { pointer, reason } => write!(f, "the value at {pointer} {reason}"),
            Self::Mac => f.write_str(
                "the MAC does not match the values: the document was changed without SOPS, or its \
                 keys are not in alphabetical order",
            ),
            Self::NoMac => f.write_str("the SOPS metadata holds no MAC"),
        }
    }
}

/// Whose identity is missing.
fn no_identity(
    f: &mut fmt::Formatter<'_>,
    recipients: &BTreeSet<String>,
    other_keys: bool,
) -> fmt::Result {
    f.write_str("no age identity at hand opens the data key; ")?;
    if recipients.is_empty() {
        f.write_str("it is encrypted for no age recipient")?;
    } else {
        let list: Vec<_> = recipients.iter().map(String::as_str).collect();
        write!(f, "it is encrypted for {}", list.join(", "))?;
    }
    if other_keys {
        f.write_str(" and for keys of other kinds, which are not used")?;
    }
    Ok(())
}

impl std::error::Error for Fault {}
