//! The files that the Jobs of one kind run: one ConfigMap for all of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use k8s_openapi::api::core::v1::ConfigMap;

use crate::meta::Meta;
use crate::validate::digest;

/// The files, by name, in the order in which they are run or read.
pub struct Files {
    /// What the ConfigMap's name begins with.
    pub kind: &'static str,
    /// Names and texts of those that Jobs of other kinds run, too.
    pub shared: &'static [(&'static str, &'static str)],
    /// Names and texts.
    pub files: &'static [(&'static str, &'static str)],
    /// The name, once it was made: the hash is over all texts, and every Job of every stack needs it.
    name: OnceLock<String>,
}

impl Files {
    /// Files of a kind.
    #[must_use]
    pub const fn new(
        kind: &'static str,
        shared: &'static [(&'static str, &'static str)],
        files: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            kind,
            shared,
            files,
            name: OnceLock::new(),
        }
    }

    /// The name says what is inside: a Job never reads other files than those it was made with.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.get_or_init(|| {
            let parts: Vec<&str> = self.all().flat_map(|(name, text)| [name, text]).collect();
            format!("{}-{}", self.kind, digest(&parts.join("\0")))
        })
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.shared.iter().chain(self.files).copied()
    }

    /// The ConfigMap, with what its metadata has beside the name.
    #[must_use]
    pub fn config_map(&self, metadata: Meta) -> ConfigMap {
        let texts = self.all();
        let data: BTreeMap<String, String> = texts
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        ConfigMap {
            metadata: metadata.literal().build(),
            data: Some(data),
            immutable: Some(true),
            ..ConfigMap::default()
        }
    }
}
