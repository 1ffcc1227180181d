//! Where a field stands in its file: line and column, and what of the line may be shown.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use crate::diagnostic::{Code, FieldPath, looks_secret};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The text of the line, with stars in the place of what may be secret.
    pub text: String,
    /// The bytes of that text that the message is about.
    pub range: Range<usize>,
}

/// What stands where in a text.
#[derive(Debug)]
pub(super) struct Index {
    /// The fields of each document.
    documents: Vec<Vec<Field>>,
    /// Where its lines begin.
    lines: Vec<usize>,
}

/// A field and where it stands.
#[derive(Debug)]
struct Field {
    path: FieldPath,
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
        let fields = self.documents.get(document)?;
        let range = range(fields, path, code)?;
        let line = self.lines.partition_point(|start| *start <= range.start);
        let start = *self.lines.get(line.checked_sub(1)?)?;
        Some(place(text, (line, start), &range, fields))
    }
}

/// The bytes that a message about a field is about.
fn range(fields: &[Field], path: &FieldPath, code: Code) -> Option<Range<usize>> {
    let above = fields.iter().filter(|field| field.path.contains(path));
    let field = above.max_by_key(|field| field.path.as_str().len())?;
    let by_key = code == Code::UnknownField || field.path != *path || !field.is_scalar;
    Some(match &field.key {
        Some(key) if by_key || field.value.is_empty() => key.clone(),
        _ => field.value.clone(),
    })
}

/// A range in a line, of which the number and the start are known.
fn place(
    text: &str,
    (number, start): (usize, usize),
    range: &Range<usize>,
    fields: &[Field],
) -> Place {
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split(['\r', '\n']).next().unwrap_or_default();
    let shown = start..start + line.len();
    let is_in = |field: &&Field| field.value.start < shown.end && shown.start < field.value.end;
    let hidden: Vec<&Field> = fields
        .iter()
        .filter(is_in)
        .filter(|field| field.is_scalar && hides(text, field))
        .collect();
    let mut place = Place {
        line: number,
        column: 1,
        text: String::new(),
        range: 0..0,
    };
    for (at, char) in line.char_indices().filter(|(_, char)| *char != '\u{feff}') {
        let at = start + at;
        let is_hidden = hidden.iter().any(|field| field.value.contains(&at));
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

fn hides(text: &str, field: &Field) -> bool {
    let value = text.get(field.value.clone()).unwrap_or_default();
    field.path.is_secret() || looks_secret(value)
}

/// The fields of every document, as far as the text can be read. A document that holds nothing does not
/// count, as the reader of values leaves it out.
fn documents(text: &str) -> Vec<Vec<Field>> {
    let mut walk = Walk {
        parser: Parser::new_from_str(text),
        fields: Vec::new(),
    };
    let mut documents = Vec::new();
    while let Some((event, _)) = walk.next() {
        if matches!(event, Event::DocumentStart(..)) {
            match walk.root() {
                Some(true) => documents.push(std::mem::take(&mut walk.fields)),
                Some(false) => {}
                None => break,
            }
        }
    }
    documents
}

/// A walk over the events of a text.
struct Walk<'a> {
    parser: Parser<'a, StrInput<'a>>,
    fields: Vec<Field>,
}

impl<'a> Walk<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    /// Walks the root of a document, and tells whether it holds anything.
    fn root(&mut self) -> Option<bool> {
        let (event, _) = self.next()?;
        match event {
            Event::MappingStart(..) => self.mapping(None)?,
            Event::SequenceStart(..) => self.sequence(&FieldPath::top(""))?,
            Event::Scalar(text, ScalarStyle::Plain, ..) => {
                return Some(!matches!(&*text, "" | "~" | "null" | "Null" | "NULL"));
            }
            _ => {}
        }
        Some(true)
    }

    /// Walks the entries of a mapping whose start was read.
    fn mapping(&mut self, path: Option<&FieldPath>) -> Option<()> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::MappingEnd => return Some(()),
                Event::Scalar(key, ..) => {
                    let own = path.map_or_else(|| FieldPath::top(&key), |path| path.key(&key));
                    self.node(&own, Some(bytes(&span)))?;
                }
                // A key that is no word: the reader has refused the file, or will.
                _ => return None,
            }
        }
    }

    /// Walks the elements of a list whose start was read.
    fn sequence(&mut self, path: &FieldPath) -> Option<()> {
        let mut index = 0;
        while !matches!(self.parser.peek()?.ok()?.0, Event::SequenceEnd) {
            self.node(&path.index(index), None)?;
            index += 1;
        }
        self.next().map(|_| ())
    }

    /// Walks the value of a field.
    fn node(&mut self, path: &FieldPath, key: Option<Range<usize>>) -> Option<()> {
        let (event, span) = self.next()?;
        self.fields.push(Field {
            path: path.clone(),
            key,
            value: bytes(&span),
            is_scalar: matches!(event, Event::Scalar(..) | Event::Alias(..)),
        });
        match event {
            Event::MappingStart(..) => self.mapping(Some(path)),
            Event::SequenceStart(..) => self.sequence(path),
            _ => Some(()),
        }
    }
}

/// The bytes that a span covers.
fn bytes(span: &Span) -> Range<usize> {
    let start = span.start.byte_offset().unwrap_or_default();
    start..span.end.byte_offset().unwrap_or(start).max(start)
}
