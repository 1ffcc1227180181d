//! Which items are which documents. All of it by name: a list may hold ten thousand of either, and holding each
//! document against each item would take a time that grows with the product.

use std::collections::BTreeMap;

use crate::inventory::{Existing, Identity};
use crate::krm::{Field, Head};
use crate::place::Placed;
use crate::plan::File;

/// Objects that items may be, by their names.
#[derive(Default)]
pub(super) struct Wanted(BTreeMap<String, Vec<Identity>>);

impl Wanted {
    pub(super) fn new(identities: impl Iterator<Item = Identity>) -> Self {
        let mut wanted = Self::default();
        for identity in identities {
            let named = wanted.0.entry(identity.name.clone()).or_default();
            named.push(identity);
        }
        wanted
    }

    /// Whether an item with this head may be one of them.
    pub(super) fn may_be(&self, head: &Head<'_>) -> bool {
        let any = |named: &Vec<Identity>| named.iter().any(|identity| identity.may_be(head));
        match &head.name {
            Field::Known(name) => self.0.get(name.as_ref()).is_some_and(any),
            Field::Absent => false,
            Field::Unsure => self.0.values().any(any),
        }
    }
}

/// The items that were parsed, by who they are.
pub(super) struct Items<'e> {
    all: &'e [Existing],
    known: BTreeMap<&'e Identity, Vec<&'e Existing>>,
}

impl<'e> Items<'e> {
    pub(super) fn new(all: &'e [Existing]) -> Self {
        let mut known: BTreeMap<&Identity, Vec<&Existing>> = BTreeMap::new();
        for item in all {
            known.entry(&item.identity).or_default().push(item);
        }
        Self { all, known }
    }

    /// Those that are this object.
    pub(super) fn of(&self, identity: &Identity) -> Vec<&'e Existing> {
        self.known.get(identity).cloned().unwrap_or_default()
    }

    /// Those that are the object that a document describes. A directory has one kustomization.yaml,
    /// which has no name of its own, so there the path decides, too.
    pub(super) fn same(&self, document: &Placed) -> Vec<&'e Existing> {
        let identity = Identity::of(&document.value);
        if document.file != File::Kustomization {
            return self.of(&identity);
        }
        let is_same =
            |item: &&Existing| item.identity == identity || item.path() == Some(&document.path);
        self.all.iter().filter(is_same).collect()
    }
}
