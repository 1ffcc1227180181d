//! The honest check: the stack is generated and held against what there was, field by field.
//!
//! What no field can say goes into patches; what is left after that is reported.

use serde_json::{Map, Value, json};

use super::defaults::filled;
use super::difference::{leaves, merge_patch, written};
use super::draft::{Draft, Patch};
use super::expected::{Pair, pairs, passwords};
use super::found::{Found, name_of};
use super::pointer::word;
use super::report::{Note, Topic};
use super::{bucket, databases, pooler, schedule, storage};

/// What a stack comes to: its documents, or where it is wrong.
pub type Generated = Result<Vec<Value>, Vec<Mistake>>;

/// A field that is refused.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// Its path; empty when it is about the whole.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// How often fields are given up: more than there are in any Cluster.
const ROUNDS: usize = 500;

/// Fields that belong to the live Cluster only, and not to one that is restored from it.
const LIVE: [&str; 7] = [
    "backup",
    "bootstrap",
    "certificates",
    "externalClusters",
    "plugins",
    "replica",
    "superuserSecret",
];

/// Makes the draft a valid stack that generates what there was.
///
/// # Errors
///
/// When there can be no such stack.
pub fn settle(
    found: &Found,
    draft: &mut Draft,
    generate: &dyn Fn(Value) -> Generated,
) -> Result<(), String> {
    let documents = valid(found, draft, generate)?;
    let pairs = pairs(found, draft, &documents);
    for pair in &pairs {
        patch(found, draft, pair);
    }
    bootstrap(found, draft);
    storage::explain(found, draft);
    bucket::explain(found, draft);
    schedule::explain(found, draft);
    pooler::explain(found, draft);
    databases::explain(found, draft);
    replaced(found, draft, &documents);
    added(found, draft, &documents);
    let documents = generate(draft.whole()).map_err(|mistakes| refusal(&mistakes))?;
    for pair in &pairs {
        remaining(found, draft, pair, &documents);
    }
    Ok(())
}

fn refusal(mistakes: &[Mistake]) -> String {
    let first = mistakes.first();
    first.map_or_else(String::new, |mistake| mistake.message.clone())
}

/// Gives up field after field until the stack is valid.
fn valid(
    found: &Found,
    draft: &mut Draft,
    generate: &dyn Fn(Value) -> Generated,
) -> Result<Vec<Value>, String> {
    for _ in 0..ROUNDS {
        let mistakes = match generate(draft.whole()) {
            Ok(documents) => return Ok(documents),
            Err(mistakes) => mistakes,
        };
        let taken = mistakes
            .iter()
            .find_map(|mistake| Some((draft.give_up(&mistake.path)?, mistake)));
        let Some((what, mistake)) = taken else {
            return Err(format!("no stack can be made: {}", refusal(&mistakes)));
        };
        given_up(found, draft, &what, &mistake.message);
    }
    Err("no stack can be made: too many fields are refused".to_owned())
}

fn given_up(found: &Found, draft: &mut Draft, what: &str, message: &str) {
    if what.ends_with("cnpgBucket") {
        draft.note(bucket::unlinked(found, message));
        schedule::carry(found, draft);
        return;
    }
    let beside = ["database ", "spec.pooler.", "spec.imageCatalog.images"];
    let todo = if beside.iter().any(|start| what.starts_with(start)) {
        "it stays as it is; keep its manifest"
    } else if what.starts_with("spec.databases[") {
        "the Database keeps what it had by a patch"
    } else {
        "the Cluster keeps what it had by a patch"
    };
    let note = Note::new(
        Topic::Left,
        found.itself(),
        format!("{what} is refused: {message}"),
    );
    draft.note(note.todo(todo));
}

/// Puts what differs into patches.
fn patch(found: &Found, draft: &mut Draft, pair: &Pair) {
    let (before, after) = (filled(&pair.generated), filled(&pair.expected));
    let Some(whole) = merge_patch(&before, &after) else {
        return;
    };
    let short = written(&whole, &pair.expected).filter(|short| {
        let mut patched = pair.generated.clone();
        json_patch::merge(&mut patched, short);
        filled(&patched) == after
    });
    let change = short.unwrap_or(whole);
    let (kind, name) = (word(&pair.generated, "/kind"), name_of(&pair.generated));
    let note = Note::new(Topic::Patched, found.object(kind, name), listed(&change));
    draft.note(note);
    if kind == "Cluster" {
        cluster_patches(draft, name, &change);
    } else {
        draft.patches.push(Patch {
            comment: "what it had and no field says".to_owned(),
            kind: kind.to_owned(),
            name: Some(name.to_owned()),
            patch: change,
        });
    }
}

/// The fields of a patch, no deeper than somebody wants to read.
fn listed(change: &Value) -> String {
    let mut shown: Vec<String> = Vec::new();
    for keys in leaves(change) {
        let short: Vec<&str> = keys.into_iter().take(3).collect();
        let short = format!("`{}`", short.join("."));
        if !shown.contains(&short) {
            shown.push(short);
        }
    }
    shown.join(", ")
}

/// A restored Cluster needs what the live one is like, and nothing of what it is connected to.
fn cluster_patches(draft: &mut Draft, name: &str, change: &Value) {
    let spec = change.get("spec").and_then(Value::as_object);
    let (mut all, mut live, mut once) = (Map::new(), Map::new(), Map::new());
    for (key, value) in spec.into_iter().flatten() {
        let into = match key.as_str() {
            "bootstrap" => &mut once,
            "managed" => {
                managed(value, &mut all, &mut live);
                continue;
            }
            key if LIVE.contains(&key) => &mut live,
            _ => &mut all,
        };
        into.insert(key.clone(), value.clone());
    }
    let mut push = |comment: &str, name: Option<&str>, patch: Map<String, Value>| {
        if !patch.is_empty() {
            draft.patches.push(Patch {
                comment: comment.to_owned(),
                kind: "Cluster".to_owned(),
                name: name.map(str::to_owned),
                patch: Value::Object(patch),
            });
        }
    };
    let under = |map: Map<String, Value>| {
        let filled = (!map.is_empty()).then(|| ("spec".to_owned(), Value::Object(map)));
        Map::from_iter(filled)
    };
    push(
        "what the Cluster had and no field says; restored Clusters need it too",
        None,
        under(all),
    );
    let mut live = under(live);
    if let Some(metadata) = change.get("metadata") {
        live.insert("metadata".to_owned(), metadata.clone());
    }
    push("the same, for the live Cluster only", Some(name), live);
    push(
        "read when the Cluster is made, and for the owner of the first database: as it was; take it out to use `recovery`",
        Some(name),
        under(once),
    );
}

/// Services would take the names of the live Cluster's; the roles are in the data.
fn managed(value: &Value, all: &mut Map<String, Value>, live: &mut Map<String, Value>) {
    let Some(fields) = value.as_object() else {
        live.insert("managed".to_owned(), value.clone());
        return;
    };
    for (key, value) in fields {
        let into = if key == "roles" {
            &mut *all
        } else {
            &mut *live
        };
        let managed = into.entry("managed").or_insert_with(|| json!({}));
        if let Value::Object(managed) = managed {
            managed.insert(key.clone(), value.clone());
        }
    }
}

/// What is said about how the Cluster came up.
fn bootstrap(found: &Found, draft: &mut Draft) {
    let why = "is kept as it was: it is read when a Cluster is made, so one that is made anew comes up in the same way, \
               and not from its archive";
    let note = Note::new(Topic::Patched, found.itself(), why).at("spec.bootstrap");
    draft.note(note.todo("take the patch out when you set `recovery`"));
    let spec = found.cluster.get("spec").cloned().unwrap_or_default();
    for field in passwords(&spec) {
        let why =
            "has a password in its SQL, which is not copied; it ran when the Cluster was made";
        let note = Note::new(Topic::Left, found.itself(), why);
        draft.note(note.at(format!("spec.bootstrap.initdb.{field}")));
    }
}

/// What still differs, which nothing can say.
fn remaining(found: &Found, draft: &mut Draft, pair: &Pair, documents: &[Value]) {
    let same = |document: &&Value| {
        ["/kind", "/metadata/name"]
            .iter()
            .all(|place| word(document, place) == word(&pair.generated, place))
    };
    let Some(document) = documents.iter().find(same) else {
        return;
    };
    if let Some(left) = merge_patch(&filled(document), &filled(&pair.expected)) {
        let object = found.object(word(document, "/kind"), name_of(document));
        draft.note(Note::new(
            Topic::Left,
            object,
            format!("differs in {}", listed(&left)),
        ));
    }
}

/// Old objects that stand in the way of new ones, and those that nothing was made of.
fn replaced(found: &Found, draft: &mut Draft, documents: &[Value]) {
    let mut notes = Vec::new();
    let kinds = [
        ("Database", &found.databases, "databaseReclaimPolicy"),
        ("DatabaseRole", &found.roles, "databaseRoleReclaimPolicy"),
    ];
    for (kind, objects, policy) in kinds {
        for old in objects {
            let new = documents.iter().find(|new| {
                word(new, "/kind") == kind && word(new, "/spec/name") == word(old, "/spec/name")
            });
            match new {
                Some(new) => {
                    notes.extend(databases::replaced(found, kind, old, name_of(new), policy));
                }
                None if kind == "DatabaseRole" => {
                    let note = Note::new(
                        Topic::Left,
                        found.object(kind, name_of(old)),
                        "owns no database of the stack",
                    );
                    notes.push(
                        note.todo("keep its manifest, or make the role a user in `databases`"),
                    );
                }
                None => {}
            }
        }
    }
    for (kind, name) in &found.others {
        let note = Note::new(Topic::Left, found.object(kind, name), "is not looked at");
        notes.push(
            note.todo("keep its manifest: it goes on to work, for the Cluster keeps its name"),
        );
    }
    draft.notes.extend(notes);
}

/// What comes into the namespace and was not there.
fn added(found: &Found, draft: &mut Draft, documents: &[Value]) {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for document in documents {
        let kind = word(document, "/kind");
        if kind == "Cluster" {
            continue;
        }
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let shown: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let why = format!(
        "comes with {}, and the labels and annotations of the stack on all of it",
        shown.join(", ")
    );
    draft.note(
        Note::new(Topic::Changes, found.itself(), why)
            .todo("look at them: `cnpg-stack render`, then `kubectl diff`"),
    );
}
