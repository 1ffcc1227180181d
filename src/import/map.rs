//! From what there is to a stack that generates it.

use serde_json::json;

use super::draft::Draft;
use super::found::Found;
use super::report::{Note, Topic};
use super::{
    availability, bucket, databases, fields, initdb, operations, pooler, schedule, server, storage,
};

/// The first draft of the stack.
///
/// # Errors
///
/// When there can be no stack for the Cluster.
pub fn draft(found: &Found, leave_databases: bool) -> Result<Draft, String> {
    let mut draft = Draft {
        name: found.name.clone(),
        ..Draft::default()
    };
    draft.set("namespace", found.namespace.as_str());
    if found.name != format!("cluster-{}", found.namespace) {
        draft.set("clusterName", found.name.as_str());
        draft.comment(
            "clusterName",
            "a Cluster cannot be renamed: another name is a new, empty one",
        );
    }
    let major = server::version(found, &mut draft)?;
    fields::carry(found, &mut draft);
    availability::carry(found, &mut draft);
    initdb::carry(found, &mut draft);
    operations::carry(found, &mut draft);
    server::admin(found, &mut draft);
    storage::carry(found, &mut draft);
    databases::adopt(found, &mut draft, leave_databases);
    bucket::link(found, &mut draft, major);
    schedule::carry(found, &mut draft);
    pooler::carry(found, &mut draft);
    replica(found, &mut draft);
    around(&mut draft);
    Ok(draft)
}

/// Which of two clusters is the primary one is said where the Clusters are.
fn replica(found: &Found, draft: &mut Draft) {
    if found.cluster.pointer("/spec/replica").is_some() {
        let why = "is one of several clusters that replicate each other, and stays so by patches; the field `replica` of a \
                   stack names the other one in its own way";
        let note = Note::new(Topic::Patched, found.itself(), why).at("spec.replica");
        draft.note(note.todo("see docs/replica.md before you change to it"));
    }
}

/// What was there before the stack is not the stack's.
fn around(draft: &mut Draft) {
    draft.set("operator", json!({"manageConfig": false}));
    draft.comment(
        "operator",
        "the operator and the Namespace are there already, and are left alone",
    );
    draft.set("output", json!({"namespace": false}));
}
