//! The event parser's way to find the items: slower than the line splitter, and the reference.
//!
//! It serves flow style and JSON, anchors and aliases, tags, directives, document markers and tabs.

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::{Result, bail};
use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle};

use super::fault;
use super::layout::Layout;
use super::shape::{self, Kind, Node, Section};
use super::shared::Shared;
use super::text;

/// Finds the layout of a list in any style.
///
/// # Errors
/// If the text is not one YAML document that holds a mapping with the keys of a `ResourceList`.
pub(super) fn layout(source: &str) -> Result<Layout> {
    layout_by(source, false)
}

/// [`layout`], perhaps with the strict rules of YAML for the lines of quoted and of flow values. Other
/// tools do not insist on these, so neither does reading.
pub(super) fn layout_by(source: &str, strict: bool) -> Result<Layout> {
    let mut walk = Walk::new(source, strict);
    walk.start()?;
    walk.root()?;
    let end = walk.finish()?;
    shape::layout(source, &walk.sections, walk.root, end)
}

/// Which items lean on anchors of other items.
///
/// # Errors
/// If the text cannot be parsed.
pub(super) fn shared(source: &str) -> Result<Shared> {
    let mut walk = Walk::new(source, false);
    walk.start()?;
    walk.root()?;
    Ok(walk.shared)
}

/// A walk over the events of a text.
struct Walk<'a> {
    source: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    sections: Vec<Section>,
    /// The column of the top-level keys, none in flow style.
    root: Option<usize>,
    /// The anchors that name mappings.
    mappings: BTreeSet<usize>,
    /// The anchors that each item sets, and the aliases that it holds.
    shared: Shared,
    /// Where the last content that was passed ends.
    last: usize,
}

impl<'a> Walk<'a> {
    /// A walk that stands before the first event.
    fn new(source: &'a str, strict: bool) -> Self {
        let mut options = granit_parser::options! {
            emit_anchor_events: true,
            strict_indentation: strict,
        };
        options.set_emit_comments(false);
        Self {
            source,
            parser: Parser::new_from_str_with_options(source, options),
            sections: Vec::new(),
            root: None,
            mappings: BTreeSet::new(),
            shared: Shared::default(),
            last: 0,
        }
    }

    /// The next event.
    fn next(&mut self) -> Result<(Event<'a>, Span)> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(fault::scan(&error)),
            None => bail!("the input ends in the middle of a document"),
        }
    }

    /// Passes everything before the root node.
    fn start(&mut self) -> Result<()> {
        loop {
            match self.next()?.0 {
                Event::DocumentStart(..) => return Ok(()),
                Event::StreamEnd => bail!("the input is empty: a ResourceList is expected"),
                _ => {}
            }
        }
    }

    /// Passes the end of the document, behind which nothing may follow, and tells where it is.
    fn finish(&mut self) -> Result<usize> {
        let (_, span) = self.next()?;
        let end = bytes(&span).start;
        match self.next()? {
            (Event::StreamEnd, _) => Ok(end),
            (_, span) => Err(self.fault(&span, "more than one YAML document, one is expected")),
        }
    }

    /// Walks the root node, which has to be a mapping.
    fn root(&mut self) -> Result<()> {
        let (event, span) = self.next()?;
        let Event::MappingStart(style, ..) = event else {
            return Err(self.fault(
                &span,
                "the input is not a mapping: a ResourceList is expected",
            ));
        };
        self.properties(&span)?;
        self.root = (style == StructureStyle::Block).then(|| span.start.col());
        let mut names = BTreeSet::new();
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::MappingEnd => return Ok(()),
                Event::Scalar(name, ..) => {
                    self.properties(&span)?;
                    self.section(&name, &span)?;
                    if !names.insert(name) {
                        return Err(self.fault(&span, "a top-level key occurs twice"));
                    }
                }
                _ => return Err(self.fault(&span, "a top-level key is not a string")),
            }
        }
    }

    /// Walks the value of one top-level key.
    fn section(&mut self, name: &str, span: &Span) -> Result<()> {
        let key = bytes(span);
        let line = text::line_start(self.source, key.start);
        let before = self.source.get(line..key.start).unwrap_or_default();
        let is_first = before
            .trim_start_matches('\u{feff}')
            .bytes()
            .all(|byte| byte == b' ');
        if name == "<<" || (self.root.is_some() && !is_first) {
            return Err(self.fault(span, "a top-level key is not written as `key: value`"));
        }
        let is_list = matches!(name, "items" | "results");
        let node = if is_list {
            self.list(name)?
        } else {
            self.node()?
        };
        let after = self.source.get(key.end..).unwrap_or_default();
        let colon = after.find(':').map_or(key.end, |at| key.end + at + 1);
        let (name, key) = (name.to_owned(), key.start);
        self.sections.push(Section {
            name,
            key,
            colon,
            node,
        });
        Ok(())
    }

    /// Walks a value that should be a list, and keeps its entries.
    fn list(&mut self, name: &str) -> Result<Node> {
        let is_list = matches!(self.parser.peek(), Some(Ok((Event::SequenceStart(..), _))));
        if !is_list {
            return self.node();
        }
        let (event, span) = self.next()?;
        let (lead, mark) = self.properties(&span)?;
        let mut nodes = Vec::new();
        while !matches!(
            self.parser.peek(),
            Some(Ok((Event::SequenceEnd, _)) | Err(_))
        ) {
            self.shared.item = (name == "items").then_some(nodes.len());
            let node = self.node()?;
            if name == "items" && !matches!(node.kind, Kind::Mapping { .. }) {
                return Err(fault::at(
                    self.source,
                    node.lead,
                    "an item is not a mapping",
                ));
            }
            nodes.push(node);
        }
        self.shared.item = None;
        let (_, end) = self.next()?;
        self.pass(&end);
        let flow = matches!(event, Event::SequenceStart(StructureStyle::Flow, ..));
        let start = bytes(&span).start;
        let kind = Kind::Sequence { flow, nodes };
        Ok(Node {
            lead,
            start,
            end: self.last,
            mark,
            kind,
        })
    }

    /// Walks one node, whatever it is.
    fn node(&mut self) -> Result<Node> {
        let (event, span) = self.next()?;
        let (lead, mark) = self.properties(&span)?;
        self.observe(&event);
        self.pass(&span);
        let start = bytes(&span).start;
        let kind = match event {
            Event::Scalar(text, style, _, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                let is_null = is_plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                if is_null {
                    Kind::Null
                } else {
                    Kind::Scalar(text.into_owned())
                }
            }
            Event::MappingStart(style, ..) => {
                self.skip()?;
                Kind::Mapping {
                    flow: style == StructureStyle::Flow,
                }
            }
            Event::SequenceStart(style, ..) => {
                self.skip()?;
                let flow = style == StructureStyle::Flow;
                Kind::Sequence {
                    flow,
                    nodes: Vec::new(),
                }
            }
            Event::Alias(id) if self.mappings.contains(&id) => Kind::Mapping { flow: true },
            _ => Kind::Other,
        };
        let end = if matches!(kind, Kind::Null) {
            bytes(&span).end
        } else {
            self.last
        };
        Ok(Node {
            lead,
            start,
            end,
            mark,
            kind,
        })
    }

    /// Passes everything up to the end of the collection that was just entered.
    fn skip(&mut self) -> Result<()> {
        let mut depth = 1_usize;
        while depth > 0 {
            let (event, span) = self.next()?;
            self.observe(&event);
            self.pass(&span);
            match event {
                Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
                Event::MappingEnd | Event::SequenceEnd => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// Passes the anchor of a node whose event was just read, and tells where the node starts with its
    /// anchor and its tag, and where these end.
    fn properties(&mut self, span: &Span) -> Result<(usize, Option<usize>)> {
        let mut lead = bytes(span).start;
        let mut mark = None;
        if let Some(tag) = span.tag_span() {
            lead = lead.min(bytes(&tag).start);
            mark = Some(bytes(&tag).end);
        }
        if let Some(Ok((Event::Anchor(..), _))) = self.parser.peek() {
            let (_, anchor) = self.next()?;
            lead = lead.min(bytes(&anchor).start);
            mark = mark.max(Some(bytes(&anchor).end));
        }
        self.last = self.last.max(mark.unwrap_or_default());
        Ok((lead, mark))
    }

    /// Notes the anchors and aliases of an event.
    fn observe(&mut self, event: &Event<'_>) {
        if let Some(id) = event.anchor_id().filter(|id| *id > 0) {
            self.shared.define(id);
            if matches!(event, Event::MappingStart(..)) {
                self.mappings.insert(id);
            }
        }
        if let Event::Alias(id) = event {
            self.shared.refer(*id);
        }
    }

    /// Notes where the content of an event ends. Block collections end where the next thing starts,
    /// with an empty span, which says nothing about their content.
    fn pass(&mut self, span: &Span) {
        let range = bytes(span);
        let tag = span.tag_span().map_or(0, |tag| bytes(&tag).end);
        let end = if range.is_empty() {
            0
        } else {
            text::without_indent(self.source, range.end)
        };
        self.last = self.last.max(end).max(tag);
    }

    /// An error at the start of a span.
    fn fault(&self, span: &Span, what: &str) -> anyhow::Error {
        fault::at(self.source, bytes(span).start, what)
    }
}

/// The bytes that a span covers.
pub(super) fn bytes(span: &Span) -> Range<usize> {
    let start = span.start.byte_offset().unwrap_or_default();
    start..span.end.byte_offset().unwrap_or(start).max(start)
}
