//! Hostile bytes, and hostile shapes of the list itself.

use super::{CONFIG, HEAD, Input, bomb, input};

/// Input that is hardly text.
pub(super) fn bytes() -> Vec<Input> {
    let raw = |name: &str, bytes: &[u8]| Input::function(name, bytes.to_vec());
    let whole = format!("{HEAD}items: []\n{CONFIG}");
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        raw("nothing", b""),
        raw("one NUL", b"\0"),
        raw("only NULs", &[0; 100_000]),
        raw("every byte", &(0..=255).collect::<Vec<u8>>()),
        raw("invalid UTF-8", b"apiVersion: \xff\xfe\n"),
        raw("a surrogate", b"apiVersion: \xed\xa0\x80\n"),
        raw("an overlong slash", b"apiVersion: v1\xc0\xaf\n"),
        raw("UTF-16", &utf16),
        raw("a mark of UTF-16", b"\xff\xfe"),
        input("only a BOM", "\u{feff}"),
        input("a BOM in front", format!("\u{feff}{whole}")),
        input("two BOMs in front", format!("\u{feff}\u{feff}{whole}")),
        input(
            "a BOM in the middle",
            whole.replace("items", "\u{feff}items"),
        ),
        input("a NUL at the end", format!("{whole}\0")),
        input("CRLF", whole.replace('\n', "\r\n")),
        input("CR alone", whole.replace('\n', "\r")),
        input("mixed line breaks", whole.replacen('\n', "\r\n", 3)),
        input("other line breaks", whole.replace('\n', "\u{2028}")),
        input("no line break at the end", whole.trim_end()),
        input("a million line breaks", "\n".repeat(1_000_000)),
        input("a million comments", "#\n".repeat(1_000_000)),
        input("escape sequences", "\u{1b}[2J\u{1b}]0;title\u{7}"),
        input("a form feed", whole.replace("items", "\u{c}items")),
    ]
}

/// Lists of an odd shape.
pub(super) fn lists() -> Vec<Input> {
    let of = |name: &str, text: &str| input(name, format!("{HEAD}{text}{CONFIG}"));
    let brackets = 100_000;
    vec![
        of("items is a mapping", "items: {a: b}\n"),
        of("items is a scalar", "items: everything\n"),
        of("items is null", "items: ~\n"),
        of("items is empty", "items:\n"),
        of("items twice", "items: []\nitems: []\n"),
        of("items in an alias", "x: &x [{kind: A}]\nitems: *x\n"),
        of("items is its own alias", "items: &x [*x]\n"),
        of("results is a mapping", "items: []\nresults: {a: b}\n"),
        of(
            "results are there",
            "items: []\nresults: [{message: before}]\n",
        ),
        of("results twice", "items: []\nresults: []\nresults: []\n"),
        of("an unknown key", "items: []\nextra: {a: [1, 2]}\n"),
        of("a merge key at the top", "<<: {items: []}\n"),
        of("a key of its own kind", "items: []\n? [a, b]\n: c\n"),
        of(
            "a bomb beside the items",
            &format!("items: []\n{}", bomb("")),
        ),
        of("a tab in front", "\titems: []\n"),
        of("a tab behind", "items:\t[]\t# tab\n"),
        of("an end in the middle", "items: []\n...\n"),
        of("a directive in the middle", "items: []\n%YAML 1.1\n"),
        input(
            "a directive",
            format!("%YAML 1.1\n---\n{HEAD}items: []\n{CONFIG}"),
        ),
        input(
            "an unknown version of YAML",
            format!("%YAML 9.9\n---\n{HEAD}items: []\n{CONFIG}"),
        ),
        input(
            "tags from elsewhere",
            format!("%TAG ! tag:example.com,2026:\n---\n{HEAD}{CONFIG}"),
        ),
        input("a start mark", format!("---\n{HEAD}items: []\n{CONFIG}")),
        input(
            "two documents",
            format!("{HEAD}items: []\n{CONFIG}---\n{HEAD}items: []\n"),
        ),
        input(
            "an empty second document",
            format!("{HEAD}items: []\n{CONFIG}---\n"),
        ),
        input("kind List", "apiVersion: v1\nkind: List\nitems: []\n"),
        input(
            "kind is a number",
            "apiVersion: config.kubernetes.io/v1\nkind: 1\n",
        ),
        input(
            "kind twice",
            format!("{HEAD}kind: ResourceList\nitems: []\n{CONFIG}"),
        ),
        input("only brackets", "[".repeat(brackets)),
        input("only braces", "{".repeat(brackets)),
        input("only dashes", "- ".repeat(brackets)),
        input("only question marks", "? ".repeat(brackets)),
        input(
            "brackets in the items",
            format!("{HEAD}items: {}", "[".repeat(brackets)),
        ),
        input(
            "JSON",
            "{\"kind\":\"ResourceList\",\"apiVersion\":\"config.kubernetes.io/v1\"}",
        ),
        input("JSON with a tail", "{\"kind\":\"ResourceList\"} {}"),
        input("a JSON string", "\"ResourceList\""),
        input(
            "indented by one",
            format!(
                " {}",
                format!("{HEAD}items: []\n{CONFIG}").replace('\n', "\n ")
            ),
        ),
    ]
}
