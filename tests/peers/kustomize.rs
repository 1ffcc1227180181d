//! kustomize and kubectl: the forms of the function, and what is around it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::documents::{self, Documents, assert_same, one};
use super::sandbox::{Sandbox, image};

/// What the quickstart's stack is: every document of a stack that is applied.
const QUICKSTART: [&str; 12] = [
    "batch/v1 Job storefront/grant-orders--orders-app-HASH",
    "batch/v1 Job storefront/grant-orders--reporting-HASH",
    "postgresql.cnpg.io/v1 Cluster storefront/cluster-storefront",
    "postgresql.cnpg.io/v1 Database storefront/database-orders",
    "postgresql.cnpg.io/v1 DatabaseRole storefront/role-orders-app",
    "postgresql.cnpg.io/v1 DatabaseRole storefront/role-orders-owner",
    "postgresql.cnpg.io/v1 DatabaseRole storefront/role-reporting",
    "v1 ConfigMap cnpg-system/cnpg-controller-manager-config",
    "v1 ConfigMap storefront/grant-files-HASH",
    "v1 Namespace storefront",
    "v1 Secret storefront/cnpg-env",
    "v1 Secret storefront/cnpg-registry",
];

/// `kustomize build` with programs.
const EXEC: [&str; 3] = ["build", "--enable-alpha-plugins", "--enable-exec"];
/// `kustomize build` with containers.
const CONTAINER: [&str; 2] = ["build", "--enable-alpha-plugins"];
/// `kubectl kustomize` with containers; it has no programs.
const KUBECTL: [&str; 2] = ["kustomize", "--enable-alpha-plugins"];

/// What kustomize makes of a directory with programs.
#[track_caller]
pub(super) fn build(sandbox: &Sandbox, directory: &str) -> Documents {
    let arguments = [&EXEC[..], &[directory]].concat();
    documents::read(&sandbox.run("kustomize", &arguments).output())
}

/// The annotation of a stack that runs the sandbox's program.
pub(super) const FUNCTION: &str =
    "    config.kubernetes.io/function: |\n      exec: {path: cnpg-stack}\n";

#[test]
fn all_forms_print_the_same_resources() {
    let sandbox = Sandbox::new("forms");
    let [exec, container] = ["quickstart", "quickstart-container"]
        .map(|name| sandbox.read(&format!("examples/{name}/stack.yaml")));
    let spec = |text: &str| text.split_once("\nspec:").map(|(_, spec)| spec.to_owned());
    assert_eq!(
        spec(&exec),
        spec(&container),
        "the two examples are the same stack"
    );
    assert!(
        container.contains(&image()),
        "the example runs the image under test"
    );

    let exec = build(&sandbox, "examples/quickstart");
    let unhashed = documents::unhashed(&exec);
    assert_eq!(unhashed, QUICKSTART.map(ToOwned::to_owned).into());
    for (program, arguments) in [("kubectl", &KUBECTL), ("kustomize", &CONTAINER)] {
        let arguments = [&arguments[..], &["examples/quickstart-container"]].concat();
        let container = documents::read(&sandbox.run(program, &arguments).output());
        assert_same(&exec, &container);
    }
}

#[test]
fn environments_differ_where_they_are_patched() {
    let sandbox = Sandbox::new("environments");
    let staging = build(&sandbox, "examples/environments/staging");
    let production = build(&sandbox, "examples/environments/production");
    let renamed: BTreeSet<String> = documents::unhashed(&staging)
        .iter()
        .map(|id| id.replace("staging", "production"))
        .collect();
    let added: Vec<String> = documents::unhashed(&production)
        .into_iter()
        .filter(|id| !renamed.contains(id))
        .collect();
    let reporting = "postgresql.cnpg.io/v1 DatabaseRole shop-production/role-reporting";
    assert_eq!(
        added,
        [
            "batch/v1 Job shop-production/grant-orders--reporting-HASH",
            reporting,
            "v1 ConfigMap cnpg-system/cnpg-controller-manager-config"
        ]
    );
    assert_eq!(renamed.len() + added.len(), production.len());

    let [staging, production] =
        [(&staging, "staging"), (&production, "production")].map(|(documents, name)| {
            one(documents, "Cluster", &format!("cluster-shop-{name}"))["spec"].clone()
        });
    assert_eq!(
        differences(&staging, &production),
        [
            "/inheritedMetadata/labels/environment",
            "/instances",
            "/postgresql/parameters/max_connections",
            "/resources/limits/memory",
            "/resources/requests/cpu",
            "/resources/requests/memory",
            "/storage/size",
            "/walStorage",
        ]
    );
    assert_eq!(production["instances"], 3);
    assert_eq!(production["storage"], json!({"size": "100Gi"}));
    assert_eq!(staging["resources"]["limits"], json!({"memory": "1Gi"}));
}

/// Where two values differ, as JSON pointers.
fn differences(left: &Value, right: &Value) -> Vec<String> {
    if left == right {
        return Vec::new();
    }
    let (Value::Object(left), Value::Object(right)) = (left, right) else {
        return vec![String::new()];
    };
    let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let below = |key: &String| match (left.get(key), right.get(key)) {
        (Some(left), Some(right)) => differences(left, right),
        _ => vec![String::new()],
    };
    let under = |key: &String| {
        below(key)
            .into_iter()
            .map(|at| format!("/{key}{at}"))
            .collect()
    };
    keys.into_iter()
        .flat_map(|key| -> Vec<String> { under(key) })
        .collect()
}

#[test]
fn a_transformer_merges_into_what_is_foreign() {
    let sandbox = Sandbox::new("transformer");
    let run = sandbox.run(
        "kustomize",
        &[&EXEC[..], &["examples/transformer"]].concat(),
    );
    let said = "[info] merged-foreign: Namespace \"storefront\" is already among the items";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let documents = documents::read(&run.output());
    let is_stack = |document: &Value| document["kind"] == "CnpgStack";
    assert!(
        !documents.values().any(is_stack),
        "the stack is local-config"
    );

    let namespace = &one(&documents, "Namespace", "storefront")["metadata"];
    let labels = json!({
        "pod-security.kubernetes.io/enforce": "restricted",
        "team": "storefront",
        "cost-centre": "1_000",
        "database": "yes",
    });
    let annotations = json!({
        "example.com/owner": "shop@example.com",
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
        "argocd.argoproj.io/sync-wave": "-3",
        "client.lifecycle.config.k8s.io/deletion": "detach",
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    });
    assert_eq!(namespace["labels"], labels);
    assert_eq!(namespace["annotations"], annotations);

    let settings = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "shop-settings", "namespace": "storefront"},
        "data": {"DATABASE_NAMESPACE": "storefront", "FEATURE_CART": "on", "OPENING_HOURS": "08:30"},
    });
    assert_eq!(one(&documents, "ConfigMap", "shop-settings"), &settings);
    secrets_are_used_and_kept(&sandbox, &documents);
}

/// The Secrets that the stack refers to leave as they came, and their values are where they are needed.
fn secrets_are_used_and_kept(sandbox: &Sandbox, documents: &Documents) {
    for login in documents::read(&sandbox.read("examples/transformer/logins.yaml")).values() {
        let name = login["metadata"]["name"]
            .as_str()
            .expect("a Secret has a name");
        assert_eq!(one(documents, "Secret", name), login);
    }
    let basic = |document: &&Value| document["type"] == "kubernetes.io/basic-auth";
    assert_eq!(
        documents.values().filter(basic).count(),
        3,
        "nothing is generated in their place"
    );
    let data = &one(documents, "Secret", "cnpg-env")["data"];
    assert_eq!(documents::decoded(&data["PGPASSWORD"]), "replace-me-keeper");
    let data = &one(documents, "Secret", "cnpg-registry")["data"];
    let pull: Value = serde_json::from_str(&documents::decoded(&data[".dockerconfigjson"]))
        .expect("a pull secret is JSON");
    let login = &pull["auths"]["registry.example.com"];
    assert_eq!(login["password"], "replace-me-puller");
}

#[test]
fn the_kustomization_around_applies_to_what_is_generated() {
    let sandbox = Sandbox::new("around");
    let plain = build(&sandbox, "examples/quickstart");
    let around = "\
labels:
- {includeSelectors: false, includeTemplates: false, pairs: {around: 'yes'}}
namespace: elsewhere
patches:
- target: {kind: Cluster}
  patch: |
    - {op: replace, path: /spec/instances, value: 5}
- patch: |
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: cluster-storefront, namespace: storefront}
    spec:
      smartShutdownTimeout: 120
";
    let file = "examples/quickstart/kustomization.yaml";
    sandbox.write(file, &(sandbox.read(file) + around));
    let documents = build(&sandbox, "examples/quickstart");
    assert_eq!(documents.len(), plain.len());
    for (id, document) in &documents {
        let metadata = &document["metadata"];
        assert_eq!(metadata["labels"]["around"], "yes", "{id}");
        let named = if document["kind"] == "Namespace" {
            "name"
        } else {
            "namespace"
        };
        assert_eq!(metadata[named], "elsewhere", "{id}");
    }
    let mut cluster = one(&plain, "Cluster", "cluster-storefront")["spec"].clone();
    cluster["instances"] = json!(5);
    cluster["smartShutdownTimeout"] = json!(120);
    assert_eq!(
        one(&documents, "Cluster", "cluster-storefront")["spec"],
        cluster
    );
}

#[test]
fn passwords_come_from_the_environment_of_the_function() {
    let sandbox = Sandbox::new("environment");
    let from = "{secretRef: {name: keeper-login}}";
    for name in ["quickstart", "quickstart-container"] {
        sandbox.edit(
            &format!("examples/{name}/stack.yaml"),
            from,
            "{env: KEEPER_PASSWORD}",
        );
    }
    let password = "--env=KEEPER_PASSWORD=from the environment";
    let forms = [
        ("kustomize", &EXEC[..], "examples/quickstart"),
        ("kustomize", &CONTAINER[..], "examples/quickstart-container"),
        ("kubectl", &KUBECTL[..], "examples/quickstart-container"),
    ];
    for (program, arguments, directory) in forms {
        let output = sandbox
            .run(program, &[arguments, &[password, directory]].concat())
            .output();
        let documents = documents::read(&output);
        let data = &one(&documents, "Secret", "login-keeper")["data"];
        assert_eq!(
            documents::decoded(&data["password"]),
            "from the environment"
        );
        let without = sandbox
            .run(program, &[arguments, &[directory]].concat())
            .complaint();
        assert!(
            without.contains("`spec.adminPasswordFrom.env`"),
            "{without}"
        );
    }
}
