//! rclone's settings: a remote named `store`, without a file of its own
//! (<https://rclone.org/docs/#environment-variables>, <https://rclone.org/s3/>,
//! <https://rclone.org/googlecloudstorage/>, <https://rclone.org/azureblob/>).

use k8s_openapi::api::core::v1::{EnvVar, EnvVarSource, SecretKeySelector, Volume};

use crate::plan::job::{self, FILES};
use crate::spec::{BucketLink, ServerSideEncryption};
use crate::validate::{AzureCredentials, Bucket, Credentials, KeyRef, Provider, key};

/// The volume with the certificate authority of the store, or with the file that has its key.
pub(super) const VOLUME: &str = "store";

/// The environment of an upload to `folder`, below the folder of the bucket.
pub(super) fn environment(bucket: &Bucket, folder: &str) -> Vec<EnvVar> {
    let destination = format!("store:{}/{}/{folder}", bucket.bucket, bucket.path);
    let pairs = [
        ("DESTINATION", destination.as_str()),
        ("RCLONE_CONFIG", "/notfound"),
    ];
    let mut variables: Vec<EnvVar> = pairs.map(|(name, value)| job::variable(name, value)).into();
    variables.extend(settings(bucket));
    let pairs = [("RCLONE_RETRIES", "3"), ("RCLONE_LOW_LEVEL_RETRIES", "5")];
    variables.extend(pairs.map(|(name, value)| job::variable(name, value)));
    if let Some(authority) = &bucket.endpoint_ca {
        let file = format!("{FILES}-{VOLUME}/{}", authority.key);
        variables.push(job::variable("RCLONE_CA_CERT", &file));
    }
    variables.extend(secrets(bucket));
    variables
}

/// The file that an upload reads: a certificate authority, or a key of Google, which is a file for every library.
pub(super) fn volume(bucket: &Bucket) -> Option<Volume> {
    let file = google_key(bucket).or_else(|| bucket.endpoint_ca.clone());
    file.map(|file| job::secret(VOLUME, &file.name, &[&file.key]))
}

fn google_key(bucket: &Bucket) -> Option<KeyRef> {
    match &bucket.provider {
        Provider::Google(Some(value)) => Some(bucket.key_of(value, key::GOOGLE)),
        _ => None,
    }
}

/// A setting of the remote.
fn setting(name: &str, value: &str) -> EnvVar {
    job::variable(&format!("RCLONE_CONFIG_STORE_{name}"), value)
}

/// What everybody may read.
fn settings(bucket: &Bucket) -> Vec<EnvVar> {
    match &bucket.provider {
        Provider::S3 {
            region, encryption, ..
        } => s3(bucket, region, *encryption),
        Provider::Google(_) => vec![
            setting("TYPE", "google cloud storage"),
            // The key in the file, or what the metadata server says about the Pod.
            setting("ENV_AUTH", "true"),
            // No access lists for single objects: a bucket with uniform access refuses them.
            setting("BUCKET_POLICY_ONLY", "true"),
            setting("NO_CHECK_BUCKET", "true"),
        ],
        Provider::Azure { account, .. } => vec![
            setting("TYPE", "azureblob"),
            setting("ACCOUNT", account),
            setting("NO_CHECK_CONTAINER", "true"),
            setting("UPLOAD_CONCURRENCY", "2"),
        ],
    }
}

fn s3(bucket: &Bucket, region: &str, encryption: Option<ServerSideEncryption>) -> Vec<EnvVar> {
    let provider = match (&bucket.endpoint, bucket.link) {
        (None, _) => "AWS",
        (Some(_), BucketLink::CnpgBucket) => "Minio",
        (Some(_), BucketLink::CnpgSwbucket) => "SeaweedFS",
    };
    let endpoint = bucket.endpoint.as_deref();
    let encryption = encryption.map(ServerSideEncryption::as_str);
    let settings = [
        ("TYPE", Some("s3")),
        ("PROVIDER", Some(provider)),
        ("ENDPOINT", endpoint),
        ("REGION", Some(region)),
        ("SERVER_SIDE_ENCRYPTION", encryption),
        // The bucket is there; looking for it takes a right that the keys need not have.
        ("NO_CHECK_BUCKET", Some("true")),
        ("UPLOAD_CONCURRENCY", Some("2")),
    ];
    let set = settings.into_iter();
    set.filter_map(|(name, value)| Some(setting(name, value?)))
        .collect()
}

/// What lets an upload in.
fn secrets(bucket: &Bucket) -> Vec<EnvVar> {
    let by_identity = || setting("ENV_AUTH", "true");
    let secret = |name: &str, key: KeyRef| from_secret(&format!("RCLONE_CONFIG_STORE_{name}"), key);
    match &bucket.provider {
        Provider::S3 { credentials, .. } => match credentials {
            Credentials::Inherited => vec![by_identity()],
            Credentials::Given { .. } => vec![
                secret("ACCESS_KEY_ID", bucket.own_key(key::ACCESS)),
                secret("SECRET_ACCESS_KEY", bucket.own_key(key::SECRET)),
            ],
            Credentials::Referenced {
                access,
                secret: secret_key,
                session,
            } => [("ACCESS_KEY_ID", access), ("SECRET_ACCESS_KEY", secret_key)]
                .into_iter()
                .chain(session.iter().map(|token| ("SESSION_TOKEN", token)))
                .map(|(name, key)| secret(name, key.clone()))
                .collect(),
        },
        Provider::Google(Some(_)) => {
            let file = google_key(bucket).map(|key| format!("{FILES}-{VOLUME}/{}", key.key));
            let file = file.unwrap_or_default();
            vec![job::variable("GOOGLE_APPLICATION_CREDENTIALS", &file)]
        }
        Provider::Google(None) => Vec::new(),
        Provider::Azure { credentials, .. } => match credentials {
            AzureCredentials::ConnectionString(value) => vec![secret(
                "CONNECTION_STRING",
                bucket.key_of(value, key::CONNECTION),
            )],
            AzureCredentials::StorageKey(value) => {
                vec![secret("KEY", bucket.key_of(value, key::STORAGE_KEY))]
            }
            AzureCredentials::SasToken(value) => {
                signature(bucket, bucket.key_of(value, key::SAS_TOKEN))
            }
            AzureCredentials::ManagedIdentity | AzureCredentials::Default => vec![by_identity()],
        },
    }
}

/// rclone wants the signature as part of a URL: Kubernetes puts the one variable into the other.
fn signature(bucket: &Bucket, token: KeyRef) -> Vec<EnvVar> {
    let url = format!(
        "https://{}/{}?$({})",
        bucket.host(),
        bucket.bucket,
        key::SAS_TOKEN
    );
    let url = EnvVar {
        name: "RCLONE_CONFIG_STORE_SAS_URL".to_owned(),
        value: Some(url),
        value_from: None,
    };
    vec![from_secret(key::SAS_TOKEN, token), url]
}

fn from_secret(name: &str, key: KeyRef) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: key.name,
                key: key.key,
                optional: None,
            }),
            ..EnvVarSource::default()
        }),
    }
}
