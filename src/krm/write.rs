//! Writing a list back: edits are spliced into the text that was read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;

use anyhow::{Context, Result, ensure};
use memchr::memchr_iter;
use serde_json::Value;

use super::events;
use super::layout::{Entry, Shape};
use super::limits::Limits;
use super::list::ResourceList;
use super::splice::{self, Splices};
use super::text;
use super::yaml;

/// What takes the place of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Replacement {
    /// A value, written in the style of the list.
    Value(Value),
    /// The text of an item as [`super::Item::text`] and [`super::Item::merged`] give it, written as it is.
    Text(String),
}

impl From<Value> for Replacement {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<String> for Replacement {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What to change in a list while it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edits {
    /// The items that change, by their position. An item that is removed as well is removed.
    pub replace: BTreeMap<usize, Replacement>,
    /// The items that go, by their position.
    pub remove: BTreeSet<usize>,
    /// The items that come, behind all others.
    pub append: Vec<Value>,
    /// The results that come, behind those that earlier functions left.
    pub results: Vec<Value>,
}

/// Writes a list with edits.
pub(super) fn write(list: &ResourceList, edits: &Edits, out: &mut impl io::Write) -> Result<()> {
    let count = list.len();
    let named = edits.replace.keys().chain(&edits.remove);
    ensure!(
        named.clone().all(|index| *index < count),
        "an edit names an item that is not there"
    );
    let replace = with_leaning(list, edits)?;
    let splices = plan(list, &replace, edits)?;
    splices
        .write(list.source(), out)
        .context("writing the ResourceList")
}

/// The replacements, and the items in full that lean on an anchor of an item which changes.
fn with_leaning<'a>(
    list: &ResourceList,
    edits: &'a Edits,
) -> Result<BTreeMap<usize, Cow<'a, Replacement>>> {
    let kept = edits
        .replace
        .iter()
        .filter(|(index, _)| !edits.remove.contains(index));
    let mut replace: BTreeMap<usize, Cow<'a, Replacement>> = kept
        .map(|(index, new)| (*index, Cow::Borrowed(new)))
        .collect();
    let changed = || edits.replace.keys().chain(&edits.remove).copied();
    let sets_anchor = |index| {
        list.item(index)
            .is_some_and(|item| may_set_anchor(item.text()))
    };
    if !changed().any(sets_anchor) {
        return Ok(replace);
    }
    for index in events::shared(list.source())?.leaning_on(changed()) {
        if !replace.contains_key(&index) && !edits.remove.contains(&index) {
            let item = list.item(index).context("an item that is not there")?;
            replace.insert(index, Cow::Owned(Replacement::Value(item.parse()?)));
        }
    }
    Ok(replace)
}

/// Whether an ampersand stands where an anchor may.
fn may_set_anchor(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_edge = |byte: u8| byte.is_ascii_whitespace() || b"[]{},:".contains(&byte);
    memchr_iter(b'&', bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + 1);
        before.is_none_or(|byte| is_edge(*byte))
            && after.is_some_and(|byte| !byte.is_ascii_whitespace())
    })
}

/// The splices that make the edits.
fn plan(
    list: &ResourceList,
    replace: &BTreeMap<usize, Cow<'_, Replacement>>,
    edits: &Edits,
) -> Result<Splices> {
    let layout = list.layout();
    let mut plan = Plan {
        source: list.source(),
        splices: Splices::new(text::line_break(list.source())),
    };
    let items = Change {
        replace,
        remove: &edits.remove,
        append: &edits.append,
    };
    let none = (BTreeMap::new(), BTreeSet::new());
    let results = Change {
        replace: &none.0,
        remove: &none.1,
        append: &edits.results,
    };
    let indent = layout.items.column().unwrap_or(layout.column);
    for (name, shape, change) in [
        ("items", &layout.items, items),
        ("results", &layout.results, results),
    ] {
        match shape {
            Shape::Block {
                column,
                mark,
                entries,
            } => plan.block(*column, *mark, entries, &change)?,
            Shape::Flow {
                open,
                close,
                entries,
            } => plan.flow(*open..*close, entries, &change)?,
            _ if change.append.is_empty() => {}
            Shape::Empty(range) if layout.flow => {
                plan.splices
                    .put(range.clone(), splice::json_list(change.append));
            }
            Shape::Empty(range) => plan.fill(range, indent, change.append),
            Shape::Missing if layout.flow => {
                let text = format!(",\"{name}\":{}", splice::json_list(change.append));
                plan.splices.put(layout.end..layout.end, text);
            }
            Shape::Missing => plan.section(name, layout.end, layout.column, indent, change.append),
        }
    }
    Ok(plan.splices)
}

/// What changes in one list.
struct Change<'a> {
    replace: &'a BTreeMap<usize, Cow<'a, Replacement>>,
    remove: &'a BTreeSet<usize>,
    append: &'a [Value],
}

/// The splices while they are found.
struct Plan<'a> {
    source: &'a str,
    splices: Splices,
}

impl Plan<'_> {
    /// Changes a list in block style.
    fn block(
        &mut self,
        column: usize,
        mark: usize,
        entries: &[Entry],
        change: &Change<'_>,
    ) -> Result<()> {
        for (index, entry) in entries.iter().enumerate() {
            if change.remove.contains(&index) {
                self.splices.put(entry.lead..entry.end, String::new());
            } else if let Some(new) = change.replace.get(&index) {
                self.replace_block(column, entry, new)?;
            }
        }
        let end = entries.last().map_or(mark, |last| last.end);
        self.splices
            .put_lines(self.source, end, splice::block_list(column, change.append));
        let is_left = entries.len() > change.remove.len() || !change.append.is_empty();
        if !is_left {
            self.splices.put(mark..mark, " []".to_owned());
        }
        Ok(())
    }

    /// Replaces an entry behind a dash.
    fn replace_block(&mut self, column: usize, entry: &Entry, new: &Replacement) -> Result<()> {
        match new {
            Replacement::Value(value) => {
                ensure!(value.is_object(), "a replacement is not a mapping");
                let text = splice::block_entry(column, value);
                self.splices.put(entry.lead..entry.end, text);
            }
            Replacement::Text(text) => {
                let indent = text::column(self.source, entry.start);
                ensure_mapping(&text::padded(text, indent))?;
                let ends_line = text.ends_with('\n');
                let is_last = entry.end == self.source.len();
                let text = if ends_line || is_last {
                    text.clone()
                } else {
                    format!("{text}\n")
                };
                self.splices.put_raw(entry.start..entry.end, text);
            }
        }
        Ok(())
    }

    /// Changes a list in brackets. An entry goes with the comma in front of it, or, as long as none is
    /// kept before it, with the comma behind it.
    fn flow(&mut self, inside: Range<usize>, entries: &[Entry], change: &Change<'_>) -> Result<()> {
        if entries
            .iter()
            .enumerate()
            .all(|(index, _)| change.remove.contains(&index))
        {
            let text = splice::json_elements(change.append, ",");
            self.splices.put(inside, text);
            return Ok(());
        }
        let mut kept = None;
        for (index, entry) in entries.iter().enumerate() {
            if change.remove.contains(&index) {
                let next = entries.get(index + 1).map_or(entry.end, |next| next.lead);
                let range = kept.map_or(entry.lead..next, |end| end..entry.end);
                self.splices.put(range, String::new());
                kept = kept.map(|_| entry.end);
                continue;
            }
            kept = Some(entry.end);
            if let Some(new) = change.replace.get(&index) {
                self.splices.put_raw(entry.lead..entry.end, flow_text(new)?);
            }
        }
        let end = entries.last().map_or(inside.end, |last| last.end);
        if !change.append.is_empty() {
            let first = entries.first().map_or(inside.start, |first| first.lead);
            let gap = self.source.get(inside.start..first).unwrap_or_default();
            let gap = if gap.trim().is_empty() { gap } else { " " };
            let separator = format!(",{gap}");
            let text = splice::json_elements(change.append, &separator);
            self.splices.put_raw(end..end, format!("{separator}{text}"));
        }
        Ok(())
    }

    /// Turns an empty list into one in block style.
    fn fill(&mut self, range: &Range<usize>, indent: usize, append: &[Value]) {
        let before = self.source.get(..range.start).unwrap_or_default();
        let start = before.trim_end_matches(' ').len();
        self.splices.put(start..range.end, String::new());
        let end = text::next_line_start(self.source, range.end);
        self.splices
            .put_lines(self.source, end, splice::block_list(indent, append));
    }

    /// Adds a top-level key with a list.
    fn section(&mut self, name: &str, end: usize, column: usize, indent: usize, append: &[Value]) {
        let list = splice::block_list(indent, append);
        let lines = text::padded(&format!("{name}:\n{list}"), column);
        self.splices.put_lines(self.source, end, lines);
    }
}

/// A replacement for an entry in brackets.
fn flow_text(new: &Replacement) -> Result<String> {
    match new {
        Replacement::Value(value) => {
            ensure!(value.is_object(), "a replacement is not a mapping");
            Ok(yaml::to_json(value))
        }
        Replacement::Text(text) => {
            ensure_mapping(text)?;
            Ok(text.clone())
        }
    }
}

/// Checks that the text of a replacement can be read again.
fn ensure_mapping(text: &str) -> Result<()> {
    let value = yaml::parse_within(text, &Limits::OWN).context("the text of a replacement")?;
    ensure!(value.is_object(), "a replacement is not a mapping");
    Ok(())
}
