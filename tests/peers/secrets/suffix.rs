//! `cnpg.kustomizeconfig`: an overlay renames the objects of a tree, and what refers to them follows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::documents::Documents;
use super::bench::{Bench, read, rich};

const SUFFIX: &str = "-blue";

/// The fields of the rich stack's objects that refer to others.
const REFERENCES: [&str; 25] = [
    "Certificate /spec/dnsNames",
    "Certificate /spec/issuerRef/name",
    "Cluster /spec/bootstrap/initdb/secret/name",
    "Cluster /spec/imagePullSecrets/name",
    "Cluster /spec/managed/roles/passwordSecret/name",
    "Cluster /spec/plugins/parameters/barmanObjectName",
    "ClusterRoleBinding /roleRef/name",
    "ClusterRoleBinding /subjects/name",
    "Database /spec/cluster/name",
    "DatabaseRole /spec/cluster/name",
    "DatabaseRole /spec/passwordSecret/name",
    "Deployment /spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
    "Deployment /spec/template/spec/serviceAccountName",
    "Job /spec/template/spec/imagePullSecrets/name",
    "Job /spec/template/spec/volumes/configMap/name",
    "Job /spec/template/spec/volumes/secret/secretName",
    "NetworkPolicy /spec/ingress/from/podSelector/matchLabels/cnpg.io~1cluster",
    "NetworkPolicy /spec/podSelector/matchLabels/cnpg.io~1cluster",
    "ObjectStore /spec/configuration/s3Credentials/accessKeyId/name",
    "ObjectStore /spec/configuration/s3Credentials/region/name",
    "ObjectStore /spec/configuration/s3Credentials/secretAccessKey/name",
    "PodMonitor /spec/selector/matchLabels/cnpg.io~1cluster",
    "RoleBinding /roleRef/name",
    "RoleBinding /subjects/name",
    "ScheduledBackup /spec/cluster/name",
];

/// Where the name of an object stands and is no reference to it: labels and the selectors for them, names
/// of containers, and the subjects of certificates, where only `dnsNames` count.
const NO_REFERENCES: [&str; 7] = [
    "/matchLabels/app.kubernetes.io~1instance",
    "/metadata/labels/app",
    "/metadata/labels/app.kubernetes.io~1instance",
    "/metadata/labels/app.kubernetes.io~1name",
    "/selector/app",
    "/selector/matchLabels/app",
    "/spec/commonName",
];

/// What cannot follow, for kustomize only replaces whole values: the names that the operator makes from
/// that of the Cluster, so the hosts and the CA of its Services, its Pods and its claims; and the folder in
/// the archive, which no object is named after. A stack that is wanted twice takes two namespaces.
const LEFT_BEHIND: [&str; 6] = [
    "Cluster /spec/plugins/parameters/serverName",
    "Job /spec/template/spec/containers/env/value",
    "Job /spec/template/spec/volumes/secret/secretName",
    "PrometheusRule /spec/groups/name",
    "PrometheusRule /spec/groups/rules/expr",
    "PrometheusRule /spec/groups/rules/labels/cnpg_cluster",
];

#[test]
fn references_follow_a_suffix() {
    let (plain, blue) = builds("suffix");
    let names = names(&plain);
    let mut followed = BTreeSet::new();
    for (id, document) in &plain {
        let other = renamed(id, document, &blue);
        for (pointer, name) in leaves(document) {
            let place = place(document, &pointer);
            if pointer == "/metadata/name" || !names.contains(name.as_str()) || is_free(&place) {
                continue;
            }
            let now = other.pointer(&pointer).and_then(Value::as_str);
            let now = now.unwrap_or_default();
            assert_eq!(now, format!("{name}{SUFFIX}"), "{id}: {pointer}");
            followed.insert(place);
        }
    }
    let expected: BTreeSet<String> = REFERENCES.map(ToOwned::to_owned).into();
    assert_eq!(followed, expected);
}

/// A place where no reference stands, or none that could follow.
fn is_free(place: &str) -> bool {
    let container = "Deployment /spec/template/spec/containers/name";
    let cluster = "PrometheusRule /spec/groups/rules/labels/cnpg_cluster";
    [container, cluster].contains(&place) || NO_REFERENCES.iter().any(|end| place.ends_with(end))
}

#[test]
fn what_cannot_follow_is_known() {
    let (_, blue) = builds("suffix-left");
    let old = "cluster-storefront";
    let mut left = BTreeSet::new();
    for document in blue.values() {
        for (pointer, text) in leaves(document) {
            let place = place(document, &pointer);
            let is_renamed = text.ends_with(SUFFIX);
            let is_label = place.ends_with("/app.kubernetes.io~1instance");
            if text.contains(old) && !is_renamed && !is_label {
                left.insert(place);
            }
        }
    }
    let expected: BTreeSet<String> = LEFT_BEHIND.map(ToOwned::to_owned).into();
    assert_eq!(left, expected);
}

/// kustomize reads the file strictly: a misspelt field would end the build.
#[test]
fn kustomize_refuses_unknown_fields_in_such_a_file() {
    let bench = Bench::new("suffix-strict");
    bench.sandbox.write("stack.yaml", &rich());
    bench.render("stack.yaml", "tree").output();
    bench.sandbox.edit(
        "tree/k8s/deploy/base/cnpg.kustomizeconfig",
        "- kind: ObjectStore\n",
        "- kind: ObjectStore\n  misspelt: true\n",
    );
    let run = bench.run("kustomize", &["build", "tree/k8s/deploy/base"]);
    let complaint = run.complaint();
    assert!(complaint.contains("misspelt"), "{complaint}");
}

/// The tree of the rich stack, built as it is and under an overlay with a suffix.
fn builds(test: &str) -> (Documents, Documents) {
    let bench = Bench::new(test);
    bench.sandbox.write("stack.yaml", &rich());
    bench.render("stack.yaml", "tree").output();
    let overlay = format!("resources: [../tree/k8s/deploy/base]\nnameSuffix: {SUFFIX}\n");
    bench.sandbox.write("blue/kustomization.yaml", &overlay);
    let plain = bench.base("tree");
    let blue = read(&bench.build("blue"));
    assert_eq!(plain.len(), blue.len());
    (plain, blue)
}

/// The names of all objects but the Namespace, which is not renamed.
fn names(documents: &Documents) -> BTreeSet<&str> {
    let named = documents
        .values()
        .filter(|document| document["kind"] != "Namespace");
    named
        .filter_map(|document| document["metadata"]["name"].as_str())
        .collect()
}

/// The same object in the other build.
fn renamed<'d>(id: &str, document: &Value, blue: &'d Documents) -> &'d Value {
    let kept = ["Namespace", "CustomResourceDefinition"];
    let kind = document["kind"].as_str().unwrap_or_default();
    let suffix = if kept.contains(&kind) { "" } else { SUFFIX };
    let other = format!("{id}{suffix}");
    blue.get(&other)
        .unwrap_or_else(|| panic!("there is no {other}"))
}

/// The texts of a document with their JSON pointers.
fn leaves(document: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(document, "", &mut found);
    found
}

fn collect(value: &Value, pointer: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(below, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, below) in list.iter().enumerate() {
                collect(below, &format!("{pointer}/{index}"), found);
            }
        }
        Value::String(text) => found.push((pointer.to_owned(), text.clone())),
        _ => {}
    }
}

/// A kind, and a JSON pointer without positions in lists.
fn place(document: &Value, pointer: &str) -> String {
    let kind = document["kind"].as_str().unwrap_or_default();
    let steps = pointer
        .split('/')
        .filter(|step| step.parse::<usize>().is_err());
    format!("{kind} {}", steps.collect::<Vec<_>>().join("/"))
}
