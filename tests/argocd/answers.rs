//! What is said about directories of all kinds, as a fixture: exit codes and messages of discovery and of
//! generation, and what is generated.

use std::fs;

use cnpg_stack::krm::yaml;
use serde_json::json;

use super::sidecar::{environment, plugin, run};
use crate::same;
use crate::support::{tree, wire};

pub(crate) const LIST: &str = "ARGOCD_APP_PARAMETERS";
pub(crate) const STACK: &str = "apiVersion: cnpgstack.io/v1alpha1
kind: CnpgStack
metadata: {name: shop}
spec:
  namespace: storefront
  psqlVersion: \"17.5\"
  adminUser: keeper
  adminPasswordFrom: {secretRef: {name: keeper-login}}
";
pub(crate) const OBJECT: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: storefront}\n";
pub(crate) const LOCAL: &str = "apiVersion: v1
kind: ConfigMap
metadata:
  name: for-tools
  annotations: {config.kubernetes.io/local-config: \"true\"}
";
pub(crate) const SEALED: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: sealed}\ndata: {a: 'ENC[AES256_GCM,data:x]'}\nsops: {mac: x}\n";

/// The directory of an Application, and what comes of it: exit codes and messages of discovery and of
/// generation.
fn answers(name: &str, files: &[(&str, &str)], more: &[(&str, &str)]) -> String {
    let app = tree::fresh(&format!("argocd-{name}"));
    for (path, text) in files {
        let path = app.join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    let mut env = environment();
    let more = more.iter();
    env.extend(more.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let plugin = plugin();
    let found = run(&plugin.spec.discover.find, &app, &env);
    let generated = run(&plugin.spec.generate, &app, &env);
    if generated.code != 0 {
        assert_eq!(String::from_utf8_lossy(&generated.stdout), "", "{name}");
    }
    let found = format!(
        "{}{}",
        found.report(),
        String::from_utf8_lossy(&found.stdout)
    );
    let kinds = yaml::parse_all(&String::from_utf8_lossy(&generated.stdout)).expect("YAML");
    let kinds: Vec<String> = kinds.iter().map(wire::title).collect();
    let kinds = if kinds.is_empty() {
        String::new()
    } else {
        format!("{}\n", kinds.join("\n"))
    };
    format!(
        "# {name}\ndiscover: {found}generate: {}{kinds}\n",
        generated.report()
    )
}

/// Directories that are ours.
fn ours() -> Vec<String> {
    let other = STACK
        .replace("shop", "ledger")
        .replace("storefront", "accounts");
    let json = yaml::to_json(&yaml::parse(STACK).expect("YAML"));
    let objects = [
        ("a/b/stack.yml", STACK),
        ("settings.yaml", OBJECT),
        ("tools.yaml", LOCAL),
    ];
    let of_one = r#"[{"name": "ledger/instances", "string": "1"}]"#;
    vec![
        answers("plain", &objects, &[]),
        answers("json", &[("stack.json", &json)], &[]),
        answers(
            "values",
            &[("stack.yaml", STACK), ("values.yaml", "a: 1\n")],
            &[],
        ),
        answers(
            "two",
            &[("a.yaml", STACK), ("b.yaml", &other)],
            &[(LIST, of_one)],
        ),
    ]
}

/// Directories that are not, or not without more.
fn not_ours() -> Vec<String> {
    let kustomization = ("base/kustomization.yaml", "resources: []\n");
    let chart = ("Chart.yaml", "apiVersion: v2\nname: x\n");
    let nothing = [
        ("settings.yaml", OBJECT),
        (".hidden/stack.yaml", STACK),
        ("notes.txt", STACK),
    ];
    let template = ("other.yaml", "a: {{ .Values.a }}\n");
    vec![
        answers("nothing", &nothing, &[]),
        answers("kustomize", &[("stack.yaml", STACK), kustomization], &[]),
        answers("helm", &[("templates/stack.yaml", STACK), chart], &[]),
        answers("template", &[("stack.yaml", STACK), template], &[]),
        answers(
            "sealed",
            &[("stack.yaml", STACK), ("secret.yaml", SEALED)],
            &[],
        ),
    ]
}

/// Mistakes in stacks and in what sets their fields.
fn wrong() -> Vec<String> {
    let unfinished = STACK.replace("  adminUser: keeper\n", "  adminUsr: keeper\n");
    let again = STACK.replace("shop", "ledger");
    let flat = format!("{STACK}  backup: daily\n");
    let parameters = json!([
        {"name": "instances", "string": "one"},
        {"name": "backup.schedule", "string": "0 2 * * *"},
        {"name": "adminPassword", "string": "hunter2"},
        {"name": "databases", "array": ["orders"]},
        {"name": "shp/instances", "string": "1"},
        {"name": "customLabels", "string": "a=b"},
    ]);
    let env = [
        (LIST, parameters.to_string()),
        ("ARGOCD_ENV_CNPGSTACK_STORAGESIZE", "1Gi".to_owned()),
        ("ARGOCD_ENV_OTHER", "of the user".to_owned()),
    ];
    let env = env.each_ref().map(|(name, value)| (*name, value.as_str()));
    let inside = [("ARGOCD_ENV_CNPGSTACK_BACKUP__APPLY", "true")];
    let twice = [("a.yaml", STACK), ("b.yaml", again.as_str())];
    vec![
        answers("one-namespace-twice", &twice, &[]),
        answers("mistakes", &[("stack.yaml", &unfinished)], &[]),
        answers("parameters", &[("stack.yaml", STACK)], &env),
        answers(
            "no-json",
            &[("stack.yaml", STACK)],
            &[(LIST, "instances=1")],
        ),
        answers("not-an-object", &[("stack.yaml", &flat)], &inside),
    ]
}

#[test]
fn what_is_not_ours_or_is_wrong_is_said() {
    let answers = [ours(), not_ours(), wrong()].concat().concat();
    assert!(!answers.contains("hunter2"));
    same("answers.txt", answers.as_bytes());
}
