//! The part of a valid stack that says where a bucket is, and how to get in.

use super::Secret;
use crate::spec::{BucketLink, ServerSideEncryption};

/// Keys of the Secret that is generated for a bucket; the names are those that Barman reads.
pub mod key {
    /// Access key ID.
    pub const ACCESS: &str = "AWS_ACCESS_KEY_ID";
    /// Secret access key.
    pub const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
    /// Region, which an ObjectStore can only read from a Secret.
    pub const REGION: &str = "AWS_REGION";
    /// URL of an S3 store.
    pub const ENDPOINT: &str = "AWS_ENDPOINT_URL";
    /// Key of a Google service account, as JSON in one line.
    pub const GOOGLE: &str = "GOOGLE_CREDENTIALS";
    /// Name of the storage account.
    pub const ACCOUNT: &str = "AZURE_STORAGE_ACCOUNT";
    /// Connection string.
    pub const CONNECTION: &str = "AZURE_STORAGE_CONNECTION_STRING";
    /// Access key of the storage account.
    pub const STORAGE_KEY: &str = "AZURE_STORAGE_KEY";
    /// Shared access signature.
    pub const SAS_TOKEN: &str = "AZURE_STORAGE_SAS_TOKEN";
}

/// A bucket that backups or exports go to.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The link that it comes from.
    pub link: BucketLink,
    /// The name of its `ObjectStore`.
    pub store: String,
    /// The name of the Secret that is generated for it.
    pub secret: String,
    /// URL of the object store, where it is not the provider's own.
    pub endpoint: Option<String>,
    /// Name and key of the Secret with the certificate authority of the object store.
    pub endpoint_ca: Option<KeyRef>,
    /// Name of the bucket, or of the container.
    pub bucket: String,
    /// Folder in it that holds everything of the stack.
    pub path: String,
    /// Whose make the store is, and how to get in.
    pub provider: Provider,
    /// The databases whose exports go here.
    pub databases: Vec<String>,
}

/// The make of an object store.
#[derive(Debug, Clone)]
pub enum Provider {
    /// AWS, or a store that speaks S3.
    S3 {
        /// Region that requests are signed for.
        region: String,
        /// How to get in.
        credentials: Credentials,
        /// What the store encrypts with.
        encryption: Option<ServerSideEncryption>,
    },
    /// Google Cloud Storage: a key; the Pods' identity when none.
    Google(Option<SecretValue>),
    /// Azure Blob Storage.
    Azure {
        /// Name of the storage account.
        account: String,
        /// How to get in.
        credentials: AzureCredentials,
    },
}

/// The keys of an S3 store.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// They are known, and go into a Secret of ours.
    Given {
        /// Access key ID.
        access: Secret,
        /// Secret access key.
        secret: Secret,
    },
    /// They are in a Secret that somebody else writes.
    Referenced {
        /// Access key ID.
        access: KeyRef,
        /// Secret access key.
        secret: KeyRef,
        /// Session token of temporary keys.
        session: Option<KeyRef>,
    },
    /// The Pods have a role.
    Inherited,
}

/// How to get into Azure Blob Storage.
#[derive(Debug, Clone)]
pub enum AzureCredentials {
    /// A connection string, which has everything.
    ConnectionString(SecretValue),
    /// The account's key.
    StorageKey(SecretValue),
    /// A shared access signature.
    SasToken(SecretValue),
    /// The Pods have a managed identity or a workload identity.
    ManagedIdentity,
    /// What the default chain finds.
    Default,
}

/// A secret of a bucket.
#[derive(Debug, Clone)]
pub enum SecretValue {
    /// It is known, and goes into a Secret of ours.
    Given(Secret),
    /// It is in a Secret that somebody else writes.
    Referenced(KeyRef),
}

/// A key of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRef {
    /// Name of the Secret.
    pub name: String,
    /// Key in it.
    pub key: String,
}

impl Bucket {
    /// The URL of the folder, as Barman wants it for each provider
    /// (<https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/>).
    #[must_use]
    pub fn destination(&self) -> String {
        let (bucket, path) = (&self.bucket, &self.path);
        match (&self.provider, &self.endpoint) {
            (Provider::S3 { .. }, _) => format!("s3://{bucket}/{path}"),
            (Provider::Google(_), _) => format!("gs://{bucket}/{path}"),
            (Provider::Azure { .. }, None) => format!("https://{}/{bucket}/{path}", self.host()),
            (Provider::Azure { account, .. }, Some(endpoint)) => {
                format!("{endpoint}/{account}/{bucket}/{path}")
            }
        }
    }

    /// The host, with a port where it has one, that the bucket is reached at.
    #[must_use]
    pub fn host(&self) -> String {
        match (&self.endpoint, &self.provider) {
            // The validation lets nothing but host and port follow the scheme.
            (Some(endpoint), _) => {
                let rest = endpoint.split_once("://");
                rest.map_or(endpoint.as_str(), |(_, rest)| rest).to_owned()
            }
            (None, Provider::S3 { region, .. }) => format!("s3.{region}.amazonaws.com"),
            (None, Provider::Google(_)) => "storage.googleapis.com".to_owned(),
            (None, Provider::Azure { account, .. }) => format!("{account}.blob.core.windows.net"),
        }
    }

    /// Whether Pods get in by what they are, without a secret.
    #[must_use]
    pub fn is_by_identity(&self) -> bool {
        match &self.provider {
            Provider::S3 { credentials, .. } => matches!(credentials, Credentials::Inherited),
            Provider::Google(key) => key.is_none(),
            Provider::Azure { credentials, .. } => matches!(
                credentials,
                AzureCredentials::ManagedIdentity | AzureCredentials::Default
            ),
        }
    }

    /// A key of the Secret that is generated for it.
    #[must_use]
    pub fn own_key(&self, key: &str) -> KeyRef {
        KeyRef {
            name: self.secret.clone(),
            key: key.to_owned(),
        }
    }

    /// Where a secret of it is found: under `key` in its own Secret, or elsewhere.
    #[must_use]
    pub fn key_of(&self, value: &SecretValue, key: &str) -> KeyRef {
        match value {
            SecretValue::Given(_) => self.own_key(key),
            SecretValue::Referenced(found) => found.clone(),
        }
    }
}
