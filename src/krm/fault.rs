//! Messages about input that cannot be read.
//!
//! They name a place and never the text found there: a list carries Secrets, and standard error goes
//! to the logs of a pipeline.

use std::borrow::Cow;

use anyhow::anyhow;
use granit_parser::{ErrorKind, ScanError};
use serde_saphyr::Error;

use super::limits::Limits;
use super::text;

/// The error "`what` (line L, column C)" for an offset of a text.
pub(super) fn at(source: &str, offset: usize, what: &str) -> anyhow::Error {
    let line = text::line_number(source, offset);
    let column = text::column(source, offset) + 1;
    anyhow!("{what} (line {line}, column {column})")
}

/// The error for text that the event parser refuses.
pub(super) fn scan(error: &ScanError) -> anyhow::Error {
    let marker = error.marker();
    let (line, column) = (marker.line(), marker.col() + 1);
    let what = match error.kind() {
        ErrorKind::UnknownAnchor => "an alias has no anchor",
        // The limit of the parser, which items that are only passed on come by, too.
        ErrorKind::RecursionLimitExceeded => {
            "more than 255 levels of lists and mappings, which is the limit of a whole list"
        }
        _ => "not valid YAML",
    };
    anyhow!("{what} (line {line}, column {column})")
}

/// What is wrong with a text that could not be turned into a value, without any of the text.
pub(super) fn reason(error: &Error, limits: &Limits) -> Cow<'static, str> {
    let plain = match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => {
            return reason(error, limits);
        }
        Error::Budget { breach, .. } => return limits.breached(breach).into(),
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. } => return limits.too_expansive().into(),
        Error::AliasReplayStackDepthExceeded { .. } => {
            "more than 16 aliases that stand for each other, which is the limit"
        }
        Error::DuplicateMappingKey { .. } => "a key occurs twice",
        Error::UnknownAnchor { .. } => "an alias has no anchor",
        Error::NonFiniteFloat { .. } => "a number is infinite or not a number",
        Error::MultipleDocuments { .. } => "more than one YAML document",
        Error::Eof { .. } => "nothing there but blanks and comments",
        _ => "not valid YAML",
    };
    plain.into()
}
