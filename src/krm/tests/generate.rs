//! Lists of random layout, such as people and tools write them.

use std::fmt::Write as _;

use proptest::prelude::*;

/// The lines of a piece of an item: how far each is indented beyond the item, and its text.
type Chunk = Vec<(usize, &'static str)>;

/// A piece of an item below its first key.
fn chunk() -> impl Strategy<Value = Chunk> {
    let mut chunks = heads();
    chunks.extend(bodies());
    prop::sample::select(chunks)
}

/// Pieces that say who the item is.
fn heads() -> Vec<Chunk> {
    vec![
        vec![(0, "apiVersion: v1")],
        vec![(0, "apiVersion: \"apps/v1\" # quoted")],
        vec![(0, "kind: ConfigMap")],
        vec![(0, "\"kind\": Secret")],
        vec![(0, "kind: &k Deployment")],
        vec![(0, "metadata:"), (2, "name: one"), (2, "namespace: 'two'")],
        vec![
            (0, "metadata:"),
            (4, "annotations:"),
            (5, "internal.config.kubernetes.io/path: a/b.yaml"),
            (5, "internal.config.kubernetes.io/index: '1'"),
            (4, "name: x-1"),
        ],
        vec![
            (0, "metadata:"),
            (2, "annotations:"),
            (4, "config.kubernetes.io/path: \"c.yaml\""),
            (4, "cnpgstack.io/stack: \"shop\" # ours"),
            (2, "# between"),
            (2, "name: 12"),
        ],
        vec![(0, "metadata: {name: flow, namespace: [x]}")],
        vec![
            (0, "metadata:"),
            (2, "name: plain"),
            (4, "that goes on"),
            (2, "labels: {a: b}"),
        ],
        vec![
            (0, "metadata:"),
            (2, "name: >-"),
            (4, "folded"),
            (2, "finalizers:"),
            (2, "- a"),
            (2, "- b"),
        ],
        vec![
            (0, "metadata:"),
            (2, "<<: {name: merged}"),
            (2, "name: 'it''s'"),
        ],
        vec![(0, "metadata:"), (0, "")],
    ]
}

/// Pieces that look like something else: text with dashes and keys in it, lists, comments.
fn bodies() -> Vec<Chunk> {
    vec![
        vec![
            (0, "data:"),
            (2, "a: |"),
            (4, "text"),
            (4, "# no comment"),
            (4, "- no dash"),
            (0, ""),
            (6, "more"),
        ],
        vec![(0, "data:"), (2, "b: |+"), (4, "kept"), (0, ""), (0, "")],
        vec![
            (0, "data:"),
            (2, "c: >2-"),
            (4, "  folded"),
            (0, ""),
            (5, "items: x"),
        ],
        vec![(0, "script: |-"), (1, "\tmake"), (1, "kind: not")],
        vec![
            (0, "text: \"double"),
            (2, "kind: not a key"),
            (2, "\\\" end\""),
        ],
        vec![
            (0, "text: 'single"),
            (0, ""),
            (3, "- it''s'"),
            (1, "# deep"),
        ],
        vec![
            (0, "list:"),
            (0, "- a"),
            (0, "- b: c"),
            (2, "d: e"),
            (0, "# in between"),
        ],
        vec![
            (0, "list:"),
            (2, "- - x"),
            (4, "- y"),
            (2, "-"),
            (3, "z: 1"),
        ],
        vec![(0, "flow: [a, {b: c},"), (2, "\"d\"]")],
        vec![(0, "odd key: 'a # b' # c")],
        vec![(0, "http://x:y: z")],
        vec![(0, "empty:")],
        vec![(0, "? complex"), (0, ": value")],
        vec![(0, "é: \u{1F600}")],
        vec![(1, "# deep comment")],
        vec![(0, "# comment at the keys")],
        vec![(0, "")],
    ]
}

/// The lines of an item, its dash included, at a column.
fn item(column: usize) -> impl Strategy<Value = String> {
    let dash = prop::sample::select(vec!["- ", "- ", "- ", "-   ", "-\n", "- # head\n", "-\n\n"]);
    let low = prop::sample::select(vec!["", "", "", "# low\n", "# low\n\n# again\n", "\n"]);
    (dash, prop::collection::vec(chunk(), 1..5), low).prop_map(move |(dash, chunks, low)| {
        let indent = column + if dash == "-   " { 4 } else { 2 };
        let mut text = format!("{:column$}{dash}", "");
        let mut is_open = !dash.ends_with('\n');
        if is_open {
            text.push_str("first: 1\n");
            is_open = false;
        }
        for (deeper, line) in chunks.concat() {
            let indent = if line.is_empty() || is_open {
                0
            } else {
                indent + deeper
            };
            writeln!(text, "{:indent$}{line}", "").unwrap();
        }
        text + low
    })
}

/// A section of a list.
fn list(name: &'static str) -> impl Strategy<Value = String> {
    let column = prop::sample::select(vec![0_usize, 0, 2, 1]);
    let open = prop::sample::select(vec!["", "", " # c", "  "]);
    (column, open).prop_flat_map(move |(column, open)| {
        prop::collection::vec(item(column), 1..5)
            .prop_map(move |items| format!("{name}:{open}\n{}", items.concat()))
    })
}

/// A `ResourceList` in block style.
pub(super) fn resource_list() -> impl Strategy<Value = String> {
    let config = prop::sample::select(vec![
        "",
        "functionConfig:\n  apiVersion: x/v1\n  kind: Y\n  # deep\n  metadata:\n    name: n\n",
        "functionConfig: # c\n\n    kind: Z\n# low\n",
        "functionConfig: {kind: Q}\n",
    ]);
    let results = prop_oneof![Just(String::new()), list("results")];
    let head = prop::sample::select(vec!["", "", "# top\n", "\u{feff}", "---\n"]);
    let parts = (list("items"), config, results, any::<prop::sample::Index>());
    (head, parts, any::<bool>(), any::<bool>()).prop_map(|(head, parts, crlf, cut)| {
        let (items, config, results, turn) = parts;
        let version = "apiVersion: config.kubernetes.io/v1 # v\n".to_owned();
        let kind = "kind: 'ResourceList'\n".to_owned();
        let mut parts = [version, kind, items, config.to_owned(), results];
        let turn = turn.index(parts.len());
        parts.rotate_left(turn);
        let mut text = format!("{head}{}", parts.concat());
        if cut {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if crlf {
            text.replace('\n', "\r\n")
        } else {
            text
        }
    })
}

/// A list that something went wrong with: lines are dropped, doubled, moved or made up.
pub(super) fn damaged_list() -> impl Strategy<Value = String> {
    let junk = prop::sample::select(vec![
        "",
        "-",
        "- ",
        "- a: b",
        "  - c: d",
        "---",
        "...",
        "# c",
        "   # d",
        "\t",
        "\tx",
        "{",
        "}",
        "]",
        "\"",
        "'",
        "items:",
        "items: []",
        "kind: x",
        "  kind: y",
        "results:",
        "functionConfig:",
        "%YAML 1.2",
        "a: *b",
        "- &b",
        "  !!str x",
        "x: |",
        "    more",
        "? a",
        ": b",
        "- - a",
        "-\t",
        "\u{85}",
        "\u{2028}",
        "  <<: *c",
        "&x items:",
        "items: &y",
        "- {a: b}",
        "- [",
        "key",
        "  : x",
        "'items': 1",
    ]);
    let edit = (any::<prop::sample::Index>(), 0_u8..4, junk);
    (resource_list(), prop::collection::vec(edit, 1..4)).prop_map(|(text, edits)| {
        let mut lines: Vec<&str> = text.split('\n').collect();
        for (at, how, junk) in &edits {
            let at = at.index(lines.len());
            match how {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at]),
                _ => lines.insert(at, junk),
            }
            if lines.is_empty() {
                lines.push("");
            }
        }
        lines.join("\n")
    })
}
