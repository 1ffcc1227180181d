//! What holds for the places of all boxes and lines, whatever the picture.

use cnpg_stack::graph::layout::{
    Curve, DETAIL_SIZE, INDENT, PlacedFrame, Rect, TITLE_SIZE, layout,
};
use cnpg_stack::graph::model::Kind;
use cnpg_stack::graph::text;

use crate::pictures;

const fn overlap(one: &Rect, other: &Rect) -> bool {
    one.x < other.right()
        && other.x < one.right()
        && one.y < other.bottom()
        && other.y < one.bottom()
}

const fn inside(inner: &Rect, outer: &Rect) -> bool {
    outer.x <= inner.x
        && outer.y <= inner.y
        && inner.right() <= outer.right()
        && inner.bottom() <= outer.bottom()
}

/// Points along a line, in hundredths of a pixel.
fn points(curve: &Curve) -> Vec<(i64, i64)> {
    let ((x1, y1), (x2, y2), bend) = (curve.from, curve.to, curve.bend());
    let points = (0..=50).map(|step| {
        let (t, u) = (step, 50 - step);
        let at = |p0: i64, p1: i64, p2: i64, p3: i64| {
            let sum = u * u * u * p0 + 3 * u * u * t * p1 + 3 * u * t * t * p2 + t * t * t * p3;
            sum * 100 / (50 * 50 * 50)
        };
        (at(x1, bend, bend, x2), at(y1, y1, y2, y2))
    });
    points.collect()
}

/// Everything that is wrong with the boxes and lines of a frame.
fn crooked(frame: &PlacedFrame<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, placed) in frame.boxes.iter().enumerate() {
        if !inside(&placed.rect, &frame.rect) {
            wrong.push(format!("{} leaves its frame", placed.node.title));
        }
        let others = frame.boxes.iter().skip(index + 1);
        for other in others.filter(|other| overlap(&placed.rect, &other.rect)) {
            wrong.push(format!("{} covers {}", placed.node.title, other.node.title));
        }
    }
    if frame.curves.len() != frame.frame.edges.len() {
        wrong.push("a line is missing".to_owned());
    }
    for curve in &frame.curves {
        let ends = [(curve.from, curve.edge.from), (curve.to, curve.edge.to)];
        for ((x, y), node) in ends {
            let rect = frame.boxes[node.index()].rect;
            let at_side = (x == rect.x || x == rect.right()) && rect.y < y && y < rect.bottom();
            if !at_side {
                wrong.push(format!("{:?} does not end at its box", curve.edge));
            }
        }
        for (x, y) in points(curve) {
            let hit = frame.boxes.iter().find(|placed| {
                let Rect {
                    x: left, y: top, ..
                } = placed.rect;
                let (right, bottom) = (placed.rect.right(), placed.rect.bottom());
                left * 100 < x && x < right * 100 && top * 100 < y && y < bottom * 100
            });
            wrong
                .extend(hit.map(|hit| format!("{:?} runs through {}", curve.edge, hit.node.title)));
        }
    }
    wrong
}

#[test]
fn boxes_stand_apart_and_lines_keep_out_of_them() {
    for (name, picture) in pictures() {
        let plane = layout(&picture);
        let page = Rect {
            x: 0,
            y: 0,
            w: plane.width,
            h: plane.height,
        };
        let mut wrong = Vec::new();
        for (index, frame) in plane.frames.iter().enumerate() {
            wrong.extend(crooked(frame));
            if !inside(&frame.rect, &page) {
                wrong.push("a frame leaves the page".to_owned());
            }
            let others = plane.frames.iter().skip(index + 1);
            if others
                .clone()
                .any(|other| overlap(&frame.rect, &other.rect))
            {
                wrong.push("two frames overlap".to_owned());
            }
        }
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        assert!(plane.legend.is_none_or(|y| y < plane.height), "{name}");
    }
}

#[test]
fn text_stays_in_its_box() {
    for (name, picture) in pictures() {
        for frame in layout(&picture).frames {
            for placed in &frame.boxes {
                let room = (placed.rect.w - INDENT) * 10;
                let titles = placed.title.iter().map(|line| (line, TITLE_SIZE));
                let details = placed.details.iter().map(|line| (line, DETAIL_SIZE));
                for (line, size) in titles.chain(details) {
                    assert!(text::width(line, size) < room, "{name}: {line}");
                }
            }
            let (start, notes) = &frame.notes;
            let end = start * 10 + text::width(notes, DETAIL_SIZE);
            assert!(end < frame.rect.right() * 10, "{name}: {notes}");
        }
    }
}

#[test]
fn rows_line_up() {
    for (name, picture) in pictures() {
        for frame in layout(&picture).frames {
            let middle = |rect: &Rect| rect.y * 2 + rect.h;
            let mut rows = 0;
            for curve in &frame.curves {
                let (from, to) = (curve.edge.from, curve.edge.to);
                let only = |id| {
                    let touches = |c: &&Curve| c.edge.from == id || c.edge.to == id;
                    frame.curves.iter().filter(touches).count() <= 2
                };
                let user = &frame.boxes[from.index()];
                let database = &frame.boxes[to.index()];
                let kinds = (user.node.kind, database.node.kind);
                if kinds == (Kind::User, Kind::Database) && only(to) {
                    assert_eq!(middle(&user.rect), middle(&database.rect), "{name}");
                    rows += 1;
                }
            }
            let forty = name == "forty-databases";
            assert!(!forty || rows == 40, "{name}: {rows} rows");
        }
    }
}

#[test]
fn long_text_is_broken_at_spaces_and_marks_and_cut_at_the_end() {
    let lines = |text: &str| text::wrap(text, 100, 1000, 2);
    assert_eq!(lines("connect, read"), ["connect, read"]);
    assert_eq!(lines("connect, read, write"), ["connect, read,", "write"]);
    assert_eq!(
        lines("minio.storage.svc.cluster.example"),
        ["minio.storage.", "svc.cluster.exa…"]
    );
    assert_eq!(lines("mmmmmmmmmmmmmmm"), ["mmmmmmmm…"]);
    assert_eq!(lines("two  blanks"), ["two  blanks"]);
    assert_eq!(text::cut("Ж漢字", 100, 10), "…");
    assert_eq!(
        text::visible("a\u{202e}b\u{0}\u{fffe}\n"),
        "a\\u{202e}b\\u{0}\\u{fffe}\\u{a}"
    );
}
