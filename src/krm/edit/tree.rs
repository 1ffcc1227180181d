//! The nodes of a text with their places.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle};

use crate::krm::events::bytes;
use crate::krm::text;

/// A node of a text.
#[derive(Debug)]
pub(super) struct Node {
    /// What the node covers, from its first to its last content.
    pub range: Range<usize>,
    /// Whether it stands in brackets, in braces or on one line, and not in lines of its own.
    pub inline: bool,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A scalar.
    Scalar,
    /// A mapping.
    Map(Vec<Entry>),
    /// A sequence.
    List(Vec<Node>),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key.
    pub name: String,
    /// What the key covers.
    pub key: Range<usize>,
    /// The value.
    pub value: Node,
}

/// The tree of a text. `None` if it holds anything but plain collections and scalars: aliases, anchors,
/// tags, merge keys, keys that are no scalars, directives, or more than one document.
pub(super) fn build(source: &str) -> Option<Node> {
    let mut options = granit_parser::options! { disallow_directives: true };
    options.set_emit_comments(false);
    let parser = Parser::new_from_str_with_options(source, options);
    let mut builder = Builder { source, parser };
    builder.expect(&Event::StreamStart)?;
    let (Event::DocumentStart(false, _), _) = builder.next()? else {
        return None;
    };
    let first = builder.next()?;
    let root = builder.node(&first)?;
    builder.expect(&Event::DocumentEnd)?;
    builder.expect(&Event::StreamEnd)?;
    Some(root)
}

/// The events of a text on their way into a tree.
struct Builder<'a> {
    source: &'a str,
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Builder<'a> {
    /// The next event.
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    /// Passes an event that has to come next.
    fn expect(&mut self, event: &Event<'_>) -> Option<()> {
        (self.next()?.0 == *event).then_some(())
    }

    /// The node that starts with an event. The text was read before, which bounds how deep this goes.
    fn node(&mut self, (event, span): &(Event<'a>, Span)) -> Option<Node> {
        let mut range = bytes(span);
        match event {
            Event::Scalar(_, style, 0, None) => {
                range.end = text::without_indent(self.source, range.end).max(range.start);
                let inline = !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let kind = Kind::Scalar;
                Some(Node {
                    range,
                    inline,
                    kind,
                })
            }
            Event::MappingStart(style, 0, None) => self.map(range, *style),
            Event::SequenceStart(style, 0, None) => self.list(range, *style),
            _ => None,
        }
    }

    /// The mapping that starts at the front of `range`.
    fn map(&mut self, mut range: Range<usize>, style: StructureStyle) -> Option<Node> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::MappingEnd => {
                    range.end = range.end.max(closing(&span));
                    let inline = style == StructureStyle::Flow;
                    let kind = Kind::Map(entries);
                    return Some(Node {
                        range,
                        inline,
                        kind,
                    });
                }
                Event::Scalar(name, _, 0, None) if name != "<<" => {
                    let first = self.next()?;
                    let value = self.node(&first)?;
                    let key = bytes(&span);
                    range.end = range.end.max(key.end).max(value.range.end);
                    let name = name.into_owned();
                    entries.push(Entry { name, key, value });
                }
                _ => return None,
            }
        }
    }

    /// The sequence that starts at the front of `range`.
    fn list(&mut self, mut range: Range<usize>, style: StructureStyle) -> Option<Node> {
        let mut nodes = Vec::new();
        loop {
            let next = self.next()?;
            if next.0 == Event::SequenceEnd {
                range.end = range.end.max(closing(&next.1));
                let inline = style == StructureStyle::Flow;
                let kind = Kind::List(nodes);
                return Some(Node {
                    range,
                    inline,
                    kind,
                });
            }
            let node = self.node(&next)?;
            range.end = range.end.max(node.range.end);
            nodes.push(node);
        }
    }
}

/// Where a closing bracket or brace ends. In block style a collection ends where the next thing starts,
/// with an empty span, which is no place of its own.
fn closing(span: &Span) -> usize {
    let range = bytes(span);
    if range.is_empty() { 0 } else { range.end }
}
