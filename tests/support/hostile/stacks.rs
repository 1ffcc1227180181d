//! Hostile stacks.

use super::{CONFIG, HEAD, Input, bomb, input, with_spec};

/// Every input.
pub(super) fn stacks() -> Vec<Input> {
    [shapes(), corners(), large()]
        .into_iter()
        .flatten()
        .collect()
}

/// Odd shapes of the `functionConfig`.
fn shapes() -> Vec<Input> {
    let config =
        |name: &str, text: &str| input(name, format!("{HEAD}items: []\nfunctionConfig:{text}"));
    let swapped = |name: &str, from: &str, to: &str| {
        input(
            name,
            format!("{HEAD}items: []\n{}", CONFIG.replace(from, to)),
        )
    };
    vec![
        config("a scalar", " text\n"),
        config("a list", "\n- a\n"),
        config("an empty mapping", " {}\n"),
        config("an alias of nothing", " *nothing\n"),
        config(
            "only a kind",
            " {apiVersion: cnpgstack.io/v1alpha1, kind: CnpgStack}\n",
        ),
        config(
            "names that are lists",
            " {apiVersion: [a], kind: {b: c}, metadata: 1}\n",
        ),
        config(
            "another function's",
            " {apiVersion: v1, kind: ConfigMap, data: {a: b}}\n",
        ),
        config("an open quote", "\n  kind: \"CnpgStack\n"),
        swapped("a name with a newline", "name: shop", "name: \"sh\\nop\""),
        swapped("a name with a path", "name: shop", "name: ../../shop"),
        swapped(
            "a name of a million",
            "name: shop",
            &format!("name: {}", "s".repeat(1_000_000)),
        ),
        swapped(
            "annotations of numbers",
            "name: shop",
            "annotations: {internal.config.kubernetes.io/path: 1, internal.config.kubernetes.io/index: []}\n    name: shop",
        ),
        swapped(
            "a namespace with a command",
            "namespace: storefront",
            "namespace: $(reboot)",
        ),
        swapped(
            "a namespace that is a mapping",
            "namespace: storefront",
            "namespace: {{.Values.x}}",
        ),
        swapped(
            "a version that is a template",
            "\"17.5\"",
            "\"{{ .Values.version }}\"",
        ),
        swapped(
            "a version of digits",
            "\"17.5\"",
            "\"99999999999999999999999\"",
        ),
        swapped("spec is text", "spec:\n", "spec: |\n"),
        swapped(
            "spec is an alias",
            "  metadata:\n",
            "  x: &spec {namespace: a}\n  metadata:\n",
        ),
    ]
}

/// Odd values in every corner of the `spec`.
fn corners() -> Vec<Input> {
    vec![
        with_spec("a key twice", "    namespace: other\n"),
        with_spec("a bomb", &bomb("    ")),
        with_spec(
            "a bomb in a patch",
            &format!(
                "    patches:\n    - target: {{kind: Cluster}}\n      patch:\n{}",
                bomb("        ")
            ),
        ),
        with_spec("a merge key", "    <<: {instances: 1}\n"),
        with_spec(
            "numbers beyond all",
            "    instances: 99999999999999999999\n",
        ),
        with_spec("a negative number", "    instances: -9223372036854775808\n"),
        with_spec(
            "a quantity of exponents",
            "    storageSize: 1e999999999\n    cpuLimit: 1e-999999999\n",
        ),
        with_spec(
            "a number that is none",
            "    storageSize: .nan\n    cpuLimit: .inf\n",
        ),
        with_spec(
            "paths upwards",
            "    output: {basePath: ../../../etc, day2Path: \"a/..\"}\n",
        ),
        with_spec(
            "paths with NUL",
            "    output: {basePath: \"a\\0b\", day2Path: \"c\\nd\"}\n",
        ),
        with_spec(
            "one path below the other",
            "    output: {basePath: a, day2Path: a/b}\n",
        ),
        with_spec(
            "a bucket with a command",
            "    links: {cnpgBucket: {endpoint: 'https://$(id)', bucket: '; rm -rf /', path: ../../etc, accessKey: \"a\\nb\", secretKey: \"\\0\"}}\n",
        ),
        with_spec(
            "a bucket of null",
            "    links: {cnpgBucket: null, cnpgSwbucket: {}, walArchiver: []}\n",
        ),
        with_spec(
            "an endpoint of a million",
            &format!(
                "    links: {{cnpgBucket: {{endpoint: \"https://{}\"}}}}\n",
                "a".repeat(1_000_000)
            ),
        ),
        with_spec(
            "targets that quote",
            "    pitrClusters: [{backupId: \"'; DROP TABLE t; --\", targetTime: \"2026-11-02 09:14:00'\", targetLSN: \"0/\\n0\", targetName: \"a\\0b\"}]\n",
        ),
        with_spec(
            "generations beyond all",
            "    recovery: {latest: true, generation: 9223372036854775807, serverName: \"../..\"}\n",
        ),
        with_spec(
            "a patch of the root",
            "    patches: [{target: {kind: Cluster}, patch: [{op: replace, path: '', value: 1}]}]\n",
        ),
        with_spec(
            "a patch of everything",
            "    patches: [{target: {kind: Cluster}, patch: {kind: null, metadata: null, spec: null}}]\n",
        ),
        with_spec(
            "a patch of annotations",
            "    patches: [{target: {kind: Cluster}, patch: {metadata: {annotations: {a: 1, cnpgstack.io/shared: []}, labels: text}}}]\n",
        ),
    ]
}

/// Large and deep values.
fn large() -> Vec<Input> {
    let database = "database: orders, passwordFrom: {secretRef: {name: a}}, cnpgPermissions: []";
    let entry = |n| format!("    - {{username: u{n}, {database}}}\n");
    let entries: String = (0..300).map(entry).collect();
    let labels: String = (0..5_000).map(|n| format!("      l{n}: v\n")).collect();
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    vec![
        with_spec("deep brackets", &format!("    patches: {deep}\n")),
        with_spec(
            "deep brackets in a patch",
            &format!("    patches: [{{target: {{kind: Cluster}}, patch: {deep}}}]\n"),
        ),
        with_spec(
            "a hundred levels in a patch",
            &format!(
                "    patches: [{{target: {{kind: Cluster}}, patch: {{spec: {}1{}}}}}]\n",
                "{a: ".repeat(100),
                "}".repeat(100)
            ),
        ),
        with_spec(
            "SQL of megabytes",
            &format!("    initDb: \"{}\"\n", "SELECT 1; ".repeat(300_000)),
        ),
        with_spec(
            "SQL of open quotes",
            &format!("    initDb: \"{}\"\n", "$a$ '/* ".repeat(100_000)),
        ),
        with_spec(
            "SQL of nested blocks",
            &format!("    initDb: \"{}\"\n", "DO $a$ DO $b$ ".repeat(20_000)),
        ),
        with_spec(
            "SQL of comments",
            &format!("    initDb: \"{}\"\n", "/*".repeat(200_000)),
        ),
        with_spec(
            "a quantity of digits",
            &format!("    storageSize: \"{}Gi\"\n", "9".repeat(100_000)),
        ),
        with_spec("many databases", &format!("    databases:\n{entries}")),
        with_spec("many labels", &format!("    customLabels:\n{labels}")),
        with_spec(
            "many mistakes",
            &(0..2_000)
                .map(|n| format!("    mistake{n}: 1\n"))
                .collect::<String>(),
        ),
        with_spec(
            "a patch that copies itself",
            &format!(
                "    patches: [{{target: {{kind: Cluster}}, patch: [{}]}}]\n",
                "{op: copy, from: /spec, path: /spec/x}, ".repeat(12)
            ),
        ),
        with_spec(
            "a cron line of stars",
            &format!("    backup: {{schedule: \"{}\"}}\n", "* ".repeat(100_000)),
        ),
        with_spec(
            "an image of slashes",
            &format!("    imageName: \"{}:17\"\n", "a/".repeat(100_000)),
        ),
    ]
}
