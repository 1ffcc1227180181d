//! The picture as an SVG image that needs nothing else: no script, font, file or foreign element.

use super::layout::{
    CAPTION_LINE, Curve, DETAIL_STEP, INDENT, PlacedFrame, PlacedNode, Plane, Px, TITLE_STEP,
    layout,
};
use super::model::{EdgeKind, Kind, Picture};
use super::text::{add, visible};

mod marks;

/// The looks: by day, and by night where the reader's system says so. What stands in an `img` knows
/// nothing of the page around it, so the picture has a background of its own.
const STYLE: &str = include_str!("svg/style.css");
/// What dashed lines mean.
const LEGEND: &str = "dashed: applied by hand";
/// The corners of boxes.
const CORNER: Px = 6;

/// Writes the image.
#[must_use]
pub fn write(picture: &Picture) -> String {
    let plane = layout(picture);
    let mut out = head(picture, &plane);
    for frame in &plane.frames {
        write_frame(&mut out, frame);
    }
    if let Some(y) = plane.legend {
        let x = plane.width - super::layout::MARGIN;
        add(
            &mut out,
            &format!(
                "<text class=\"detail\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{LEGEND}</text>\n"
            ),
        );
    }
    out.push_str("</svg>\n");
    out
}

fn head(picture: &Picture, plane: &Plane<'_>) -> String {
    let Plane { width, height, .. } = plane;
    let names: Vec<&str> = picture
        .frames
        .iter()
        .map(|frame| frame.title.as_str())
        .collect();
    let title = format!("PostgreSQL: {}", names.join(", "));
    let (title, description) = (escape(&title), escape(&description(picture)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title desc\" xml:space=\"preserve\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"desc\">{description}</desc>\n<style>\n{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"tip\" d=\"M0 .5 8 4 0 7.5z\"/></marker></defs>\n\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"{CORNER}\"/>\n"
    )
}

/// The picture in words, for those who do not see it.
fn description(picture: &Picture) -> String {
    let frames = picture.frames.iter().map(|frame| {
        let count = |kind| frame.nodes.iter().filter(|node| node.kind == kind).count();
        let words = [
            (count(Kind::App), "applications"),
            (count(Kind::User), "users"),
            (count(Kind::Database), "databases"),
            (count(Kind::Migration), "migrations"),
            (count(Kind::Bucket), "buckets"),
        ];
        let words = words.iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = words
            .map(|(count, what)| format!("{what}: {count}"))
            .collect();
        format!(
            "Stack {} ({}). {}.",
            frame.title,
            frame.notes.join(", "),
            words.join(", ")
        )
    });
    frames.collect::<Vec<String>>().join(" ")
}

fn write_frame(out: &mut String, placed: &PlacedFrame<'_>) {
    let rect = placed.rect;
    let (x, y) = (rect.x + 20, rect.y + 28);
    let (notes_x, notes) = &placed.notes;
    add(
        out,
        &format!(
            "<g>\n<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/>\n\
         <text class=\"name\" x=\"{x}\" y=\"{y}\">{}</text>\n\
         <text class=\"detail\" x=\"{notes_x}\" y=\"{y}\">{}</text>\n",
            rect.x,
            rect.y,
            rect.w,
            rect.h,
            escape(&placed.title),
            escape(notes),
        ),
    );
    for curve in &placed.curves {
        write_curve(out, curve);
    }
    for node in &placed.boxes {
        write_box(out, node);
    }
    out.push_str("</g>\n");
}

fn write_curve(out: &mut String, curve: &Curve) {
    let ((x1, y1), (x2, y2), bend) = (curve.from, curve.to, curve.bend());
    let (class, end) = match curve.edge.kind {
        EdgeKind::Part => ("edge", ""),
        EdgeKind::Flow => ("edge", " marker-end=\"url(#tip)\""),
        EdgeKind::ByHand => ("edge hand", " marker-end=\"url(#tip)\""),
    };
    add(
        out,
        &format!(
            "<path class=\"{class}\" d=\"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}\"{end}/>\n"
        ),
    );
}

fn write_box(out: &mut String, placed: &PlacedNode<'_>) {
    let (node, rect) = (placed.node, placed.rect);
    let (x, y, w, h) = (rect.x, rect.y, rect.w, rect.h);
    let lines = [node.caption, node.title.as_str()];
    let lines = lines
        .into_iter()
        .chain(node.details.iter().map(String::as_str));
    let whole = lines.collect::<Vec<&str>>().join(" | ");
    let mark = marks::mark(node.kind);
    let (mark_x, mark_y, left) = (x + 12, y + 12, x + INDENT);
    add(
        out,
        &format!(
            "<g class=\"{}\">\n<title>{}</title>\n<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" \
             rx=\"{CORNER}\"/>\n<path class=\"mark\" transform=\"translate({mark_x} {mark_y})\" d=\"{mark}\"/>\n",
            node.kind.class(),
            escape(&whole),
        ),
    );
    let mut base = y + CAPTION_LINE;
    line(out, "caption", (left, base), node.caption);
    for text in &placed.title {
        base += TITLE_STEP;
        line(out, "title", (left, base), text);
    }
    for (number, text) in placed.details.iter().enumerate() {
        base += if number == 0 { TITLE_STEP } else { DETAIL_STEP };
        line(out, "detail", (left, base), text);
    }
    out.push_str("</g>\n");
}

fn line(out: &mut String, class: &str, (x, y): (Px, Px), text: &str) {
    let text = escape(text);
    add(
        out,
        &format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>\n"),
    );
}

/// Text for an element or an attribute; what XML has no character for is written out.
fn escape(text: &str) -> String {
    visible(text).chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
        out
    })
}
