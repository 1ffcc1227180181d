//! What the stages say to the user: errors, warnings and notes.
//!
//! A mistake of the user is data, not a failure of the program: every stage adds
//! to one [`Diagnostics`] and goes on, so that all mistakes of a file are seen in
//! one run. The exit code follows from the highest severity and from nothing else.

use std::fmt;

use serde_json::Value;

mod code;
mod path;
mod remedy;

pub use code::Code;
pub use path::FieldPath;

/// How much a diagnostic matters; the values are those of a KRM result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// The output is right but probably not what a careful person wants.
    Warning,
    /// There is no output until this is put right.
    Error,
}

impl Severity {
    /// The spelling in KRM results and on stderr.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One message, tied to a field of the `CnpgStack` where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The stable name of the rule.
    pub code: Code,
    /// What is wrong and what would be accepted: reads after the field path.
    pub message: String,
    /// The field it is about.
    pub path: Option<FieldPath>,
    /// What stands there now; never set for a field that may hold a secret.
    pub value: Option<Value>,
    /// What could stand there instead.
    pub proposed: Option<Value>,
}

impl Diagnostic {
    /// A message about a field.
    #[must_use]
    pub fn at(
        severity: Severity,
        code: Code,
        path: &FieldPath,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            path: Some(path.clone()),
            value: None,
            proposed: None,
        }
    }

    /// A message about the whole input.
    #[must_use]
    pub fn general(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            path: None,
            value: None,
            proposed: None,
        }
    }

    /// Adds the offending value, unless it may hold a secret.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.value = self.may_show(&value).then_some(value);
        self
    }

    /// Adds what could stand there instead, unless it may hold a secret.
    #[must_use]
    pub fn proposed(mut self, proposed: Option<impl Into<Value>>) -> Self {
        self.proposed = proposed
            .map(Into::into)
            .filter(|value| self.may_show(value));
        self
    }

    /// A secret is hidden by the name of its field, and inside other values by
    /// its looks: `postgres://user:password@host`, `... password=x`.
    fn may_show(&self, value: &Value) -> bool {
        !looks_secret(value.as_str().unwrap_or_default())
            && !self.path.as_ref().is_some_and(FieldPath::is_secret)
    }

    /// The field and what is wrong with it, on one line.
    #[must_use]
    pub fn statement(&self) -> String {
        let message = one_line(&self.message);
        match &self.path {
            Some(path) => format!("`{path}` {message}"),
            None => message,
        }
    }
}

/// Whether a value may hold a secret by its looks.
#[must_use]
pub fn looks_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("passw") || (text.contains(':') && text.contains('@'))
}

impl fmt::Display for Diagnostic {
    /// One line, as kustomize's users see it on stderr.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, code) = (self.severity.as_str(), self.code.as_str());
        write!(f, "[{severity}] {code}: {}", self.statement())?;
        if let Some(value) = &self.value {
            write!(f, "; found {}", one_line(&value.to_string()))?;
        }
        if let Some(proposed) = &self.proposed {
            write!(f, "; try {}", one_line(&proposed.to_string()))?;
        }
        Ok(())
    }
}

/// Keeps a message on its line: a name with a newline must not forge a second one.
fn one_line(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let shown = if c.is_control() {
                c.escape_default().to_string()
            } else {
                c.to_string()
            };
            shown.chars().collect::<Vec<_>>()
        })
        .collect()
}

/// The collector that every stage adds to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds an error about a field; the rest can be chained onto the returned message.
    pub fn error(&mut self, code: Code, path: &FieldPath, message: impl Into<String>) {
        self.push(Diagnostic::at(Severity::Error, code, path, message));
    }

    /// Adds a warning about a field.
    pub fn warn(&mut self, code: Code, path: &FieldPath, message: impl Into<String>) {
        self.push(Diagnostic::at(Severity::Warning, code, path, message));
    }

    /// Adds a note about a field.
    pub fn info(&mut self, code: Code, path: &FieldPath, message: impl Into<String>) {
        self.push(Diagnostic::at(Severity::Info, code, path, message));
    }

    /// Whether any message is an error: then there is no output.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether an error was already reported at or above this field.
    #[must_use]
    pub fn covers(&self, path: &FieldPath) -> bool {
        self.0
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .any(|d| d.path.as_ref().is_some_and(|known| known.contains(path)))
    }

    /// The same, or below it: a list whose entries were all refused is empty by now.
    #[must_use]
    pub fn touches(&self, path: &FieldPath) -> bool {
        let below = |d: &Diagnostic| d.path.as_ref().is_some_and(|known| path.contains(known));
        let mut errors = self.0.iter().filter(|d| d.severity == Severity::Error);
        self.covers(path) || errors.any(below)
    }

    /// Takes back what turned out not to be so.
    pub fn forget(&mut self, code: Code) {
        self.0.retain(|diagnostic| diagnostic.code != code);
    }

    /// The messages, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.0.extend(iter);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_value_is_never_kept() {
        let path = FieldPath::spec().key("databases").index(0).key("password");
        let diagnostic = Diagnostic::at(
            Severity::Error,
            Code::InvalidPassword,
            &path,
            "must not be short",
        )
        .value("hunter2")
        .proposed(Some("hunter3"));
        assert_eq!(
            diagnostic.to_string(),
            "[error] invalid-password: `spec.databases[0].password` must not be short"
        );
    }

    #[test]
    fn a_newline_in_a_name_does_not_start_a_second_line() {
        let path = FieldPath::spec().key("adminUser");
        let line = Diagnostic::at(Severity::Error, Code::InvalidIdentifier, &path, "must\nnot")
            .value("a\n[error] forged")
            .to_string();
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}
