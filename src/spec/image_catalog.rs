//! `spec.imageCatalog`: operand images by major version.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A catalog of operand images by major version. A minor upgrade is then an edit of the catalog.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageCatalog {
    /// Kind of the catalog. Default `ImageCatalog`.
    pub kind: Option<CatalogKind>,
    /// Name of the catalog. Required unless `images` is given; then the default is `cluster-{namespace}`.
    pub name: Option<String>,
    /// The operand images by major version, such as `{"17": "registry.example.com/postgresql:17.6-standard-trixie@sha256:..."}`: generates the catalog. At most 8. Without it the catalog is there already. Only with the kind `ImageCatalog`.
    pub images: Option<BTreeMap<String, String>>,
}

/// Kind of a catalog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum CatalogKind {
    /// In the stack's namespace.
    #[default]
    ImageCatalog,
    /// For the whole Kubernetes cluster.
    ClusterImageCatalog,
}

impl CatalogKind {
    /// The kind's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ImageCatalog => "ImageCatalog",
            Self::ClusterImageCatalog => "ClusterImageCatalog",
        }
    }
}
