//! Input at a limit and beyond it, and flags that are none.

use super::{CONFIG, HEAD, Input, stack};

/// Every input.
pub(super) fn limits() -> Vec<Input> {
    [function(), commands(), flags()]
        .into_iter()
        .flatten()
        .collect()
}

/// A run of the function with flags.
fn with(name: &str, arguments: &str, text: String) -> Input {
    let mut input = Input::command(name, arguments);
    input.bytes = text.into_bytes();
    input
}

/// A patch that is so many levels deep by itself.
fn deep(levels: usize) -> String {
    format!(
        "    patches: [{{target: {{kind: Cluster}}, patch: {{spec: {}1{}}}}}]\n",
        "{a: ".repeat(levels),
        "}".repeat(levels)
    )
}

fn function() -> Vec<Input> {
    let whole = format!("{HEAD}items: []\n{CONFIG}");
    let of = |lines: &str| format!("{whole}{lines}");
    let aliases = |count: usize| vec!["*a"; count].join(", ");
    let size = whole.len();
    vec![
        with(
            "exactly as large as it may be",
            &format!("--max-size {size}"),
            whole.clone(),
        ),
        with(
            "one byte too large",
            &format!("--max-size {}", size - 1),
            whole.clone(),
        ),
        with(
            "a megabyte where a kibibyte may be",
            "--max-size 1KiB",
            of(&"#".repeat(1 << 20)),
        ),
        with("as deep as the default", "--max-depth 64", of(&deep(57))),
        with(
            "a level deeper than the default",
            "--max-depth 64",
            of(&deep(61)),
        ),
        with(
            "deeper, as the flag allows",
            "--max-depth 100",
            of(&deep(61)),
        ),
        with("as deep as may be", "--max-depth 240", of(&deep(200))),
        with("deeper than may be", "--max-depth 240", of(&deep(240))),
        with("more values than may be", "--max-nodes 20", whole.clone()),
        with(
            "more aliases than may be",
            "--max-aliases 3",
            of(&format!("    pgHba: [&a x, {}]\n", aliases(4))),
        ),
        with(
            "more out of aliases than may be",
            "--max-expansion 3",
            of(&format!("    pgHba: [&a x, {}]\n", aliases(4))),
        ),
        with(
            "more text out of aliases than may be",
            "--max-expansion 10",
            of(&format!(
                "    pgHba: [&a {}, {}]\n",
                "x".repeat(20_000),
                aliases(5)
            )),
        ),
        with(
            "a flag for a command that does not read",
            "--max-size 1KiB schema",
            String::new(),
        ),
    ]
}

fn commands() -> Vec<Input> {
    let two = format!(
        "{}---\n{}",
        stack(""),
        stack("").replace("storefront", "other")
    );
    vec![
        Input::command("a file too large", "validate --max-size 100 stack.yaml")
            .file("stack.yaml", stack("")),
        Input::command(
            "files too large together",
            "validate --max-size 600 a.yaml b.yaml",
        )
        .file("a.yaml", stack(""))
        .file("b.yaml", stack("").replace("storefront", "other")),
        with(
            "standard input too large",
            "validate --max-size 100 -",
            stack(""),
        ),
        Input::command(
            "more documents than may be",
            "validate --max-documents 1 stack.yaml",
        )
        .file("stack.yaml", two.clone()),
        Input::command(
            "as many documents as may be",
            "validate --max-documents 2 stack.yaml",
        )
        .file("stack.yaml", two),
        Input::command("a directory too large", "generate --max-size 100 .")
            .file("stack.yaml", stack("")),
        Input::command("a file too deep", "graph --max-depth 3 stack.yaml")
            .file("stack.yaml", stack("")),
        Input::command(
            "a file with too many values",
            "import --max-nodes 10 stack.yaml",
        )
        .file("stack.yaml", stack("")),
        Input::command(
            "a tree of a file too large",
            "render --max-size 100 -o out stack.yaml",
        )
        .file("stack.yaml", stack("")),
        Input::command(
            "a tree as deep as may be",
            "render --max-depth 240 -o out stack.yaml",
        )
        .file("stack.yaml", stack(&deep(200))),
        Input::command("documents as deep as may be", "generate --max-depth 240 .")
            .file("stack.yaml", stack(&deep(200))),
        Input::command("a device without an end", "validate /dev/zero"),
    ]
}

fn flags() -> Vec<Input> {
    vec![
        Input::command("a size that is none", "--max-size 1.5GB"),
        Input::command("a size of nothing", "--max-size 0"),
        Input::command("a size beyond the machine", "--max-size 5GiB"),
        Input::command("a depth beyond the stack", "--max-depth 100000"),
        Input::command("a number below zero", "validate --max-nodes=-1 a.yaml"),
        Input::command(
            "a number beyond all",
            "validate --max-documents 99999999999999999999 a.yaml",
        ),
    ]
}
