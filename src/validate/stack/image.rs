//! The part of a valid stack that says which operand image runs.

use std::collections::BTreeMap;

use crate::spec::CatalogKind;

/// The operand image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The whole reference; none when only a catalog outside the stack knows it.
    pub reference: Option<String>,
    /// PostgreSQL's major version.
    pub major: u32,
}

/// A catalog of operand images by major version.
#[derive(Debug, Clone)]
pub struct ImageCatalog {
    /// Its kind.
    pub kind: CatalogKind,
    /// Its name.
    pub name: String,
    /// What is in it, when it is generated.
    pub images: Option<BTreeMap<u32, String>>,
}
