//! Hostile YAML: what the language allows, and nobody needs.

use super::{CONFIG, HEAD, Input, input, with_items, with_spec};

/// Every input.
pub(super) fn yaml() -> Vec<Input> {
    [documents(), language(), expansions()]
        .into_iter()
        .flatten()
        .collect()
}

/// The whole, in other clothes.
fn documents() -> Vec<Input> {
    let whole = format!("{HEAD}items: []\n{CONFIG}");
    let raw = |name: &str, bytes: Vec<u8>| Input::function(name, bytes);
    let units = |to: fn(u16) -> [u8; 2]| whole.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let marked = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    let wide: Vec<u8> = whole
        .chars()
        .flat_map(|char| u32::from(char).to_be_bytes())
        .collect();
    vec![
        raw(
            "UTF-16 with a mark",
            marked(b"\xff\xfe", units(u16::to_le_bytes)),
        ),
        raw(
            "UTF-16, the large end first",
            marked(b"\xfe\xff", units(u16::to_be_bytes)),
        ),
        raw("UTF-32 with a mark", marked(b"\0\0\xfe\xff", wide)),
        raw(
            "Latin-1",
            format!("{HEAD}items: []\n# caf\u{e9}\n")
                .chars()
                .map(|char| u8::try_from(u32::from(char)).unwrap_or(b'?'))
                .collect(),
        ),
        raw("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".to_vec()),
        raw("a program", b"\x7fELF\x02\x01\x01\x00\x00\x00".to_vec()),
        input("next lines", whole.replace('\n', "\u{85}")),
        input("separators of paragraphs", whole.replace('\n', "\u{2029}")),
        input(
            "a next line in a scalar",
            format!(
                "{HEAD}items: []\n{}",
                CONFIG.replace("storefront", "\"store\u{85}front\"")
            ),
        ),
        input(
            "a bare carriage return in a scalar",
            format!(
                "{HEAD}items: []\n{}",
                CONFIG.replace("storefront", "\"store\rfront\"")
            ),
        ),
        input(
            "HTML",
            "<!DOCTYPE html><html><body>404 Not Found</body></html>",
        ),
        input(
            "a message in place of a list",
            "Error: accumulating resources: open base: no such file",
        ),
        input(
            "a very long line",
            format!("{HEAD}items: []\n# {}\n{CONFIG}", "x".repeat(3_000_000)),
        ),
        input("tabs everywhere", whole.replace("  ", "\t")),
        input("only document marks", "---\n".repeat(100_000)),
        input("only document ends", "...\n".repeat(100_000)),
        input(
            "a directive that is unknown",
            format!("%FOO bar\n---\n{whole}"),
        ),
        input(
            "a directive without end",
            format!("%TAG ! {}\n---\n{whole}", "x".repeat(100_000)),
        ),
        input(
            "comments at odd places",
            format!(
                "# a\n{} # b\n#c\nitems: # d\n# e\n  # f\n- # g\n  kind: A # h\n  # i\n{CONFIG}# j",
                HEAD.trim_end()
            ),
        ),
    ]
}

/// Tags, keys and scalars.
fn language() -> Vec<Input> {
    vec![
        with_spec(
            "a tag of Python",
            "    initDb: !!python/object/apply:os.system ['id']\n",
        ),
        with_spec(
            "a tag of Ruby",
            "    initDb: !ruby/object:Gem::Installer {i: x}\n",
        ),
        with_spec(
            "a tag of Java",
            "    initDb: !!javax.script.ScriptEngineManager [a]\n",
        ),
        with_spec("a binary value", "    initDb: !!binary U0VMRUNUIDE=\n"),
        with_spec(
            "a binary value that is none",
            "    initDb: !!binary '%%%'\n",
        ),
        with_spec("a string by its tag", "    instances: !!str 3\n"),
        with_spec("a number by its tag", "    psqlVersionX: !!int '3'\n"),
        with_spec("a null by its tag", "    initDb: !!null ''\n"),
        with_spec(
            "a timestamp by its tag",
            "    restartedAt: !!timestamp 2026-11-02\n",
        ),
        with_spec(
            "merge keys of aliases",
            "    customLabels: &l {a: b}\n    availability: {nodeSelector: {<<: *l}}\n",
        ),
        with_spec(
            "a merge key of a list",
            "    customLabels: {<<: [{a: b}, {c: d}]}\n",
        ),
        with_spec("a merge key of text", "    customLabels: {<<: text}\n"),
        with_spec("a merge key of itself", "    customLabels: &l {<<: *l}\n"),
        with_spec(
            "an anchor twice",
            "    customLabels: &a {a: b}\n    availability: {nodeSelector: &a {c: d}}\n    output: *a\n",
        ),
        with_spec(
            "a key twice far below",
            "    availability: {probes: {startup: {type: query, type: streaming}}}\n",
        ),
        with_spec(
            "a key twice by an escape",
            "    customLabels: {\"a\": b, \"\\x61\": c}\n",
        ),
        with_spec("an escape that is none", "    initDb: \"\\q\"\n"),
        with_spec("half of a pair", "    initDb: \"\\ud800\"\n"),
        with_spec(
            "a block scalar with a bad indentation",
            "    initDb: |9\n      SELECT 1;\n",
        ),
        with_spec("a block scalar of nothing", "    initDb: |+\n\n\n"),
        with_spec(
            "a folded scalar",
            "    initDb: >-\n      SELECT\n      1;\n\n      SELECT 2;\n",
        ),
        with_spec("a plain scalar over lines", "    initDb: SELECT\n      1\n"),
        with_spec(
            "a document mark in a scalar",
            "    initDb: |\n---\n      SELECT 1;\n",
        ),
        with_items(
            "an item with a document mark",
            "- kind: A\n---\n- kind: B\n",
        ),
        with_items("a comma too many", "- {kind: A,, b: c}\n"),
        with_items("a colon too many", "- kind: A: B\n"),
        with_items("reserved characters", "- kind: @A\n  b: `c`\n"),
        with_items(
            "a key twice in our Namespace, deep",
            "- apiVersion: v1\n  kind: Namespace\n  metadata: {name: storefront, labels: {a: b, a: c}}\n",
        ),
    ]
}

/// Little that becomes much.
fn expansions() -> Vec<Input> {
    let megabyte = "x".repeat(1_000_000);
    let aliases = |count: usize| vec!["*a"; count].join(", ");
    let chain: String = (1..200)
        .map(|n| format!("    l{n}: &l{n} {{<<: *l{}, k{n}: v}}\n", n - 1))
        .collect();
    let anchors: String = (0..3_000).map(|n| format!("&a{n} x, ")).collect();
    vec![
        with_spec(
            "a long text by aliases",
            &format!(
                "    initDb: &a {megabyte}\n    pgHba: [{}]\n",
                aliases(1_500)
            ),
        ),
        with_spec(
            "many aliases",
            &format!("    initDb: &a x\n    pgHba: [{}]\n", aliases(5_000)),
        ),
        with_spec("many anchors", &format!("    pgHba: [{anchors}]\n")),
        with_spec(
            "a chain of merge keys",
            &format!("    l0: &l0 {{a: b}}\n{chain}"),
        ),
        with_spec(
            "aliases of a large list",
            &format!(
                "    pgHba: &a [{}]\n    x: [{}]\n",
                "y, ".repeat(400),
                aliases(100)
            ),
        ),
        with_items(
            "a long text by aliases in our Namespace",
            &format!(
                "- apiVersion: v1\n  kind: Namespace\n  metadata: {{name: storefront}}\n  a: &a {megabyte}\n  b: [{}]\n",
                aliases(1_500)
            ),
        ),
        with_items(
            "tags that are long by a handle",
            &format!("- !<tag:{megabyte}> {{kind: A}}\n"),
        ),
        input(
            "a handle that makes tags long",
            format!(
                "%TAG !e! tag:{}\n---\n{HEAD}items: []\n{CONFIG}    pgHba: [{}]\n",
                "x".repeat(100_000),
                "!e!a x, ".repeat(10_000)
            ),
        ),
    ]
}
