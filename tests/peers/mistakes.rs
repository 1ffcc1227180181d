//! A stack with mistakes: every orchestrator fails, says why, and changes nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::kpt::Package;
use super::sandbox::{Run, Sandbox, image};

/// A stack with seven mistakes.
const BROKEN: &str = "\
spec:
  namespace: Store_Front
  psqlVersion: 17.5
  adminUser: keeper
  adminPassword: ' open-sesame'
  instances: 0
  storgeSize: 10Gi
  memRequest: 8Gi
  memLimit: 4Gi
  databases:
  - database: orders
    username: pg_reader
    passwordFrom: {secretRef: {name: reader-login}}
    cnpgPermissions: [connect]
";

/// The code and the field of each mistake.
const MISTAKES: [(&str, &str); 7] = [
    ("invalid-identifier", "spec.databases[0].username"),
    ("invalid-name", "spec.namespace"),
    ("invalid-password", "spec.adminPassword"),
    ("invalid-value", "spec.instances"),
    ("request-over-limit", "spec.memRequest"),
    ("unknown-field", "spec.storgeSize"),
    ("wrong-type", "spec.psqlVersion"),
];

/// The text of a file of the stack with the mistakes in it.
fn broken(text: &str) -> String {
    let (head, _) = text.split_once("spec:\n").expect("a stack has a spec");
    format!("{head}{BROKEN}")
}

/// Holds that a run failed, printed nothing, and has a line for each mistake.
#[track_caller]
fn assert_reported(run: Run) {
    assert_eq!(run.stdout, "", "{}", run.command);
    let stderr = run.complaint();
    let said: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("[error] "))
        .collect();
    assert_eq!(said.len(), MISTAKES.len(), "{stderr}");
    for (code, field) in MISTAKES {
        let start = format!("[error] {code}: `{field}` ");
        assert!(
            said.iter().any(|line| line.starts_with(&start)),
            "no line {start:?}\n{stderr}"
        );
    }
    assert!(!stderr.contains("sesame"), "{stderr}");
}

#[test]
fn kustomize_and_kubectl_fail_and_show_every_mistake() {
    let sandbox = Sandbox::new("mistakes");
    for name in ["quickstart", "quickstart-container"] {
        let file = format!("examples/{name}/stack.yaml");
        sandbox.write(&file, &broken(&sandbox.read(&file)));
    }
    let build = ["build", "--enable-alpha-plugins", "--enable-exec"];
    assert_reported(sandbox.run(
        "kustomize",
        &[&build[..], &["examples/quickstart"]].concat(),
    ));
    let directory = "examples/quickstart-container";
    assert_reported(sandbox.run("kustomize", &[&build[..2], &[directory]].concat()));
    let kubectl = ["kustomize", "--enable-alpha-plugins", directory];
    assert_reported(sandbox.run("kubectl", &kubectl));
}

#[test]
fn kpt_fails_shows_the_results_and_keeps_every_file() {
    for (test, in_container) in [
        ("mistakes-by-program", false),
        ("mistakes-by-container", true),
    ] {
        let package = Package::new(test);
        if in_container {
            package.in_container();
        }
        let files = package.render();
        package.write("stack.yaml", &broken(&files["stack.yaml"]));
        package.commit();
        let run = package.try_render();
        let terminal = run.stdout.clone() + &run.stderr;
        run.complaint();
        assert_eq!(package.changes(), "", "a file was changed");
        for (_, field) in MISTAKES {
            let line = format!("[error] cnpgstack.io/v1alpha1/CnpgStack/shop {field}: ");
            assert!(terminal.contains(&line), "no {line:?}\n{terminal}");
        }
        let function = if in_container {
            ("image", image())
        } else {
            ("exec", "cnpg-stack".to_owned())
        };
        results_hold_the_mistakes(&package.results(), function);
    }
}

/// `results.yaml` has the code, the field and the file of each mistake.
fn results_hold_the_mistakes(results: &str, (form, function): (&str, String)) {
    assert!(!results.contains("sesame"), "{results}");
    let results: Value = serde_saphyr::from_str(results).expect("the results are YAML");
    let run = &results["items"][0];
    assert_eq!(run[form], function.as_str());
    assert_eq!(run["exitCode"], 1);
    let list = run["results"].as_array().expect("there are results");
    let errors = list.iter().filter(|result| result["severity"] == "error");
    let found: Vec<[&str; 3]> = errors
        .map(|result| {
            ["/tags/code", "/field/path", "/file/path"].map(|at| {
                result
                    .pointer(at)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            })
        })
        .collect();
    let expected = MISTAKES.map(|(code, field)| [code, field, "stack.yaml"]);
    assert_eq!(found.len(), expected.len(), "{results}");
    assert_eq!(BTreeSet::from_iter(found), BTreeSet::from(expected));
}
