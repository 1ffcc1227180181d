//! `spec.tablespaces` and `spec.ephemeralVolumes`: what an instance stores beside its data volume.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Amount;

/// A tablespace on a volume of its own in each instance.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tablespace {
    /// Its name: a letter or `_`, then letters, digits, `_` and `$`, at most 63; not `pg_...`.
    #[schemars(required)]
    pub name: Option<String>,
    /// Size of its volume, as a Kubernetes quantity. Can grow, never shrink; a tablespace cannot be removed.
    #[schemars(required)]
    pub size: Option<Amount>,
    /// StorageClass of its volume; the cluster's default when left out.
    pub storage_class: Option<String>,
    /// Role that it belongs to: `adminUser`, or the owner role `{database}_owner` of a database. Default `adminUser`.
    pub owner: Option<String>,
    /// Whether it takes temporary tables and the files of large sorts (`temp_tablespaces`). Default false.
    pub temporary: Option<bool>,
}

/// Volumes of an instance that live no longer than its Pod.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EphemeralVolumes {
    /// Limit of the shared memory volume `/dev/shm`, as a Kubernetes quantity; the node's when left out.
    pub shm: Option<Amount>,
    /// Size of the volume of temporary files, as a Kubernetes quantity: a limit, or with `storageClass` what is asked for.
    pub temporary_data: Option<Amount>,
    /// StorageClass of the volume of temporary files, which is then a volume of its own and not the node's disk. Needs `temporaryData`.
    pub storage_class: Option<String>,
}
