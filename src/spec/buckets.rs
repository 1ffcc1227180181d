//! `spec.links.cnpgBucket`, `spec.links.cnpgSwbucket` and `spec.barmanPlugin`: where backups go.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AzureCredentials, GoogleCredentials, ServerSideEncryption};

/// A bucket of an object store. It must exist already. The store is S3 unless `googleCredentials` or `azureCredentials` are given.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// URL of the object store: `https://` or `http://`, a host and a port, and nothing after it. Left out for AWS (`region` says where), Google and Azure; with Azure's emulator or another cloud of Azure it needs `connectionString`.
    pub endpoint: Option<String>,
    /// Name of the bucket; of the container in Azure.
    #[schemars(required)]
    pub bucket: Option<String>,
    /// Folder in the bucket that holds everything of the stack. Default the stack's namespace.
    pub path: Option<String>,
    /// Region of an S3 store that requests are signed for. Default `us-east-1`, which is what stores without regions expect; required without `endpoint`.
    pub region: Option<String>,
    /// Access key ID, as plain text. Together with `secretKey` or `secretKeyFrom`.
    pub access_key: Option<String>,
    /// Secret access key as plain text. Prefer `secretKeyFrom`.
    pub secret_key: Option<String>,
    /// Where the secret access key comes from.
    pub secret_key_from: Option<EnvSource>,
    /// An existing Secret with both keys; in place of `accessKey` and `secretKey`.
    pub credentials_from: Option<Credentials>,
    /// The Pods' own role in AWS in place of keys (IAM roles for service accounts, EKS Pod Identity, or the node's role); see `serviceAccount`. Default false.
    #[serde(rename = "inheritFromIAMRole")]
    pub inherit_from_iam_role: Option<bool>,
    /// Makes it a bucket of Google Cloud Storage.
    pub google_credentials: Option<GoogleCredentials>,
    /// Makes it a container of Azure Blob Storage.
    pub azure_credentials: Option<AzureCredentials>,
    /// What an S3 store is told to encrypt backups and exports with; the bucket's own setting when left out.
    pub encryption: Option<ServerSideEncryption>,
    /// Certificate authority of the object store, when it is not a public one.
    #[serde(rename = "endpointCA")]
    pub endpoint_ca: Option<SecretKey>,
    /// Databases whose exports go here; all when left out.
    pub databases: Option<Vec<String>>,
}

/// A value out of the function's environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnvSource {
    /// Name of an environment variable of the function (kustomize `--env`, kpt `--env`).
    #[schemars(required)]
    pub env: Option<String>,
}

/// Credentials of an object store that somebody else keeps.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Credentials {
    /// The Secret, in the stack's namespace.
    #[schemars(required)]
    pub secret_ref: Option<CredentialsRef>,
}

/// A Secret with the two keys of an object store.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CredentialsRef {
    /// Name of the Secret.
    #[schemars(required)]
    pub name: Option<String>,
    /// Key in it that holds the access key ID. Default `AWS_ACCESS_KEY_ID`.
    pub access_key: Option<String>,
    /// Key in it that holds the secret access key. Default `AWS_SECRET_ACCESS_KEY`.
    pub secret_key: Option<String>,
    /// Key in it that holds the session token of temporary keys, which somebody has to renew. None when left out.
    pub session_token: Option<String>,
}

/// A key of a Secret in the stack's namespace.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretKey {
    /// Name of the Secret.
    #[schemars(required)]
    pub name: Option<String>,
    /// Key in it. Default `ca.crt`.
    pub key: Option<String>,
}

/// The bucket that WAL and base backups go to, when there are two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum BucketLink {
    /// `links.cnpgBucket`.
    #[default]
    CnpgBucket,
    /// `links.cnpgSwbucket`.
    CnpgSwbucket,
}

impl BucketLink {
    /// The field's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CnpgBucket => "cnpgBucket",
            Self::CnpgSwbucket => "cnpgSwbucket",
        }
    }

    /// The word for it in the names of what is generated.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CnpgBucket => "minio",
            Self::CnpgSwbucket => "swbucket",
        }
    }
}

/// The Barman Cloud plugin of CNPG, which a linked bucket needs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BarmanPlugin {
    /// Whether this stack emits the plugin; one stack of a fleet does. Default true.
    pub install: Option<bool>,
    /// Version of the plugin. Default `v0.14.0`.
    pub version: Option<String>,
    /// Where the certificates between operator and plugin come from. Default `certManager`.
    pub certificates: Option<Certificates>,
}

/// Where the certificates between operator and plugin come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Certificates {
    /// cert-manager makes them.
    #[default]
    CertManager,
    /// The Secrets `barman-cloud-client-tls` and `barman-cloud-server-tls` are there already.
    Secrets,
}
