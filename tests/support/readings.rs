//! A text as somebody reads it who looks for secrets in it.

use base64::Engine;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};

/// Every reading of a text: as it is, decoded, and what is decoded decoded again.
pub(crate) fn of(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned(), percent_decoded(text)];
    for _ in 0..2 {
        let decoded: Vec<String> = all.iter().map(|text| decoded(text)).collect();
        all.extend(decoded);
    }
    all
}

/// Whatever looks like base64 in a text, decoded, one on each line.
fn decoded(text: &str) -> String {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let runs = text.split(|c| !is_base64(c)).filter(|run| run.len() >= 8);
    let decoded = runs.filter_map(|run| engine.decode(run.trim_end_matches('=')).ok());
    let texts: Vec<String> = decoded
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    texts.join("\n")
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                out.push(char::from(byte));
                out.push_str(part.get(2..).unwrap_or_default());
            }
            None => out.push_str(part),
        }
    }
    out
}
