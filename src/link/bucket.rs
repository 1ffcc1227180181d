//! A bucket of an object store: its ObjectStore, its credentials, and the exports that go there.

use crate::meta::Meta;
use crate::plan::{Document, File};
use crate::spec::BucketLink;
use crate::validate::{Bucket, Stack};

use self::export_job::EXPORT_FILES;
use super::{Linking, is_kind};

mod env_secret;
pub mod export_job;
mod object_store;
mod rclone;
mod service_account;

/// The link to `MinIO`.
pub(super) fn minio(stack: &Stack, linking: &mut Linking<'_>) {
    apply(stack, BucketLink::CnpgBucket, File::MinioSecret, linking);
}

/// The link to `SeaweedFS`.
pub(super) fn swbucket(stack: &Stack, linking: &mut Linking<'_>) {
    apply(
        stack,
        BucketLink::CnpgSwbucket,
        File::SwbucketSecret,
        linking,
    );
}

/// The bucket of the other side of a distributed topology, which is only read.
pub(super) fn peer(stack: &Stack, linking: &mut Linking<'_>) {
    let Some(replica) = &stack.replica else {
        return;
    };
    let bucket = &replica.peer.bucket;
    let documents = &mut linking.documents;
    let keys = env_secret::build(stack, bucket);
    documents.extend(keys.map(|keys| Document::new(File::PeerSecret, &keys)));
    let store = object_store::read_only(stack, bucket);
    documents.push(Document::new(File::Cluster, &store));
}

fn apply(stack: &Stack, link: BucketLink, secret: File, linking: &mut Linking<'_>) {
    let mut buckets = stack.links.buckets.iter();
    let Some(bucket) = buckets.find(|bucket| bucket.link == link) else {
        return;
    };
    let documents = &mut linking.documents;
    let keys = env_secret::build(stack, bucket);
    documents.extend(keys.map(|keys| Document::new(secret, &keys)));
    documents.push(Document::new(
        File::Cluster,
        &object_store::build(stack, bucket),
    ));
    export(stack, bucket, documents);
}

/// The Jobs of both buckets share one ConfigMap, and one ServiceAccount if any of them needs it.
fn export(stack: &Stack, bucket: &Bucket, documents: &mut Vec<Document>) {
    let jobs = export_job::build_all(stack, bucket);
    let mut exports = documents.iter().filter(|d| d.file == File::ExportJobs);
    let first = exports.next().is_none();
    if first && !jobs.is_empty() {
        let metadata = Meta::new(stack, EXPORT_FILES.name()).day2();
        let files = EXPORT_FILES.config_map(metadata);
        documents.push(Document::new(File::ExportJobs, &files));
    }
    let known = |d: &Document| d.file == File::ExportJobs && is_kind(d, "ServiceAccount");
    if bucket.is_by_identity() && !jobs.is_empty() && !documents.iter().any(known) {
        let account = service_account::build(stack);
        documents.push(Document::new(File::ExportJobs, &account));
    }
    documents.extend(jobs.iter().map(|job| Document::new(File::ExportJobs, job)));
}
