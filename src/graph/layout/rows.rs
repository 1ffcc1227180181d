//! The rows of a frame: how far below its head each box is.

use super::super::model::{Column, Frame, NodeId};
use super::Px;

/// Between boxes of one block.
const CLOSE: Px = 12;
/// Between the blocks of two databases.
const APART: Px = 20;

/// A frame whose boxes get their rows.
struct Rows<'a> {
    frame: &'a Frame,
    heights: &'a [Px],
    /// What stands to the left of a box and belongs to it.
    children: Vec<Vec<usize>>,
    tops: Vec<Px>,
}

/// The top of each box, and the height of them all.
pub(super) fn rows(frame: &Frame, heights: &[Px]) -> (Vec<Px>, Px) {
    let mut rows = Rows {
        frame,
        heights,
        children: children(frame),
        tops: vec![0; heights.len()],
    };
    let databases = rows.column(Column::Databases);
    let left = stack(databases.iter().map(|at| rows.block(*at)), APART);
    let clusters = rows.column(Column::Clusters);
    let around = rows.column(Column::Around);
    let column_height = |column: &[usize]| stack(column.iter().map(|at| rows.height(*at)), CLOSE);
    let (middle, right) = (column_height(&clusters), column_height(&around));
    let height = left.max(middle).max(right);
    // The Cluster is the first of its column. It stands in the middle, if the rest fits below it;
    // its databases are beside it in any case.
    let live = clusters.first().map_or(0, |at| rows.height(*at));
    let cluster = ((height - live) / 2).min(height - middle).max(0);
    rows.fill(&clusters, cluster);
    let beside = |size: Px| (cluster + (live - size) / 2).clamp(0, height - size);
    let mut top = beside(left);
    for at in databases {
        let block = rows.block(at);
        rows.place(at, top);
        top += block + APART;
    }
    let level = if around.len() > 1 {
        (height - right) / 2
    } else {
        beside(right)
    };
    rows.fill(&around, level);
    (rows.tops, height)
}

/// The boxes that each box has to its left: those whose first line leads to it, or comes from it.
fn children(frame: &Frame) -> Vec<Vec<usize>> {
    let column = |id: NodeId| frame.nodes.get(id.index()).map(|node| node.column);
    let mut children = vec![Vec::new(); frame.nodes.len()];
    let mut taken = vec![false; frame.nodes.len()];
    for edge in &frame.edges {
        let is_left =
            column(edge.to) <= Some(Column::Databases) && column(edge.from) < column(edge.to);
        let (from, to) = (edge.from.index(), edge.to.index());
        if let (true, Some(taken @ false), Some(list)) =
            (is_left, taken.get_mut(from), children.get_mut(to))
        {
            *taken = true;
            list.push(from);
        }
    }
    children
}

/// The height of things on top of each other.
fn stack(heights: impl Iterator<Item = Px>, gap: Px) -> Px {
    let total = heights.fold(0, |total, height| total + height + gap);
    (total - gap).max(0)
}

impl Rows<'_> {
    fn column(&self, column: Column) -> Vec<usize> {
        let nodes = self.frame.nodes.iter().enumerate();
        nodes
            .filter(|(_, node)| node.column == column)
            .map(|(at, _)| at)
            .collect()
    }

    fn height(&self, at: usize) -> Px {
        self.heights.get(at).copied().unwrap_or_default()
    }

    fn children_of(&self, at: usize) -> Vec<usize> {
        self.children.get(at).cloned().unwrap_or_default()
    }

    /// The height of a box and of what belongs to it.
    fn block(&self, at: usize) -> Px {
        let children = self.children_of(at);
        let beside = stack(children.iter().map(|at| self.block(*at)), CLOSE);
        self.height(at).max(beside)
    }

    /// Puts a box into the middle of its block, and what belongs to it beside it.
    fn place(&mut self, at: usize, top: Px) {
        let block = self.block(at);
        self.set(at, top + (block - self.height(at)) / 2);
        let children = self.children_of(at);
        let beside = stack(children.iter().map(|at| self.block(*at)), CLOSE);
        let mut top = top + (block - beside) / 2;
        for child in children {
            self.place(child, top);
            top += self.block(child) + CLOSE;
        }
    }

    fn fill(&mut self, column: &[usize], mut top: Px) {
        for at in column {
            self.set(*at, top);
            top += self.height(*at) + CLOSE;
        }
    }

    fn set(&mut self, at: usize, top: Px) {
        if let Some(place) = self.tops.get_mut(at) {
            *place = top;
        }
    }
}
