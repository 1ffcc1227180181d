//! Links to what is already in the package: the application is changed in place, by kpt in its file and by
//! kustomize in what it prints.

use serde_json::json;

use super::documents::one;
use super::kpt::Package;
use super::kustomize::build;
use super::sandbox::Sandbox;

/// The links of an application in a package that has no Namespace of ours.
const LINKS: &str = "
  networkPolicy: true
  links:
    prometheus: {namespace: monitoring, rules: true}
    istio: {}
    backendDb:
    - {app: shop, database: orders, username: orders_app, workload: {kind: Deployment, name: shop, container: web}}
";

/// The container of the application, and what is added to it.
const BEFORE: &str = "        - {name: OPENED, value: \"2024-01-01\"}\n";
const ADDED: &str =
    "        envFrom:\n        - secretRef:\n            name: shop-orders--orders-app\n";

#[test]
fn kpt_changes_the_application_in_its_file_and_keeps_its_comments() {
    let package = Package::new("links");
    package.edit(
        "stack.yaml",
        "    passwordFrom: {secretRef: {name: orders-app-login}}\n",
        "    password: correct-horse-battery\n",
    );
    package.edit(
        "stack.yaml",
        "\n  databases:",
        &format!("{LINKS}  databases:"),
    );
    let before = package.files()["app.yaml"].clone();
    package.commit();
    let after = package.render();
    assert_eq!(
        after["app.yaml"],
        before.replace(BEFORE, &format!("{BEFORE}{ADDED}"))
    );
    for file in [
        "network-policy.yaml",
        "secret/backend-secret.yaml",
        "cluster.yaml",
    ] {
        assert!(
            after.contains_key(&format!("k8s/deploy/base/{file}")),
            "{file}"
        );
    }
    package.commit();
    package.render();
    assert_eq!(package.changes(), "", "the second render changes something");
    let built = super::documents::read(&package.build("."));
    one(&built, "PodMonitor", "cluster-storefront-metrics");
    one(&built, "PrometheusRule", "cluster-storefront-alerts");
    let namespace = one(&built, "Namespace", "storefront");
    assert_eq!(
        namespace["metadata"]["labels"]["istio-injection"],
        "enabled"
    );
    let secret = one(&built, "Secret", "shop-orders--orders-app");
    let uri = super::documents::decoded(&secret["data"]["DATABASE_URL"]);
    assert_eq!(
        uri,
        "postgresql://orders_app:correct-horse-battery@cluster-storefront-rw.storefront.svc.cluster.local:5432/orders"
    );
}

#[test]
fn a_transformer_changes_the_application_and_the_namespace_that_it_gets() {
    let sandbox = Sandbox::new("links-transformer");
    let directory = "examples/transformer";
    let app = sandbox.read("examples/kpt/app.yaml");
    sandbox.write(&format!("{directory}/app.yaml"), &app);
    let file = |name: &str| format!("{directory}/{name}");
    sandbox.edit(
        &file("kustomization.yaml"),
        "- stack.yaml\n# The",
        "- stack.yaml\n- app.yaml\n# The",
    );
    sandbox.edit(
        &file("stack.yaml"),
        "\n  databases:",
        &format!("\n  output: {{namespace: false}}{LINKS}  databases:"),
    );
    let patched = "  patches:\n  - target: {kind: Namespace}\n    patch:\n    - {op: add, path: /metadata/labels/database, value: \"yes\"}\n";
    sandbox.edit(&file("stack.yaml"), patched, "");
    let documents = build(&sandbox, directory);
    let deployment = one(&documents, "Deployment", "shop");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        container["envFrom"],
        json!([{"secretRef": {"name": "shop-orders--orders-app"}}])
    );
    assert_eq!(
        container["env"][0],
        json!({"name": "FEATURE_CART", "value": "on"})
    );
    let namespace = one(&documents, "Namespace", "storefront");
    assert_eq!(
        namespace["metadata"]["labels"]["istio-injection"],
        "enabled"
    );
    // It stays the user's: nothing marks it as ours.
    assert!(namespace["metadata"]["annotations"]["cnpgstack.io/stack"].is_null());
}
