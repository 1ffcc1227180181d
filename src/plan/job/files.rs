//! The files that the Jobs of one kind run: one ConfigMap for all of them.

use std::collections::BTreeMap;

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
}

impl Files {
    /// The name says what is inside: a Job never reads other files than those it was made with.
    #[must_use]
    pub fn name(&self) -> String {
        let parts: Vec<&str> = self.all().flat_map(|(name, text)| [name, text]).collect();
        format!("{}-{}", self.kind, digest(&parts.join("\0")))
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
