//! Where everything of a picture goes, in pixels.
//!
//! Columns have one width and one place in all frames. Users stand beside their database and
//! applications beside their user, as the branches of a tree, so that rows line up.

use std::collections::BTreeMap;

use super::model::{Column, Edge, EdgeKind, Frame, Node, NodeId, Picture};
use super::text;

mod rows;

/// Pixels.
pub type Px = i64;

/// Font sizes, in tenths of a pixel.
pub const TITLE_SIZE: Px = 140;
/// Of captions.
pub const CAPTION_SIZE: Px = 105;
/// Of details.
pub const DETAIL_SIZE: Px = 115;
/// Of the title of a frame.
pub const FRAME_SIZE: Px = 160;

/// Around the picture.
pub const MARGIN: Px = 16;
/// Inside a frame.
const PADDING: Px = 20;
/// The head of a frame.
const HEAD: Px = 44;
/// Between frames.
const BETWEEN: Px = 20;
/// Between columns: room for the lines, more of it for many lines.
const GAP: Px = 52;
/// For each line more than a few.
const MORE_GAP: Px = 4;
/// The widest room for lines.
const MOST_GAP: Px = 116;
/// From the left of a box to its text: room for the mark of its kind.
pub const INDENT: Px = 38;
/// From the text to the right of a box.
const RIGHT: Px = 12;
/// The most room that text gets in a box.
const MOST_TEXT: Px = 164;
/// The least.
const LEAST_TEXT: Px = 70;
/// The most lines of a title.
const TITLE_LINES: usize = 2;
/// The most lines of one detail.
const DETAIL_LINES: usize = 3;
/// Between the ends of lines at one box.
const STEP: Px = 12;
/// The line below a picture that explains it.
const LEGEND: Px = 22;
/// The narrowest frame.
const NARROWEST: Px = 420;

/// The base line of the caption, from the top of a box. All distances in a box are even, so that
/// boxes of different heights have their middles on one line.
pub const CAPTION_LINE: Px = 20;
/// From line to line of the title, and to the first detail.
pub const TITLE_STEP: Px = 18;
/// From detail to detail.
pub const DETAIL_STEP: Px = 16;
/// From the last line to the bottom of a box.
const BOTTOM: Px = 12;

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rect {
    /// Its left.
    pub x: Px,
    /// Its top.
    pub y: Px,
    /// Its width.
    pub w: Px,
    /// Its height.
    pub h: Px,
}

impl Rect {
    /// The right side.
    #[must_use]
    pub const fn right(&self) -> Px {
        self.x + self.w
    }

    /// The lower side.
    #[must_use]
    pub const fn bottom(&self) -> Px {
        self.y + self.h
    }

    const fn middle(&self) -> Px {
        self.y + self.h / 2
    }
}

/// A picture with a place for everything.
#[derive(Debug)]
pub struct Plane<'a> {
    /// Width of the whole.
    pub width: Px,
    /// Height of the whole.
    pub height: Px,
    /// The frames from top to bottom.
    pub frames: Vec<PlacedFrame<'a>>,
    /// The base line of the explanation below, if one is needed.
    pub legend: Option<Px>,
}

/// A frame in its place.
#[derive(Debug)]
pub struct PlacedFrame<'a> {
    /// What it shows.
    pub frame: &'a Frame,
    /// Its place.
    pub rect: Rect,
    /// Its title as it fits.
    pub title: String,
    /// Its notes as they fit, and where they start.
    pub notes: (Px, String),
    /// The boxes.
    pub boxes: Vec<PlacedNode<'a>>,
    /// The lines.
    pub curves: Vec<Curve>,
}

/// A box in its place.
#[derive(Debug)]
pub struct PlacedNode<'a> {
    /// What it shows.
    pub node: &'a Node,
    /// Its place.
    pub rect: Rect,
    /// Its title, likewise.
    pub title: Vec<String>,
    /// Its details, broken and cut as they fit.
    pub details: Vec<String>,
}

/// A line: a Bezier curve that starts and ends level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curve {
    /// The edge that it draws.
    pub edge: Edge,
    /// Where it starts.
    pub from: (Px, Px),
    /// Where it ends.
    pub to: (Px, Px),
}

impl Curve {
    /// Both control points have this `x`.
    #[must_use]
    pub const fn bend(&self) -> Px {
        i64::midpoint(self.from.0, self.to.0)
    }
}

/// Finds a place for everything.
#[must_use]
pub fn layout(picture: &Picture) -> Plane<'_> {
    let columns = Columns::of(picture);
    let mut top = MARGIN;
    let mut frames = Vec::new();
    for frame in &picture.frames {
        let placed = place(frame, &columns, top);
        top = placed.rect.bottom() + BETWEEN;
        frames.push(placed);
    }
    let mut edges = picture.frames.iter().flat_map(|frame| &frame.edges);
    let by_hand = edges.any(|edge| edge.kind == EdgeKind::ByHand);
    let bottom = top - BETWEEN;
    Plane {
        width: columns.width + 2 * MARGIN,
        height: bottom + MARGIN + if by_hand { LEGEND } else { 0 },
        frames,
        legend: by_hand.then_some(bottom + LEGEND),
    }
}

/// The columns that anything is in: left side and width of each.
struct Columns {
    places: Vec<(Column, Px, Px)>,
    /// The width of a frame.
    width: Px,
}

impl Columns {
    fn of(picture: &Picture) -> Self {
        let mut places = Vec::new();
        let mut x = MARGIN + PADDING;
        let mut end = x;
        for column in Column::ALL {
            let nodes = picture.frames.iter().flat_map(|frame| &frame.nodes);
            let widest = nodes
                .filter(|node| node.column == column)
                .map(text_width)
                .max();
            if let Some(widest) = widest {
                let width = INDENT + widest.clamp(LEAST_TEXT, MOST_TEXT) + RIGHT;
                places.push((column, x, width));
                end = x + width;
                x = end + gap(picture, column);
            }
        }
        let width = (end + PADDING - MARGIN).max(NARROWEST);
        Self { places, width }
    }

    fn of_column(&self, column: Column) -> (Px, Px) {
        let found = self.places.iter().find(|(other, ..)| *other == column);
        found.map_or((0, 0), |(_, x, width)| (*x, *width))
    }
}

/// The room for the lines to the right of a column: more of it where many meet at one box.
fn gap(picture: &Picture, column: Column) -> Px {
    let frames = picture.frames.iter();
    let most = frames.map(|frame| fan(frame, column)).max().unwrap_or(0);
    GAP + ((most - 4).clamp(0, MOST_GAP) * MORE_GAP).min(MOST_GAP - GAP)
}

/// The most lines that meet at one box and at one side, between a column and the next one.
fn fan(frame: &Frame, column: Column) -> Px {
    let at = |id: NodeId| frame.nodes.get(id.index()).map(|node| node.column);
    let mut meeting: BTreeMap<NodeId, Px> = BTreeMap::new();
    for edge in &frame.edges {
        if at(edge.from).min(at(edge.to)) == Some(column) {
            *meeting.entry(edge.from).or_default() += 1;
            *meeting.entry(edge.to).or_default() += 1;
        }
    }
    meeting.into_values().max().unwrap_or_default()
}

/// The room that the text of a box would like to have.
fn text_width(node: &Node) -> Px {
    let details = node.details.iter();
    let details = details.map(|line| width(&text::visible(line), DETAIL_SIZE));
    let captions = [
        width(node.caption, CAPTION_SIZE),
        width(&text::visible(&node.title), TITLE_SIZE),
    ];
    details.chain(captions).max().unwrap_or_default()
}

/// The same in whole pixels.
fn width(line: &str, size: Px) -> Px {
    (text::width(line, size) + 9) / 10
}

fn place<'a>(frame: &'a Frame, columns: &Columns, top: Px) -> PlacedFrame<'a> {
    let mut boxes: Vec<PlacedNode<'a>> = frame
        .nodes
        .iter()
        .map(|node| sized(node, columns.of_column(node.column)))
        .collect();
    let heights: Vec<Px> = boxes.iter().map(|placed| placed.rect.h).collect();
    let (tops, height) = rows::rows(frame, &heights);
    for (placed, y) in boxes.iter_mut().zip(tops) {
        placed.rect.y = top + HEAD + y;
    }
    let rect = Rect {
        x: MARGIN,
        y: top,
        w: columns.width,
        h: HEAD + height + PADDING,
    };
    let (title, notes) = head(frame, rect);
    PlacedFrame {
        frame,
        rect,
        title,
        notes,
        curves: curves(frame, &boxes),
        boxes,
    }
}

/// The title of a frame at the left of its head, and the notes behind it.
fn head(frame: &Frame, rect: Rect) -> (String, (Px, String)) {
    let room = rect.w - 2 * PADDING;
    let title = text::cut(&text::visible(&frame.title), FRAME_SIZE, room * 10 * 2 / 3);
    let taken = width(&title, FRAME_SIZE) + 12;
    let notes = text::visible(&frame.notes.join(" · "));
    let notes = text::cut(&notes, DETAIL_SIZE, (room - taken) * 10);
    (title, (rect.x + PADDING + taken, notes))
}

/// A box with its text, still without a row.
fn sized(node: &Node, (x, width): (Px, Px)) -> PlacedNode<'_> {
    let room = (width - INDENT - RIGHT) * 10;
    let details: Vec<String> = node
        .details
        .iter()
        .flat_map(|line| text::wrap(&text::visible(line), DETAIL_SIZE, room, DETAIL_LINES))
        .collect();
    let title = text::wrap(&text::visible(&node.title), TITLE_SIZE, room, TITLE_LINES);
    let text = CAPTION_LINE + count(&title) * TITLE_STEP;
    let more = (count(&details) - 1) * DETAIL_STEP + TITLE_STEP;
    PlacedNode {
        node,
        rect: Rect {
            x,
            y: 0,
            w: width,
            h: text + if details.is_empty() { 0 } else { more } + BOTTOM,
        },
        title,
        details,
    }
}

fn count(lines: &[String]) -> Px {
    Px::try_from(lines.len()).unwrap_or(Px::MAX)
}

/// The lines of a frame. Those at one side of a box are in the order of their other ends, so they do not cross.
fn curves(frame: &Frame, boxes: &[PlacedNode<'_>]) -> Vec<Curve> {
    let rect = |id: NodeId| boxes.get(id.index()).map(|placed| placed.rect);
    let edges = frame.edges.iter().copied();
    let drawn = edges.filter_map(|edge| {
        let (from, to) = (rect(edge.from)?, rect(edge.to)?);
        let forward = from.x < to.x;
        let ends = if forward {
            (from.right(), to.x)
        } else {
            (from.x, to.right())
        };
        Some(Curve {
            edge,
            from: (ends.0, port(frame, boxes, edge, edge.from)?),
            to: (ends.1, port(frame, boxes, edge, edge.to)?),
        })
    });
    drawn.collect()
}

/// Where an edge meets the side of a box.
fn port(frame: &Frame, boxes: &[PlacedNode<'_>], edge: Edge, at: NodeId) -> Option<Px> {
    let rect = |id: NodeId| boxes.get(id.index()).map(|placed| placed.rect);
    let other = |edge: &Edge| if edge.from == at { edge.to } else { edge.from };
    let own = rect(at)?;
    let is_right = |id: NodeId| rect(id).is_some_and(|rect| rect.x > own.x);
    let side = is_right(other(&edge));
    let mut same: Vec<(Px, usize)> = Vec::new();
    for (index, candidate) in frame.edges.iter().enumerate() {
        let touches = candidate.from == at || candidate.to == at;
        if touches && is_right(other(candidate)) == side {
            same.push((rect(other(candidate))?.middle(), index));
        }
    }
    same.sort_unstable();
    let number = frame.edges.iter().position(|other| *other == edge)?;
    let place = same.iter().position(|(_, index)| *index == number)?;
    let (place, gaps) = (
        Px::try_from(place).ok()?,
        Px::try_from(same.len()).ok()? - 1,
    );
    let room = own.h - 24;
    let spread = (gaps * STEP).min(room);
    Some(own.middle() - spread / 2 + (place * spread).checked_div(gaps).unwrap_or_default())
}
