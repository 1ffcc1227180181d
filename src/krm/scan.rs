//! The scan over the lines of an item for the few keys that tell what it is.
//!
//! Three mappings are followed: the item, its `metadata`, and the `annotations` in there. A line in the
//! column of one of them holds a key of it; a deeper line belongs to the value of the key before it.
//! Whatever does not look like that makes the scan give up, and the item is parsed instead. One thing
//! does look like that and is none: lines of a quoted value that reach a column where YAML forbids them,
//! and which lenient parsers take all the same.

use std::borrow::Cow;

use super::annotation;
use super::head::Field;
use super::scalar;
use super::text::{self, Line, Lines};

/// How many fields a scan finds.
const FIELDS: usize = 10;

/// What the key of a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// A field of the head, by its number.
    Field(usize),
    /// A mapping that is followed.
    Mapping,
    /// Nothing of interest.
    Other,
}

/// The fields of an item: `apiVersion`, `kind`, name, namespace, path, older path, index, older index,
/// stack and package. `None` if the lines are out of the ordinary.
pub(super) fn fields(text: &str, column: usize) -> Option<[Field<'_>; FIELDS]> {
    let mut scan = Scan::default();
    let mut lines = Lines::new(text, 0..text.len());
    while let Some(mut line) = lines.next_beyond(scan.skip()) {
        if line.start == 0 {
            line.indent += column;
        }
        if !line.is_blank() && !line.is_comment() {
            scan.line(line)?;
        }
    }
    Some(scan.fields)
}

/// The state of a scan between two lines.
#[derive(Debug, Default)]
struct Scan<'a> {
    fields: [Field<'a>; FIELDS],
    /// The columns of the mappings that are open, and the slot of the newest key of each.
    levels: [Level; 3],
    /// Which of them is the innermost.
    depth: usize,
    /// Whether `metadata` and `annotations` were seen.
    seen: [bool; 3],
}

/// A mapping that is followed.
#[derive(Debug, Clone, Copy)]
struct Level {
    column: Option<usize>,
    slot: Slot,
}

impl Default for Level {
    fn default() -> Self {
        let slot = Slot::Other;
        Self { column: None, slot }
    }
}

impl<'a> Scan<'a> {
    /// The column beyond which lines say nothing, since they belong to a value of no interest.
    fn skip(&self) -> Option<usize> {
        let level = self.levels.get(self.depth)?;
        level.column.filter(|_| level.slot == Slot::Other)
    }

    /// Takes a line that holds content.
    fn line(&mut self, line: Line<'a>) -> Option<()> {
        self.leave(line.indent)?;
        let level = self.levels.get_mut(self.depth)?;
        let column = *level.column.get_or_insert(line.indent);
        if line.indent == column {
            return self.key(&line);
        }
        match level.slot {
            Slot::Other => Some(()),
            Slot::Field(field) => {
                // The value goes on below, so that what was read of it is not all.
                *self.fields.get_mut(field)? = Field::Unsure;
                Some(())
            }
            Slot::Mapping => {
                self.depth += 1;
                self.levels.get_mut(self.depth)?.column = Some(line.indent);
                self.key(&line)
            }
        }
    }

    /// Leaves the mappings that a line with this indentation cannot belong to.
    fn leave(&mut self, indent: usize) -> Option<()> {
        loop {
            let level = self.levels.get_mut(self.depth)?;
            match level.column {
                Some(column) if indent < column => {
                    *level = Level::default();
                    self.depth = self.depth.checked_sub(1)?;
                    // A line between two columns belongs to neither mapping.
                    let outer = self.levels.get(self.depth)?.column?;
                    if indent > outer {
                        return None;
                    }
                }
                _ => return Some(()),
            }
        }
    }

    /// Takes a line in the column of the innermost mapping.
    fn key(&mut self, line: &Line<'a>) -> Option<()> {
        let level = self.levels.get_mut(self.depth)?;
        if text::is_dash(line.body) {
            // A list may stand in the column of its key, as long as nobody needs its value.
            return (level.slot == Slot::Other && self.depth < 2).then_some(());
        }
        let (key, value) = scalar::split_key(line.body)?;
        level.slot = slot(self.depth, key)?;
        match level.slot {
            Slot::Other => Some(()),
            Slot::Field(field) => self.set(field, value),
            Slot::Mapping => self.enter(value),
        }
    }

    /// Sets a field to the value behind its key.
    fn set(&mut self, field: usize, value: &'a str) -> Option<()> {
        let field = self.fields.get_mut(field)?;
        *field = match scalar::simple_string(value) {
            Some(text) if *field == Field::Absent => Field::Known(Cow::Borrowed(text)),
            _ => Field::Unsure,
        };
        Some(())
    }

    /// Gets ready for a mapping that has to start on the lines below.
    fn enter(&mut self, value: &str) -> Option<()> {
        let seen = self.seen.get_mut(self.depth)?;
        let is_again = std::mem::replace(seen, true);
        (scalar::is_no_value(value) && !is_again).then_some(())
    }
}

/// What a key stands for in the mapping at a depth. `None` for a merge key, which can set any other.
fn slot(depth: usize, key: &str) -> Option<Slot> {
    let found = match (depth, key) {
        (_, "<<") => return None,
        (0, "apiVersion") => Slot::Field(0),
        (0, "kind") => Slot::Field(1),
        (0, "metadata") | (1, "annotations") => Slot::Mapping,
        (1, "name") => Slot::Field(2),
        (1, "namespace") => Slot::Field(3),
        (2, annotation::PATH) => Slot::Field(4),
        (2, annotation::LEGACY_PATH) => Slot::Field(5),
        (2, annotation::INDEX) => Slot::Field(6),
        (2, annotation::LEGACY_INDEX) => Slot::Field(7),
        (2, annotation::STACK) => Slot::Field(8),
        (2, annotation::PACKAGE_PATH) => Slot::Field(9),
        _ => Slot::Other,
    };
    Some(found)
}
