//! The keys of a bucket as the environment variables that S3 clients read.
//!
//! The ObjectStore and the export Jobs refer to single keys of it.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{Bucket, Credentials, Stack};

/// The key of the region, which an ObjectStore can only read from a Secret.
pub(super) const REGION: &str = "AWS_REGION";

pub(super) fn build(stack: &Stack, bucket: &Bucket) -> Secret {
    let mut data = BTreeMap::from([
        ("AWS_ENDPOINT_URL", bucket.endpoint.as_str()),
        (REGION, &bucket.region),
    ]);
    if let Credentials::Given { access, secret } = &bucket.credentials {
        data.insert("AWS_ACCESS_KEY_ID", access.reveal());
        data.insert("AWS_SECRET_ACCESS_KEY", secret.reveal());
    }
    let bytes = |(key, value): (&str, &str)| (key.to_owned(), ByteString(value.into()));
    Secret {
        metadata: Meta::new(stack, &bucket.secret)
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        type_: Some("Opaque".to_owned()),
        data: Some(data.into_iter().map(bytes).collect()),
        ..Secret::default()
    }
}
