//! Hostile items, which are somebody else's and have to come out again.

use super::{CONFIG, HEAD, Input, bomb, input, with_items};

/// The annotation of an item that the stack owns.
const OWNED: &str = "cnpgstack.io/stack: storefront/shop";
/// The annotation for the file of an item.
const PATH: &str = "internal.config.kubernetes.io/path";
/// The annotation for the position in it.
const INDEX: &str = "internal.config.kubernetes.io/index";
/// A file that the stack writes.
const TAKEN: &str = "k8s/deploy/base/cluster.yaml";
/// The identity of the Cluster that the stack plans.
const CLUSTER: &str = "apiVersion: postgresql.cnpg.io/v1, kind: Cluster, \
                       metadata: {name: cluster-storefront, namespace: storefront}";
/// The identity of the Secret that the stack refers to.
const SECRET: &str = "apiVersion: v1, kind: Secret, \
                      metadata: {name: keeper-login, namespace: storefront}";

/// The Namespace of the stack, with more in its metadata.
fn namespace(name: &str, metadata: &str) -> Input {
    let item =
        format!("kind: Namespace, apiVersion: v1, metadata: {{name: storefront, {metadata}}}");
    with_items(name, &format!("- {{{item}}}\n"))
}

/// A foreign item at a place in the package.
fn placed(path: &str, index: &str) -> String {
    let annotations = format!("{PATH}: {path}, {INDEX}: {index}");
    format!("- kind: A\n  metadata: {{name: a, annotations: {{{annotations}}}}}\n")
}

/// Odd items.
pub(super) fn items() -> Vec<Input> {
    let ours = "metadata: {name: storefront";
    vec![
        with_items("scalars", "- a\n- 1\n- ~\n- true\n"),
        with_items("lists", "- - a\n  - b\n- []\n"),
        with_items("empty", "- {}\n-\n- \n"),
        with_items("no kind", "- metadata: {name: storefront}\n"),
        with_items("no name", "- {apiVersion: v1, kind: Namespace}\n"),
        with_items(
            "a list as kind",
            "- {apiVersion: v1, kind: [Namespace], metadata: []}\n",
        ),
        with_items(
            "a number as name",
            "- {apiVersion: v1, kind: Namespace, metadata: {name: 1e3}}\n",
        ),
        with_items(
            "metadata is text",
            "- {apiVersion: v1, kind: Namespace, metadata: text}\n",
        ),
        namespace("annotations are a list", "annotations: [a]"),
        namespace(
            "an owner that is a number",
            "annotations: {cnpgstack.io/stack: 1}",
        ),
        with_items(
            "a name over lines",
            "- kind: Namespace\n  apiVersion: v1\n  metadata:\n    name: \"store\n\n      front\"\n",
        ),
        with_items(
            "a name with escapes",
            "- kind: \"Name\\x73pace\"\n  apiVersion: v1\n  metadata: {name: 'store''front'}\n",
        ),
        with_items(
            "a quoted key",
            "- \"kind\": Namespace\n  'apiVersion': v1\n  ? metadata\n  : {name: storefront}\n",
        ),
        with_items(
            "a key twice in an item",
            "- kind: Namespace\n  kind: Secret\n  apiVersion: v1\n  metadata: {name: storefront}\n",
        ),
        with_items("a foreign key twice", "- kind: Other\n  kind: Other\n"),
        with_items(
            "a bomb in an item",
            &format!("- kind: Other\n{}", bomb("  ")),
        ),
        with_items(
            "a bomb in our Namespace",
            &format!(
                "- apiVersion: v1\n  kind: Namespace\n  {ours}}}\n{}",
                bomb("  ")
            ),
        ),
    ]
}

/// Items at odd places, or where ours should be.
pub(super) fn places() -> Vec<Input> {
    vec![
        with_items(
            "an anchor over items",
            "- &a {kind: A, metadata: &m {name: a}}\n- {kind: B, metadata: *m}\n- *a\n",
        ),
        with_items(
            "an anchor of an owned item",
            &format!(
                "- {{kind: A, metadata: &m {{name: a, annotations: {{{OWNED}}}}}}}\n- {{kind: B, metadata: *m}}\n"
            ),
        ),
        with_items(
            "an alias without an anchor",
            "- {kind: A, metadata: *nothing}\n",
        ),
        with_items("an alias of itself", "- &a {kind: A, self: *a}\n"),
        with_items("a path upwards", &placed("../../etc/passwd", "'0'")),
        namespace(
            "a path that is ours upwards",
            &format!("annotations: {{{OWNED}, {PATH}: ../a.yaml}}"),
        ),
        with_items(
            "an index beyond all",
            &placed(TAKEN, "'99999999999999999999999'"),
        ),
        with_items("a negative index", &placed(TAKEN, "'-1'")),
        with_items("the same place twice", &placed(TAKEN, "'1'").repeat(2)),
        with_items("our Cluster twice", &format!("- {{{CLUSTER}}}\n").repeat(2)),
        with_items(
            "our Cluster is a list",
            &format!("- {{{CLUSTER}, spec: [1]}}\n"),
        ),
        with_items(
            "a Secret that is no Secret",
            &format!("- {{{SECRET}, data: {{password: '%', username: 1}}, stringData: []}}\n"),
        ),
        with_items(
            "a Secret with bytes",
            &format!("- {{{SECRET}, data: {{username: a2VlcGVy, password: /////w==}}}}\n"),
        ),
        with_items(
            "a CnpgStack without spec",
            "- {apiVersion: cnpgstack.io/v1alpha1, kind: CnpgStack, spec: 1}\n",
        ),
        with_items(
            "a List",
            "- {apiVersion: v1, kind: List, items: [{kind: Namespace}]}\n",
        ),
    ]
}

/// Items of odd syntax.
pub(super) fn syntax() -> Vec<Input> {
    vec![
        with_items("a tab inside", "- kind: A\n  text: |\n    a\n\n    \tb\n"),
        with_items("a tab as indentation", "- kind: A\n\tname: a\n"),
        with_items("an unterminated quote", "- kind: A\n  text: \"open\n"),
        with_items("an open bracket", "- kind: A\n  list: [a, b\n"),
        with_items(
            "a comment that looks like a key",
            "- kind: A\n# functionConfig:\n#   kind: CnpgStack\n  text: a\n",
        ),
        with_items(
            "text that looks like a list",
            "- kind: A\n  text: |\n    items:\n    - kind: Namespace\n    functionConfig: null\n",
        ),
        with_items(
            "a dash deeper",
            "- kind: A\n  list:\n  - a\n- kind: B\n  list:\n- c\n",
        ),
        with_items("dashes in other columns", "  - kind: A\n - kind: B\n"),
        with_items(
            "a binary scalar",
            "- kind: A\n  data: !!binary |\n    R0lGODlhDAAMAIQAAP//9/X1\n",
        ),
        with_items(
            "unknown tags",
            "- !k8s.io/secret {kind: A, n: !!int \"x\", s: !<tag:x> y}\n",
        ),
        with_items(
            "numbers",
            "- {kind: A, n: [.nan, .inf, -.inf, 1e999, 0x_, 1_000, 0o8, 08, 1.]}\n",
        ),
        with_items("a set", "- kind: A\n  set: !!set {a, b}\n"),
        with_items(
            "keys that are no strings",
            "- {kind: A, 1: a, true: b, ~: c, [d]: e}\n",
        ),
    ]
}

/// Large and deep items.
pub(super) fn large() -> Vec<Input> {
    let ours = "- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: storefront\n";
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let steps: String = (0..2_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth + 4)))
        .collect();
    let keys: String = (0..20_000).map(|key| format!("  k{key}: v\n")).collect();
    vec![
        with_items(
            "deep brackets in an item",
            &format!("- kind: A\n  deep: {}\n", deep(50_000)),
        ),
        with_items(
            "deep brackets in our Namespace",
            &format!("{ours}  deep: {}\n", deep(50_000)),
        ),
        with_items(
            "brackets without an end",
            &format!("{ours}  deep: {}\n", "[".repeat(100_000)),
        ),
        with_items("deep blocks", &format!("- kind: A\n  deep:\n{steps}")),
        with_items(
            "deep blocks in our Namespace",
            &format!("{ours}  deep:\n{steps}"),
        ),
        with_items(
            "a long scalar",
            &format!("{ours}  text: {}\n", "x".repeat(4_000_000)),
        ),
        with_items(
            "a long name",
            &format!(
                "- {{kind: {0}, metadata: {{name: {0}}}}}\n",
                "x".repeat(1_000_000)
            ),
        ),
        with_items(
            "a long key",
            &format!("{ours}  {}: 1\n", "k".repeat(1_000_000)),
        ),
        with_items("many keys", &format!("{ours}{keys}")),
        with_items(
            "many items",
            &"- {kind: A, metadata: {name: a}}\n".repeat(20_000),
        ),
        with_items("many Namespaces of ours", &ours.repeat(200)),
        with_items(
            "many anchors in items",
            &(0..5_000)
                .map(|n| format!("- {{kind: A, a: &a{n} 1}}\n"))
                .collect::<String>(),
        ),
        input(
            "many quotes",
            format!(
                "{HEAD}items:\n- kind: A\n  text: '{}'\n{CONFIG}",
                "''".repeat(500_000)
            ),
        ),
        input(
            "many ampersands",
            format!(
                "{HEAD}items:\n- kind: A\n  text: {}\n{CONFIG}",
                "& ".repeat(500_000)
            ),
        ),
    ]
}
