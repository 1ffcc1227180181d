//! What is known of a bucket's credentials, as the environment variables that its clients read.
//!
//! The ObjectStore and the export Jobs refer to single keys of it.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{AzureCredentials, Bucket, Credentials, Provider, SecretValue, Stack, key};

/// None when nothing would refer to it: the secrets are somebody else's, or there are none.
pub(super) fn build(stack: &Stack, bucket: &Bucket) -> Option<Secret> {
    let data = data(bucket);
    let bytes = |(key, value): (&str, &str)| (key.to_owned(), ByteString(value.into()));
    (!data.is_empty()).then(|| Secret {
        metadata: Meta::new(stack, &bucket.secret)
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        type_: Some("Opaque".to_owned()),
        data: Some(data.into_iter().map(bytes).collect()),
        ..Secret::default()
    })
}

fn data(bucket: &Bucket) -> BTreeMap<&'static str, &str> {
    match &bucket.provider {
        Provider::S3 {
            region,
            credentials,
            ..
        } => s3(bucket, region, credentials),
        Provider::Google(value) => value
            .iter()
            .filter_map(|value| known(key::GOOGLE, value))
            .collect(),
        Provider::Azure {
            account,
            credentials,
        } => azure(account, credentials),
    }
}

fn s3<'a>(
    bucket: &'a Bucket,
    region: &'a str,
    credentials: &'a Credentials,
) -> BTreeMap<&'static str, &'a str> {
    let mut data = BTreeMap::from([(key::REGION, region)]);
    data.extend(bucket.endpoint.as_deref().map(|url| (key::ENDPOINT, url)));
    match credentials {
        Credentials::Inherited => data.clear(),
        Credentials::Referenced { .. } => {}
        Credentials::Given { access, secret } => {
            data.insert(key::ACCESS, access.reveal());
            data.insert(key::SECRET, secret.reveal());
        }
    }
    data
}

fn azure<'a>(
    account: &'a str,
    credentials: &'a AzureCredentials,
) -> BTreeMap<&'static str, &'a str> {
    let account = (key::ACCOUNT, account);
    let (name, value) = match credentials {
        AzureCredentials::ConnectionString(value) => {
            return known(key::CONNECTION, value).into_iter().collect();
        }
        AzureCredentials::StorageKey(value) => (key::STORAGE_KEY, value),
        AzureCredentials::SasToken(value) => (key::SAS_TOKEN, value),
        AzureCredentials::ManagedIdentity | AzureCredentials::Default => return BTreeMap::new(),
    };
    known(name, value).into_iter().chain([account]).collect()
}

fn known<'a>(name: &'static str, value: &'a SecretValue) -> Option<(&'static str, &'a str)> {
    match value {
        SecretValue::Given(secret) => Some((name, secret.reveal())),
        SecretValue::Referenced(_) => None,
    }
}
