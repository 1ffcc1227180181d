//! The list itself: reading it and giving access to what it holds.

use std::io;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail, ensure};
use memchr::{memchr, memchr_iter};
use serde_json::Value;

use super::events;
use super::fault;
use super::item::{Item, Role};
use super::layout::Layout;
use super::limits::Limits;
use super::split;
use super::write::{self, Edits};
use super::yaml;

/// The versions of the list that are read.
const VERSIONS: [&str; 3] = [
    "config.kubernetes.io/v1",
    "config.kubernetes.io/v1beta1",
    "config.kubernetes.io/v1alpha1",
];

/// A `ResourceList` as an orchestrator sent it, with its text.
#[derive(Debug)]
pub struct ResourceList {
    source: String,
    layout: Layout,
    limits: Limits,
    /// The value of the whole document, made only if an item leans on something outside of it.
    document: OnceLock<Option<Value>>,
}

impl ResourceList {
    /// Reads a list, within the default limits. Its items are found, not parsed.
    ///
    /// # Errors
    /// If the text is not one YAML document in UTF-8 that holds a `ResourceList`. The message names the
    /// place and quotes nothing of the text.
    pub fn read(source: Vec<u8>) -> Result<Self> {
        Self::read_within(source, Limits::default())
    }

    /// Reads a list like [`Self::read`]. The limits are for each of its items, once somebody parses it.
    ///
    /// # Errors
    /// The same.
    pub fn read_within(source: Vec<u8>, limits: Limits) -> Result<Self> {
        let source = decode(source)?;
        let layout = match split::split(&source) {
            Some(layout) => layout,
            None => events::layout(&source)?,
        };
        check(&layout)?;
        let document = OnceLock::new();
        Ok(Self {
            source,
            layout,
            limits,
            document,
        })
    }

    /// How many items the list holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layout.items.entries().len()
    }

    /// Whether the list holds no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items in their order.
    pub fn items(&self) -> impl ExactSizeIterator<Item = Item<'_>> {
        let block = self.layout.items.column().is_some();
        let entries = self.layout.items.entries().iter().enumerate();
        entries.map(move |(index, entry)| {
            Item::new(self, entry.start..entry.end, Role::Item(index), block)
        })
    }

    /// One item.
    #[must_use]
    pub fn item(&self, index: usize) -> Option<Item<'_>> {
        let entry = self.layout.items.entries().get(index)?;
        let block = self.layout.items.column().is_some();
        Some(Item::new(
            self,
            entry.start..entry.end,
            Role::Item(index),
            block,
        ))
    }

    /// The `functionConfig`, if there is one.
    #[must_use]
    pub fn function_config(&self) -> Option<Item<'_>> {
        let range = self.layout.config.clone()?;
        let block = !self.layout.flow;
        Some(Item::new(self, range, Role::Config, block))
    }

    /// Writes the list with `edits`. What they do not touch leaves byte for byte as it came.
    ///
    /// # Errors
    /// If writing fails, if an edit names an item that is not there, or if a replacement is not a mapping.
    pub fn write(&self, edits: &Edits, out: &mut impl io::Write) -> Result<()> {
        write::write(self, edits, out)
    }

    /// Reads the whole text with the event parser, which the fast way of reading leaves out.
    ///
    /// # Errors
    /// If the text is not one YAML document.
    pub fn verify(&self) -> Result<()> {
        events::layout(&self.source).map(|_| ())
    }

    /// The text that the list was read from.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// What its items are read within.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where the parts of the list lie.
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Whether directives stand before the list.
    pub(super) fn has_directives(&self) -> bool {
        self.layout.directives
    }

    /// The value of the whole list.
    pub(super) fn document(&self) -> Result<&Value> {
        let read = || yaml::read(&self.source, &self.limits.for_list()).ok();
        let document = self.document.get_or_init(read).as_ref();
        document.context("the ResourceList cannot be read as a whole, as its aliases ask for")
    }
}

/// The text of some bytes, if it is text that YAML allows.
pub(super) fn decode(source: Vec<u8>) -> Result<String> {
    let source = String::from_utf8(source).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        anyhow!("the input is not UTF-8 (byte {offset})")
    })?;
    if let Some(offset) = memchr(0, source.as_bytes()) {
        return Err(fault::at(&source, offset, "the input holds a NUL byte"));
    }
    let bytes = source.as_bytes();
    let mut returns = memchr_iter(b'\r', bytes);
    if let Some(offset) = returns.find(|at| bytes.get(at + 1) != Some(&b'\n')) {
        // YAML reads it as a line break, editors and line counters do not: nobody sends it on purpose.
        return Err(fault::at(
            &source,
            offset,
            "the input holds a bare carriage return",
        ));
    }
    ensure!(
        !source.trim().is_empty(),
        "the input is empty: a ResourceList is expected"
    );
    Ok(source)
}

/// Checks that a document is a list of a version that is read.
fn check(layout: &Layout) -> Result<()> {
    let version = layout.api_version.as_deref().unwrap_or_default();
    match layout.kind.as_deref() {
        Some("ResourceList") => {}
        Some("List") => bail!("kind is List: a ResourceList is expected, wrap the items in one"),
        _ => bail!("kind is not ResourceList"),
    }
    ensure!(
        VERSIONS.contains(&version),
        "apiVersion is not {}: this version of ResourceList is not known",
        VERSIONS.join(" or ")
    );
    Ok(())
}
