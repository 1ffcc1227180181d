//! Poolers in front of the Cluster.

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::found::{Found, name_of};
use super::pointer::{list, scalar, text, word};
use super::report::{Note, Topic};

/// The amounts of the container, and the fields that they are.
const AMOUNTS: [(&str, &str); 4] = [
    ("/resources/requests/memory", "memRequest"),
    ("/resources/limits/memory", "memLimit"),
    ("/resources/requests/cpu", "cpuRequest"),
    ("/resources/limits/cpu", "cpuLimit"),
];

/// Carries over those whose names a stack would give them: another name is another Service.
pub fn carry(found: &Found, draft: &mut Draft) {
    for object in &found.poolers {
        let kind = text(object, "/spec/type").unwrap_or("rw");
        let same = name_of(object) == name(found, kind);
        if same && ["rw", "ro"].contains(&kind) {
            draft.set(&format!("pooler.{kind}"), pooler(object));
        }
    }
}

/// The name that a stack gives it.
fn name(found: &Found, kind: &str) -> String {
    format!("{}-pooler-{kind}", found.name)
}

fn pooler(object: &Value) -> Value {
    let mut out = Map::new();
    let instances = object.pointer("/spec/instances").cloned();
    // The API's default; that of a stack is another one.
    out.insert("instances".to_owned(), instances.unwrap_or(json!(1)));
    let given = object.pointer("/spec/pgbouncer").unwrap_or(&Value::Null);
    for (place, field) in [
        ("poolMode", "poolMode"),
        ("parameters", "parameters"),
        ("pg_hba", "pgHba"),
        ("image", "image"),
    ] {
        let value = given.get(place).filter(|value| *value != "session");
        out.extend(value.map(|value| (field.to_owned(), value.clone())));
    }
    let mut containers = list(object, "/spec/template/spec/containers").iter();
    if let Some(container) = containers.find(|one| word(one, "/name") == "pgbouncer") {
        for (place, field) in AMOUNTS {
            let amount = container.pointer(place).and_then(scalar);
            out.extend(amount.map(|amount| (field.to_owned(), amount.into())));
        }
    }
    Value::Object(out)
}

/// What is said about the poolers in the end.
pub fn explain(found: &Found, draft: &mut Draft) {
    let mut notes = Vec::new();
    let mut any = false;
    for object in &found.poolers {
        let own = name_of(object);
        let kind = text(object, "/spec/type").unwrap_or("rw");
        let place = format!("/spec/pooler/{kind}");
        if own == name(found, kind) && draft.whole().pointer(&place).is_some() {
            any = true;
            continue;
        }
        if own == name(found, kind) && ["rw", "ro"].contains(&kind) {
            // It was refused, which was said.
            continue;
        }
        let why = format!(
            "a stack has one pooler of the type rw, called {}, and one of the type ro, called {}",
            name(found, "rw"),
            name(found, "ro")
        );
        let note = Note::new(Topic::Left, found.object("Pooler", own), why);
        notes.push(
            note.todo("keep its manifest: it goes on to work, for the Cluster keeps its name"),
        );
    }
    if any && text(&found.cluster, "/spec/certificates/serverTLSSecret").is_none() {
        let why = "the certificate of the server is made anew, with the names of the poolers; their Pods keep apart, and \
                   roll where the template says nothing of it";
        notes.push(
            Note::new(Topic::Changes, found.itself(), why)
                .at("spec.certificates.serverAltDNSNames"),
        );
    }
    draft.notes.extend(notes);
}
