//! A bucket of an S3-compatible store: its ObjectStore, its keys, and the exports that go there.

use crate::plan::{Document, File};
use crate::spec::BucketLink;
use crate::validate::{Bucket, Stack};

use super::Linking;

mod env_secret;
pub mod export_files;
mod export_job;
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
        documents.push(Document::new(File::ExportJobs, &export_files::build(stack)));
    }
    documents.extend(jobs.iter().map(|job| Document::new(File::ExportJobs, job)));
}
