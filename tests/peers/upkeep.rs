//! kpt, from one render to the next: what goes, what comes, and what stays.

use std::collections::BTreeSet;

use serde_json::Value;

use super::documents::{self, Documents, one};
use super::kpt::{Files, Package};

/// The second database of the example, as it stands in the stack.
const BILLING: &str = "  - database: billing
    username: billing_app
    passwordFrom: {secretRef: {name: billing-app-login}}
    cnpgPermissions: [connect, read, write]
";

/// All databases of the example.
const DATABASES: &str = "  databases:
  - database: orders
    username: orders_app
    passwordFrom: {secretRef: {name: orders-app-login}}
    cnpgPermissions: [connect, read, write, default_privileges]
";

/// A document of the user, of which no byte may change.
const FOREIGN: &str = "# What the operators read
apiVersion: v1
kind: ConfigMap
metadata: {name: notes, namespace: storefront}
data:
  on-call: \"yes\" # day and night
  list: '[a, b]'
";

/// The documents in the YAML files of a package, apart from those that are no objects.
fn objects(files: &Files) -> Documents {
    let written = files
        .iter()
        .filter(|(path, _)| path.starts_with("k8s/") || path.starts_with("day2/"));
    let texts: Vec<&str> = written.map(|(_, text)| text.as_str()).collect();
    documents::read(&texts.join("---\n"))
}

#[test]
fn a_removed_database_takes_its_documents_along_and_nothing_else() {
    let package = Package::new("removed");
    let before = objects(&package.render());
    package.commit();
    package.edit("stack.yaml", BILLING, "");
    let after = objects(&package.render());

    let left = documents::unhashed(&after);
    let gone: Vec<String> = documents::unhashed(&before)
        .into_iter()
        .filter(|id| !left.contains(id))
        .collect();
    assert_eq!(
        gone,
        [
            "batch/v1 Job storefront/grant-billing--billing-app-HASH",
            "postgresql.cnpg.io/v1 Database storefront/database-billing",
            "postgresql.cnpg.io/v1 DatabaseRole storefront/role-billing-app",
            "postgresql.cnpg.io/v1 DatabaseRole storefront/role-billing-owner",
        ]
    );
    for (id, document) in &after {
        assert_eq!(before.get(id), Some(document), "{id} was changed");
    }
    let changes = package.changes();
    let changed: BTreeSet<&str> = changes
        .lines()
        .filter_map(|line| line.strip_prefix(" M "))
        .collect();
    let expected = [
        "stack.yaml",
        "k8s/deploy/base/database.yaml",
        "k8s/deploy/base/jobs/grant-job.yaml",
        "k8s/deploy/base/roles.yaml",
    ];
    assert_eq!(changed, BTreeSet::from(expected), "{changes}");
    package.commit();
    package.render();
    assert_eq!(package.changes(), "", "the second render changes something");
}

#[test]
fn without_databases_their_files_go_and_nothing_refers_to_them() {
    let package = Package::new("no-databases");
    package.render();
    package.commit();
    package.edit("stack.yaml", &format!("{DATABASES}{BILLING}"), "");
    let files = package.render();
    for file in [
        "k8s/deploy/base/database.yaml",
        "k8s/deploy/base/jobs/grant-job.yaml",
        "k8s/deploy/base/roles.yaml",
    ] {
        assert!(!files.contains_key(file), "{file} is still there");
    }
    let documents = documents::read(&package.build("."));
    let of = |kind: &str| {
        documents
            .values()
            .filter(|document| document["kind"] == kind)
            .count()
    };
    assert_eq!(
        (of("Cluster"), of("Database"), of("DatabaseRole")),
        (1, 0, 0)
    );
}

#[test]
fn a_document_of_the_user_in_our_files_stays_as_it_is() {
    for (place, file) in [("behind", "database.yaml"), ("ahead", "roles.yaml")] {
        let package = Package::new(&format!("foreign-{place}"));
        let path = format!("k8s/deploy/base/{file}");
        let ours = package.render()[&path].clone();
        let parts = if place == "behind" {
            [&ours[..], FOREIGN]
        } else {
            [FOREIGN, &ours]
        };
        let both = parts.join("---\n");
        package.write(&path, &both);
        package.commit();
        package.render();
        assert_eq!(package.changes(), "", "a render changes something");

        package.edit("stack.yaml", BILLING, "");
        let after = package.render();
        assert!(after[&path].contains(FOREIGN), "{}", after[&path]);
        assert!(!after[&path].contains("billing"), "{}", after[&path]);
        package.edit("stack.yaml", DATABASES, "");
        assert_eq!(package.render()[&path], FOREIGN, "the document stays alone");
        let built = documents::read(&package.build("."));
        one(&built, "ConfigMap", "notes");
    }
}

#[test]
fn a_namespace_of_the_user_keeps_its_comments_and_gets_our_fields() {
    let package = Package::new("foreign-namespace");
    let theirs = "# not ours\napiVersion: v1\nkind: Namespace # really\nmetadata:\n  name: storefront\n  labels: {team: shop} # flow\n";
    package.write("namespace.yaml", theirs);
    let files = package.render();
    assert!(
        !files.contains_key("k8s/deploy/base/namespace.yaml"),
        "there is one Namespace"
    );
    let built = documents::read(&package.build("k8s/deploy/base"));
    assert!(
        !built.contains_key("v1 Namespace storefront"),
        "it is built where it stands"
    );
    let merged = &files["namespace.yaml"];
    for kept in ["# not ours\n", "kind: Namespace # really\n", "# flow\n"] {
        assert!(merged.contains(kept), "{kept:?} is lost\n{merged}");
    }
    let value: Value = serde_saphyr::from_str(merged).expect("the file is YAML");
    let metadata = &value["metadata"];
    assert_eq!(
        metadata["labels"]["team"], "platform",
        "customLabels of the stack win"
    );
    assert_eq!(
        metadata["annotations"]["kustomize.toolkit.fluxcd.io/prune"],
        "disabled"
    );
    assert!(
        metadata["annotations"].get("cnpgstack.io/stack").is_none(),
        "it is not ours"
    );
    package.commit();
    package.render();
    assert_eq!(package.changes(), "", "the second render changes something");
}

#[test]
fn a_kustomization_of_the_user_gets_our_files_and_keeps_what_it_has() {
    let package = Package::new("foreign-kustomization");
    let path = "k8s/deploy/base/kustomization.yaml";
    let theirs = "# ours lists more\nresources:\n- notes.yaml # own\nlabels: [{pairs: {a: b}}]\n";
    package.write(path, theirs);
    package.write("k8s/deploy/base/notes.yaml", FOREIGN);
    let files = package.render();
    let (head, tail) = theirs.split_at(theirs.find("labels:").expect("it has labels"));
    assert!(files[path].starts_with(head), "{}", files[path]);
    assert!(files[path].ends_with(tail), "{}", files[path]);
    let built = documents::read(&package.build("k8s/deploy/base"));
    for (kind, name) in [("ConfigMap", "notes"), ("Cluster", "cluster-storefront")] {
        assert_eq!(one(&built, kind, name)["metadata"]["labels"]["a"], "b");
    }
    package.commit();
    package.render();
    assert_eq!(package.changes(), "", "the second render changes something");
}

#[test]
fn a_namespace_of_the_user_in_our_directory_is_built() {
    for file in ["namespace.yaml", "own.yaml"] {
        let package = Package::new(&format!("inside-{file}"));
        let theirs = "# not ours\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: storefront\n";
        package.write(&format!("k8s/deploy/base/{file}"), theirs);
        package.render();
        let built = documents::read(&package.build("k8s/deploy/base"));
        assert_eq!(
            one(&built, "Namespace", "storefront")["metadata"]["labels"]["team"],
            "platform"
        );
        package.commit();
        package.render();
        assert_eq!(package.changes(), "", "the second render changes something");
    }
}
