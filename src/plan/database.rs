//! Database resources: one per database, whoever its users are.

use k8s_crds_cloud_native_pg::{
    Database as DatabaseResource, DatabaseCluster, DatabaseDatabaseReclaimPolicy, DatabaseEnsure,
    DatabaseExtensions, DatabaseExtensionsEnsure, DatabaseSchemas, DatabaseSchemasEnsure,
    DatabaseSpec,
};

use super::filled;
use crate::meta::Meta;
use crate::validate::{Database, Extension, Schema, Stack};

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
            schemas: filled::list(database.schemas.iter().map(schema)),
            extensions: filled::list(database.extensions.iter().map(extension)),
            ..DatabaseSpec::default()
        },
        status: None,
    }
}

/// The lists are atomic, so the API's defaults are written out.
fn schema(schema: &Schema) -> DatabaseSchemas {
    DatabaseSchemas {
        name: schema.name.clone(),
        owner: (!schema.absent).then(|| schema.owner.clone()),
        ensure: Some(if schema.absent {
            DatabaseSchemasEnsure::Absent
        } else {
            DatabaseSchemasEnsure::Present
        }),
    }
}

fn extension(extension: &Extension) -> DatabaseExtensions {
    DatabaseExtensions {
        name: extension.name.clone(),
        version: extension.version.clone(),
        schema: extension.schema.clone(),
        ensure: Some(if extension.absent {
            DatabaseExtensionsEnsure::Absent
        } else {
            DatabaseExtensionsEnsure::Present
        }),
    }
}
