//! Round trips through the types of a kind: what a type does not know, it loses.

use k8s_crds_cloud_native_pg as cnpg;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_openapi::serde::Serialize;
use k8s_openapi::serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::scalar::matches;
use super::{gvk, join, meta};

/// What the values of a Secret or `ConfigMap` may come to, in bytes.
const DATA_BYTES: usize = 1024 * 1024;

/// Every violation of a resource of a kind that Kubernetes brings itself.
///
/// The metadata is checked, the keys and the size of `data`, and every field that the type of
/// `k8s-openapi` loses, changes or demands. A kind that is not in the table is a violation. Values
/// that the type holds as a plain string (a restart policy, say) are not checked.
pub(crate) fn check_core(object: &Value) -> Vec<String> {
    let (group, version, kind) = gvk(object);
    let mut name = meta::Name::Subdomain;
    let mut findings = match (group.as_str(), version.as_str(), kind.as_str()) {
        ("", "v1", "Namespace") => {
            name = meta::Name::Label;
            through::<Namespace>("", object)
        }
        ("", "v1", "Secret") => through::<Secret>("", object),
        ("", "v1", "ConfigMap") => through::<ConfigMap>("", object),
        ("", "v1", "ServiceAccount") => through::<ServiceAccount>("", object),
        ("", "v1", "Service") => {
            name = meta::Name::Service;
            through::<Service>("", object)
        }
        ("batch", "v1", "Job") => {
            name = meta::Name::Job;
            through::<Job>("", object)
        }
        ("apps", "v1", "Deployment") => through::<Deployment>("", object),
        ("networking.k8s.io", "v1", "NetworkPolicy") => through::<NetworkPolicy>("", object),
        ("policy", "v1", "PodDisruptionBudget") => through::<PodDisruptionBudget>("", object),
        ("rbac.authorization.k8s.io", "v1", kind) => {
            name = meta::Name::PathSegment;
            through_rbac(kind, object)
        }
        _ => vec![format!("no type for kind `{kind}` of `{group}/{version}`")],
    };
    findings.extend(meta::check(object, name));
    if matches!(kind.as_str(), "Secret" | "ConfigMap") {
        findings.extend(data_problems(object));
    }
    findings.dedup();
    findings
}

/// The round trip of the RBAC kinds.
fn through_rbac(kind: &str, object: &Value) -> Vec<String> {
    match kind {
        "Role" => through::<Role>("", object),
        "RoleBinding" => through::<RoleBinding>("", object),
        "ClusterRole" => through::<ClusterRole>("", object),
        "ClusterRoleBinding" => through::<ClusterRoleBinding>("", object),
        _ => vec![format!("no type for the RBAC kind `{kind}`")],
    }
}

/// Every field of a CNPG resource that the type of its kind loses, changes or demands.
///
/// A kind that CNPG does not have is a violation.
pub(crate) fn round_trip(object: &Value) -> Vec<String> {
    let (group, version, kind) = gvk(object);
    if (group.as_str(), version.as_str()) != ("postgresql.cnpg.io", "v1") {
        return vec![format!("`{group}/{version}` is not the CNPG API")];
    }
    match kind.as_str() {
        "Backup" => through::<cnpg::Backup>("", object),
        "Cluster" => through::<cnpg::Cluster>("", object),
        "ClusterImageCatalog" => through::<cnpg::ClusterImageCatalog>("", object),
        "Database" => through::<cnpg::Database>("", object),
        "DatabaseRole" => through::<cnpg::DatabaseRole>("", object),
        "ImageCatalog" => through::<cnpg::ImageCatalog>("", object),
        "Pooler" => through::<cnpg::Pooler>("", object),
        "Publication" => through::<cnpg::Publication>("", object),
        "ScheduledBackup" => through::<cnpg::ScheduledBackup>("", object),
        "Subscription" => through::<cnpg::Subscription>("", object),
        _ => vec![format!("no CNPG type for kind `{kind}`")],
    }
}

/// Every difference at `path` after `before` was read into `T` and written again.
pub(crate) fn through<T: Serialize + DeserializeOwned>(path: &str, before: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    match serde_json::from_value::<T>(before.clone()) {
        Ok(typed) => {
            let after = serde_json::to_value(typed).expect("a resource can be written");
            compare(path, before, &after, &mut findings);
        }
        Err(error) => {
            let name = std::any::type_name::<T>();
            findings.push(format!("{path}: does not read as `{name}`: {error}"));
        }
    }
    findings
}

/// Adds every difference between `before` and `after` to `findings`.
fn compare(path: &str, before: &Value, after: &Value, findings: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, old) in old {
                match new.get(name) {
                    Some(new) => compare(&join(path, name), old, new, findings),
                    None => findings.push(format!("{}: lost: {old}", join(path, name))),
                }
            }
            for (name, new) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                let at = join(path, name);
                findings.push(format!("{at}: required, but absent; read as {new}"));
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{at}]"), old, new, findings);
            }
        }
        _ if before == after => {}
        _ => findings.push(format!("{path}: changed: {before} became {after}")),
    }
}

/// Every violation in the keys and the size of the data of a Secret or `ConfigMap`.
fn data_problems(object: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let mut bytes = 0;
    for field in ["data", "stringData", "binaryData"] {
        let data = object.get(field).and_then(Value::as_object);
        for (key, value) in data.into_iter().flat_map(Map::iter) {
            bytes += value.as_str().unwrap_or_default().len();
            let plain = matches("^[-._a-zA-Z0-9]{1,253}$", key);
            if !plain || key == "." || key.starts_with("..") {
                findings.push(format!("{field}: {key:?} is not a key"));
            }
        }
    }
    if bytes > DATA_BYTES {
        findings.push(format!("data: {bytes} bytes, more than {DATA_BYTES}"));
    }
    findings
}
