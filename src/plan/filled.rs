//! What is left out when there is nothing in it: the API drops empty lists and objects, so Argo CD would see a
//! difference for ever.

use std::collections::BTreeMap;

/// None for an object in which nothing is set.
pub fn object<T: Default + PartialEq>(object: T) -> Option<T> {
    (object != T::default()).then_some(object)
}

/// None for an empty list.
pub fn list<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

/// None for a map without entries.
pub(super) fn map(map: &BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    (!map.is_empty()).then(|| map.clone())
}
