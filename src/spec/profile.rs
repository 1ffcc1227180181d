//! `spec.profile`: a bundle of fields under one word.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a stack is for. The values are in one table, `validate::profile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Profile {
    /// Small and easily thrown away.
    Development,
    /// Survives the loss of a node without losing a confirmed COMMIT.
    Production,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::Development, Self::Production];

    /// The spelling in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}
