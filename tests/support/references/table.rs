//! What the fields of each kind mean.

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// A name that is given here, in SQL, or in a Pod: no reference.
    Own,
    /// A Secret with `username` and `password`.
    Login,
    /// A Secret with keys for registries.
    Pull,
    /// A Secret with the key that stands beside it.
    SecretKey,
    /// A Secret with the keys that are mounted.
    SecretFiles,
    /// A Secret of which every key becomes a variable.
    SecretVariables,
    /// A `ConfigMap` with the key that stands beside it.
    MapKey,
    /// A `ConfigMap`.
    Map,
    /// A Cluster.
    Cluster,
    /// A Backup.
    Backup,
    /// An `ObjectStore`.
    Store,
    /// A CNPG-I plugin.
    Plugin,
    /// An entry of `externalClusters` of the Cluster itself.
    External,
    /// The same of the Cluster that `spec.cluster` names.
    ExternalOfCluster,
    /// A role of PostgreSQL.
    Role,
    /// A database in PostgreSQL.
    Database,
    /// An image catalog of the kind that stands beside it.
    Catalog,
    /// A `VolumeSnapshot`.
    Snapshot,
    /// A `StorageClass`.
    StorageClass,
    /// A `VolumeSnapshotClass`.
    SnapshotClass,
    /// A `PriorityClass`.
    PriorityClass,
    /// A `ServiceAccount` of the same namespace.
    ServiceAccount,
    /// A Role or `ClusterRole`.
    Permissions,
    /// A `ServiceAccount` of the namespace that stands beside it.
    Subject,
    /// A volume of the Pod.
    Volume,
    /// An Issuer.
    Issuer,
    /// A variable, whose value may be a name.
    Variable,
}

use Means::{
    Backup, Catalog, Cluster, Database, External, ExternalOfCluster, Issuer, Login, Map, MapKey,
    Own, Permissions, Plugin, PriorityClass, Pull, Role, SecretFiles, SecretKey, SecretVariables,
    ServiceAccount, Snapshot, SnapshotClass, StorageClass, Store, Subject, Variable, Volume,
};

type Row = (&'static str, Means);

/// Kinds that are not read, and why.
pub(super) const UNREAD: [(&str, &str); 3] = [
    (
        "CustomResourceDefinition",
        "a schema is full of fields that are called `name`",
    ),
    (
        "Kustomization",
        "it names files, which the tests of trees look at",
    ),
    ("Kptfile", "it is a foreign item"),
];

const CLUSTER: &[Row] = &[
    ("spec.affinity.topologyKey", Own),
    ("spec.backup.volumeSnapshot.className", SnapshotClass),
    ("spec.bootstrap.initdb.database", Own),
    ("spec.bootstrap.initdb.owner", Role),
    ("spec.bootstrap.initdb.secret.name", Login),
    ("spec.bootstrap.recovery.backup.name", Backup),
    ("spec.bootstrap.recovery.database", Own),
    ("spec.bootstrap.recovery.owner", Role),
    ("spec.bootstrap.recovery.recoveryTarget.targetName", Own),
    ("spec.bootstrap.recovery.secret.name", Login),
    ("spec.bootstrap.recovery.source", External),
    (
        "spec.bootstrap.recovery.volumeSnapshots.storage.name",
        Snapshot,
    ),
    (
        "spec.bootstrap.recovery.volumeSnapshots.tablespaceStorage.*.name",
        Snapshot,
    ),
    (
        "spec.bootstrap.recovery.volumeSnapshots.walStorage.name",
        Snapshot,
    ),
    (
        "spec.ephemeralVolumeSource.volumeClaimTemplate.spec.storageClassName",
        StorageClass,
    ),
    ("spec.externalClusters[].connectionParameters.dbname", Own),
    ("spec.externalClusters[].name", Own),
    ("spec.externalClusters[].password.name", SecretKey),
    ("spec.externalClusters[].plugin.name", Plugin),
    (
        "spec.externalClusters[].plugin.parameters.barmanObjectName",
        Store,
    ),
    ("spec.externalClusters[].plugin.parameters.serverName", Own),
    ("spec.externalClusters[].sslRootCert.name", SecretKey),
    ("spec.imageCatalogRef.name", Catalog),
    ("spec.imageName", Own),
    ("spec.imagePullSecrets[].name", Pull),
    ("spec.managed.roles[].name", Own),
    ("spec.managed.roles[].passwordSecret.name", Login),
    (
        "spec.managed.services.additional[].serviceTemplate.metadata.name",
        Own,
    ),
    (
        "spec.managed.services.additional[].serviceTemplate.spec.ports[].name",
        Own,
    ),
    ("spec.monitoring.customQueriesConfigMap[].name", MapKey),
    ("spec.monitoring.customQueriesSecret[].name", SecretKey),
    ("spec.plugins[].name", Plugin),
    ("spec.plugins[].parameters.barmanObjectName", Store),
    ("spec.plugins[].parameters.serverName", Own),
    ("spec.priorityClassName", PriorityClass),
    ("spec.replica.primary", External),
    ("spec.replica.self", External),
    ("spec.replica.source", External),
    ("spec.storage.storageClass", StorageClass),
    ("spec.superuserSecret.name", Login),
    ("spec.tablespaces[].name", Own),
    ("spec.tablespaces[].owner.name", Role),
    ("spec.tablespaces[].storage.storageClass", StorageClass),
    ("spec.walStorage.storageClass", StorageClass),
];

/// What Pods name, below `spec.template`.
const POD: &[Row] = &[
    ("metadata.name", Own),
    ("spec.containers[].env[].name", Variable),
    (
        "spec.containers[].env[].valueFrom.secretKeyRef.name",
        SecretKey,
    ),
    (
        "spec.containers[].envFrom[].secretRef.name",
        SecretVariables,
    ),
    ("spec.containers[].name", Own),
    ("spec.containers[].ports[].name", Own),
    ("spec.containers[].volumeMounts[].name", Volume),
    ("spec.imagePullSecrets[].name", Pull),
    ("spec.initContainers[].env[].name", Variable),
    (
        "spec.initContainers[].env[].valueFrom.secretKeyRef.name",
        SecretKey,
    ),
    ("spec.initContainers[].name", Own),
    ("spec.initContainers[].volumeMounts[].name", Volume),
    ("spec.priorityClassName", PriorityClass),
    ("spec.serviceAccountName", ServiceAccount),
    ("spec.volumes[].configMap.name", Map),
    (
        "spec.volumes[].ephemeral.volumeClaimTemplate.spec.storageClassName",
        StorageClass,
    ),
    ("spec.volumes[].name", Own),
    ("spec.volumes[].secret.secretName", SecretFiles),
];

const STORE: &[Row] = &[
    (
        "spec.configuration.azureCredentials.connectionString.name",
        SecretKey,
    ),
    (
        "spec.configuration.azureCredentials.storageAccount.name",
        SecretKey,
    ),
    (
        "spec.configuration.azureCredentials.storageKey.name",
        SecretKey,
    ),
    (
        "spec.configuration.azureCredentials.storageSasToken.name",
        SecretKey,
    ),
    ("spec.configuration.endpointCA.name", SecretKey),
    (
        "spec.configuration.googleCredentials.applicationCredentials.name",
        SecretKey,
    ),
    (
        "spec.configuration.s3Credentials.accessKeyId.name",
        SecretKey,
    ),
    ("spec.configuration.s3Credentials.region.name", SecretKey),
    (
        "spec.configuration.s3Credentials.secretAccessKey.name",
        SecretKey,
    ),
    (
        "spec.configuration.s3Credentials.sessionToken.name",
        SecretKey,
    ),
    ("spec.instanceSidecarConfiguration.env[].name", Variable),
];

const BACKUP: &[Row] = &[
    ("spec.cluster.name", Cluster),
    ("spec.pluginConfiguration.name", Plugin),
];

const BINDING: &[Row] = &[("roleRef.name", Permissions), ("subjects[].name", Subject)];

/// The kinds that are known; those with Pods have [`POD`] as well.
const KINDS: &[(&str, &[Row])] = &[
    ("Backup", BACKUP),
    (
        "Certificate",
        &[
            ("spec.commonName", Own),
            ("spec.issuerRef.name", Issuer),
            ("spec.secretName", Own),
        ],
    ),
    ("Cluster", CLUSTER),
    ("ClusterRole", &[]),
    ("ClusterRoleBinding", BINDING),
    ("ConfigMap", &[]),
    ("CronJob", &[]),
    (
        "Database",
        &[
            ("spec.cluster.name", Cluster),
            ("spec.extensions[].name", Own),
            ("spec.name", Own),
            ("spec.owner", Role),
            ("spec.schemas[].name", Own),
            ("spec.schemas[].owner", Role),
        ],
    ),
    (
        "DatabaseRole",
        &[
            ("spec.cluster.name", Cluster),
            ("spec.name", Own),
            ("spec.passwordSecret.name", Login),
        ],
    ),
    ("Deployment", &[]),
    ("ImageCatalog", &[]),
    ("Issuer", &[]),
    ("Job", &[]),
    ("Namespace", &[]),
    ("NetworkPolicy", &[]),
    ("ObjectStore", STORE),
    ("PeerAuthentication", &[]),
    ("PodDisruptionBudget", &[]),
    (
        "PodMonitor",
        &[
            (
                "spec.podMetricsEndpoints[].tlsConfig.ca.secret.name",
                SecretKey,
            ),
            ("spec.podMetricsEndpoints[].tlsConfig.serverName", Own),
        ],
    ),
    ("Pooler", &[("spec.cluster.name", Cluster)]),
    ("PrometheusRule", &[("spec.groups[].name", Own)]),
    (
        "Publication",
        &[
            ("spec.cluster.name", Cluster),
            ("spec.dbname", Database),
            ("spec.name", Own),
            ("spec.target.objects[].table.name", Own),
        ],
    ),
    ("Role", &[]),
    ("RoleBinding", BINDING),
    ("ScheduledBackup", BACKUP),
    ("Secret", &[]),
    ("Service", &[("spec.ports[].name", Own)]),
    ("ServiceAccount", &[]),
    ("StatefulSet", &[]),
    (
        "Subscription",
        &[
            ("spec.cluster.name", Cluster),
            ("spec.dbname", Database),
            ("spec.externalClusterName", ExternalOfCluster),
            ("spec.name", Own),
            ("spec.publicationDBName", Own),
            ("spec.publicationName", Own),
        ],
    ),
];

/// Where the Pods of a kind are described.
const PODS: [&str; 2] = ["spec.template", "spec.jobTemplate.spec.template"];

/// Whether the kind is in the table.
pub(super) fn knows(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}

/// What the text at a path means.
pub(super) fn meaning(kind: &str, path: &[String]) -> Option<Means> {
    let (_, rows) = KINDS.iter().find(|(known, _)| *known == kind)?;
    let own = rows.iter().find(|(pattern, _)| fits(pattern, path));
    let pod = || {
        PODS.iter().find_map(|pod| {
            let below = below(pod, path)?;
            POD.iter().find(|(pattern, _)| fits(pattern, below))
        })
    };
    own.or_else(pod).map(|(_, means)| *means)
}

/// The path below another.
fn below<'a>(pod: &str, path: &'a [String]) -> Option<&'a [String]> {
    let parts: Vec<&str> = pod.split('.').collect();
    let (start, rest) = path.split_at_checked(parts.len())?;
    (start == parts.as_slice()).then_some(rest)
}

fn fits(pattern: &str, path: &[String]) -> bool {
    let mut parts = pattern.split('.');
    let all = path
        .iter()
        .all(|key| parts.next().is_some_and(|part| part == "*" || part == key));
    all && parts.next().is_none()
}
