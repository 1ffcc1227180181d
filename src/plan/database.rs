//! Database resources: one per database, whoever its users are.

use k8s_crds_cloud_native_pg::{
    Database as DatabaseResource, DatabaseCluster, DatabaseDatabaseReclaimPolicy, DatabaseEnsure,
    DatabaseSpec,
};

use crate::meta::Meta;
use crate::validate::{Database, Stack};

pub(super) fn build_all(stack: &Stack) -> Vec<DatabaseResource> {
    stack
        .databases
        .iter()
        .map(|database| build(stack, database))
        .collect()
}

/// Deleting the resource keeps the database and its rows.
fn build(stack: &Stack, database: &Database) -> DatabaseResource {
    DatabaseResource {
        metadata: Meta::new(stack, &database.object).literal().build(),
        spec: DatabaseSpec {
            cluster: DatabaseCluster {
                name: Some(stack.cluster.clone()),
            },
            name: database.name.clone(),
            owner: database.owner.name.clone(),
            ensure: Some(DatabaseEnsure::Present),
            database_reclaim_policy: Some(DatabaseDatabaseReclaimPolicy::Retain),
            ..DatabaseSpec::default()
        },
        status: None,
    }
}
