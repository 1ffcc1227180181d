//! A bucket of an S3-compatible store: its ObjectStore, its keys, and the exports that go there.

use crate::meta::Meta;
use crate::plan::{Document, File};
use crate::spec::BucketLink;
use crate::validate::{Bucket, Stack};

use self::export_job::EXPORT_FILES;
use super::Linking;

mod env_secret;
pub mod export_job;
mod object_store;

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
    linking.documents.extend([
        Document::new(File::PeerSecret, &env_secret::build(stack, bucket)),
        Document::new(File::Cluster, &object_store::read_only(stack, bucket)),
    ]);
}

fn apply(stack: &Stack, link: BucketLink, secret: File, linking: &mut Linking<'_>) {
    let mut buckets = stack.links.buckets.iter();
    let Some(bucket) = buckets.find(|bucket| bucket.link == link) else {
        return;
    };
    let documents = &mut linking.documents;
    documents.push(Document::new(secret, &env_secret::build(stack, bucket)));
    documents.push(Document::new(
        File::Cluster,
        &object_store::build(stack, bucket),
    ));
    export(stack, bucket, documents);
}

/// The Jobs of both buckets share one ConfigMap.
fn export(stack: &Stack, bucket: &Bucket, documents: &mut Vec<Document>) {
    let jobs = export_job::build_all(stack, bucket);
    let first = !documents
        .iter()
        .any(|document| document.file == File::ExportJobs);
    if first && !jobs.is_empty() {
        let metadata = Meta::new(stack, &EXPORT_FILES.name()).day2();
        let files = EXPORT_FILES.config_map(metadata);
        documents.push(Document::new(File::ExportJobs, &files));
    }
    documents.extend(jobs.iter().map(|job| Document::new(File::ExportJobs, job)));
}
