//! The Cluster itself.

use k8s_crds_cloud_native_pg::{
    Cluster, ClusterBootstrap, ClusterBootstrapInitdb, ClusterBootstrapInitdbSecret, ClusterSpec,
};

use super::migration::replication;
use super::{cluster_spec, operations, pooler, recovery, replica, services};
use crate::meta::Meta;
use crate::validate::Stack;

pub(super) fn build(stack: &Stack) -> Cluster {
    let mut spec = cluster_spec::build(stack, &stack.cluster);
    reached_as(stack, &mut spec);
    if let Some(recovery) = &stack.recovery {
        recovery::bring_up(stack, recovery, &mut spec);
    } else {
        let replica = stack.replica.as_ref();
        let from_peer = replica.and_then(|replica| replica::bootstrap(stack, replica));
        spec.bootstrap = from_peer.or_else(|| Some(new(stack)));
    }
    if let Some(replica) = &stack.replica {
        replica::set(stack, replica, &mut spec);
    }
    let sources = replication::external_clusters(stack);
    if !sources.is_empty() {
        spec.external_clusters
            .get_or_insert_default()
            .extend(sources);
    }
    Cluster {
        metadata: metadata(stack).build(),
        spec,
        status: None,
    }
}

fn metadata(stack: &Stack) -> Meta {
    let meta = Meta::new(stack, &stack.cluster)
        .protected()
        .literal()
        // A forced apply deletes and creates again, which is a new, empty cluster.
        .annotation("kustomize.toolkit.fluxcd.io/force", "disabled");
    operations::annotate(stack, meta)
}

fn new(stack: &Stack) -> ClusterBootstrap {
    ClusterBootstrap {
        initdb: Some(initdb(stack)),
        ..ClusterBootstrap::default()
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
    let given = &stack.initdb;
    ClusterBootstrapInitdb {
        database: Some(stack.first_database().to_owned()),
        owner: Some(stack.admin.name.clone()),
        secret: Some(ClusterBootstrapInitdbSecret {
            name: stack.admin.login.secret_name.clone(),
        }),
        post_init_application_sql: stack.init_sql.clone().map(|sql| vec![sql]),
        encoding: given.encoding.clone(),
        locale: given.locale.clone(),
        locale_collate: given.locale_collate.clone(),
        locale_c_type: given.locale_c_type.clone(),
        locale_provider: given.locale_provider.clone(),
        icu_locale: given.icu_locale.clone(),
        icu_rules: given.icu_rules.clone(),
        builtin_locale: given.builtin_locale.clone(),
        data_checksums: given.data_checksums,
        wal_segment_size: given.wal_segment_size,
        ..ClusterBootstrapInitdb::default()
    }
}
