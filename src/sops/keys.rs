//! age keys: who may open a document, and who can.

use std::fmt;
use std::io::Read as _;
use std::str::FromStr as _;

use age::armor::ArmoredReader;
use age::{Decryptor, x25519};
use anyhow::{Result, anyhow};

use super::cipher::DataKey;

/// How an identity of the kind that is read here begins.
const IDENTITY: &str = "AGE-SECRET-KEY-1";

/// The public half of an age key: somebody who may open a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient(String);

impl Recipient {
    /// Reads a recipient such as `age1...`.
    ///
    /// # Errors
    ///
    /// If it is something else or of a kind that is not supported: SSH keys, keys of plugins, and the
    /// post-quantum keys of age, which the age library here does not know yet.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        x25519::Recipient::from_str(text)
            .map(|recipient| Self(recipient.to_string()))
            .map_err(|_| refusal(text).to_owned())
    }

    /// The spelling that SOPS uses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Encrypts a data key for this recipient, as an armored age file.
    pub(super) fn wrap(&self, key: &DataKey) -> Result<String> {
        let recipient = x25519::Recipient::from_str(&self.0)
            .map_err(|reason| anyhow!("an age recipient is damaged: {reason}"))?;
        age::encrypt_and_armor(&recipient, key.as_bytes())
            .map_err(|_| anyhow!("the data key cannot be encrypted for {}", self.0))
    }
}

/// Why a text is not a recipient. It is not quoted: it could be a secret key, put in the wrong place.
fn refusal(text: &str) -> &'static str {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("age-secret-key-") || lower.starts_with("age-plugin-") {
        "is an age identity, which is secret; a recipient starts with age1"
    } else if lower.starts_with("ssh-") {
        "is an SSH key; only age keys (age1...) are supported"
    } else if lower.starts_with("age1pq1") {
        "is a post-quantum age recipient, which is not supported; take a classic one (age1...)"
    } else if has_plugin_name(&lower) {
        "is an age recipient of a plugin or of a hardware key, which is not supported"
    } else {
        "is not an age recipient (age1...)"
    }
}

/// Whether a name stands between `age1` and the `1` that starts the data, as in `age1yubikey1...`.
fn has_plugin_name(text: &str) -> bool {
    text.strip_prefix("age1")
        .is_some_and(|rest| rest.contains('1'))
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The secret halves of age keys: who the user is.
#[derive(Clone, Default)]
pub struct Identities(Vec<x25519::Identity>);

impl Identities {
    /// Reads the identities of a key file, or of `SOPS_AGE_KEY`.
    ///
    /// Lines of other kinds, such as SSH keys and the identities of plugins, are passed over.
    ///
    /// # Errors
    ///
    /// If there is no identity in it, or a damaged one. The message quotes nothing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut identities = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            match x25519::Identity::from_str(line) {
                Ok(identity) => identities.push(identity),
                Err(_) if line.starts_with(IDENTITY) => {
                    return Err(format!(
                        "line {} starts like an age identity but is damaged",
                        index + 1
                    ));
                }
                Err(_) => {}
            }
        }
        if identities.is_empty() {
            return Err(format!("there is no age identity ({IDENTITY}...) in it"));
        }
        Ok(Self(identities))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the identities of another source.
    pub fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Decrypts a data key from an armored age file, if it is for one of these identities.
    pub(super) fn unwrap_key(&self, armored: &str) -> Option<DataKey> {
        let file = Decryptor::new(ArmoredReader::new(armored.as_bytes())).ok()?;
        let identities = self.0.iter().map(|identity| identity as &dyn age::Identity);
        let mut bytes = Vec::new();
        // One byte more than a key has: a longer payload is none.
        file.decrypt(identities)
            .ok()?
            .take(33)
            .read_to_end(&mut bytes)
            .ok()?;
        DataKey::from_bytes(&bytes)
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}
