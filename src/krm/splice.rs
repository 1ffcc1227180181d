//! Pieces of new text, and putting them into the old one.

use std::io;
use std::ops::Range;

use serde_json::Value;

use super::text;
use super::yaml;

/// Pieces of text that take the place of ranges of another one.
#[derive(Debug)]
pub(super) struct Splices {
    pieces: Vec<(Range<usize>, String)>,
    line_break: &'static str,
}

impl Splices {
    /// No pieces, for a text with these line breaks.
    pub fn new(line_break: &'static str) -> Self {
        let pieces = Vec::new();
        Self { pieces, line_break }
    }

    /// Puts `text` in the place of `range`, with the line breaks of the old text.
    pub fn put(&mut self, range: Range<usize>, text: String) {
        let is_plain = self.line_break == "\n" || !text.contains('\n');
        let text = if is_plain {
            text
        } else {
            text.replace('\n', self.line_break)
        };
        self.put_raw(range, text);
    }

    /// Puts `text` in the place of `range`, as it is.
    pub fn put_raw(&mut self, range: Range<usize>, text: String) {
        if !range.is_empty() || !text.is_empty() {
            self.pieces.push((range, text));
        }
    }

    /// Puts whole lines at a place, with the line break that may be missing before them.
    pub fn put_lines(&mut self, source: &str, at: usize, lines: String) {
        if !lines.is_empty() && !self.is_line_start(source, at) {
            self.put(at..at, "\n".to_owned());
        }
        self.put(at..at, lines);
    }

    /// Whether a piece that is put at `at` next starts a line. Pieces are put in order.
    fn is_line_start(&self, source: &str, mut at: usize) -> bool {
        for (range, text) in self.pieces.iter().rev() {
            if range.end == at && !text.is_empty() {
                return text.ends_with('\n');
            }
            if range.end == at {
                at = range.start;
            }
        }
        let before = source.get(..at).unwrap_or_default();
        before.is_empty() || before.ends_with('\n')
    }

    /// Writes `source` with the pieces in it. Pieces for the same place keep their order.
    pub fn write(mut self, source: &str, out: &mut impl io::Write) -> io::Result<()> {
        self.pieces
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut at = 0;
        for (range, text) in &self.pieces {
            let start = range.start.max(at);
            out.write_all(source.get(at..start).unwrap_or_default().as_bytes())?;
            out.write_all(text.as_bytes())?;
            at = range.end.max(start);
        }
        out.write_all(source.get(at..).unwrap_or_default().as_bytes())
    }

    /// The text with the pieces in it.
    pub fn apply(self, source: &str) -> Option<String> {
        let mut out = Vec::with_capacity(source.len());
        self.write(source, &mut out).ok()?;
        String::from_utf8(out).ok()
    }
}

/// The entries of a list behind dashes in a column.
pub(super) fn block_list(column: usize, values: &[Value]) -> String {
    values
        .iter()
        .map(|value| block_entry(column, value))
        .collect()
}

/// One entry behind a dash in a column.
pub(super) fn block_entry(column: usize, value: &Value) -> String {
    let lines = indented(&yaml::to_string(value), column + 2);
    let body = lines.trim_start_matches(' ');
    text::padded(&format!("- {body}"), column)
}

/// The lines of a text behind so many blanks. Empty lines stay empty.
pub(super) fn indented(text: &str, column: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            out.extend(std::iter::repeat_n(' ', column));
        }
        out.push_str(line);
    }
    out
}

/// A list in brackets.
pub(super) fn json_list(values: &[Value]) -> String {
    format!("[{}]", json_elements(values, ","))
}

/// The elements of a list in brackets.
pub(super) fn json_elements(values: &[Value], separator: &str) -> String {
    let texts: Vec<String> = values.iter().map(yaml::to_json).collect();
    texts.join(separator)
}
