//! What there is to say about an import: what could not be carried over, and what changes.

use std::fmt::{self, Write as _};

use crate::diagnostic::looks_secret;

/// What a note is about, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// What has to be done before the stack is applied.
    Before,
    /// What is different once it is applied.
    Changes,
    /// What stands in a patch, because no field has it.
    Patched,
    /// What is not in the stack.
    Left,
}

impl Topic {
    const ALL: [Self; 4] = [Self::Before, Self::Changes, Self::Patched, Self::Left];

    const fn title(self) -> &'static str {
        match self {
            Self::Before => "to do before it is applied",
            Self::Changes => "what changes when it is applied",
            Self::Patched => "carried over as patches, for no field has it",
            Self::Left => "not carried over",
        }
    }
}

/// One thing to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    topic: Topic,
    object: String,
    path: String,
    value: String,
    why: String,
    todo: String,
}

impl Note {
    /// A note about an object.
    #[must_use]
    pub fn new(topic: Topic, object: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            topic,
            object: object.into(),
            path: String::new(),
            value: String::new(),
            why: why.into(),
            todo: String::new(),
        }
    }

    /// The field that it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// What stands there, unless it may be a secret.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        if !looks_secret(value) {
            value.clone_into(&mut self.value);
        }
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn todo(mut self, todo: impl Into<String>) -> Self {
        self.todo = todo.into();
        self
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.object))?;
        if !self.path.is_empty() {
            write!(f, " `{}`", plain(&self.path))?;
        }
        if !self.value.is_empty() {
            write!(f, " ({})", plain(&self.value))?;
        }
        write!(f, ": {}", plain(&self.why))?;
        if !self.todo.is_empty() {
            write!(f, "; {}", plain(&self.todo))?;
        }
        Ok(())
    }
}

/// A text on one line.
fn plain(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect()
}

/// The notes in the order of their topics, each on a line.
#[must_use]
pub fn report(notes: &[Note]) -> String {
    let mut text = String::new();
    for topic in Topic::ALL {
        let mut of_topic = notes.iter().filter(|note| note.topic == topic).peekable();
        if of_topic.peek().is_some() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}:", topic.title());
        }
        for note in of_topic {
            let _ = writeln!(text, "- {note}");
        }
    }
    text
}
