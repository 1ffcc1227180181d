//! A file that is no YAML: where it breaks, with the line if that holds no secret.

use std::fmt;

use super::message;
use super::{Place, Style};
use crate::diagnostic::{FieldPath, looks_secret};
use crate::krm::yaml::Unreadable;

/// Why a file cannot be read.
#[derive(Debug)]
pub struct Broken {
    file: String,
    reason: Unreadable,
    place: Option<Place>,
}

impl Broken {
    pub(super) fn new(file: &str, text: &str, reason: Unreadable) -> Self {
        let place = reason.at.map(|at| place(text, at));
        Self {
            file: file.to_owned(),
            reason,
            place,
        }
    }

    /// The message in a style.
    #[must_use]
    pub fn message(&self, style: Style) -> String {
        match style {
            Style::Line => format!("[error] {self}"),
            Style::Snippet { colour } => {
                message::broken(&self.file, self.place.clone(), self.reason.what, colour)
            }
        }
    }
}

/// The character where reading ends. Nobody can tell which part of such a line is a value.
fn place(text: &str, (line, column): (usize, usize)) -> Place {
    let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let is_secret = FieldPath::top(shown).is_secret() || looks_secret(shown);
    let shown: String = shown
        .chars()
        .filter(|char| *char != '\u{feff}')
        .map(|char| if is_secret { '*' } else { char })
        .collect();
    let mut rest = shown.char_indices().skip(column.saturating_sub(1));
    let start = rest.next().map_or(shown.len(), |(at, _)| at);
    let end = rest.next().map_or(shown.len(), |(at, _)| at).max(start);
    Place {
        line,
        column,
        text: shown,
        range: start..end,
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

impl std::error::Error for Broken {}
