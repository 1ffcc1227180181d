//! The Cluster itself.

use k8s_crds_cloud_native_pg::{
    Cluster, ClusterBootstrap, ClusterBootstrapInitdb, ClusterBootstrapInitdbSecret, ClusterSpec,
};

use super::migration::replication;
use super::{cluster_spec, pooler, recovery, services};
use crate::meta::Meta;
use crate::validate::Stack;

pub(super) fn build(stack: &Stack) -> Cluster {
    let mut spec = cluster_spec::build(stack);
    reached_as(stack, &mut spec);
    match &stack.recovery {
        Some(recovery) => recovery::bring_up(stack, recovery, &mut spec),
        None => {
            spec.bootstrap = Some(ClusterBootstrap {
                initdb: Some(initdb(stack)),
                ..ClusterBootstrap::default()
            });
        }
    }
    let sources = replication::external_clusters(stack);
    if !sources.is_empty() {
        spec.external_clusters
            .get_or_insert_default()
            .extend(sources);
    }
    Cluster {
        metadata: Meta::new(stack, &stack.cluster)
            .protected()
            .literal()
            // A forced apply deletes and creates again, which is a new, empty cluster.
            .annotation("kustomize.toolkit.fluxcd.io/force", "disabled")
            .build(),
        spec,
        status: None,
    }
}

/// By which names the Cluster is reached. A restored one has CNPG's default Services only.
fn reached_as(stack: &Stack, spec: &mut ClusterSpec) {
    if let Some(services) = services::build(stack) {
        spec.managed.get_or_insert_default().services = Some(services);
    }
    if let Some(names) = pooler::host_names(stack) {
        spec.certificates
            .get_or_insert_default()
            .server_alt_dns_names = Some(names);
    }
}

/// The first database is made by the admin's hand; its Database resource then
/// gives it to its owner role, which does not exist yet at this point.
fn initdb(stack: &Stack) -> ClusterBootstrapInitdb {
    ClusterBootstrapInitdb {
        database: Some(stack.first_database().to_owned()),
        owner: Some(stack.admin.name.clone()),
        secret: Some(ClusterBootstrapInitdbSecret {
            name: stack.admin.login.secret_name.clone(),
        }),
        post_init_application_sql: stack.init_sql.clone().map(|sql| vec![sql]),
        ..ClusterBootstrapInitdb::default()
    }
}
