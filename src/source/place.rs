//! Where a field stands in its file: line and column, and what of the line may be shown.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use memchr::memchr2;

use crate::diagnostic::{Code, FieldPath, looks_secret};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The text of the line, with stars in the place of what may be secret; none of a line that is very long.
    pub text: String,
    /// The bytes of that text that the message is about.
    pub range: Range<usize>,
}

/// How long a line may be, in bytes, for its text to be shown.
const LONGEST_LINE: usize = 2_000;

/// What stands where in a text.
#[derive(Debug)]
pub(super) struct Index {
    documents: Vec<Document>,
    /// Where its lines begin.
    lines: Vec<usize>,
}

/// What stands where in a document.
#[derive(Debug, Default)]
struct Document {
    /// The fields, each before those in it.
    fields: Vec<Field>,
    /// The scalars among them that are not shown, from the first to the last.
    hidden: Vec<Range<usize>>,
}

/// A field and where it stands. Its path is not kept: with a long key above, that of a million fields would
/// not fit into memory.
#[derive(Debug)]
struct Field {
    /// What it adds to the path of the field that it is in.
    step: String,
    /// The number of the first field behind those in it.
    end: usize,
    /// Its key; elements of lists have none.
    key: Option<Range<usize>>,
    value: Range<usize>,
    is_scalar: bool,
}

impl Index {
    /// Everything about a text, as far as it can be read.
    pub(super) fn new(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            documents: documents(text),
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// Looks a field of a document up. One that is not there is looked for at what it would be in.
    pub(super) fn find(
        &self,
        text: &str,
        document: usize,
        path: &FieldPath,
        code: Code,
    ) -> Option<Place> {
        let document = self.documents.get(document)?;
        let range = document.range(path, code)?;
        let line = self.lines.partition_point(|start| *start <= range.start);
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let rest = text.as_bytes().get(start..)?;
        let end = memchr2(b'\r', b'\n', rest).map_or(text.len(), |length| start + length);
        let shown = text.get(start..end)?;
        Some(if shown.len() > LONGEST_LINE {
            let before = text.get(start..range.start).unwrap_or_default();
            Place {
                line,
                column: before.chars().count() + 1,
                text: String::new(),
                range: 0..0,
            }
        } else {
            place(shown, (line, start), &range, &document.hidden)
        })
    }
}

impl Document {
    /// The bytes that a message about a field is about.
    fn range(&self, path: &FieldPath, code: Code) -> Option<Range<usize>> {
        let (field, rest) = self.nearest(path.as_str())?;
        let by_key = code == Code::UnknownField || !rest.is_empty() || !field.is_scalar;
        Some(match &field.key {
            Some(key) if by_key || field.value.is_empty() => key.clone(),
            _ => field.value.clone(),
        })
    }

    /// The field, or the last one above it that is there, and what is left of the path then.
    fn nearest<'p>(&self, path: &'p str) -> Option<(&Field, &'p str)> {
        let (mut at, mut end) = (0, self.fields.len());
        let (mut best, mut rest) = (None, path);
        while at < end {
            let field = self.fields.get(at)?;
            let below = rest.strip_prefix(&field.step);
            match below.filter(|below| below.is_empty() || below.starts_with(['.', '['])) {
                Some(below) => {
                    (best, rest) = (Some((field, below)), below);
                    (at, end) = (at + 1, field.end);
                }
                None => at = field.end,
            }
        }
        best
    }
}

/// A range in a line, of which the number and the start are known.
fn place(
    line: &str,
    (number, start): (usize, usize),
    range: &Range<usize>,
    hidden: &[Range<usize>],
) -> Place {
    let mut place = Place {
        line: number,
        column: 1,
        text: String::new(),
        range: 0..0,
    };
    for (at, char) in line.char_indices().filter(|(_, char)| *char != '\u{feff}') {
        let at = start + at;
        let next = hidden.partition_point(|hidden| hidden.end <= at);
        let is_hidden = hidden.get(next).is_some_and(|hidden| hidden.contains(&at));
        place.text.push(if is_hidden { '*' } else { char });
        // What goes on over several lines is shown where it starts.
        if at < range.start {
            place.column += 1;
            place.range = place.text.len()..place.text.len();
        } else if at < range.end {
            place.range.end = place.text.len();
        }
    }
    place
}

/// The fields of every document, as far as the text can be read. A document that holds nothing does not
/// count, as the reader of values leaves it out.
fn documents(text: &str) -> Vec<Document> {
    let mut walk = Walk {
        text,
        parser: Parser::new_from_str(text),
        found: Document::default(),
    };
    let mut documents = Vec::new();
    while let Some((event, _)) = walk.next() {
        if matches!(event, Event::DocumentStart(..)) {
            match walk.root() {
                Some(true) => documents.push(std::mem::take(&mut walk.found)),
                Some(false) => {}
                None => break,
            }
        }
    }
    documents
}

/// A walk over the events of a text.
struct Walk<'a> {
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    found: Document,
}

impl<'a> Walk<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    /// Walks the root of a document, and tells whether it holds anything.
    fn root(&mut self) -> Option<bool> {
        let (event, _) = self.next()?;
        match event {
            Event::MappingStart(..) => self.mapping(true, false)?,
            Event::SequenceStart(..) => self.sequence(false)?,
            Event::Scalar(text, ScalarStyle::Plain, ..) => {
                return Some(!matches!(&*text, "" | "~" | "null" | "Null" | "NULL"));
            }
            _ => {}
        }
        Some(true)
    }

    /// Walks the entries of a mapping whose start was read.
    fn mapping(&mut self, is_root: bool, is_secret: bool) -> Option<()> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::MappingEnd => return Some(()),
                Event::Scalar(key, ..) => {
                    let step = if is_root {
                        FieldPath::top(&key).as_str().to_owned()
                    } else {
                        FieldPath::step(&key)
                    };
                    // Words of secrets have no dots and brackets in them: each step tells for itself.
                    let is_secret = is_secret || FieldPath::top(&key).is_secret();
                    self.node(step, Some(bytes(&span)), is_secret)?;
                }
                // A key that is no word: the reader has refused the file, or will.
                _ => return None,
            }
        }
    }

    /// Walks the elements of a list whose start was read.
    fn sequence(&mut self, is_secret: bool) -> Option<()> {
        let mut index = 0;
        while !matches!(self.parser.peek()?.ok()?.0, Event::SequenceEnd) {
            self.node(format!("[{index}]"), None, is_secret)?;
            index += 1;
        }
        self.next().map(|_| ())
    }

    /// Walks the value of a field.
    fn node(&mut self, step: String, key: Option<Range<usize>>, is_secret: bool) -> Option<()> {
        let (event, span) = self.next()?;
        let value = bytes(&span);
        let is_scalar = matches!(event, Event::Scalar(..) | Event::Alias(..));
        if is_scalar && (is_secret || self.looks_secret(&value)) {
            self.found.hidden.push(value.clone());
        }
        let number = self.found.fields.len();
        self.found.fields.push(Field {
            step,
            end: number + 1,
            key,
            value,
            is_scalar,
        });
        let walked = match event {
            Event::MappingStart(..) => self.mapping(false, is_secret),
            Event::SequenceStart(..) => self.sequence(is_secret),
            _ => Some(()),
        };
        let end = self.found.fields.len();
        if let Some(field) = self.found.fields.get_mut(number) {
            field.end = end;
        }
        walked
    }

    fn looks_secret(&self, value: &Range<usize>) -> bool {
        looks_secret(self.text.get(value.clone()).unwrap_or_default())
    }
}

/// The bytes that a span covers.
fn bytes(span: &Span) -> Range<usize> {
    let start = span.start.byte_offset().unwrap_or_default();
    start..span.end.byte_offset().unwrap_or(start).max(start)
}
