//! The files that the user names: the stacks in them, and where each field stands.
//!
//! This is an end of the pipeline, shared by all commands that read files.

use std::io;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Diagnostics, one_line};
use crate::krm::{Limits, ResourceList, yaml};
use crate::spec::KIND;

mod broken;
mod claims;
mod message;
mod place;

pub use broken::Broken;
pub use claims::Claims;
pub use message::Style;
use place::Index;
pub use place::Place;

/// Reads a file by the name that the user gave it.
pub type Reader<'a> = &'a (dyn Fn(&str) -> io::Result<Vec<u8>> + Sync);

/// What a command came to.
#[derive(Debug, Default)]
pub struct Report {
    /// What belongs on standard output.
    pub text: String,
    /// What there is to say, each a line or a paragraph.
    pub messages: Vec<String>,
    /// The exit code.
    pub code: u8,
}

/// A document of a file.
#[derive(Debug, Clone)]
pub struct Source {
    file: Arc<File>,
    document: usize,
}

/// A file that was read.
#[derive(Debug)]
struct File {
    name: String,
    text: String,
    /// Where the fields of its documents stand, once somebody asks.
    index: OnceLock<Index>,
}

/// A `CnpgStack` and where it stands.
#[derive(Debug)]
pub struct Found {
    /// Where it stands.
    pub source: Source,
    /// The document.
    pub config: Value,
}

impl Found {
    /// The name of the stack, which may be missing.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.config.pointer("/metadata/name");
        name.and_then(Value::as_str).unwrap_or_default()
    }
}

/// What is in the files.
#[derive(Debug)]
pub struct Sources {
    /// The stacks, in the order of the files.
    pub stacks: Vec<Found>,
    /// The documents beside them: Secrets and Backups to look values up in.
    pub list: ResourceList,
}

/// Reads files with stacks, and with the documents that these refer to.
///
/// # Errors
///
/// When a file cannot be read or is no YAML, or when there is no stack in any.
pub fn read(files: &[String], reader: Reader<'_>, limits: &Limits) -> Result<Sources> {
    let mut stacks = Vec::new();
    let mut others = Vec::new();
    for file in files {
        let bytes = reader(file).with_context(|| file.clone())?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{file}: not UTF-8"))?;
        for (source, document) in documents(file, text, limits)? {
            if is_stack(&document) {
                let config = document;
                stacks.push(Found { source, config });
            } else if document.is_object() {
                others.push(document);
            }
        }
    }
    if stacks.is_empty() {
        bail!("{}: no {KIND} in there", files.join(", "));
    }
    let list = list(&others)?;
    Ok(Sources { stacks, list })
}

/// The documents of a file, each with its place.
///
/// # Errors
///
/// When it is no YAML, or beyond a limit.
pub fn documents(file: &str, text: String, limits: &Limits) -> Result<Vec<(Source, Value)>> {
    let documents = yaml::parse_all_within(&text, limits);
    let documents = documents.map_err(|reason| Broken::new(file, reason))?;
    let file = Arc::new(File {
        name: file.to_owned(),
        text,
        index: OnceLock::new(),
    });
    let source = |document| Source {
        file: Arc::clone(&file),
        document,
    };
    let numbered = documents.into_iter().enumerate();
    Ok(numbered
        .map(|(number, value)| (source(number), value))
        .collect())
}

/// Whether a document is a stack, of whatever version.
#[must_use]
pub fn is_stack(document: &Value) -> bool {
    document.get("kind").and_then(Value::as_str) == Some(KIND)
}

/// Documents as the list that the stages look things up in.
///
/// # Errors
///
/// When they cannot be read as one list.
pub fn list(items: &[Value]) -> Result<ResourceList> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
    });
    ResourceList::read_within(yaml::to_json(&list).into_bytes(), Limits::OWN)
}

impl Source {
    /// The place that a message is about; none where it is about no field.
    #[must_use]
    pub fn place(&self, diagnostic: &Diagnostic) -> Option<Place> {
        let File { text, index, .. } = &*self.file;
        let path = diagnostic.path.as_ref()?;
        let index = index.get_or_init(|| Index::new(text));
        index.find(text, self.document, path, diagnostic.code)
    }

    /// The messages in a style, in the order of the file; first what is about no field.
    #[must_use]
    pub fn messages(&self, diagnostics: &Diagnostics, style: Style) -> Vec<String> {
        let file = &one_line(self.file());
        let placed = diagnostics.iter().map(|one| (self.place(one), one));
        let mut placed: Vec<(Option<Place>, &Diagnostic)> = placed.collect();
        placed.sort_by_key(|(place, _)| place.as_ref().map(|place| (place.line, place.column)));
        placed
            .into_iter()
            .map(|(place, one)| message::write(file, place, one, style))
            .collect()
    }

    /// The file as the user named it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file.name
    }

    /// The number of the document in its file, from 0.
    #[must_use]
    pub fn document(&self) -> usize {
        self.document
    }
}
