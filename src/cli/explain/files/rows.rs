//! What is in each file, and when there is one.

use super::RENDER;
use crate::plan::File;
use crate::sink::tree;

/// The files that documents are placed in: when there is one, and what is in it.
pub(super) const ROWS: &[(File, &str, &str)] = &[
    (
        File::Namespace,
        "unless `output.namespace: false`",
        "The Namespace",
    ),
    (
        File::LoginSecrets,
        "any password given as a string or by `env`, without encryption",
        "A Secret `login-{role}` for the admin and for each user, of type `kubernetes.io/basic-auth`",
    ),
    (
        File::AppSecrets,
        "`links.backendDb`, without encryption",
        "A Secret `{app}-{database}--{username}` for each application, in its namespace; with an `endpoint` other than \
         `rw` it also ends in `--ro`, `--r`, `--pooler-rw` or `--pooler-ro`",
    ),
    (
        File::MigrationSecrets,
        "any migration with a password given as a string or by `env`, without encryption",
        "Secrets `migration-{name}-source` and `migration-{name}-destination`",
    ),
    (
        File::EnvSecret,
        "always",
        "Secret `cnpg-env`: the admin's connection, as variables for `envFrom`",
    ),
    (
        File::RegistrySecret,
        "always",
        "Secret `cnpg-registry`: the pull secret, empty without `registry`",
    ),
    (
        File::MinioSecret,
        "`links.cnpgBucket`",
        "Secret `minio-env`: where the bucket is, and its keys, as far as they are not in a Secret of yours or the Pods get in by their identity",
    ),
    (
        File::SwbucketSecret,
        "`links.cnpgSwbucket`",
        "Secret `swbucket-env`: the same for this bucket",
    ),
    (
        File::PeerSecret,
        "`replica`",
        "Secret `peer-env`: where the peer's bucket is, and its keys unless `credentialsFrom` is given",
    ),
    (
        File::Plugin,
        "any bucket, unless `barmanPlugin.install: false`",
        "The Barman Cloud plugin in the operator's namespace: CustomResourceDefinition, RBAC, Deployment, Service, \
         certificates",
    ),
    (
        File::ImageCatalog,
        "`imageCatalog.images`",
        "ImageCatalog `cluster-{namespace}`, or as `imageCatalog.name` says: the operand images by major version",
    ),
    (
        File::Cluster,
        "always",
        "The Cluster `{cluster}`; with links also its PodMonitor, PrometheusRule, PeerAuthentication and \
         ObjectStores",
    ),
    (
        File::Poolers,
        "`pooler`",
        "Poolers `cluster-{namespace}-pooler-rw` and `-pooler-ro`, with a PodDisruptionBudget each; with Prometheus \
         linked also a PodMonitor each",
    ),
    (
        File::NetworkPolicy,
        "`networkPolicy: true`",
        "NetworkPolicy `{cluster}`: who may reach the instances; and one for each pooler",
    ),
    (
        File::OperatorConfig,
        "unless `operator.manageConfig: false`",
        "ConfigMap `cnpg-controller-manager-config` in the operator's namespace, with the keys of `operator.config`",
    ),
    (
        File::Databases,
        "any database",
        "A Database `database-{database}` for each",
    ),
    (
        File::Roles,
        "any database, with an operator from 1.30 on",
        "A DatabaseRole `role-{database}-owner` for each database and `role-{user}` for each user",
    ),
    (
        File::GrantJobs,
        "any database, unless `hibernate: true` or `replica` on the side that is not the primary",
        "A Job `grant-{database}--{user}-{hash}` for each entry, which sets its permissions, and the ConfigMap with \
         what they run; that alone where there are no Jobs, if a migration runs it too",
    ),
    (
        File::ScheduledBackup,
        "`backup.apply: true`",
        "ScheduledBackup `backup-{namespace}`; with `backup.snapshotSchedule` also `snapshot-{namespace}`",
    ),
    (
        File::Kustomization,
        "always",
        "The list of the applied files, and `customLabels`",
    ),
    (
        File::ManualBackup,
        "always",
        "Backup `backup-{namespace}-manual`: one base backup, now",
    ),
    (
        File::Day2ScheduledBackup,
        "unless `backup.apply: true`",
        "ScheduledBackup `backup-{namespace}`; with `backup.snapshotSchedule` also `snapshot-{namespace}`",
    ),
    (
        File::Restore,
        "always",
        "A new Cluster `{cluster}-restore` beside the live one: the newest state of the bucket, or without \
         one that of the manual backup",
    ),
    (
        File::PointInTimeRecovery,
        "`pitrClusters`",
        "A new Cluster `{cluster}-{name}` for each entry, as of its target",
    ),
    (
        File::ExportJobs,
        "any bucket and any database",
        "A Job `export-minio-{database}-{hash}` or `export-swbucket-{database}-{hash}` for each database and bucket, \
         and the ConfigMap with what they run",
    ),
    (
        File::Migration(0),
        "`migrations`, one file each",
        "The Job `migration-{name}-{hash}` and the ConfigMap with what it runs; with `mode: replicate` also a \
         Publication or Subscription and the suspended Job of the cut-over",
    ),
];

/// The files that do not follow from the document alone: path below the base directory, door, when, content.
pub(super) const OTHERS: &[(&str, &str, &str, &str)] = &[
    (
        "secret/{name}.yaml",
        super::BOTH,
        "with encryption",
        "A Secret of the stack's namespace that stands in database-secret.yaml, backend-secret.yaml or \
         migration-secret.yaml otherwise: the MAC of SOPS covers a whole file, so each has its own",
    ),
    (
        "secret/{namespace}/{name}.yaml",
        super::BOTH,
        "with encryption",
        "The same for a Secret of another namespace, the plugin's too",
    ),
    (
        tree::CONFIG.0,
        RENDER,
        "always",
        "Where CNPG's resources name each other, for `namePrefix` and the like",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_its_row() {
        let listed: Vec<File> = ROWS.iter().map(|(file, ..)| *file).collect();
        let all = File::ALL.iter().copied().chain([File::Migration(0)]);
        assert_eq!(listed, all.collect::<Vec<_>>());
    }
}
