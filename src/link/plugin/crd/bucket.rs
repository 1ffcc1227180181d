//! `spec.configuration` of an `ObjectStore`: where the bucket is, who may use it, and what goes into it.

use super::schema::{Rule, Schema, boolean, integer, list, map, object, selector, string, word};

pub(super) fn configuration() -> Schema {
    let properties = [
        ("azureCredentials", azure()),
        ("data", data()),
        ("destinationPath", destination()),
        ("endpointCA", selector()),
        (
            "endpointURL",
            string().described("The URL of the S3 service; AWS where it is left out."),
        ),
        ("googleCredentials", google()),
        ("historyTags", map(string())),
        ("s3Credentials", s3()),
        ("serverName", string()),
        ("tags", map(string())),
        ("wal", wal()),
    ];
    object(properties)
        .requiring(&["destinationPath"])
        .forbidding(&Rule {
            path: Some(".serverName"),
            message: "use the 'serverName' plugin parameter in the Cluster resource",
            text: "!has(self.serverName)",
        })
        .described("Where the bucket is, with which credentials, and what is written to it.")
}

fn destination() -> Schema {
    string()
        .with("minLength", 1)
        .described("The bucket, with a folder in it if wanted: `s3://bucket/folder`.")
}

fn azure() -> Schema {
    object([
        ("connectionString", selector()),
        ("inheritFromAzureAD", boolean()),
        ("storageAccount", selector()),
        ("storageKey", selector()),
        ("storageSasToken", selector()),
        ("useDefaultAzureCredentials", boolean()),
    ])
}

fn google() -> Schema {
    object([
        ("applicationCredentials", selector()),
        ("gkeEnvironment", boolean()),
    ])
}

fn s3() -> Schema {
    let properties = [
        ("accessKeyId", selector()),
        ("inheritFromIAMRole", boolean()),
        ("region", selector()),
        ("secretAccessKey", selector()),
        ("sessionToken", selector()),
    ];
    object(properties).described("The keys of Secrets that hold the credentials for S3.")
}

fn data() -> Schema {
    let properties = [
        ("additionalCommandArgs", list(string())),
        ("compression", word(&["bzip2", "gzip", "lz4", "snappy"])),
        ("encryption", encryption()),
        ("immediateCheckpoint", boolean()),
        ("jobs", integer().with("format", "int32").with("minimum", 1)),
        ("restoreAdditionalCommandArgs", list(string())),
    ];
    object(properties).described("How base backups are written.")
}

fn wal() -> Schema {
    let compression = word(&["bzip2", "gzip", "lz4", "snappy", "xz", "zstd"]);
    let properties = [
        ("archiveAdditionalCommandArgs", list(string())),
        ("compression", compression),
        ("encryption", encryption()),
        ("maxParallel", integer().with("minimum", 1)),
        ("restoreAdditionalCommandArgs", list(string())),
    ];
    object(properties).described("How WAL files are written.")
}

/// What the S3 service encrypts with.
fn encryption() -> Schema {
    word(&["AES256", "aws:kms"])
}
