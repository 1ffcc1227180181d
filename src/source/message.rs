//! A message about a file, as one line or with the line that it is about.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::Place;
use crate::diagnostic::{Diagnostic, Severity};

/// How messages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Each on one line, which starts with file, line and column: for logs and editors.
    #[default]
    Line,
    /// With the line of the file and a caret below it.
    Snippet {
        /// With colours.
        colour: bool,
    },
}

/// The message in a style.
pub(super) fn write(
    file: &str,
    place: Option<Place>,
    diagnostic: &Diagnostic,
    style: Style,
) -> String {
    match (style, place) {
        (Style::Line, Some(Place { line, column, .. })) => {
            format!("{file}:{line}:{column}: {diagnostic}")
        }
        (Style::Line, None) => format!("{file}: {diagnostic}"),
        (Style::Snippet { colour }, place) => snippet(file, place, diagnostic, colour),
    }
}

fn snippet(file: &str, place: Option<Place>, diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(diagnostic.statement());
    let mut group = title
        .id(diagnostic.code.as_str())
        .element(shown(file, place));
    if let Some(proposed) = &diagnostic.proposed {
        group = group.element(Level::HELP.message(format!("try {proposed}")));
    }
    rendered(group, colour)
}

/// A file that cannot be read, with the line and column where that ends.
pub(super) fn broken(file: &str, at: Option<(usize, usize)>, what: &str, colour: bool) -> String {
    let origin = Origin::path(file);
    let origin = match at {
        Some((line, column)) => origin.line(line).char_column(column),
        None => origin,
    };
    let title = Level::ERROR.primary_title(what);
    rendered(title.element(origin), colour)
}

/// The line of the file, or the file alone.
fn shown(file: &str, place: Option<Place>) -> Element<'_> {
    match place {
        Some(place) if place.text.is_empty() => Origin::path(file)
            .line(place.line)
            .char_column(place.column)
            .into(),
        Some(place) => Snippet::source(place.text)
            .line_start(place.line)
            .path(file)
            .annotation(AnnotationKind::Primary.span(place.range))
            .into(),
        None => Origin::path(file).into(),
    }
}

fn rendered(group: Group<'_>, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group]) + "\n"
}
