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
mod shown;

pub use code::Code;
pub use path::FieldPath;
pub use shown::{message as bearable, one_line};

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
            message: shown::message(&message.into()),
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
            message: shown::message(&message.into()),
            path: None,
            value: None,
            proposed: None,
        }
    }

    /// Adds the offending value, unless it may hold a secret.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.value = if self.may_show(&value) {
            short(value)
        } else {
            None
        };
        self
    }

    /// Adds what could stand there instead, unless it may hold a secret.
    #[must_use]
    pub fn proposed(mut self, proposed: Option<impl Into<Value>>) -> Self {
        self.proposed = proposed
            .map(Into::into)
            .filter(|value| self.may_show(value))
            .and_then(short);
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
        match &self.path {
            Some(path) => format!("`{path}` {}", self.message),
            None => self.message.clone(),
        }
    }
}

/// A value as it is shown: a text without its middle, and a collection as long as it is small.
fn short(value: Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::from(shown::word(&text))),
        Value::Array(_) | Value::Object(_) if value.to_string().len() > 200 => None,
        value => Some(value),
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

/// How many messages of each severity are kept. Nobody reads more, and an input can have a million mistakes.
pub const MOST: usize = 1_000;

/// The collector that every stage adds to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    /// How many there are of each severity, in the order of [`Severity`].
    counts: [usize; 3],
}

impl Diagnostics {
    /// Adds one message. Beyond [`MOST`] of its severity there is one that says so, and no more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let severity = diagnostic.severity;
        let [info, warning, error] = &mut self.counts;
        let (count, what) = match severity {
            Severity::Info => (info, "notes"),
            Severity::Warning => (warning, "warnings"),
            Severity::Error => (error, "errors"),
        };
        *count += 1;
        if *count <= MOST {
            self.kept.push(diagnostic);
        } else if *count == MOST + 1 {
            let message = format!("more than {MOST} {what}: the rest is left out");
            let rest = Diagnostic::general(severity, diagnostic.code, message);
            self.kept.push(rest);
        }
    }

    /// Whether there are so many errors that another one would be left out.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let [_, _, errors] = self.counts;
        errors > MOST
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
        let [_, _, errors] = self.counts;
        errors > 0
    }

    /// Whether an error was already reported at or above this field.
    #[must_use]
    pub fn covers(&self, path: &FieldPath) -> bool {
        self.kept
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .any(|d| d.path.as_ref().is_some_and(|known| known.contains(path)))
    }

    /// The same, or below it: a list whose entries were all refused is empty by now.
    #[must_use]
    pub fn touches(&self, path: &FieldPath) -> bool {
        let below = |d: &Diagnostic| d.path.as_ref().is_some_and(|known| path.contains(known));
        let mut errors = self.kept.iter().filter(|d| d.severity == Severity::Error);
        self.covers(path) || errors.any(below)
    }

    /// Takes back what turned out not to be so.
    pub fn forget(&mut self, code: Code) {
        let kept = std::mem::take(self).kept.into_iter();
        self.extend(kept.filter(|diagnostic| diagnostic.code != code));
    }

    /// The messages, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        for diagnostic in iter {
            self.push(diagnostic);
        }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
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
    fn a_million_mistakes_are_a_thousand_and_a_remark() {
        let mut out = Diagnostics::default();
        for index in 0..1_000_000 {
            let path = FieldPath::spec().index(index);
            out.error(Code::UnknownField, &path, "is not a field");
        }
        assert!(out.is_full());
        let lines: Vec<String> = out.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), MOST + 1);
        let last = "[error] unknown-field: more than 1000 errors: the rest is left out";
        assert_eq!(lines.last().map(String::as_str), Some(last));
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
