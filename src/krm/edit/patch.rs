//! From a patch to the pieces of text that make it.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::tree::{Entry, Kind, Node};
use crate::krm::merge::{self, ListMerge};
use crate::krm::splice::{self, Splices};
use crate::krm::text;
use crate::krm::yaml;

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
enum Spot {
    /// Behind a key in this column, whose colon ends here.
    Key { column: usize, after: usize },
    /// Behind a dash in this column, which ends here.
    Dash { column: usize, after: usize },
    /// Between brackets or braces.
    Flow,
}

/// An edit while its pieces are found. Every step answers `None` for what it does not know how to do.
pub(super) struct Editor<'a> {
    source: &'a str,
    splices: Splices,
}

impl<'a> Editor<'a> {
    /// An edit of a text that changes nothing yet.
    pub fn new(source: &'a str) -> Self {
        let splices = Splices::new(text::line_break(source));
        Self { source, splices }
    }

    /// The text with all pieces.
    pub fn finish(self) -> Option<String> {
        self.splices.apply(self.source)
    }

    /// Merges a patch into the root, which has to stay the collection that it is.
    pub fn root(&mut self, node: &Node, old: &Value, patch: &Value) -> Option<()> {
        match (&node.kind, old, patch) {
            (Kind::Map(entries), Value::Object(old), Value::Object(new)) => {
                self.map(node, entries, old, new)
            }
            _ => None,
        }
    }

    /// Merges a patch into the node at a spot.
    fn node(&mut self, spot: Spot, node: &Node, old: &Value, patch: &Value) -> Option<()> {
        let merged = merge::merge(old, patch);
        if merged == *old {
            return Some(());
        }
        match (&node.kind, old, patch) {
            (Kind::Map(entries), Value::Object(old), Value::Object(new)) if !old.is_empty() => {
                self.map(node, entries, old, new)
            }
            (Kind::List(nodes), Value::Array(old), Value::Array(new))
                if !old.is_empty() && merge::list_merge(old, new) != ListMerge::Replace =>
            {
                self.list(node, nodes, old, new)
            }
            _ => self.replace(spot, node, &merged),
        }
    }

    /// Merges a mapping. What is new comes last, since it may land where a change inside ends.
    fn map(
        &mut self,
        node: &Node,
        entries: &[Entry],
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) -> Option<()> {
        for (key, patch) in new {
            if let Some(old) = old.get(key) {
                let entry = entries.iter().find(|entry| entry.name == *key)?;
                let spot = self.key_spot(node, entry)?;
                self.node(spot, &entry.value, old, patch)?;
            }
        }
        for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
            self.insert(node, entries, key, value)?;
        }
        Some(())
    }

    /// The spot of the value of an entry.
    fn key_spot(&self, node: &Node, entry: &Entry) -> Option<Spot> {
        if node.inline {
            return Some(Spot::Flow);
        }
        let colon = self.source.get(entry.key.end..)?.find(':')?;
        let after = entry.key.end + colon + 1;
        let column = text::column(self.source, entry.key.start);
        Some(Spot::Key { column, after })
    }

    /// Adds a key to a mapping, behind its last entry.
    fn insert(&mut self, node: &Node, entries: &[Entry], key: &str, value: &Value) -> Option<()> {
        let last = entries
            .last()
            .map(|entry| entry.key.end.max(entry.value.range.end));
        if node.inline {
            let text = format!("{}: {}", yaml::to_json(&json!(key)), yaml::to_json(value));
            return self.insert_flow(node, last, &text);
        }
        let column = text::column(self.source, entries.first()?.key.start);
        let lines = splice::indented(&yaml::to_string(&json!({ key: value })), column);
        let at = text::next_line_start(self.source, last?);
        self.splices.put_lines(self.source, at, lines);
        Some(())
    }

    /// Adds an entry before the closing bracket or brace, behind the last one.
    fn insert_flow(&mut self, node: &Node, last: Option<usize>, text: &str) -> Option<()> {
        if let Some(end) = last {
            self.splices.put_raw(end..end, format!(", {text}"));
        } else {
            let end = node.range.end.checked_sub(1)?;
            self.splices.put_raw(end..end, text.to_owned());
        }
        Some(())
    }

    /// Merges a list whose elements are found by their value or by their name.
    fn list(&mut self, node: &Node, nodes: &[Node], old: &[Value], new: &[Value]) -> Option<()> {
        let mut added = Vec::new();
        for patch in new {
            match merge::counterpart(old, patch) {
                Some(index) => {
                    let element = nodes.get(index)?;
                    let spot = self.element_spot(node, element)?;
                    self.node(spot, element, old.get(index)?, patch)?;
                }
                None => added.push(patch.clone()),
            }
        }
        if added.is_empty() {
            return Some(());
        }
        let last = nodes.last()?.range.end;
        if node.inline {
            return self.insert_flow(node, Some(last), &splice::json_elements(&added, ", "));
        }
        let dash = text::find_dash(self.source, nodes.first()?.range.start, 0)?;
        let lines = splice::block_list(text::column(self.source, dash), &added);
        let at = text::next_line_start(self.source, last);
        self.splices.put_lines(self.source, at, lines);
        Some(())
    }

    /// The spot of an element of a list.
    fn element_spot(&self, node: &Node, element: &Node) -> Option<Spot> {
        if node.inline {
            return Some(Spot::Flow);
        }
        let dash = text::find_dash(self.source, element.range.start, 0)?;
        let column = text::column(self.source, dash);
        Some(Spot::Dash {
            column,
            after: dash + 1,
        })
    }

    /// Puts a value in the place of a node.
    fn replace(&mut self, spot: Spot, node: &Node, value: &Value) -> Option<()> {
        let Range { start, end } = node.range.clone();
        let (column, after, is_key) = match spot {
            Spot::Flow if start == end => return None,
            Spot::Flow => {
                self.splices.put_raw(start..end, yaml::to_json(value));
                return Some(());
            }
            Spot::Key { column, after } => (column, after, true),
            Spot::Dash { column, after } => (column, after, false),
        };
        let text = yaml::to_string(value);
        let text = text.trim_end_matches('\n');
        let is_line = !text.contains('\n') && !is_block(value);
        if is_line && node.inline && start < end {
            self.splices.put(start..end, text.to_owned());
            return Some(());
        }
        let old = self.source.get(after..end.max(after))?;
        let end = after + old.trim_end_matches(['\r', '\n', ' ']).len();
        let indent = if is_key && value.is_array() {
            column
        } else {
            column + 2
        };
        let text = match value {
            Value::String(_) => splice::indented(text, column),
            _ => splice::indented(text, indent),
        };
        let is_below = is_key && is_block(value);
        let lead = if is_below { "\n" } else { " " };
        let text = if is_below {
            text.as_str()
        } else {
            text.trim_start_matches(' ')
        };
        self.splices.put(after..end, format!("{lead}{text}"));
        Some(())
    }
}

/// Whether a value takes lines of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Array(values) => !values.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => false,
    }
}
