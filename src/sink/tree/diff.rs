//! What changes in a file, for people. No secret stands in it, neither the old one nor the new one.

use similar::TextDiff;

use super::body::{self, HIDDEN};
use super::change::Kind;
use super::existing::documents;
use crate::sink::secret::is_secret;

/// The change as a unified diff.
pub(super) fn diff(path: &str, kind: Kind, old: Option<&[u8]>, new: &[u8], secret: bool) -> String {
    let shown = |bytes: &[u8]| {
        if secret || holds_secret(bytes) {
            hidden(path, bytes)
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    let before = old.map(shown).unwrap_or_default();
    let after = match kind {
        Kind::Remove => String::new(),
        _ => shown(new),
    };
    let name = |there: bool, side: &str| {
        if there {
            format!("{side}/{path}")
        } else {
            "/dev/null".to_owned()
        }
    };
    let (from, to) = (name(old.is_some(), "a"), name(kind != Kind::Remove, "b"));
    if before == after {
        return format!(
            "--- {from}\n+++ {to}\nonly values change that are {HIDDEN}, or their encryption\n"
        );
    }
    let diff = TextDiff::from_lines(&before, &after);
    diff.unified_diff()
        .context_radius(3)
        .header(&from, &to)
        .to_string()
}

/// Whether there is a Secret in a file that is to hold none: an old one, or one that somebody added.
fn holds_secret(bytes: &[u8]) -> bool {
    let documents = documents(bytes).unwrap_or_default();
    documents.iter().any(is_secret)
}

/// The text of a file with every value hidden that may be secret.
fn hidden(path: &str, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match path.rsplit_once('.') {
        Some((_, "env")) => hidden_variables(&text),
        Some((_, "json")) => hidden_json(&text),
        _ => hidden_documents(bytes),
    }
}

fn hidden_documents(bytes: &[u8]) -> String {
    let Some(documents) = documents(bytes) else {
        return format!("{HIDDEN}\n");
    };
    let documents: Vec<_> = documents.into_iter().map(body::masked).collect();
    body::documents_text(documents.iter())
}

fn hidden_variables(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once('=') {
        Some((key, _)) => format!("{key}={HIDDEN}\n"),
        None => format!("{HIDDEN}\n"),
    });
    lines.filter(|line| !line.starts_with("sops_")).collect()
}

fn hidden_json(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(text) else {
        return format!("{HIDDEN}\n");
    };
    if let Some(map) = value.as_object_mut() {
        map.remove("sops");
    }
    body::mask(&mut value);
    format!("{value:#}\n")
}
