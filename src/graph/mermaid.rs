//! The picture as a Mermaid flowchart (<https://mermaid.js.org/syntax/flowchart.html>).

use super::model::{EdgeKind, Frame, Kind, Node, NodeId, Picture};
use super::text::{add, visible};

/// The most lines between boxes that Mermaid draws, unless who shows the picture allows more
/// (`maxEdges`, <https://mermaid.js.org/config/schema-docs/config.html>).
pub const MOST_EDGES: usize = 500;
/// The longest text that it reads (`maxTextSize`).
pub const MOST_TEXT: usize = 50_000;

/// Writes the flowchart.
#[must_use]
pub fn write(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    for (index, frame) in picture.frames.iter().enumerate() {
        subgraph(&mut out, index, frame);
    }
    for (index, frame) in picture.frames.iter().enumerate() {
        for edge in &frame.edges {
            let line = match edge.kind {
                EdgeKind::Part => "---",
                EdgeKind::Flow => "-->",
                EdgeKind::ByHand => "-.->",
            };
            let (from, to) = (name(index, edge.from), name(index, edge.to));
            add(&mut out, &format!("  {from} {line} {to}\n"));
        }
    }
    classes(&mut out, picture);
    out
}

/// Why Mermaid may refuse the picture, if it may.
#[must_use]
pub fn too_large(picture: &Picture, text: &str) -> Option<String> {
    let edges: usize = picture.frames.iter().map(|frame| frame.edges.len()).sum();
    if edges <= MOST_EDGES && text.chars().count() <= MOST_TEXT {
        return None;
    }
    Some(format!(
        "the picture is too large for Mermaid, which by default draws at most {MOST_EDGES} lines out of {MOST_TEXT} \
         characters; give fewer files, or use `--format svg`"
    ))
}

fn subgraph(out: &mut String, index: usize, frame: &Frame) {
    let title: Vec<&str> = std::iter::once(frame.title.as_str())
        .chain(frame.notes.iter().map(String::as_str))
        .collect();
    add(
        out,
        &format!("  subgraph s{index}[\"{}\"]\n", escape(&title.join(", "))),
    );
    for (number, node) in frame.nodes.iter().enumerate() {
        let (open, close) = shape(node.kind);
        let class = node.kind.class();
        let label = label(node);
        add(
            out,
            &format!("    s{index}n{number}{open}\"{label}\"{close}:::{class}\n"),
        );
    }
    out.push_str("  end\n");
}

fn name(frame: usize, node: NodeId) -> String {
    format!("s{frame}n{}", node.index())
}

/// The brackets of a box.
const fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::User => ("([", "])"),
        Kind::Database | Kind::Bucket | Kind::Snapshots | Kind::Elsewhere => ("[(", ")]"),
        Kind::Migration => ("{{", "}}"),
        Kind::Cluster => ("[[", "]]"),
        Kind::App | Kind::Pooler | Kind::Restore | Kind::Prometheus => ("[", "]"),
    }
}

fn label(node: &Node) -> String {
    let mut label = format!("{}<br>{}", escape(node.caption), escape(&node.title));
    for line in &node.details {
        label.push_str("<br>");
        label.push_str(&escape(line));
    }
    label
}

/// Text for a quoted label: everything that Mermaid, Markdown or HTML may take for a mark becomes an
/// entity (<https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>).
fn escape(text: &str) -> String {
    let text = visible(text);
    let mut out = String::new();
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let inside = before.is_some_and(char::is_alphanumeric)
            && rest.peek().copied().is_some_and(char::is_alphanumeric);
        let between = before.is_some_and(|c| c != ' ') && rest.peek().is_some_and(|c| *c != ' ');
        match c {
            '"' => out.push_str("#quot;"),
            '&' => out.push_str("#amp;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            // One space between words is kept by HTML, others are not.
            ' ' if !between => out.push_str("#nbsp;"),
            ' ' => out.push(c),
            // `orders_app` may stay as it is; at the edge of a word these are Markdown.
            '_' | '-' | '.' | '/' if inside => out.push(c),
            ',' if rest.peek() == Some(&' ') && before.is_some_and(char::is_alphanumeric) => {
                out.push(c);
            }
            // Mermaid's own signs for an entity that it has read.
            'ﬂ' | '°' | '¶' | 'ß' => numbered(&mut out, c),
            _ if c.is_ascii_punctuation() => numbered(&mut out, c),
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

fn numbered(out: &mut String, c: char) {
    add(out, &format!("#{};", u32::from(c)));
}

/// Fill, line and text of a kind; both colours are given, so that the theme does not matter.
const fn colours(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::App => ("#fbefff", "#8250df", "#3e1f79"),
        Kind::User => ("#fff8c5", "#9a6700", "#4d2d00"),
        Kind::Database => ("#dafbe1", "#1a7f37", "#044f1e"),
        Kind::Pooler => ("#ddf4ff", "#218bff", "#0a3069"),
        Kind::Cluster => ("#ddf4ff", "#0969da", "#0a3069"),
        Kind::Restore => ("#f0f8ff", "#54aeff", "#0a3069"),
        Kind::Migration => ("#e0f7f8", "#0a7d8c", "#07474f"),
        Kind::Elsewhere => ("#f6f8fa", "#59636e", "#1f2328"),
        Kind::Bucket | Kind::Snapshots => ("#fff1e5", "#bc4c00", "#5c2400"),
        Kind::Prometheus => ("#ffebe9", "#cf222e", "#660018"),
    }
}

/// The classes of the kinds that are there.
fn classes(out: &mut String, picture: &Picture) {
    let nodes = picture.frames.iter().flat_map(|frame| &frame.nodes);
    for kind in Kind::ALL {
        if !nodes.clone().any(|node| node.kind == kind) {
            continue;
        }
        let (fill, stroke, color) = colours(kind);
        let class = kind.class();
        add(
            out,
            &format!("  classDef {class} fill:{fill},stroke:{stroke},color:{color}\n"),
        );
    }
}
