//! From the nodes that the event parser found to the layout of the list.

use std::ops::Range;

use anyhow::{Context, Result};

use super::fault;
use super::layout::{Entry, Layout, Shape};
use super::text;

/// A node as the walk over the events passed it.
#[derive(Debug)]
pub(super) struct Node {
    /// Where the node starts, its anchor and its tag included.
    pub lead: usize,
    /// Where its own content starts.
    pub start: usize,
    /// Where its last content ends.
    pub end: usize,
    /// Where its anchor and its tag end, if it has any.
    pub mark: Option<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A plain scalar that is null.
    Null,
    /// Any other scalar.
    Scalar(String),
    /// A mapping, or an alias to one.
    Mapping {
        /// Whether it stands in braces or is an alias.
        flow: bool,
    },
    /// A sequence with its nodes, if they were asked for.
    Sequence {
        /// Whether it stands in brackets.
        flow: bool,
        /// The nodes.
        nodes: Vec<Node>,
    },
    /// An alias to something else.
    Other,
}

/// A top-level key with its value.
#[derive(Debug)]
pub(super) struct Section {
    /// The key.
    pub name: String,
    /// Where the key starts.
    pub key: usize,
    /// After the colon of the key.
    pub colon: usize,
    /// The value.
    pub node: Node,
}

/// The layout of a list whose sections were found, with the column of its keys unless it is in flow
/// style, and the end of its document.
///
/// # Errors
/// If a section has a value of the wrong kind.
pub(super) fn layout(
    source: &str,
    sections: &[Section],
    root: Option<usize>,
    end: usize,
) -> Result<Layout> {
    let first = sections.first().map_or(0, |section| section.key);
    let head = source.get(..first).unwrap_or_default();
    let mut layout = Layout {
        flow: root.is_none(),
        column: root.unwrap_or_default(),
        directives: head.lines().any(|line| line.starts_with('%')),
        ..Layout::default()
    };
    for (index, section) in sections.iter().enumerate() {
        let next = sections
            .get(index + 1)
            .map(|next| text::line_start(source, next.key));
        place(source, section, next.unwrap_or(end), &mut layout)?;
    }
    Ok(layout)
}

/// Puts one section, which reaches to `to`, into the layout.
fn place(source: &str, section: &Section, to: usize, layout: &mut Layout) -> Result<()> {
    match section.name.as_str() {
        "apiVersion" => layout.api_version = scalar(&section.node),
        "kind" => layout.kind = scalar(&section.node),
        "items" => layout.items = shape(source, section, to)?,
        "results" => layout.results = shape(source, section, to)?,
        "functionConfig" => layout.config = config(source, section, to, layout)?,
        _ => {}
    }
    let column = match section.name.as_str() {
        "items" => layout.items.column(),
        "results" => layout.results.column(),
        _ => None,
    };
    let column = column.unwrap_or(layout.column);
    let last = section.node.end.max(section.colon);
    layout.end = if layout.flow {
        last
    } else {
        text::entry_end(source, text::next_line_start(source, last), to, column)
    };
    Ok(())
}

/// The text of a scalar.
fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Scalar(text) => Some(text.clone()),
        _ => None,
    }
}

/// Where the `functionConfig` lies, if there is one.
fn config(
    source: &str,
    section: &Section,
    to: usize,
    layout: &Layout,
) -> Result<Option<Range<usize>>> {
    let node = &section.node;
    match node.kind {
        Kind::Null => Ok(None),
        Kind::Mapping { flow: true } => Ok(Some(node.lead..node.end)),
        Kind::Mapping { flow: false } => {
            let start = text::after_dash(source, section.colon - 1);
            let from = text::next_line_start(source, node.end);
            Ok(Some(
                start..text::entry_end(source, from, to, layout.column),
            ))
        }
        _ => Err(fault::at(
            source,
            section.key,
            "functionConfig is not a mapping",
        )),
    }
}

/// The shape of a section that should be a list.
fn shape(source: &str, section: &Section, to: usize) -> Result<Shape> {
    let node = &section.node;
    match &node.kind {
        Kind::Null if node.start == node.end => Ok(Shape::Empty(section.colon..section.colon)),
        Kind::Null => Ok(Shape::Empty(node.start..node.end)),
        Kind::Sequence { flow: true, nodes } if nodes.is_empty() => {
            Ok(Shape::Empty(node.start..node.end))
        }
        Kind::Sequence { flow: true, nodes } => flow_shape(source, node, nodes),
        Kind::Sequence { flow: false, nodes } => block_shape(source, section, nodes, to),
        _ => {
            let what = if section.name == "items" {
                "items is not a list"
            } else {
                "results is not a list"
            };
            Err(fault::at(source, section.key, what))
        }
    }
}

/// The shape of a list in brackets.
fn flow_shape(source: &str, list: &Node, nodes: &[Node]) -> Result<Shape> {
    let mut entries = Vec::new();
    for node in nodes {
        let first = source.as_bytes().get(node.start);
        if matches!(node.kind, Kind::Mapping { .. }) && !matches!(first, Some(b'{' | b'*')) {
            return Err(fault::at(
                source,
                node.start,
                "a mapping in brackets needs braces",
            ));
        }
        let (lead, end) = (node.lead, node.end);
        entries.push(Entry {
            lead,
            start: lead,
            end,
        });
    }
    let (open, close) = (list.start + 1, list.end - 1);
    Ok(Shape::Flow {
        open,
        close,
        entries,
    })
}

/// The shape of a list behind dashes.
fn block_shape(source: &str, section: &Section, nodes: &[Node], to: usize) -> Result<Shape> {
    let mut dashes = Vec::new();
    for node in nodes {
        let dash = text::find_dash(source, node.lead, section.colon);
        dashes.push(dash.with_context(|| {
            fault::at(
                source,
                node.lead,
                "a list has a dash that is not the first on its line",
            )
        })?);
    }
    let column = dashes.first().map_or(0, |dash| text::column(source, *dash));
    let leads: Vec<usize> = dashes
        .iter()
        .map(|dash| text::line_start(source, *dash))
        .collect();
    let mut entries = Vec::new();
    for (index, (node, dash)) in nodes.iter().zip(&dashes).enumerate() {
        let start = text::after_dash(source, *dash);
        let next = leads.get(index + 1).copied().unwrap_or(to);
        let from = text::next_line_start(source, node.end.max(start));
        let end = text::entry_end(source, from, next, column);
        let lead = text::line_start(source, *dash);
        entries.push(Entry { lead, start, end });
    }
    let mark = section.node.mark.unwrap_or_default().max(section.colon);
    Ok(Shape::Block {
        column,
        mark,
        entries,
    })
}
