//! Hostile numbers: so much of something that whatever is not linear shows.

use super::{Input, with_items, with_spec};

/// Every input.
pub(super) fn many() -> Vec<Input> {
    [stacks(), lists(), patches(), many_patches(), items()]
        .into_iter()
        .flatten()
        .collect()
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// Stacks with much in them.
fn stacks() -> Vec<Input> {
    let users = lines(300, |n| {
        format!(
            "    - {{database: d{n}, username: u{n}, passwordFrom: {{secretRef: {{name: s{n}}}}}, cnpgPermissions: [connect, read]}}\n"
        )
    });
    let one = lines(300, |n| {
        format!(
            "    - {{database: d, username: u{n}, passwordFrom: {{secretRef: {{name: s{n}}}}}, cnpgPermissions: [connect, read]}}\n"
        )
    });
    let same = lines(10_000, |_| {
        "    - {database: d, username: u, passwordFrom: {secretRef: {name: s}}, cnpgPermissions: [connect]}\n".to_owned()
    });
    vec![
        with_spec("hundreds of databases", &format!("    databases:\n{users}")),
        with_spec(
            "hundreds of users of a database",
            &format!("    databases:\n{one}"),
        ),
        with_spec(
            "ten thousand times the same",
            &format!("    databases:\n{same}"),
        ),
        with_spec(
            "twenty thousand empty databases",
            &format!("    databases: [{}]\n", "{}, ".repeat(20_000)),
        ),
        with_spec(
            "twenty thousand unknown fields",
            &lines(20_000, |n| format!("    f{n}: 1\n")),
        ),
        with_spec(
            "more values than the default",
            &format!("    pgHba: [{}]\n", "a,".repeat(600_000)),
        ),
        with_spec(
            "twenty thousand lines of pg_hba",
            &format!(
                "    pgHba: [{}]\n",
                "host all all all reject, ".repeat(20_000)
            ),
        ),
        with_spec(
            "twenty thousand parameters",
            &format!(
                "    postgresParameters: {{{}}}\n",
                lines(20_000, |n| format!("p{n}: a, "))
            ),
        ),
        with_spec(
            "ten thousand recoveries",
            &format!(
                "    pitrClusters: [{}]\n",
                lines(10_000, |n| format!("{{name: r{n}, latest: true}}, "))
            ),
        ),
        with_spec(
            "ten thousand migrations",
            &format!(
                "    migrations:\n{}",
                lines(10_000, |n| format!(
                    "    - {{name: m{n}, mode: data, dbMigration: {{database: a}}, migrationDb: {{database: b}}}}\n"
                ))
            ),
        ),
    ]
}

/// Stacks with long lists.
fn lists() -> Vec<Input> {
    let apps = lines(5_000, |n| {
        format!("      - {{app: a{n}, namespace: n, database: d{n}, username: u{n}}}\n")
    });
    vec![
        with_spec(
            "ten thousand apps without a database",
            &format!("    links:\n      backendDb:\n{apps}"),
        ),
        with_spec(
            "ten thousand tablespaces",
            &format!(
                "    tablespaces: [{}]\n",
                lines(10_000, |n| format!("{{name: t{n}, size: 1Gi}}, "))
            ),
        ),
        with_spec(
            "ten thousand services",
            &format!(
                "    services: {{additional: [{}]}}\n",
                lines(10_000, |n| format!("{{name: s{n}, selectorType: rw}}, "))
            ),
        ),
        with_spec(
            "ten thousand queries",
            &format!(
                "    monitoring: {{queries: [{}]}}\n",
                lines(10_000, |n| format!(
                    "{{name: q{n}, query: SELECT 1 AS a, metrics: [{{column: a, usage: GAUGE}}]}}, "
                ))
            ),
        ),
        with_spec(
            "ten thousand tolerations",
            &format!(
                "    availability: {{tolerations: [{}]}}\n",
                lines(10_000, |n| format!("{{key: k{n}, operator: Exists}}, "))
            ),
        ),
        with_spec(
            "ten thousand recipients",
            &format!(
                "    secrets: {{age: [{}]}}\n",
                "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z, ".repeat(10_000)
            ),
        ),
        with_spec(
            "a hundred extensions of each of a hundred databases",
            &format!(
                "    databases:\n{}",
                lines(100, |n| format!(
                    "    - {{database: d{n}, username: u, passwordFrom: {{secretRef: {{name: s}}}}, cnpgPermissions: [connect], extensions: [{}]}}\n",
                    lines(100, |e| format!("{{name: e{e}}}, "))
                ))
            ),
        ),
        with_spec(
            "a hundred thousand steps of a query",
            &format!(
                "    initDb: \"{}\"\n",
                "SELECT '; -- ' /* ; */ ; ".repeat(100_000)
            ),
        ),
    ]
}

/// Patches that do much.
fn patches() -> Vec<Input> {
    let cluster = |name: &str, operations: &str| {
        with_spec(
            name,
            &format!("    patches: [{{target: {{kind: Cluster}}, patch: [{operations}]}}]\n"),
        )
    };
    vec![
        cluster(
            "a patch that doubles a field forty times",
            &"{op: copy, from: /spec, path: /spec/x}, ".repeat(40),
        ),
        cluster(
            "a patch that deepens a field",
            &lines(1_000, |_| {
                "{op: add, path: /spec/y, value: {}}, {op: move, from: /spec/x, path: /spec/y/x}, {op: move, from: /spec/y, path: /spec/x}, ".to_owned()
            }),
        ),
        cluster(
            "a patch that adds in front",
            &format!(
                "{{op: add, path: /spec/l, value: []}}, {}",
                "{op: add, path: /spec/l/0, value: 1}, ".repeat(25_000)
            ),
        ),
        cluster(
            "a patch of pointers that are none",
            "{op: add, path: spec, value: 1}, {op: remove, path: /~2}, {op: test, path: '/spec/~', value: 1}",
        ),
        cluster(
            "a patch of an index beyond all",
            "{op: add, path: /spec/bootstrap/99999999999999999999, value: 1}, {op: remove, path: /metadata/labels/-}",
        ),
        cluster(
            "a patch of a long pointer",
            &format!("{{op: add, path: '{}', value: 1}}", "/a".repeat(200_000)),
        ),
        cluster(
            "a patch of a key of a million",
            &format!(
                "{{op: add, path: '/spec/{}/x', value: 1}}",
                "k".repeat(1_000_000)
            ),
        ),
        cluster(
            "a patch that takes everything away",
            "{op: remove, path: /spec}, {op: remove, path: /metadata}",
        ),
        cluster(
            "a patch into itself",
            "{op: move, from: /spec, path: /spec/x}",
        ),
        cluster(
            "a patch of unknown operations",
            "{op: merge, path: /spec}, {op: add}, 1, null, {op: [add], path: {}}",
        ),
    ]
}

/// Many patches, and patches of many documents.
fn many_patches() -> Vec<Input> {
    let labels = "    customLabels: {a: b}\n";
    vec![
        with_spec(
            "ten thousand patches of a Cluster",
            &format!(
                "{labels}    patches: [{}]\n",
                lines(10_000, |n| format!(
                    "{{target: {{kind: Cluster}}, patch: {{spec: {{x: {n}}}}}}}, "
                ))
            ),
        ),
        with_spec(
            "ten thousand patches that find nothing",
            &format!(
                "    patches: [{}]\n",
                lines(10_000, |n| format!(
                    "{{target: {{kind: K{n}}}, patch: {{a: 1}}}}, "
                ))
            ),
        ),
        with_spec(
            "a large patch of many documents",
            &format!(
                "    databases:\n{}    patches: [{{target: {{kind: Database}}, patch: {{spec: {{x: [{}]}}}}}}]\n",
                lines(300, |n| format!(
                    "    - {{database: d{n}, username: u, passwordFrom: {{secretRef: {{name: s}}}}, cnpgPermissions: [connect]}}\n"
                )),
                "1, ".repeat(10_000)
            ),
        ),
        with_spec(
            "thousands of patches of hundreds of documents",
            &format!(
                "    databases:\n{}    patches: [{}]\n",
                lines(300, |n| format!(
                    "    - {{database: d{n}, username: u, passwordFrom: {{secretRef: {{name: s}}}}, cnpgPermissions: [connect]}}\n"
                )),
                "{target: {kind: Database}, patch: {spec: {x: 1}}}, ".repeat(2_000)
            ),
        ),
    ]
}

/// Lists with much in them.
fn items() -> Vec<Input> {
    let ours = "- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: storefront\n";
    vec![
        with_items("a hundred thousand empty items", &"- {}\n".repeat(100_000)),
        with_items(
            "a hundred thousand lines of an item",
            &format!("- kind: A\n{}", lines(100_000, |n| format!("  k{n}: v\n"))),
        ),
        with_items(
            "an item of five megabytes",
            &format!(
                "- kind: A\n  text: |\n{}",
                "    0123456789012345678901234567890123456789\n".repeat(115_000)
            ),
        ),
        with_items(
            "a Namespace of five megabytes",
            &format!(
                "{ours}  text: |\n{}",
                "    0123456789012345678901234567890123456789\n".repeat(115_000)
            ),
        ),
        with_items(
            "a Namespace with more values than the default",
            &format!("{ours}  list: [{}]\n", "1,".repeat(600_000)),
        ),
        with_items(
            "many stacks",
            &lines(5_000, |n| {
                format!(
                    "- {{apiVersion: cnpgstack.io/v1alpha1, kind: CnpgStack, metadata: {{name: s{n}}}, spec: {{namespace: storefront}}}}\n"
                )
            }),
        ),
        with_items(
            "many items that lean on one",
            &format!(
                "- &a {{kind: Namespace, apiVersion: v1, metadata: {{name: storefront}}}}\n{}",
                lines(1_000, |n| format!(
                    "- {{kind: A, metadata: {{name: a{n}}}, b: *a}}\n"
                ))
            ),
        ),
        with_items(
            "many items at one place",
            &lines(10_000, |_| {
                "- kind: A\n  metadata: {name: a, annotations: {internal.config.kubernetes.io/path: k8s/deploy/base/cluster.yaml, internal.config.kubernetes.io/index: '0'}}\n".to_owned()
            }),
        ),
        with_items(
            "many comments between items",
            &lines(20_000, |_| "# a\n\n- {kind: A}\n".to_owned()),
        ),
        with_items(
            "many deep foreign items",
            &lines(1_000, |_| {
                format!(
                    "- kind: A\n  deep: {}{}\n",
                    "[".repeat(200),
                    "]".repeat(200)
                )
            }),
        ),
    ]
}
