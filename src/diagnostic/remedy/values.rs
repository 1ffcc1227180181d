//! Severity and remedy of the codes about values, and about what a stack needs.

use super::{Code, Severity};

/// The rows, in the order of [`Code::ALL`].
pub(super) const ROWS: &[(Code, Severity, &str)] = &[
    (
        Code::InvalidQuantity,
        Severity::Error,
        "Write a Kubernetes quantity: `10Gi`, `512Mi`, `500m`, `\"2\"`. `G` is 1000 and `Gi` 1024 to the third; `m` is a \
         thousandth, so `512m` of memory is half a byte.",
    ),
    (
        Code::RequestOverLimit,
        Severity::Error,
        "Raise the limit or lower the request, which the message shows. To see what the instances use: `kubectl top pod -l \
         cnpg.io/cluster=NAME`.",
    ),
    (
        Code::InvalidImage,
        Severity::Error,
        "Quote the version (17.10 without quotes is 17.1). Tags start with the PostgreSQL version, such as `17.5`; `latest` \
         and digests without a tag are refused by CNPG, because it cannot tell an upgrade from them.",
    ),
    (
        Code::InvalidSchedule,
        Severity::Error,
        "CNPG wants six fields with the seconds first: put `0` before a crontab line of five. `@daily` and the like are taken \
         too; times are those of the operator's clock, which is UTC.",
    ),
    (
        Code::InvalidRetention,
        Severity::Error,
        "Write a number and `d`, `w` or `m`, such as `30d`. Without a linked bucket leave it out: nothing prunes volume \
         snapshots, so delete old ones yourself.",
    ),
    (
        Code::InvalidParameter,
        Severity::Error,
        "Parameters that CNPG manages itself (archiving, replication, TLS, paths) have to go; the message says what else is \
         wrong. `SELECT name, setting, unit FROM pg_settings` on an instance shows what PostgreSQL has now.",
    ),
    (
        Code::InvalidPassword,
        Severity::Error,
        "Take a password without line breaks, emoji and white space at its ends, and not a hash of one. A variable or file \
         that ends in a line break is the usual cause: write it with `printf %s`, not with `echo`.",
    ),
    (
        Code::MissingSource,
        Severity::Error,
        "For `env` check that the variable is set where the function runs: a container gets only what is passed with `--env`. \
         For a Secret or Backup check its name, namespace and keys among the items; a kustomize generator sees no items, so \
         use `env` there.",
    ),
    (
        Code::InvalidPath,
        Severity::Error,
        "Use a relative path with slashes and without `..`, such as `k8s/deploy/base`. Documents cannot be written to the \
         root of the package: name at least one directory.",
    ),
    (
        Code::InvalidSql,
        Severity::Error,
        "In a migration leave out `BEGIN`, `COMMIT`, commands of psql (`\\copy`) and NUL characters; everything runs in one \
         transaction. A `query` is a single SELECT, VALUES, TABLE or WITH statement.",
    ),
    (
        Code::InvalidPatch,
        Severity::Error,
        "Compare the paths of the patch with the document as it is generated (`render` into an empty directory shows it); `/` \
         in a key is written `~1`. Name, namespace, kind and the annotation `cnpgstack.io/stack` cannot be patched.",
    ),
    (
        Code::LinkWithoutTarget,
        Severity::Warning,
        "In a kustomize generator and in `render` this is expected: make the change that the message describes yourself, \
         once. Elsewhere check kind, name, namespace and container of the workload, and that its file is part of the package.",
    ),
    (
        Code::PatchWithoutTarget,
        Severity::Error,
        "Check `target.kind` and `target.name` against the generated documents: `cnpg-stack explain files` lists them. A link \
         or option that is switched off takes its documents away, and a patch for them goes with it.",
    ),
    (
        Code::PlaintextPassword,
        Severity::Warning,
        "Anybody who can read the repository has the password now. Change it, and give the new one with the `...From` field: \
         `env`, or `secretRef` with a Secret that is kept elsewhere; or encrypt the file with SOPS.",
    ),
    (
        Code::BlindWrite,
        Severity::Warning,
        "Add `read` to `cnpgPermissions`, unless the user only inserts: UPDATE and DELETE with a WHERE need SELECT on what \
         they look at. An application that fails with \"permission denied for table\" on UPDATE has this cause.",
    ),
    (
        Code::ClusterWideAccess,
        Severity::Warning,
        "Nothing to do if the user is for monitoring. Otherwise take `metadata_access` out: the texts of other databases' \
         queries may hold data and passwords.",
    ),
    (
        Code::BackupDowntime,
        Severity::Warning,
        "Set `instances: 2` or more, so that a standby is stopped for the snapshot, or link a bucket, whose backups stop \
         nothing. Else choose a time in `backup.schedule` at which the database may be down.",
    ),
    (
        Code::NoBaseBackup,
        Severity::Warning,
        "Set `backup.apply: true`, or apply `schedule-backup.yaml` or `manual-backup.yaml` by hand. `kubectl get backups -n \
         NAMESPACE` shows whether there is one: WAL alone restores nothing.",
    ),
    (
        Code::ArchiveMoved,
        Severity::Warning,
        "If the move is meant (a major upgrade, another bucket), apply the stack and then take a base backup at once with \
         `manual-backup.yaml`. If not, put `psqlVersion`, `recovery` or the bucket back before anything is applied; nothing \
         was deleted from the old place.",
    ),
    (
        Code::EveryStandbyNeeded,
        Severity::Warning,
        "Raise `instances` so that a standby is left over, or set `dataDurability: preferred`, which goes on writing without \
         one. If writing has stopped: `kubectl get pods -l cnpg.io/cluster=NAME` shows which standby is missing, and \
         `pg_stat_replication` on the primary which ones confirm.",
    ),
    (
        Code::ProfileGap,
        Severity::Warning,
        "Set the field that the message names. Where it is meant as it is, leave `profile` out and write the fields that \
         `cnpg-stack explain profile` lists: they give the same output without the questions.",
    ),
    (
        Code::ProfileApplied,
        Severity::Info,
        "Nothing to do. `cnpg-stack explain profile production` says why each value; a field that is set in the file always \
         wins over the profile.",
    ),
    (
        Code::PlaintextEndpoint,
        Severity::Warning,
        "Give the store a certificate and write `https://`, with `endpointCA` for an authority of your own. Keys and backups \
         cross the network readable until then, which is fine in a cluster whose network is encrypted.",
    ),
    (
        Code::UnverifiedServer,
        Severity::Warning,
        "Use `sslMode: verify-full`, with `sslRootCert` for an authority of your own. With `require` anybody on the way can \
         pretend to be the server and gets the password.",
    ),
    (
        Code::UnreachableService,
        Severity::Warning,
        "Set `loadBalancerSourceRanges` and `externalTrafficPolicy: Local`: the policy then lets these addresses in. Where \
         clients come by another way (a NodePort, a proxy before the nodes) add a NetworkPolicy of your own for port 5432; \
         policies add up.",
    ),
    (
        Code::ExportsOnly,
        Severity::Info,
        "Nothing to do. To archive to the other bucket set `links.walArchiver`, and take a base backup there afterwards.",
    ),
    (
        Code::RecoveredCluster,
        Severity::Info,
        "Keep `recovery` in the file as long as this Cluster lives, take a base backup once it is up, and never add the field \
         to a Cluster that is running. If the Cluster does not come up, look at the log of its recovery Pod: `kubectl logs -n \
         NAMESPACE -l cnpg.io/jobRole`.",
    ),
    (
        Code::FixedArchive,
        Severity::Info,
        "Nothing to do until a major upgrade. Then leave `backup.serverName` out in the change that raises `psqlVersion`, so that \
         WAL and base backups go to `{cluster}-pg{major}`, and take a base backup; what is in the old folder can be restored \
         with the old version only.",
    ),
    (
        Code::UntestedPlugin,
        Severity::Warning,
        "Try backup and restore with that version before you rely on it, or leave `barmanPlugin.version` out for the one that \
         was tried. `kubectl explain objectstore.spec` shows fields that the plugin has and this program does not set.",
    ),
    (
        Code::VanishedUser,
        Severity::Warning,
        "Put the entry back with `state: absent`, apply, and wait for its grant Job to finish (`kubectl get jobs -n \
         NAMESPACE`); then delete the entry. Until then the user can log in and do what it could.",
    ),
    (
        Code::OldClient,
        Severity::Warning,
        "Set `images.psql` to the newest minor of the same major version, or raise `imageName`. The client programs run with \
         the superuser's password, so the fix matters even where the server stays.",
    ),
    (
        Code::MergedForeign,
        Severity::Info,
        "Nothing to do: the object stays yours and carries our fields beside its own. If it should not be touched, switch \
         ours off, such as with `output.namespace: false`.",
    ),
    (
        Code::StaleEntry,
        Severity::Warning,
        "Take the entry out of the `resources` of your kustomization.yaml; `kustomize build` fails on a file that is not \
         there.",
    ),
    (
        Code::KeptShared,
        Severity::Info,
        "If no other stack needs the operator's ConfigMap or the Barman Cloud plugin any more, delete the object by hand. \
         Deleting the plugin's CustomResourceDefinition deletes every ObjectStore in the cluster.",
    ),
    (
        Code::PlaintextSecret,
        Severity::Warning,
        "Keep the named files out of Git, refer to Secrets of your own with `secretRef`, or name age recipients in \
         `secrets.age`. If they were committed already, change the passwords: the history keeps the old ones.",
    ),
    (
        Code::EncryptedFor,
        Severity::Info,
        "Check that every name is one that should be able to decrypt, and that your own key is among them. Whoever was taken \
         out can still read what is in the history: give new passwords.",
    ),
    (
        Code::ReadableSecret,
        Severity::Error,
        "The message says which file and why. Name recipients in `secrets.age`, correct the rule in `.sops.yaml` that leaves \
         the value readable, move foreign documents out of the file, or run `render` with `--prune` for an old plain file.",
    ),
    (
        Code::UncomparableSecret,
        Severity::Error,
        "Set `SOPS_AGE_KEY` or `SOPS_AGE_KEY_FILE` to a key that opens the file. Without one, `--when-uncomparable` of \
         `render` or `secrets.whenUncomparable` decides: `keep` leaves it as it is, with a possibly old password, `reencrypt` \
         writes it anew.",
    ),
    (
        Code::EncryptionEnds,
        Severity::Error,
        "Usually `secrets.age` or the rule in `.sops.yaml` got lost: put it back. If plain text is meant, say `secrets.mode: \
         never`, and give new passwords when encryption starts again.",
    ),
    (
        Code::CannotDecrypt,
        Severity::Error,
        "Check the key first: `sops decrypt stack.yaml` with the same `SOPS_AGE_KEY` or `SOPS_AGE_KEY_FILE` must work; a \
         container needs `--env SOPS_AGE_KEY`. A MAC that does not match means a value was changed without `sops`, or keys \
         are not in alphabetical order: decrypt, check every value, sort, and encrypt again.",
    ),
    (
        Code::UntestedOperator,
        Severity::Warning,
        "Nothing to do if that operator runs: the output is right for 1.30. Read its release notes for the fields of Cluster, \
         Database and DatabaseRole before you upgrade, and look for a newer cnpg-stack.",
    ),
    (
        Code::UnknownOperatorKey,
        Severity::Warning,
        "Compare the spelling with the operator's configuration page. A key of a newer operator is passed on all the same; a \
         misspelt one has no effect.",
    ),
    (
        Code::Internal,
        Severity::Error,
        "The fault is not yours. Report it with the version (`cnpg-stack --version`) and the smallest file that shows it, \
         with passwords taken out; nothing was written.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_row_with_a_remedy_of_sentences() {
        let all = super::super::ROWS.iter().chain(ROWS);
        let rows: Vec<Code> = all.map(|(code, ..)| *code).collect();
        assert_eq!(rows, Code::ALL);
        for code in Code::ALL {
            for text in [code.meaning(), code.remedy()] {
                let name = code.as_str();
                assert!(text.len() > 20 && text.ends_with('.'), "{name}: {text}");
                assert!(
                    !text.contains("  ") && text.matches('`').count() % 2 == 0,
                    "{name}: {text}"
                );
            }
        }
    }
}
