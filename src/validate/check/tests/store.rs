//! Names and secrets of Google Cloud Storage and Azure Blob Storage, and identities of ServiceAccounts.

use super::super::store::*;
use super::{pass, propose, refuse};

#[test]
fn google_buckets() {
    let long = format!("{}.{}.com", "a".repeat(63), "b".repeat(63));
    pass(
        google_bucket,
        &["abc", "pg_archive", "pg-archive.example.com", "1a1", &long],
    );
    refuse(
        google_bucket,
        "must be the name of a bucket in Google Cloud Storage",
        &[
            "",
            "ab",
            &"a".repeat(64),
            "-abc",
            "abc-",
            "Abc",
            "a..b",
            "192.168.0.1",
            "goog-x",
            "my-google",
            "a/b",
        ],
    );
    propose(google_bucket, &[("gs://pg-archive/", Some("pg-archive"))]);
}

#[test]
fn containers_and_accounts() {
    pass(container, &["abc", "pg-archive", "1a1", &"a".repeat(63)]);
    refuse(
        container,
        "must be the name of a container",
        &[
            "",
            "ab",
            "a--b",
            "-ab",
            "ab-",
            "Ab1",
            "a.b",
            "a_b",
            "$root",
            &"a".repeat(64),
        ],
    );
    pass(account, &["abc", "shop1", &"a".repeat(24)]);
    refuse(
        account,
        "must be the name of a storage account",
        &[
            "",
            "ab",
            "shop-1",
            "Shop",
            &"a".repeat(25),
            "shop.blob.core.windows.net",
        ],
    );
}

#[test]
fn secrets_of_google() {
    let whole = r#"{"type": "service_account", "client_email": "a@b", "private_key": "k", "token_uri": "https://t"}"#;
    pass(google_key, &[whole, r#"{"type": "external_account"}"#]);
    refuse(
        google_key,
        "must be the whole JSON document",
        &[
            "",
            "{",
            "[]",
            "x",
            r#"{"type": "service_account"}"#,
            r#"{"type": "other"}"#,
            r#"{"private_key": "k"}"#,
        ],
    );
    assert_eq!(
        one_line("{\n \"a\": \"x\\ny\"\n}").as_deref(),
        Some(r#"{"a":"x\ny"}"#)
    );
}

#[test]
fn secrets_of_azure() {
    let text = "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=aa==;EndpointSuffix=core.windows.net";
    pass(
        connection_string,
        &[
            text,
            "BlobEndpoint=https://shop.blob.core.windows.net;SharedAccessSignature=sv=1&sig=x;",
        ],
    );
    refuse(
        connection_string,
        "must be a connection string",
        &[
            "",
            "AccountName=shop",
            "AccountName=shop;AccountKey=",
            "AccountKey=aa==",
            "x;AccountName=a;AccountKey=b",
            "AccountName=a;AccountKey=b\n",
        ],
    );
    assert_eq!(connection_account(text), Some("shop"));
    pass(storage_key, &["aGlkZGVuLWtleQ=="]);
    refuse(
        storage_key,
        "must be the access key",
        &["", "a b", "aGlk ZGVu", "$x"],
    );
    pass(sas_token, &["sv=2024-11-04&sig=a%2Bb%3D"]);
    refuse(
        sas_token,
        "must be a shared access signature",
        &["", "?sv=1&sig=x", "sv=1", "https://a/b?sig=x&y", "sig=a b"],
    );
}

#[test]
fn identities() {
    let aws = |text: &str| identity("eks.amazonaws.com/role-arn", text);
    pass(
        aws,
        &[
            "arn:aws:iam::123456789012:role/shop",
            "arn:aws-cn:iam::123456789012:role/a/b+c=d",
        ],
    );
    refuse(
        aws,
        "must be the ARN of a role",
        &[
            "",
            "shop",
            "arn:aws:iam::12345:role/shop",
            "arn:aws:iam::123456789012:user/shop",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a b",
        ],
    );
    let google = |text: &str| identity("iam.gke.io/gcp-service-account", text);
    pass(google, &["shop@my-project.iam.gserviceaccount.com"]);
    refuse(
        google,
        "must be the address",
        &["", "shop", "shop@example.com", "@x.iam.gserviceaccount.com"],
    );
    let azure = |text: &str| identity("azure.workload.identity/client-id", text);
    pass(azure, &["1a2b3c4d-0000-1111-2222-333344445555"]);
    refuse(
        azure,
        "must be an ID of Azure",
        &[
            "",
            "shop",
            "1a2b3c4d-0000-1111-2222-33334444555",
            "1a2b3c4d-0000-1111-2222-33334444555g",
        ],
    );
    let other = |text: &str| identity("example.com/x", text);
    pass(other, &["", "anything: goes"]);
    refuse(other, "must be at most 4096", &["a\nb", &"a".repeat(4097)]);
}
