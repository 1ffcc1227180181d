//! The credentials of object stores that do not speak S3, and what S3 stores encrypt with.

use schemars::JsonSchema;
use serde::Deserialize;

/// Credentials for Google Cloud Storage: a key, or the Pod's own identity.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GoogleCredentials {
    /// Key of a Google service account, the whole JSON document, as plain text. Prefer `applicationCredentialsFrom`.
    pub application_credentials: Option<String>,
    /// Where that key comes from. The key in a Secret is `GOOGLE_CREDENTIALS` unless it is given.
    pub application_credentials_from: Option<KeySource>,
    /// The Pods' own identity in GKE (Workload Identity Federation) in place of a key; see `serviceAccount`. Default false.
    pub gke_environment: Option<bool>,
}

/// Credentials for Azure Blob Storage: the storage account, and exactly one way to get in.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AzureCredentials {
    /// Name of the storage account that the container is in.
    #[schemars(required)]
    pub storage_account: Option<String>,
    /// Connection string as plain text. Prefer `connectionStringFrom`.
    pub connection_string: Option<String>,
    /// Where the connection string comes from. The key in a Secret is `AZURE_STORAGE_CONNECTION_STRING` unless it is given.
    pub connection_string_from: Option<KeySource>,
    /// Access key of the storage account as plain text. Prefer `storageKeyFrom`.
    pub storage_key: Option<String>,
    /// Where the access key comes from. The key in a Secret is `AZURE_STORAGE_KEY` unless it is given.
    pub storage_key_from: Option<KeySource>,
    /// Shared access signature as plain text, without the `?`. Prefer `storageSasTokenFrom`.
    pub storage_sas_token: Option<String>,
    /// Where the shared access signature comes from. The key in a Secret is `AZURE_STORAGE_SAS_TOKEN` unless it is given.
    pub storage_sas_token_from: Option<KeySource>,
    /// The Pods' managed identity or workload identity in AKS; see `serviceAccount`. Default false.
    #[serde(rename = "inheritFromAzureAD")]
    pub inherit_from_azure_ad: Option<bool>,
    /// Whatever Azure's default chain of credentials finds: environment, workload identity, managed identity. Default false.
    pub use_default_azure_credentials: Option<bool>,
}

/// A value that is not in this file. Exactly one of the fields.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeySource {
    /// Name of an environment variable of the function (kustomize `--env`, kpt `--env`).
    pub env: Option<String>,
    /// A key of an existing Secret in the stack's namespace; nothing is generated for it.
    pub secret_ref: Option<SecretKeyRef>,
}

/// A key of an existing Secret.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretKeyRef {
    /// Name of the Secret.
    #[schemars(required)]
    pub name: Option<String>,
    /// Key in it. Default the variable that Barman reads the value from.
    pub key: Option<String>,
}

/// What an S3 store encrypts objects with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum ServerSideEncryption {
    /// Keys of the store.
    #[serde(rename = "AES256")]
    Aes256,
    /// Keys of AWS KMS: the account's key for S3.
    #[serde(rename = "aws:kms")]
    AwsKms,
}

impl ServerSideEncryption {
    /// The word for it, which S3, CNPG and rclone share.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aes256 => "AES256",
            Self::AwsKms => "aws:kms",
        }
    }
}
