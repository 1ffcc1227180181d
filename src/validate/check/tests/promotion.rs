use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::promotion::token;
use super::{pass, refuse};

#[test]
fn tokens_are_whole() {
    let mut content = json!({
        "latestCheckpointTimelineID": "1",
        "redoWalFile": "000000010000000000000007",
        "databaseSystemIdentifier": "7580000000000000001",
        "latestCheckpointREDOLocation": "0/7000028",
        "timeOfLatestCheckpoint": "Wed Nov 25 10:00:00 2026",
        "operatorVersion": "1.30.0",
    });
    let encoded = STANDARD.encode(content.to_string());
    pass(token, &[&encoded]);
    content["redoWalFile"] = json!("");
    let emptied = STANDARD.encode(content.to_string());
    let cut = &encoded[..encoded.len() - 1];
    refuse(
        token,
        ".status.demotionToken",
        &["", "x", cut, &emptied, "e30=", "W10="],
    );
}
