//! What a file names that stands somewhere else: it is looked up among the items.

use super::{Bucket, KeySource, MigrationEnd, Spec, ValueSource};

impl Bucket {
    /// Where the secrets of Google and Azure come from, with the fields' place below the bucket.
    pub fn key_sources(&self) -> impl Iterator<Item = ([&'static str; 2], &KeySource)> {
        let google = self.google_credentials.as_ref();
        let azure = self.azure_credentials.as_ref();
        let sources = [
            (
                ["googleCredentials", "applicationCredentialsFrom"],
                google.and_then(|google| google.application_credentials_from.as_ref()),
            ),
            (
                ["azureCredentials", "connectionStringFrom"],
                azure.and_then(|azure| azure.connection_string_from.as_ref()),
            ),
            (
                ["azureCredentials", "storageKeyFrom"],
                azure.and_then(|azure| azure.storage_key_from.as_ref()),
            ),
            (
                ["azureCredentials", "storageSasTokenFrom"],
                azure.and_then(|azure| azure.storage_sas_token_from.as_ref()),
            ),
        ];
        sources
            .into_iter()
            .filter_map(|(field, source)| Some((field, source?)))
    }
}

impl Spec {
    /// The names of the Secrets that the file refers to: their values are looked
    /// up among the items.
    #[must_use]
    pub fn secret_names(&self) -> Vec<&str> {
        let passwords = self.password_sources();
        let buckets = self
            .links
            .iter()
            .flat_map(|links| [links.cnpg_bucket.as_ref(), links.cnpg_swbucket.as_ref()]);
        let replicas = self.replica.iter();
        let peers = replicas.filter_map(|replica| Some(&replica.peer.as_ref()?.bucket));
        let keys = buckets.flatten().chain(peers).flat_map(|bucket| {
            let keys = bucket.credentials_from.as_ref();
            let authority = bucket.endpoint_ca.as_ref();
            let others = bucket.key_sources();
            [
                keys.and_then(|keys| keys.secret_ref.as_ref()?.name.as_deref()),
                authority.and_then(|authority| authority.name.as_deref()),
            ]
            .into_iter()
            .chain(others.map(|(_, source)| source.secret_ref.as_ref()?.name.as_deref()))
        });
        let authorities = self.migration_ends().map(|end| end.ssl_root_cert.as_ref());
        passwords
            .filter_map(|source| source.secret_ref.as_ref()?.name.as_deref())
            .chain(keys.flatten())
            .chain(authorities.filter_map(|authority| authority?.name.as_deref()))
            .collect()
    }

    /// Where the passwords come from that are not in the file.
    fn password_sources(&self) -> impl Iterator<Item = &ValueSource> {
        let registry = self
            .registry
            .as_ref()
            .and_then(|registry| registry.password_from.as_ref());
        let users = self
            .databases
            .iter()
            .flatten()
            .filter_map(|entry| entry.password_from.as_ref());
        let migrations = self
            .migration_ends()
            .filter_map(|end| end.password_from.as_ref());
        self.admin_password_from
            .iter()
            .chain(registry)
            .chain(users)
            .chain(migrations)
    }

    /// Both ends of every migration.
    fn migration_ends(&self) -> impl Iterator<Item = &MigrationEnd> {
        self.migrations
            .iter()
            .flatten()
            .flat_map(|given| given.db_migration.iter().chain(&given.migration_db))
    }

    /// The names that may be those of Backups, whose Barman IDs are looked up among the items.
    #[must_use]
    pub fn backup_names(&self) -> Vec<&str> {
        let pitr = self
            .pitr_clusters
            .iter()
            .flatten()
            .map(|given| &given.target);
        let recovery = self.recovery.iter().map(|given| &given.target);
        pitr.chain(recovery)
            .filter_map(|target| target.backup_id.as_deref())
            .collect()
    }
}
