//! The token by which a primary that was demoted hands over.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Refusal, require};

/// What CNPG wants in a token (`PgControldataTokenContent.IsValid` in its `pkg/utils/parser.go`).
const CONTENT: [&str; 6] = [
    "latestCheckpointTimelineID",
    "redoWalFile",
    "databaseSystemIdentifier",
    "latestCheckpointREDOLocation",
    "timeOfLatestCheckpoint",
    "operatorVersion",
];

/// Checks a promotion token.
///
/// # Errors
/// Refuses what is no JSON object in base64, or lacks what CNPG compares.
pub fn token(value: &str) -> Result<String, Refusal> {
    let decoded = STANDARD.decode(value).ok();
    let content: Option<Value> = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let filled = |field: &str| {
        let text = content.as_ref().and_then(|content| content.get(field));
        text.and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    require(
        CONTENT.iter().all(|field| filled(field)),
        "must be the whole `.status.demotionToken` of the Cluster that was demoted (CNPG refuses others)",
    )?;
    Ok(value.to_owned())
}
