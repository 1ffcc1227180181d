//! The alerts as Prometheus reads them: the syntax, and when each of them fires.

use std::fs;
use std::path::Path;

use super::documents::one;
use super::kustomize::{FUNCTION, build};
use super::sandbox::{ROOT, Sandbox};

/// A stack of three instances and a pooler, with alerts.
const STACK: &str = "spec:
  namespace: storefront
  psqlVersion: \"18\"
  adminUser: keeper
  adminPasswordFrom: {secretRef: {name: keeper-login}}
  pooler: {rw: {parameters: {max_client_conn: \"200\"}}}
  links:
    prometheus: {rules: true}
";

/// The rules of the generated PrometheusRule as a file of Prometheus', beside their unit tests.
fn rules(test: &str) -> Sandbox {
    let sandbox = Sandbox::new(test);
    let head = "apiVersion: cnpgstack.io/v1alpha1\nkind: CnpgStack\nmetadata:\n  name: shop\n  annotations:\n";
    sandbox.write("alerts/stack.yaml", &format!("{head}{FUNCTION}{STACK}"));
    sandbox.write("alerts/kustomization.yaml", "generators: [stack.yaml]\n");
    let documents = build(&sandbox, "alerts");
    let rule = one(&documents, "PrometheusRule", "cluster-storefront-alerts");
    sandbox.write("alerts/rules.yaml", &rule["spec"].to_string());
    let tests = fs::read_to_string(Path::new(ROOT).join("tests/peers/alerts.yaml"));
    sandbox.write(
        "alerts/tests.yaml",
        &tests.expect("there are unit tests of the alerts"),
    );
    sandbox
}

#[test]
fn promtool_takes_the_rules() {
    let sandbox = rules("promtool-check");
    let output = sandbox
        .run("promtool", &["check", "rules", "alerts/rules.yaml"])
        .output();
    assert!(output.contains("SUCCESS: 11 rules found"), "{output}");
}

#[test]
fn every_alert_fires_when_it_should_and_only_then() {
    let sandbox = rules("promtool-test");
    let rules = sandbox.read("alerts/rules.yaml");
    let tests = sandbox.read("alerts/tests.yaml");
    for alert in rules
        .split("\"alert\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        let asked = tests.matches(&format!("alertname: {alert}\n")).count();
        assert!(
            asked >= 2,
            "{alert} is asked about {asked} times: it has to fire once and be silent once"
        );
    }
    sandbox
        .run("promtool", &["test", "rules", "alerts/tests.yaml"])
        .output();
    // Tests that cannot fail prove nothing: another threshold, and they do.
    sandbox.edit("alerts/rules.yaml", "> 300", "> 300000");
    sandbox
        .run("promtool", &["test", "rules", "alerts/tests.yaml"])
        .complaint();
}
