//! The tree that `render` writes builds to what kustomize gets from the function.

use super::super::documents::{self, Documents, assert_same, one};
use super::bench::{Bench, VALUES, read, rich};

/// A kustomization that runs the function.
const GENERATOR: &str = "generators: [stack.yaml]\n";
/// The annotation by which kustomize runs the program that is on PATH.
const EXEC: &str = "    config.kubernetes.io/function: |\n      exec: {path: cnpg-stack}\n";

/// Renders a stack, and holds that its tree builds to these objects.
#[track_caller]
fn assert_tree(bench: &Bench, files: &[&str], expected: &Documents) {
    let options = ["-o", "out/tree"];
    let arguments = [&["render", "-f"], files, &options].concat();
    bench.run("cnpg-stack", &arguments).output();
    assert_same(expected, &bench.base("out/tree"));
}

/// An example whose kustomization runs the function with a program.
#[track_caller]
fn assert_example(bench: &Bench, directory: &str, stack: &str) {
    let expected = read(&bench.function(directory).output());
    assert_tree(bench, &[stack], &expected);
}

#[test]
fn the_quickstart() {
    let bench = Bench::new("tree-quickstart");
    assert_example(
        &bench,
        "examples/quickstart",
        "examples/quickstart/stack.yaml",
    );
}

#[test]
fn the_quickstart_in_a_container_is_run_without_one() {
    let bench = Bench::new("tree-container");
    let file = "examples/quickstart-container/stack.yaml";
    let text = bench.sandbox.read(file);
    let image = text
        .lines()
        .find(|line| line.trim_start().starts_with("image:"))
        .expect("the example names an image")
        .to_owned();
    bench.sandbox.edit(
        file,
        &format!("      container:\n{image}\n"),
        "      exec: {path: cnpg-stack}\n",
    );
    assert_example(&bench, "examples/quickstart-container", file);
}

#[test]
fn environments() {
    for name in ["staging", "production"] {
        let bench = Bench::new(&format!("tree-{name}"));
        // The patched stack itself: it is data until a kustomization lists it as a generator.
        let stack = bench.build(&format!("examples/environments/{name}/stack"));
        bench.sandbox.write("patched.yaml", &stack);
        assert_example(
            &bench,
            &format!("examples/environments/{name}"),
            "patched.yaml",
        );
    }
}

#[test]
fn packages_of_kpt() {
    for name in ["kpt", "backups"] {
        let bench = Bench::new(&format!("tree-{name}"));
        let stack = bench.sandbox.read(&format!("examples/{name}/stack.yaml"));
        let local = "    config.kubernetes.io/local-config: \"true\"\n";
        assert!(stack.contains(local), "{stack}");
        bench
            .sandbox
            .write("stack/stack.yaml", &stack.replace(local, EXEC));
        bench.sandbox.write("stack/kustomization.yaml", GENERATOR);
        assert_example(&bench, "stack", "stack/stack.yaml");
    }
}

/// Here the stack refers to Secrets that are among the items, so `render` is given these too. What is
/// not the stack's own is in the build of the function only.
#[test]
fn the_transformer() {
    let bench = Bench::new("tree-transformer");
    let file = "examples/transformer/kustomization.yaml";
    for foreign in ["- namespace.yaml\n", "- settings.yaml\n"] {
        bench.sandbox.edit(file, foreign, "");
    }
    let text = bench.sandbox.read(file);
    let (before, rest) = text
        .split_once("replacements:\n")
        .expect("the example fills in its settings");
    let (_, after) = rest
        .split_once("transformers:\n")
        .expect("the example is a transformer");
    let text = format!("{before}transformers:\n{after}");
    bench.sandbox.write(file, &text);

    let mut expected = read(&bench.function("examples/transformer").output());
    let logins = read(&bench.sandbox.read("examples/transformer/logins.yaml"));
    for id in logins.keys() {
        assert!(expected.remove(id).is_some(), "{id} was lost");
    }
    let files = [
        "examples/transformer/stack.yaml",
        "examples/transformer/logins.yaml",
    ];
    assert_tree(&bench, &files, &expected);
    let data = &one(&expected, "Secret", "cnpg-env")["data"];
    assert_eq!(documents::decoded(&data["PGPASSWORD"]), "replace-me-keeper");
}

#[test]
fn every_kind_of_secret() {
    let bench = Bench::new("tree-rich");
    bench.sandbox.write("stack/stack.yaml", &rich());
    bench.sandbox.write("stack/kustomization.yaml", GENERATOR);
    assert_example(&bench, "stack", "stack/stack.yaml");

    // What is the same on both sides has to be right as well.
    let documents = bench.base("out/tree");
    let value = |secret: &str, key: &str| {
        documents::decoded(&one(&documents, "Secret", secret)["data"][key])
    };
    let [keeper, orders, .., minio, seaweed] = VALUES.map(|(_, value)| value);
    assert_eq!(value("cnpg-env", "PGPASSWORD"), keeper);
    assert_eq!(value("minio-env", "AWS_SECRET_ACCESS_KEY"), minio);
    assert_eq!(value("swbucket-env", "AWS_SECRET_ACCESS_KEY"), seaweed);
    assert_eq!(value("login-orders-app", "password"), orders);
    let namespaces: Vec<&str> = documents
        .values()
        .filter(|document| document["kind"] == "Secret")
        .filter_map(|secret| secret["metadata"]["namespace"].as_str())
        .collect();
    for namespace in ["storefront", "shop-apps", "cnpg-system"] {
        assert!(namespaces.contains(&namespace), "{namespaces:?}");
    }
}
