//! The Secrets that kustomize generates from files: the same objects as those of the function.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::body::Body;
use crate::plan::File;

/// The key of a pull secret.
const PULL_SECRET: &str = ".dockerconfigjson";
/// kustomize drops the rest of a file behind a line of 64 KiB without a word.
const LONGEST_LINE: usize = 60_000;

/// The file that a Secret is generated from, below the base directory.
pub(crate) const fn path(file: File) -> Option<&'static str> {
    match file {
        File::EnvSecret => Some("secret/cnpg.env"),
        File::MinioSecret => Some("secret/minio.env"),
        File::SwbucketSecret => Some("secret/swbucket.env"),
        File::PeerSecret => Some("secret/peer.env"),
        File::RegistrySecret => Some("secret/registry.json"),
        _ => None,
    }
}

/// The content of the file, and the entry of `secretGenerator` that makes the Secret from it.
pub(super) fn generated(path: &str, secret: &Value) -> Result<(Body, Value), String> {
    let data = decoded(secret)?;
    let (body, source) = if let Some(config) = data.get(PULL_SECRET).filter(|_| data.len() == 1) {
        let files = json!({"files": [format!("{PULL_SECRET}={path}")]});
        (Body::Json(config.clone()), files)
    } else {
        for (key, value) in &data {
            check(key, value)?;
        }
        (Body::Env(data), json!({"envs": [path]}))
    };
    Ok((body, entry(secret, &source)?))
}

/// The values of a Secret.
fn decoded(secret: &Value) -> Result<BTreeMap<String, String>, String> {
    let data = secret.get("data").and_then(Value::as_object);
    data.into_iter()
        .flatten()
        .map(|(key, value)| {
            let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or_else(|| format!("the value of `{key}` is no text in base64"))?;
            Ok((key.clone(), text))
        })
        .collect()
}

/// What an env file can hold: kustomize has no quotes in it, so a line break would cut the value off.
fn check(key: &str, value: &str) -> Result<(), String> {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if key.is_empty() || key.starts_with(|c: char| c.is_ascii_digit()) || !key.chars().all(word) {
        return Err(format!("`{key}` is no name of a variable"));
    }
    if value.contains(['\n', '\r', '\0']) {
        return Err(format!(
            "the value of `{key}` holds a line break or a NUL character"
        ));
    }
    if key.len() + value.len() >= LONGEST_LINE {
        return Err(format!(
            "the value of `{key}` is longer than {LONGEST_LINE} bytes"
        ));
    }
    Ok(())
}

/// The entry; what it cannot say is an error, for the Secret would come out as another one.
fn entry(secret: &Value, source: &Value) -> Result<Value, String> {
    let mut entry = Map::new();
    let mut options = Map::from_iter([("disableNameSuffixHash".to_owned(), json!(true))]);
    for (key, value) in secret.as_object().into_iter().flatten() {
        match key.as_str() {
            "apiVersion" | "kind" | "data" => {}
            "metadata" => metadata(value, &mut entry, &mut options)?,
            "type" => {
                entry.insert(key.clone(), value.clone());
            }
            "immutable" => {
                options.insert(key.clone(), value.clone());
            }
            other => return Err(format!("`{other}` cannot be generated")),
        }
    }
    entry.insert("options".to_owned(), Value::Object(options));
    entry.extend(source.as_object().cloned().unwrap_or_default());
    Ok(Value::Object(entry))
}

fn metadata(
    metadata: &Value,
    entry: &mut Map<String, Value>,
    options: &mut Map<String, Value>,
) -> Result<(), String> {
    for (key, value) in metadata.as_object().into_iter().flatten() {
        let to = match key.as_str() {
            "name" | "namespace" => &mut *entry,
            "labels" | "annotations" => &mut *options,
            other => return Err(format!("`metadata.{other}` cannot be generated")),
        };
        to.insert(key.clone(), value.clone());
    }
    Ok(())
}
