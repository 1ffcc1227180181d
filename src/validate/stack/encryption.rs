//! How Secrets are encrypted.

use std::collections::BTreeSet;

use crate::sops::Recipient;
use crate::spec::{SecretsMode, Uncomparable};

/// How Secrets are encrypted.
#[derive(Debug, Clone)]
pub struct Encryption {
    /// Who can decrypt.
    pub recipients: BTreeSet<Recipient>,
    /// When.
    pub mode: SecretsMode,
    /// What happens to an encrypted file that no key at hand opens.
    pub uncomparable: Uncomparable,
}
