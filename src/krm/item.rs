//! One item of a list, or its `functionConfig`.

use std::ops::Range;

use anyhow::{Result, bail};
use serde_json::Value;

use super::edit;
use super::fault;
use super::head::Head;
use super::limits::Limits;
use super::list::ResourceList;
use super::text;
use super::yaml;

/// What an [`Item`] is in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// One of the items, by its number.
    Item(usize),
    /// The `functionConfig`.
    Config,
}

/// One item of a list, or its `functionConfig`: a slice of the text, parsed only on demand.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    list: &'a ResourceList,
    start: usize,
    end: usize,
    role: Role,
    /// Whether the item stands in block style, so that the columns of its lines count.
    block: bool,
}

impl<'a> Item<'a> {
    /// The item of a list that lies in this range.
    pub(super) fn new(
        list: &'a ResourceList,
        range: Range<usize>,
        role: Role,
        block: bool,
    ) -> Self {
        let Range { start, end } = range;
        Self {
            list,
            start,
            end,
            role,
            block,
        }
    }

    /// The text of the item as it came: the first line without its dash, the others with their
    /// indentation, the last line break and the blank lines after it included.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.list
            .source()
            .get(self.start..self.end)
            .unwrap_or_default()
    }

    /// The line that the item starts on, counted from one.
    #[must_use]
    pub fn line(self) -> usize {
        text::line_number(self.list.source(), self.start)
    }

    /// The column of the first character of [`Self::text`]; zero in flow style, where it says nothing.
    pub(super) fn column(self) -> usize {
        if self.block {
            text::column(self.list.source(), self.start)
        } else {
            0
        }
    }

    /// The identity of the item, found by its lines.
    #[must_use]
    pub fn head(self) -> Head<'a> {
        Head::scan(self.text(), self.column())
    }

    /// The value of the item.
    ///
    /// # Errors
    /// If the item is not valid YAML, is not a mapping, holds a key twice, or is too deep or too large.
    pub fn parse(self) -> Result<Value> {
        if self.list.has_directives() {
            return self.parse_in_document();
        }
        match yaml::read(&self.padded(), self.list.limits()) {
            Ok(value @ Value::Object(_)) => Ok(value),
            Ok(_) => Err(fault::at(self.list.source(), self.start, "not a mapping")),
            Err(serde_saphyr::Error::UnknownAnchor { .. }) => self.parse_in_document(),
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// The text of the item with `patch` merged into it, see [`edit::merge_text`].
    ///
    /// # Errors
    /// If the item cannot be parsed.
    pub fn merged(self, patch: &Value) -> Result<String> {
        let value = self.parse()?;
        let place = if self.block {
            edit::Place::Block(self.column())
        } else {
            edit::Place::Flow
        };
        Ok(edit::merge_value_text(self.text(), place, &value, patch))
    }

    /// [`Self::merged`] on a text of the item that was merged into before.
    ///
    /// # Errors
    /// If the text cannot be parsed.
    pub fn merged_again(self, text: &str, patch: &Value) -> Result<String> {
        let value = yaml::parse_within(&text::padded(text, self.column()), &Limits::OWN)?;
        let place = if self.block {
            edit::Place::Block(self.column())
        } else {
            edit::Place::Flow
        };
        Ok(edit::merge_value_text(text, place, &value, patch))
    }

    /// The text with the blanks in front of it that the first line has in the list.
    fn padded(self) -> String {
        text::padded(self.text(), self.column())
    }

    /// The value of the item by way of the whole document, for anchors of other items and directives.
    fn parse_in_document(self) -> Result<Value> {
        let value = self.list.document()?;
        let value = match self.role {
            Role::Item(index) => value.get("items").and_then(|items| items.get(index)),
            Role::Config => value.get("functionConfig"),
        };
        match value {
            Some(Value::Object(map)) => Ok(Value::Object(map.clone())),
            _ => bail!(
                "{}",
                fault::at(self.list.source(), self.start, "not a mapping")
            ),
        }
    }

    /// An error in the item, at its place in the list.
    fn fault(self, error: &serde_saphyr::Error) -> anyhow::Error {
        let what = &fault::reason(error, self.list.limits());
        let source = self.list.source();
        let Some(location) = error.location() else {
            return fault::at(source, self.start, what);
        };
        let (line, mut column) = (location.line().max(1), location.column());
        if line == 1 && !self.block {
            column += text::column(source, self.start) as u64;
        }
        let line = line + self.line() as u64 - 1;
        anyhow::anyhow!("{what} (line {line}, column {column})")
    }
}
