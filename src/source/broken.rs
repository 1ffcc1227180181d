//! A file that is no YAML. Its text is shown nowhere: nobody can tell what in it is a secret.

use std::fmt;

use super::Style;
use super::message;
use crate::diagnostic::one_line;
use crate::krm::yaml::Unreadable;

/// Why a file cannot be read.
#[derive(Debug)]
pub struct Broken {
    file: String,
    reason: Unreadable,
}

impl Broken {
    /// What is said about a file.
    #[must_use]
    pub fn new(file: &str, reason: Unreadable) -> Self {
        Self {
            file: one_line(file),
            reason,
        }
    }

    /// The message in a style.
    #[must_use]
    pub fn message(&self, style: Style) -> String {
        match style {
            Style::Line => format!("[error] {self}"),
            Style::Snippet { colour } => {
                message::broken(&self.file, self.reason.at, &self.reason.what, colour)
            }
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

impl std::error::Error for Broken {}
