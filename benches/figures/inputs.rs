//! What is measured: lists and stacks of a given size.

use std::fmt::Write as _;

/// The stack that every figure about items and the whole process is measured with.
pub(crate) fn quickstart() -> String {
    std::fs::read_to_string("examples/quickstart/stack.yaml").unwrap()
}

/// A `ResourceList` as kpt sends it: foreign items in block style, then the stack.
pub(crate) fn list(config: &str, foreign: usize) -> Vec<u8> {
    let mut text = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n".to_owned();
    for number in 0..foreign {
        text.push_str(&foreign_item(number));
    }
    if foreign == 0 {
        text = text.replace("items:\n", "items: []\n");
    }
    text.push_str("functionConfig:\n");
    for line in config.lines() {
        writeln!(text, "  {line}").unwrap();
    }
    text.into_bytes()
}

/// About 650 bytes, with the things that make parsing slow: annotations, lists, text.
fn foreign_item(number: usize) -> String {
    format!(
        "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: service-{number}\n    namespace: apps\n    \
         labels:\n      app: service-{number} # keep\n    annotations:\n      config.kubernetes.io/index: '0'\n      \
         config.kubernetes.io/path: 'apps/service-{number}.yaml'\n      internal.config.kubernetes.io/index: '0'\n      \
         internal.config.kubernetes.io/path: 'apps/service-{number}.yaml'\n  spec:\n    replicas: 2\n    selector:\n      \
         matchLabels:\n        app: service-{number}\n    template:\n      metadata:\n        labels: {{app: service-{number}}}\n      \
         spec:\n        containers:\n        - name: main\n          image: registry.example.com/service:{number}\n          \
         args: [\"--port\", \"8080\"]\n          env:\n          - name: MODE\n            value: \"on\"\n"
    )
}

/// One of many stacks, with a database, a user, and directories of its own.
pub(crate) fn stack(number: usize) -> String {
    let output =
        format!("output: {{basePath: {number}/k8s/deploy/base, day2Path: {number}/day2/backup}}\n");
    head(number) + "  " + &output + &databases(1)
}

/// A stack with so many databases, each with a user of its own.
pub(crate) fn with_databases(count: usize) -> String {
    head(0) + &databases(count)
}

/// A stack with so many applications that are told how to connect to one database.
pub(crate) fn with_links(count: usize) -> String {
    let mut text = head(0) + &databases(1) + "  links:\n    backendDb:\n";
    for number in 0..count {
        writeln!(
            text,
            "    - {{app: app-{number}, namespace: apps, database: orders-0, username: reporting-0}}"
        )
        .unwrap();
    }
    text
}

fn head(number: usize) -> String {
    format!(
        "apiVersion: cnpgstack.io/v1alpha1\nkind: CnpgStack\nmetadata: {{name: shop-{number}}}\nspec:\n  \
         namespace: storefront-{number}\n  psqlVersion: \"17.5\"\n  adminUser: keeper\n  adminPassword: keeper-{number}\n  \
         operator: {{manageConfig: false}}\n  secrets: {{mode: never}}\n"
    )
}

fn databases(count: usize) -> String {
    let mut text = "  databases:\n".to_owned();
    for number in 0..count {
        writeln!(
            text,
            "  - {{database: orders-{number}, username: reporting-{number}, password: secret-{number}, cnpgPermissions: [connect, read]}}"
        )
        .unwrap();
    }
    text
}
