//! Which items lean on an anchor that another item sets.
//!
//! YAML lets an alias refer to any anchor before it in the document. If an edit takes the item away
//! that sets an anchor, the items that refer to it have to be written out in full.

use std::collections::{BTreeMap, BTreeSet};

/// The anchors and aliases of a document, by item.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The item that is being walked, none outside of the items.
    pub item: Option<usize>,
    /// The item that sets each anchor.
    anchors: BTreeMap<usize, usize>,
    /// For each item, the items that lean on it.
    leaning: BTreeMap<usize, BTreeSet<usize>>,
}

impl Shared {
    /// Notes that the item at hand sets an anchor.
    pub fn define(&mut self, anchor: usize) {
        if let Some(item) = self.item {
            self.anchors.insert(anchor, item);
        }
    }

    /// Notes that the item at hand refers to an anchor.
    pub fn refer(&mut self, anchor: usize) {
        if let (Some(item), Some(source)) = (self.item, self.anchors.get(&anchor))
            && item != *source
        {
            self.leaning.entry(*source).or_default().insert(item);
        }
    }

    /// The items that lean on any of `changed`, directly or through others, since an item that is
    /// written out in full loses its own anchors.
    pub fn leaning_on(&self, changed: impl Iterator<Item = usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = changed.collect();
        while let Some(item) = open.pop() {
            let leaning = self.leaning.get(&item).into_iter().flatten();
            open.extend(leaning.filter(|leaning| found.insert(**leaning)));
        }
        found
    }
}
