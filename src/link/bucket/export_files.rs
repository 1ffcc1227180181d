//! The ConfigMap with the files of the export Jobs, applied together with them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;

use crate::meta::Meta;
use crate::plan::job::COMMON;
use crate::validate::{Stack, digest};

/// The files, by name, in the order in which they run.
pub const FILES: [(&str, &str); 7] = [
    COMMON,
    ("export.sh", include_str!("export/export.sh")),
    ("ready.sql", include_str!("export/ready.sql")),
    ("create.sql", include_str!("export/create.sql")),
    ("password.sql", include_str!("export/password.sql")),
    ("drop.sql", include_str!("export/drop.sql")),
    ("upload.sh", include_str!("export/upload.sh")),
];

/// The name says what is inside: a Job never reads other files than those it was made with.
pub(super) fn name() -> String {
    let parts: Vec<&str> = FILES
        .iter()
        .flat_map(|(name, text)| [*name, *text])
        .collect();
    format!("export-files-{}", digest(&parts.join("\0")))
}

pub(super) fn build(stack: &Stack) -> ConfigMap {
    let data = FILES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    ConfigMap {
        metadata: Meta::new(stack, &name()).day2().literal().build(),
        data: Some(BTreeMap::from(data)),
        immutable: Some(true),
        ..ConfigMap::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_job_is_shipped() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/link/bucket/export");
        let files = std::fs::read_dir(directory).unwrap();
        let mut there: BTreeSet<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        there.insert("common.sh".to_owned());
        assert_eq!(there, FILES.map(|(name, _)| name.to_owned()).into());
    }
}
