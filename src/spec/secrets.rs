//! `spec.secrets`: how the files that hold Secrets are encrypted.

use schemars::JsonSchema;
use serde::Deserialize;

/// Encryption of the files that hold Secrets, in the format of SOPS.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secrets {
    /// Public keys of those who can decrypt, `age1...` each.
    pub age: Option<Vec<String>>,
    /// When Secrets are encrypted. Default `auto`.
    pub mode: Option<SecretsMode>,
    /// What happens to an encrypted file that no key at hand opens, so that nobody knows whether its value is still the one given. Default `error`.
    pub when_uncomparable: Option<Uncomparable>,
}

/// When Secrets are encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum SecretsMode {
    /// Wherever they are written to files (`render`, kpt) and recipients are known.
    #[default]
    Auto,
    /// Always, also where kustomize passes them on; recipients must be known.
    Always,
    /// Never.
    Never,
}

/// What happens to an encrypted file that cannot be compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Uncomparable {
    /// It is an error.
    #[default]
    Error,
    /// It stays as it is, and so may an old value.
    Keep,
    /// It is encrypted anew.
    Reencrypt,
}
