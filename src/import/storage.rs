//! Volumes: tablespaces, and those that live no longer than a Pod.

use serde_json::{Value, json};

use super::defaults;
use super::draft::{Draft, Patch};
use super::found::Found;
use super::pointer::{every, exactly, list, scalar, text, word};
use super::report::{Note, Topic};

/// Carries over what is more than one field of the Cluster.
pub fn carry(found: &Found, draft: &mut Draft) {
    let spec = |place: &str| found.cluster.pointer(&format!("/spec{place}"));
    let class = spec("/walStorage/storageClass").and_then(Value::as_str);
    if spec("/walStorage/size").is_some()
        && class != text(&found.cluster, "/spec/storage/storageClass")
        && let Some(class) = class
    {
        draft.set("walStorageClass", class);
    }
    if let Some((size, class)) = spec("/ephemeralVolumeSource").and_then(claim) {
        draft.set("ephemeralVolumes.temporaryData", size);
        draft.set("ephemeralVolumes.storageClass", class);
    }
    tablespaces(found, draft);
}

/// Size and class of the volume of temporary files, if the claim is like that of a stack.
fn claim(source: &Value) -> Option<(String, String)> {
    let claim = source.pointer("/volumeClaimTemplate/spec")?;
    let class = text(claim, "/storageClassName")?;
    let size = claim.pointer("/resources/requests/storage")?;
    let ours = json!({"volumeClaimTemplate": {"spec": {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": class,
        "resources": {"requests": {"storage": size}},
    }}});
    (*source == ours).then_some((scalar(size)?, class.to_owned()))
}

/// The owners stay what they are, by a patch of nothing else: a tablespace of a stack belongs to its superuser, or
/// to a role that was not there.
fn tablespaces(found: &Found, draft: &mut Draft) {
    let filled = defaults::filled(&found.cluster);
    let place = "/spec/tablespaces";
    let given = found.cluster.pointer(place);
    let Some(converted) = given.and_then(|given| every(given, tablespace)) else {
        return;
    };
    let admin = draft.spec.get("adminUser").cloned().unwrap_or_default();
    let owners = list(&filled, place).iter().enumerate();
    let owners = owners.filter(|(_, one)| one.pointer("/owner/name") != Some(&admin));
    let change = |(index, one): (usize, &Value)| {
        json!({
            "op": "replace",
            "path": format!("{place}/{index}/owner/name"),
            "value": word(one, "/owner/name"),
        })
    };
    let changes: Vec<Value> = owners.map(change).collect();
    draft.set("tablespaces", converted);
    if !changes.is_empty() {
        draft.patches.push(Patch {
            comment: "the owners of the tablespaces, in the order of `tablespaces`".to_owned(),
            kind: "Cluster".to_owned(),
            name: None,
            patch: changes.into(),
        });
    }
}

/// What is said about tablespaces that are in the stack in the end.
pub fn explain(found: &Found, draft: &mut Draft) {
    let owners = draft.patches.iter().any(|patch| patch.patch.is_array());
    if owners {
        let why = "the owners of the tablespaces stay by a patch, in the order of `tablespaces`: what the field takes is \
                   the superuser, or the owner role of a database";
        draft.note(Note::new(Topic::Patched, found.itself(), why).at("spec.tablespaces"));
    }
}

fn tablespace(given: &Value) -> Option<Value> {
    let mut out = exactly(given, &["name", "storage", "owner", "temporary"])?;
    out.remove("owner");
    let mut storage = exactly(
        &out.remove("storage")?,
        &["size", "storageClass", "resizeInUseVolumes"],
    )?;
    if storage.remove("resizeInUseVolumes") == Some(Value::Bool(false)) {
        return None;
    }
    if out.get("temporary") == Some(&Value::Bool(false)) {
        out.remove("temporary");
    }
    let size = storage.remove("size").as_ref().and_then(scalar)?;
    out.insert("size".to_owned(), size.into());
    out.extend(storage);
    Some(Value::Object(out))
}
