//! Editing the text of one item so that its value changes and as little else as possible.
//!
//! The text is parsed into a tree of nodes with their places, the patch is turned into pieces of new
//! text at those places, and the outcome is parsed again. If it is not the value that it should be, or
//! the text holds what the tree does not follow, such as aliases and tags, the whole item is written
//! anew: right first, small second.

mod patch;
mod tree;

use anyhow::Result;
use serde_json::Value;

use super::limits::Limits;
use super::merge::merge;
use super::splice;
use super::text;
use super::yaml;

/// Where the text of an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In block style; the first character stands in this column.
    Block(usize),
    /// Between brackets or braces.
    Flow,
}

/// Edits the text of an item so that its value becomes the deep merge of its value and `patch`.
///
/// The text is the raw slice of a list, as [`super::Item::text`] gives it: its first line starts in
/// `column` of the list, its other lines carry their full indentation. What comes back has the same
/// form, so that it can take the place of the slice. For a document of its own `column` is zero.
///
/// # Errors
/// If the text cannot be parsed.
pub fn merge_text(text: &str, column: usize, patch: &Value) -> Result<String> {
    let value = yaml::parse(&text::padded(text, column))?;
    Ok(merge_value_text(text, Place::Block(column), &value, patch))
}

/// [`merge_text`] for a text whose value is known.
pub(super) fn merge_value_text(text: &str, place: Place, value: &Value, patch: &Value) -> String {
    let merged = merge(value, patch);
    if merged == *value {
        return text.to_owned();
    }
    let column = match place {
        Place::Block(column) => column,
        Place::Flow => 0,
    };
    edited(text, column, value, patch, &merged).unwrap_or_else(|| rewritten(text, place, &merged))
}

/// The text with small changes, if they lead to the merged value.
fn edited(
    text: &str,
    column: usize,
    value: &Value,
    patch: &Value,
    merged: &Value,
) -> Option<String> {
    let source = text::padded(text, column);
    let tree = tree::build(&source)?;
    let mut editor = patch::Editor::new(&source);
    editor.root(&tree, value, patch)?;
    let edited = editor.finish()?;
    let is_right = yaml::read(&edited, &Limits::OWN).is_ok_and(|value| value == *merged);
    let edited = edited.get(column..)?;
    is_right.then(|| edited.to_owned())
}

/// The whole value in the place of the text, with the line breaks at its end.
fn rewritten(text: &str, place: Place, merged: &Value) -> String {
    let tail = text.get(text.trim_end().len()..).unwrap_or_default();
    let body = match place {
        Place::Block(column) if !text.trim_start().starts_with('{') => {
            let first = text.lines().find(|line| !is_bare(line)).unwrap_or_default();
            let indent = if column == 0 {
                text::leading_spaces(first)
            } else {
                column
            };
            let lines = splice::indented(&yaml::to_string(merged), indent);
            lines.get(column..).unwrap_or(&lines).to_owned()
        }
        _ => yaml::to_json(merged),
    };
    let body = body.trim_end();
    if text::line_break(text) == "\n" {
        return format!("{body}{tail}");
    }
    format!("{}{tail}", body.replace('\n', "\r\n"))
}

/// Whether a line holds nothing but blanks or a comment.
fn is_bare(line: &str) -> bool {
    let trimmed = line.trim_start();
    trimmed.is_empty() || trimmed.starts_with('#')
}
