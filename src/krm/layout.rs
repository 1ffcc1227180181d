//! Where the parts of a `ResourceList` lie in its text.

use std::ops::Range;

/// One entry of a list, as offsets into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where the entry starts: the line of its dash in block style, the node itself in flow style.
    pub lead: usize,
    /// Where the text of the entry starts: after the dash, or the node itself.
    pub start: usize,
    /// Where the entry ends, its last line break and trailing blank lines included.
    pub end: usize,
}

/// How a list is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// The key is not there.
    #[default]
    Missing,
    /// The key is there, and its value is null or an empty flow list, at this range.
    Empty(Range<usize>),
    /// Entries behind dashes that all stand in one column.
    Block {
        /// The column of the dashes.
        column: usize,
        /// Where ` []` goes if no entry is left: after the colon and the properties of the list.
        mark: usize,
        /// The entries.
        entries: Vec<Entry>,
    },
    /// Entries between brackets.
    Flow {
        /// After the opening bracket.
        open: usize,
        /// Before the closing bracket.
        close: usize,
        /// The entries, at least one.
        entries: Vec<Entry>,
    },
}

impl Shape {
    /// The entries of the list, none if it is missing or empty.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Self::Missing | Self::Empty(_) => &[],
            Self::Block { entries, .. } | Self::Flow { entries, .. } => entries,
        }
    }

    /// The column of the dashes, if the entries stand behind any.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::Block { column, .. } => Some(*column),
            _ => None,
        }
    }
}

/// Where everything lies that the function reads or changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The value of `apiVersion`, if it is a string.
    pub api_version: Option<String>,
    /// The value of `kind`, if it is a string.
    pub kind: Option<String>,
    /// Whether the whole list stands in braces, as JSON does.
    pub flow: bool,
    /// The column of the top-level keys in block style.
    pub column: usize,
    /// Where a new top-level key goes.
    pub end: usize,
    /// The `items`.
    pub items: Shape,
    /// The `results` that earlier functions left.
    pub results: Shape,
    /// The text of the `functionConfig`.
    pub config: Option<Range<usize>>,
    /// Whether directives stand before the list, which an item read on its own would miss.
    pub directives: bool,
}
