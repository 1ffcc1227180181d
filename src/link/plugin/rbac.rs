//! The account of the plugin and what it may do; beside that, roles for people who look after `ObjectStore`s.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};

use super::{GROUP, NAME, OBJECT_STORES, cluster_wide, document, namespaced};
use crate::meta::Meta;
use crate::plan::Document;
use crate::validate::Stack;

/// The API group of roles and their bindings.
const RBAC: &str = "rbac.authorization.k8s.io";
/// The API group of a Cluster.
const CNPG: &str = "postgresql.cnpg.io";
/// The core group.
const CORE: &str = "";
/// The Role by which the replicas of the plugin settle who works.
const ELECTION: &str = "barman-plugin-leader-election-role";
/// The `ClusterRole` by which the plugin learns who may read its metrics.
const METRICS: &str = "barman-plugin-metrics-auth-role";
/// The state of an `ObjectStore`.
const STATUS: &str = "objectstores/status";

/// To see objects, and nothing else.
const READ: &[&str] = &["get", "list", "watch"];
/// To do everything with objects, one by one.
const WRITE: &[&str] = &[
    "create", "delete", "get", "list", "patch", "update", "watch",
];

pub(super) fn documents(stack: &Stack) -> Vec<Document> {
    let account = ServiceAccount {
        metadata: named(namespaced(stack, NAME)).build(),
        ..ServiceAccount::default()
    };
    let mut documents = vec![document(&account), document(&election_role(stack))];
    documents.extend(cluster_roles(stack).iter().map(document));
    documents.push(document(&election_binding(stack)));
    documents.extend(cluster_bindings(stack).iter().map(document));
    documents
}

/// The name label that upstream puts on a part of the objects.
fn named(meta: Meta) -> Meta {
    meta.label("app.kubernetes.io/name", NAME)
}

fn election_role(stack: &Stack) -> Role {
    let verbs = &[
        "get", "list", "watch", "create", "update", "patch", "delete",
    ];
    Role {
        metadata: named(namespaced(stack, ELECTION)).build(),
        rules: Some(vec![
            rule(CORE, &["configmaps"], verbs),
            rule("coordination.k8s.io", &["leases"], verbs),
            rule(CORE, &["events"], &["create", "patch"]),
        ]),
    }
}

fn cluster_roles(stack: &Stack) -> [ClusterRole; 5] {
    let role = |meta: Meta, rules: Vec<PolicyRule>| ClusterRole {
        metadata: meta.build(),
        rules: Some(rules),
        aggregation_rule: None,
    };
    let meta = |name: &str| cluster_wide(stack, name);
    [
        role(meta(METRICS), metrics_checks()),
        role(meta("barman-plugin-metrics-reader"), vec![metrics()]),
        role(
            named(meta("barman-plugin-objectstore-editor-role")),
            object_stores(WRITE),
        ),
        role(
            named(meta("barman-plugin-objectstore-viewer-role")),
            object_stores(READ),
        ),
        role(meta(NAME), plugin()),
    ]
}

/// To ask the API server who somebody is and what they may do.
fn metrics_checks() -> Vec<PolicyRule> {
    vec![
        rule("authentication.k8s.io", &["tokenreviews"], &["create"]),
        rule(
            "authorization.k8s.io",
            &["subjectaccessreviews"],
            &["create"],
        ),
    ]
}

/// To read the plugin's metrics; for whoever scrapes them.
fn metrics() -> PolicyRule {
    PolicyRule {
        non_resource_urls: Some(owned(&["/metrics"])),
        verbs: owned(&["get"]),
        ..PolicyRule::default()
    }
}

/// What people may do with `ObjectStore`s.
fn object_stores(verbs: &[&str]) -> Vec<PolicyRule> {
    vec![
        rule(GROUP, &[OBJECT_STORES], verbs),
        rule(GROUP, &[STATUS], &["get"]),
    ]
}

/// What the plugin itself may do. The instances read a bucket's Secret by a Role that the plugin makes for
/// them, and nobody gives away what they do not have: hence the Secrets, and the status.
fn plugin() -> Vec<PolicyRule> {
    vec![
        rule(
            CORE,
            &["secrets"],
            &["create", "delete", "get", "list", "watch"],
        ),
        rule(GROUP, &[OBJECT_STORES], WRITE),
        rule(GROUP, &["objectstores/finalizers"], &["update"]),
        rule(GROUP, &[STATUS], &["get", "patch", "update"]),
        rule(CNPG, &["backups"], READ),
        rule(CNPG, &["clusters/finalizers"], &["update"]),
        rule(
            RBAC,
            &["rolebindings", "roles"],
            &["create", "get", "list", "patch", "update", "watch"],
        ),
    ]
}

fn election_binding(stack: &Stack) -> RoleBinding {
    RoleBinding {
        metadata: named(namespaced(
            stack,
            "barman-plugin-leader-election-rolebinding",
        ))
        .build(),
        role_ref: role_ref("Role", ELECTION),
        subjects: Some(vec![account(stack)]),
    }
}

fn cluster_bindings(stack: &Stack) -> [ClusterRoleBinding; 2] {
    let binding = |meta: Meta, role: &str| ClusterRoleBinding {
        metadata: meta.build(),
        role_ref: role_ref("ClusterRole", role),
        subjects: Some(vec![account(stack)]),
    };
    let meta = |name: &str| cluster_wide(stack, name);
    [
        binding(meta("barman-plugin-metrics-auth-rolebinding"), METRICS),
        binding(named(meta("plugin-barman-cloud-binding")), NAME),
    ]
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef {
        api_group: RBAC.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

fn account(stack: &Stack) -> Subject {
    Subject {
        api_group: None,
        kind: "ServiceAccount".to_owned(),
        name: NAME.to_owned(),
        namespace: Some(stack.operator.namespace.clone()),
    }
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: Some(owned(&[group])),
        resources: Some(owned(resources)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
