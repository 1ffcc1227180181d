//! Small helpers over source text: lines, indentation, and the gaps between the entries of a list.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

/// One line of a text, as offsets into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where the line starts.
    pub start: usize,
    /// Where the next line starts, or the end of the text.
    pub next: usize,
    /// How many spaces the line starts with.
    pub indent: usize,
    /// The line after its indentation, without the line break and trailing blanks.
    pub body: &'a str,
}

impl Line<'_> {
    /// Whether nothing but spaces is on the line.
    pub fn is_blank(&self) -> bool {
        self.body.is_empty()
    }

    /// Whether a tab follows the indentation of a line of `source`.
    pub fn has_tab(&self, source: &str) -> bool {
        source.as_bytes().get(self.start + self.indent) == Some(&b'\t')
    }

    /// Whether nothing but a comment is on the line.
    pub fn is_comment(&self) -> bool {
        self.body.starts_with('#')
    }
}

/// The lines of a region of a text, with offsets into the whole text.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    source: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `region`, whose last line may lack its line break.
    pub fn new(source: &'a str, region: Range<usize>) -> Self {
        let end = region.end.min(source.len());
        let at = region.start;
        Self { source, at, end }
    }
}

impl<'a> Lines<'a> {
    /// The next line, save those that have a space in this column: they are blank or indented further.
    pub fn next_beyond(&mut self, column: Option<usize>) -> Option<Line<'a>> {
        let bytes = self.source.as_bytes().get(..self.end)?;
        if let Some(column) = column {
            while self.at > 0 && bytes.get(self.at + column) == Some(&b' ') {
                let rest = bytes.get(self.at..)?;
                let length = memchr(b'\n', rest).map_or(rest.len(), |found| found + 1);
                if length <= column {
                    break;
                }
                self.at += length;
            }
        }
        self.next()
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let start = self.at;
        let rest = self.source.get(start..self.end)?;
        if rest.is_empty() {
            return None;
        }
        let length = memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |found| found + 1);
        self.at = start + length;
        let line = rest.get(..length)?;
        let indent = leading_spaces(line);
        let body = line.get(indent..indent.max(content_end(line)))?;
        Some(Line {
            start,
            next: self.at,
            indent,
            body,
        })
    }
}

/// Where the trailing blanks and the line break of a line start.
fn content_end(line: &str) -> usize {
    let is_content = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    line.as_bytes()
        .iter()
        .rposition(is_content)
        .map_or(0, |last| last + 1)
}

/// How many spaces a text starts with.
pub(super) fn leading_spaces(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b' ').count()
}

/// Where the line that holds `offset` starts.
pub(super) fn line_start(source: &str, offset: usize) -> usize {
    let before = source.as_bytes().get(..offset).unwrap_or_default();
    memrchr(b'\n', before).map_or(0, |found| found + 1)
}

/// Where the next line starts, or `offset` itself if it already is the start of a line.
pub(super) fn next_line_start(source: &str, offset: usize) -> usize {
    if offset == line_start(source, offset) && offset > 0 {
        return offset;
    }
    let after = source.as_bytes().get(offset..).unwrap_or_default();
    memchr(b'\n', after).map_or(source.len(), |found| offset + found + 1)
}

/// Where content ends that the parser takes to end at `end`. It counts to a block scalar the blanks by
/// which it saw that the next line no longer belongs to it.
pub(super) fn without_indent(source: &str, end: usize) -> usize {
    // Only the blanks are looked at: a line may hold a whole list, and every event comes by here.
    let before = source.get(..end).unwrap_or_default();
    let content = before.trim_end_matches(' ');
    if content.is_empty() || content.ends_with('\n') {
        content.len()
    } else {
        end
    }
}

/// The column of an offset, in characters from the start of its line, starting at zero.
pub(super) fn column(source: &str, offset: usize) -> usize {
    let start = line_start(source, offset);
    source.get(start..offset).map_or(0, |before| {
        before.trim_start_matches('\u{feff}').chars().count()
    })
}

/// The number of the line that holds an offset, starting at one.
pub(super) fn line_number(source: &str, offset: usize) -> usize {
    let before = source.as_bytes().get(..offset).unwrap_or_default();
    memchr_iter(b'\n', before).count() + 1
}

/// Whether a line holds a dash that starts an entry of a block list.
pub(super) fn is_dash(body: &str) -> bool {
    body == "-" || body.starts_with("- ") || body.starts_with("-\t")
}

/// A text behind so many blanks. A format string would do, but its widths end at 65535.
pub(super) fn padded(text: &str, column: usize) -> String {
    let mut padded = " ".repeat(column);
    padded.push_str(text);
    padded
}

/// The line break that a text uses, judged by its first line.
pub(super) fn line_break(source: &str) -> &'static str {
    match memchr(b'\n', source.as_bytes()) {
        Some(found) if source.get(..found).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// Where an entry ends whose last content lies before `from` and whose region reaches to `to`.
///
/// A comment that is not indented beyond `column` belongs to what follows, with the blank lines after
/// it. Blank lines right after the content stay with the entry, since a block scalar may keep them.
pub(super) fn entry_end(source: &str, from: usize, to: usize, column: usize) -> usize {
    let mut gap = None;
    for line in Lines::new(source, from..to) {
        if line.is_blank() {
            continue;
        }
        if line.indent > column {
            gap = None;
        } else {
            gap.get_or_insert(line.start);
        }
    }
    gap.unwrap_or(to.max(from))
}

/// Where the content of an entry starts: after the dash, or on the next line if the dash stands alone.
pub(super) fn after_dash(source: &str, dash: usize) -> usize {
    let rest = source.get(dash + 1..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let start = dash + 1 + blanks;
    let rest = source.get(start..).unwrap_or_default();
    if rest.starts_with("\r\n") {
        start + 2
    } else if rest.starts_with('\n') {
        start + 1
    } else {
        start
    }
}

/// The dash of an entry whose node starts at `node`: the last one before it that stands first on its
/// line, since nothing but blanks, comments and properties lies between.
pub(super) fn find_dash(source: &str, node: usize, floor: usize) -> Option<usize> {
    let mut end = node;
    loop {
        let start = line_start(source, end);
        let line = source.get(start..end)?;
        let indent = leading_spaces(line);
        if is_dash(line.get(indent..)?.trim_end_matches(['\r', '\n'])) {
            return Some(start + indent);
        }
        if start <= floor {
            return None;
        }
        end = start - 1;
    }
}
