//! kpt: which files a render writes, and that it leaves all others alone.

use super::documents::{self, assert_same};
use super::kpt::{Files, Package};
use super::kustomize::{FUNCTION, build};

/// The files of the example, all of them somebody else's.
const FOREIGN: [&str; 6] = [
    "Kptfile",
    "README.md",
    "app.yaml",
    "kustomization.yaml",
    "settings.yaml",
    "stack.yaml",
];

/// The files that are written.
const WRITTEN: [&str; 12] = [
    "day2/backup/cluster-restore.yaml",
    "day2/backup/manual-backup.yaml",
    "day2/backup/schedule-backup.yaml",
    "k8s/deploy/base/cluster.yaml",
    "k8s/deploy/base/cnpg.yaml",
    "k8s/deploy/base/database.yaml",
    "k8s/deploy/base/jobs/grant-job.yaml",
    "k8s/deploy/base/kustomization.yaml",
    "k8s/deploy/base/namespace.yaml",
    "k8s/deploy/base/roles.yaml",
    "k8s/deploy/base/secret/cnpg-env.yaml",
    "k8s/deploy/base/secret/registry.yaml",
];

/// The paths of files.
fn paths(files: &Files) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

#[test]
fn a_render_writes_the_listed_files_and_no_others() {
    let package = Package::new("render");
    let before = package.files();
    let after = package.render();
    assert_eq!(paths(&before), FOREIGN);
    let mut expected = [&FOREIGN[..], &WRITTEN].concat();
    expected.sort_unstable();
    assert_eq!(paths(&after), expected);
    for (path, text) in &before {
        assert_eq!(Some(text), after.get(path), "{path} was changed");
    }

    package.commit();
    package.render();
    assert_eq!(package.changes(), "", "the second render changes something");
}

#[test]
fn a_container_writes_the_same_files() {
    let [program, container] = ["by-program", "by-container"].map(Package::new);
    container.in_container();
    let (mut program, mut written) = (program.render(), container.render());
    for files in [&mut program, &mut written] {
        files.remove("Kptfile");
    }
    assert_eq!(program, written);

    container.commit();
    container.render();
    assert_eq!(
        container.changes(),
        "",
        "the second render changes something"
    );
}

#[test]
fn what_is_written_builds_to_what_kustomize_gets_from_the_function() {
    let package = Package::new("build");
    package.render();
    let written = documents::read(&package.build("k8s/deploy/base"));

    let mark = "    config.kubernetes.io/local-config: \"true\"\n";
    package.edit("stack.yaml", mark, FUNCTION);
    package.sandbox.copy("examples/kpt", "generated");
    package
        .sandbox
        .write("generated/kustomization.yaml", "generators: [stack.yaml]\n");
    let generated = build(&package.sandbox, "generated");
    assert_same(&generated, &written);

    let whole = documents::read(&package.build("."));
    assert_eq!(
        whole.len(),
        written.len() + 3,
        "the application and the stack"
    );
}

#[test]
fn other_directories_are_written_where_the_stack_says_so() {
    let package = Package::new("output");
    package.edit(
        "stack.yaml",
        "\nspec:\n",
        "\nspec:\n  output: {basePath: db, day2Path: by-hand, namespace: false}\n",
    );
    let after = package.render();
    let moved = |path: &&str| !path.ends_with("/namespace.yaml");
    let rename = |path: &str| {
        path.replace("k8s/deploy/base/", "db/")
            .replace("day2/backup/", "by-hand/")
    };
    let mut expected: Vec<String> = WRITTEN.iter().copied().filter(moved).map(rename).collect();
    expected.extend(FOREIGN.map(str::to_owned));
    expected.sort_unstable();
    assert_eq!(paths(&after), expected);
    assert!(!package.build("db").contains("kind: Namespace"));
}
