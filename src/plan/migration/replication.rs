//! Online replication: the Publication of a source in the stack, or the Subscription of a destination in the
//! stack, with the entry of `externalClusters` that it connects by.
//!
//! <https://cloudnative-pg.io/documentation/current/logical_replication/>

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    ClusterExternalClusters, ClusterExternalClustersPassword, ClusterExternalClustersSslRootCert,
    Publication, PublicationCluster, PublicationPublicationReclaimPolicy, PublicationSpec,
    PublicationTarget, PublicationTargetObjects, PublicationTargetObjectsTable, Subscription,
    SubscriptionCluster, SubscriptionSpec, SubscriptionSubscriptionReclaimPolicy,
};

use super::super::{Document, File};
use crate::meta::Meta;
use crate::spec::{MigrationMode, SslMode};
use crate::validate::{End, External, Migration, Stack, digest};

pub(super) mod steps;

/// The name of publication, subscription and replication slot: a slot takes lower-case letters, digits and
/// underscores only, and two stacks may replicate from one server.
pub(super) fn sql_name(stack: &Stack, migration: &Migration) -> String {
    let name = migration.name.replace('-', "_");
    let whole = format!("{}/{}/{}", stack.owner(), migration.name, migration.attempt);
    format!("cnpgstack_{name}_{}", digest(&whole))
}

/// The name of the resource, and of the entry of `externalClusters`.
fn object_name(migration: &Migration) -> String {
    format!("migration-{}", migration.name)
}

/// The half that CNPG reconciles.
pub(super) fn document(stack: &Stack, migration: &Migration, file: File) -> Option<Document> {
    if migration.mode != MigrationMode::Replicate {
        return None;
    }
    Some(match (&migration.source, &migration.destination) {
        (End::External(source), destination) => Document::new(
            file,
            &subscription(stack, migration, source, destination.database()),
        ),
        (End::Own { database }, _) => Document::new(file, &publication(stack, migration, database)),
    })
}

fn publication(stack: &Stack, migration: &Migration, database: &str) -> Publication {
    Publication {
        metadata: Meta::new(stack, &object_name(migration))
            .day2()
            .literal()
            .build(),
        spec: PublicationSpec {
            cluster: PublicationCluster {
                name: Some(stack.cluster.clone()),
            },
            dbname: database.to_owned(),
            name: sql_name(stack, migration),
            parameters: Some(parameters()),
            publication_reclaim_policy: Some(PublicationPublicationReclaimPolicy::Delete),
            target: target(migration),
        },
        status: None,
    }
}

/// Rows arrive in the table and not in a partition of it, which may be cut differently at the other end.
fn parameters() -> BTreeMap<String, String> {
    BTreeMap::from([("publish_via_partition_root".to_owned(), "true".to_owned())])
}

fn target(migration: &Migration) -> PublicationTarget {
    if migration.include.is_empty() {
        return PublicationTarget {
            all_tables: Some(true),
            objects: None,
        };
    }
    let objects = published(migration).map(|(schema, table)| match table {
        "*" => PublicationTargetObjects {
            table: None,
            tables_in_schema: Some(schema.to_owned()),
        },
        table => PublicationTargetObjects {
            table: Some(PublicationTargetObjectsTable {
                columns: None,
                name: table.to_owned(),
                only: None,
                schema: Some(schema.to_owned()),
            }),
            tables_in_schema: None,
        },
    });
    PublicationTarget {
        all_tables: None,
        objects: Some(objects.collect()),
    }
}

/// What is published, as schema and table; the validation left one dot in each.
fn published(migration: &Migration) -> impl Iterator<Item = (&str, &str)> {
    let included = migration
        .include
        .iter()
        .filter(|entry| !migration.exclude.contains(entry));
    included.filter_map(|entry| entry.split_once('.'))
}

fn subscription(
    stack: &Stack,
    migration: &Migration,
    source: &External,
    database: &str,
) -> Subscription {
    let name = sql_name(stack, migration);
    Subscription {
        metadata: Meta::new(stack, &object_name(migration))
            .day2()
            .literal()
            .build(),
        spec: SubscriptionSpec {
            cluster: SubscriptionCluster {
                name: Some(stack.cluster.clone()),
            },
            dbname: database.to_owned(),
            external_cluster_name: object_name(migration),
            name: name.clone(),
            parameters: None,
            publication_db_name: Some(source.database.clone()),
            publication_name: name,
            subscription_reclaim_policy: Some(SubscriptionSubscriptionReclaimPolicy::Delete),
        },
        status: None,
    }
}

/// The sources that the Cluster's subscriptions connect to.
pub(in crate::plan) fn external_clusters(stack: &Stack) -> Vec<ClusterExternalClusters> {
    let replicating = stack
        .migrations
        .iter()
        .filter(|migration| migration.mode == MigrationMode::Replicate);
    replicating
        .filter_map(|migration| match &migration.source {
            End::External(source) => Some(external_cluster(migration, source)),
            End::Own { .. } => None,
        })
        .collect()
}

fn external_cluster(migration: &Migration, source: &External) -> ClusterExternalClusters {
    let mut parameters = BTreeMap::from([
        ("host".to_owned(), source.host.clone()),
        ("port".to_owned(), source.port.to_string()),
        ("user".to_owned(), source.user.clone()),
        ("dbname".to_owned(), source.database.clone()),
        ("sslmode".to_owned(), source.ssl_mode.as_str().to_owned()),
    ]);
    if source.ssl_mode == SslMode::VerifyFull && source.ssl_root_cert.is_none() {
        parameters.insert("sslrootcert".to_owned(), "system".to_owned());
    }
    ClusterExternalClusters {
        name: object_name(migration),
        connection_parameters: Some(parameters),
        password: Some(ClusterExternalClustersPassword {
            key: "password".to_owned(),
            name: Some(source.login.secret_name.clone()),
            optional: None,
        }),
        ssl_root_cert: source
            .ssl_root_cert
            .as_ref()
            .map(|ca| ClusterExternalClustersSslRootCert {
                key: ca.key.clone(),
                name: Some(ca.name.clone()),
                optional: None,
            }),
        ..ClusterExternalClusters::default()
    }
}
