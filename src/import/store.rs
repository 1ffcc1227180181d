//! An object store as a link has it: S3, Google Cloud Storage or Azure Blob Storage.

use serde_json::{Map, Value, json};

use super::pointer::{on, text, word};

/// Where Azure keeps the containers of an account.
const AZURE: &str = ".blob.core.windows.net";

/// A store as the link has it. `region` is that of a bucket in AWS.
///
/// # Errors
///
/// When no link can be made of it.
pub fn link(configuration: &Value, region: Option<&str>) -> Result<Value, String> {
    let destination = word(configuration, "/destinationPath");
    let (scheme, place) = destination.split_once("://").unwrap_or_default();
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let mut link = Map::new();
    let path = match scheme {
        "s3" => {
            link.insert("bucket".to_owned(), host.into());
            s3(configuration, region, &mut link)?;
            path
        }
        "gs" => {
            link.insert("bucket".to_owned(), host.into());
            link.insert("googleCredentials".to_owned(), google(configuration)?);
            path
        }
        "https" => {
            let account = host
                .strip_suffix(AZURE)
                .ok_or("it is at another place of Azure than blob.core.windows.net")?;
            let (container, path) = path.split_once('/').unwrap_or((path, ""));
            link.insert("bucket".to_owned(), container.into());
            let credentials = azure(configuration, account)?;
            link.insert("azureCredentials".to_owned(), credentials);
            path
        }
        _ => return Err(format!("it is at {destination}")),
    };
    let path = path.trim_matches('/');
    if !path.is_empty() {
        link.insert("path".to_owned(), path.into());
    }
    if let Some(ca) = configuration.get("endpointCA") {
        link.insert("endpointCA".to_owned(), ca.clone());
    }
    Ok(Value::Object(link))
}

/// Whether it is a bucket in AWS, and nothing says in which region.
#[must_use]
pub fn lacks_region(link: &Value) -> bool {
    let others = [
        "endpoint",
        "region",
        "googleCredentials",
        "azureCredentials",
    ];
    others.iter().all(|field| link.get(field).is_none())
}

/// A key of a Secret: the Secret, and the key.
fn reference<'a>(credentials: &'a Value, field: &str) -> Option<(&'a str, &'a str)> {
    let part = credentials.get(field)?;
    Some((text(part, "/name")?, text(part, "/key")?))
}

/// The same as a source of a value.
fn source(credentials: &Value, field: &str) -> Option<Value> {
    let (name, key) = reference(credentials, field)?;
    Some(json!({"secretRef": {"name": name, "key": key}}))
}

fn s3(
    configuration: &Value,
    region: Option<&str>,
    link: &mut Map<String, Value>,
) -> Result<(), String> {
    let endpoint = text(configuration, "/endpointURL").filter(|url| !url.is_empty());
    if let Some(endpoint) = endpoint {
        link.insert("endpoint".to_owned(), endpoint.trim_end_matches('/').into());
    }
    if let Some(region) = endpoint.map_or(region, |url| host_region(url).or(region)) {
        link.insert("region".to_owned(), region.into());
    }
    let credentials = configuration.get("s3Credentials").unwrap_or(&Value::Null);
    if on(credentials, "/inheritFromIAMRole") {
        link.insert("inheritFromIAMRole".to_owned(), true.into());
    } else {
        let keys = json!({"secretRef": keys(credentials)?});
        link.insert("credentialsFrom".to_owned(), keys);
    }
    let encryption = |part| text(configuration, part).filter(|word| !word.is_empty());
    let both =
        encryption("/wal/encryption").filter(|wal| encryption("/data/encryption") == Some(wal));
    link.extend(both.map(|word| ("encryption".to_owned(), word.into())));
    Ok(())
}

/// The Secret with the keys.
fn keys(credentials: &Value) -> Result<Value, String> {
    let key = |field| reference(credentials, field);
    let (Some((secret, access)), Some((other, key_name))) =
        (key("accessKeyId"), key("secretAccessKey"))
    else {
        return Err("it is reached without keys".to_owned());
    };
    let session = key("sessionToken");
    if secret != other || session.is_some_and(|(third, _)| third != secret) {
        return Err("its keys are in two Secrets".to_owned());
    }
    let mut keys = json!({"name": secret, "accessKey": access, "secretKey": key_name});
    if let Some((_, session)) = session {
        json_patch::merge(&mut keys, &json!({"sessionToken": session}));
    }
    Ok(keys)
}

/// The region in a host of AWS.
fn host_region(endpoint: &str) -> Option<&str> {
    let host = endpoint.split_once("://")?.1.trim_end_matches('/');
    let region = host.strip_prefix("s3.")?.split_once(".amazonaws.com")?.0;
    (!region.is_empty()).then_some(region)
}

fn google(configuration: &Value) -> Result<Value, String> {
    let credentials = configuration
        .get("googleCredentials")
        .unwrap_or(&Value::Null);
    if on(credentials, "/gkeEnvironment") {
        return Ok(json!({"gkeEnvironment": true}));
    }
    source(credentials, "applicationCredentials")
        .map(|key| json!({"applicationCredentialsFrom": key}))
        .ok_or_else(|| "it is reached without a key".to_owned())
}

/// The account is in the host; the Secret that names it once more is not needed.
fn azure(configuration: &Value, account: &str) -> Result<Value, String> {
    let credentials = configuration
        .get("azureCredentials")
        .unwrap_or(&Value::Null);
    let mut out = Map::from_iter([("storageAccount".to_owned(), Value::from(account))]);
    for field in ["inheritFromAzureAD", "useDefaultAzureCredentials"] {
        if credentials.get(field) == Some(&Value::Bool(true)) {
            out.insert(field.to_owned(), true.into());
        }
    }
    for field in ["connectionString", "storageKey", "storageSasToken"] {
        let key = source(credentials, field);
        out.extend(key.map(|key| (format!("{field}From"), key)));
    }
    if out.len() == 1 {
        return Err("nothing says how it is reached".to_owned());
    }
    Ok(Value::Object(out))
}
