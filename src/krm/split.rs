//! The line splitter: finds the items of a list in block style without parsing them.
//!
//! In block style with one dash column, YAML forbids any line that belongs to an item to reach the
//! column of its dash, save comments. So the lines that do reach it are the only ones to look at.
//! Whatever is out of the ordinary there makes the splitter decline, and the event parser decides.

use std::ops::Range;

use super::layout::{Entry, Layout, Shape};
use super::scalar;
use super::text::{self, Line, Lines};

/// Finds the layout of a list in plain block style. `None` means that the event parser has to look.
pub(super) fn split(source: &str) -> Option<Layout> {
    let start = if source.starts_with('\u{feff}') { 3 } else { 0 };
    let mut splitter = Splitter::new(source);
    for line in Lines::new(source, start..source.len()) {
        splitter.line(line)?;
    }
    splitter.finish()
}

/// What the lines below a top-level key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Nothing was read yet.
    Top,
    /// A scalar that was complete on the line of its key.
    Scalar,
    /// The `functionConfig`.
    Config,
    /// The `items`.
    Items,
    /// The `results`.
    Results,
}

/// A block list while its lines are read.
#[derive(Debug, Default)]
struct Block {
    mark: usize,
    column: Option<usize>,
    entries: Vec<Entry>,
    /// Whether the first line of content of the newest entry is still to come.
    waits: bool,
}

/// The state of the splitter between two lines.
struct Splitter<'a> {
    source: &'a str,
    section: Section,
    layout: Layout,
    list: Block,
    config: Option<Range<usize>>,
    /// Where the comments start that lie between the content read so far and what follows.
    gap: Option<usize>,
}

impl<'a> Splitter<'a> {
    /// A splitter before the first line.
    fn new(source: &'a str) -> Self {
        Self {
            source,
            section: Section::Top,
            layout: Layout::default(),
            list: Block::default(),
            config: None,
            gap: None,
        }
    }

    /// Takes one line.
    fn line(&mut self, line: Line<'a>) -> Option<()> {
        if line.is_blank() {
            // A tab may not indent, so only deep inside of an entry does nobody mind it.
            return (!line.has_tab(self.source) || self.is_inside(&line)).then_some(());
        }
        if self.is_inside(&line) {
            self.gap = None;
            return self.content(&line);
        }
        if line.is_comment() {
            self.gap.get_or_insert(line.start);
            return Some(());
        }
        if line.indent > 0 || text::is_dash(line.body) {
            return self.dash(&line);
        }
        self.key(&line)
    }

    /// Whether a line is indented so far that it can only belong to the newest entry.
    fn is_inside(&self, line: &Line<'_>) -> bool {
        match self.section {
            Section::Items | Section::Results => {
                self.list.column.is_some_and(|column| line.indent > column)
            }
            Section::Config | Section::Scalar => line.indent > 0,
            Section::Top => false,
        }
    }

    /// Takes a line that lies inside of an entry. The first one has to show that it is a mapping.
    fn content(&mut self, line: &Line<'_>) -> Option<()> {
        if line.is_comment() {
            return Some(());
        }
        if self.section == Section::Scalar {
            return None;
        }
        if std::mem::take(&mut self.list.waits) {
            scalar::split_key(line.body)?;
        }
        Some(())
    }

    /// Takes a line that starts an entry.
    fn dash(&mut self, line: &Line<'_>) -> Option<()> {
        let is_list = matches!(self.section, Section::Items | Section::Results);
        let column = *self.list.column.get_or_insert(line.indent);
        if !is_list || column != line.indent || !text::is_dash(line.body) {
            return None;
        }
        self.close_entry(line.start)?;
        let start = text::after_dash(self.source, line.start + line.indent);
        let first = line.body.get(1..)?;
        let first = first.trim_start_matches(' ');
        self.list.waits = first.is_empty() || first.starts_with('#');
        if !self.list.waits {
            scalar::split_key(first)?;
        }
        let (lead, end) = (line.start, line.next);
        self.list.entries.push(Entry { lead, start, end });
        Some(())
    }

    /// Ends the newest entry before `here`.
    fn close_entry(&mut self, here: usize) -> Option<()> {
        let end = self.gap.take().unwrap_or(here);
        if self.list.waits {
            return None;
        }
        if let Some(entry) = self.list.entries.last_mut() {
            entry.end = end;
        }
        Some(())
    }

    /// Takes a line that holds a top-level key.
    fn key(&mut self, line: &Line<'a>) -> Option<()> {
        let (key, value) = scalar::split_key(line.body)?;
        self.close_section(line.start)?;
        let is_open = scalar::is_no_value(value);
        match key {
            "apiVersion" => Self::set(&mut self.layout.api_version, value)?,
            "kind" => Self::set(&mut self.layout.kind, value)?,
            "items" | "results" | "functionConfig" if is_open => self.open(key, line)?,
            _ => return None,
        }
        if !is_open {
            self.section = Section::Scalar;
        }
        Some(())
    }

    /// Keeps the value of a key that may occur only once.
    fn set(slot: &mut Option<String>, value: &str) -> Option<()> {
        let value = scalar::simple_string(value)?.to_owned();
        slot.replace(value).is_none().then_some(())
    }

    /// Opens the section of a key whose value stands on the lines below.
    fn open(&mut self, key: &str, line: &Line<'a>) -> Option<()> {
        let colon = line.start + line.body.find(':')? + 1;
        self.list = Block {
            mark: colon,
            ..Block::default()
        };
        self.section = match key {
            "items" if self.layout.items == Shape::Missing => Section::Items,
            "results" if self.layout.results == Shape::Missing => Section::Results,
            "functionConfig" if self.config.is_none() => Section::Config,
            _ => return None,
        };
        if self.section == Section::Config {
            self.config = Some(text::after_dash(self.source, colon - 1)..line.next);
            self.list.waits = true;
        }
        Some(())
    }

    /// Ends the section that is open, before `here`.
    fn close_section(&mut self, here: usize) -> Option<()> {
        let end = self.gap.unwrap_or(here);
        self.close_entry(here)?;
        let shape = match self.section {
            Section::Items => &mut self.layout.items,
            Section::Results => &mut self.layout.results,
            Section::Config => {
                self.config.as_mut()?.end = end;
                return Some(());
            }
            Section::Top | Section::Scalar => return Some(()),
        };
        let Block {
            mark,
            column,
            entries,
            ..
        } = std::mem::take(&mut self.list);
        let column = column?;
        *shape = Shape::Block {
            column,
            mark,
            entries,
        };
        Some(())
    }

    /// Ends the text.
    fn finish(mut self) -> Option<Layout> {
        let end = self.source.len();
        self.layout.end = self.gap.unwrap_or(end);
        self.close_section(end)?;
        self.layout.config = self.config;
        (self.section != Section::Top).then_some(self.layout)
    }
}
