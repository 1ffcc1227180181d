//! Every command line of README and docs, page by page, as their readers would type them.
//!
//! A page is one script in an empty directory, which is a repository of Git. A block of YAML whose first
//! line is a comment with a path is written to that file before the commands behind it run. A command that
//! ends in `# fails` has to. What stands in a `text` block right behind commands has to be printed by them,
//! with `...` for lines in between. There is no cluster: `kubectl.sh` checks what kubectl is given.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use cnpg_stack::krm::yaml;
use serde_json::Value;

use super::sandbox::{ROOT, Sandbox, run, variable};
use crate::support::admission::{findings, how};
use crate::support::crd::Crds;
use crate::support::wire;

/// What runs this very test, or what it needs to run at all.
const DONE: [&str; 3] = [
    "tests/run",
    "examples/quickstart/run",
    "cargo build --release",
];
/// Stands between the outputs of the blocks.
const MARK: &str = "@@ block ";

/// A part of a page.
#[derive(Debug, PartialEq)]
enum Step {
    /// A file with its text.
    File(String, String),
    /// Commands, and what they print.
    Commands(Vec<String>, Option<Vec<String>>),
}

/// The fenced blocks of a page: language and lines, and whether only blank lines stand before it since the
/// last one.
fn blocks(page: &str) -> Vec<(String, Vec<String>, bool)> {
    let mut blocks: Vec<(String, Vec<String>, bool)> = Vec::new();
    let mut inside: Option<(String, Vec<String>)> = None;
    let mut adjacent = false;
    for line in page.lines() {
        match (&mut inside, line.strip_prefix("```")) {
            (Some((language, lines)), Some(_)) => {
                blocks.push((language.clone(), lines.clone(), adjacent));
                (inside, adjacent) = (None, true);
            }
            (Some((_, lines)), None) => lines.push(line.to_owned()),
            (None, Some(language)) => inside = Some((language.trim().to_owned(), Vec::new())),
            (None, None) => adjacent &= line.trim().is_empty(),
        }
    }
    assert_eq!(inside, None, "a block does not end");
    blocks
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for (language, lines, adjacent) in blocks(page) {
        match language.as_str() {
            "sh" | "shell" | "bash" | "console" => steps.push(Step::Commands(lines, None)),
            "text" if adjacent => {
                if let Some(Step::Commands(_, printed @ None)) = steps.last_mut() {
                    *printed = Some(lines);
                }
            }
            _ => {
                let path = lines.first().and_then(|line| path(line));
                let text = lines.join("\n") + "\n";
                steps.extend(path.map(|path| Step::File(path, text)));
            }
        }
    }
    steps
}

/// The path in the comment that a file begins with.
fn path(line: &str) -> Option<String> {
    let path = line.strip_prefix("# ")?.trim();
    let known = [".yaml", ".yml", ".ini", ".env", "Kptfile"];
    let is_path = !path.contains(' ') && known.iter().any(|end| path.ends_with(end));
    is_path.then(|| path.to_owned())
}

/// The script of a page. The files that it shows lie ready beside it.
fn script(steps: &[Step], files: &Path) -> String {
    let head = ["set -euo pipefail".to_owned(), "exec 2>&1".to_owned()];
    let parts = steps.iter().enumerate().map(|(number, step)| match step {
        Step::File(path, text) => {
            let from = files.join(number.to_string());
            fs::write(&from, text).expect("it can be written");
            format!("install -D -m 644 '{}' '{path}'", from.display())
        }
        Step::Commands(lines, _) => {
            let is_done = |line: &&String| DONE.iter().any(|done| line.starts_with(done));
            let lines = lines.iter().filter(|line| !is_done(line));
            let commands: Vec<String> = lines.map(|line| command(line)).collect();
            format!("printf '{MARK}{number}\\n'\n{}", commands.join("\n"))
        }
    });
    head.into_iter().chain(parts).collect::<Vec<_>>().join("\n")
}

fn command(line: &str) -> String {
    match line.split_once(" # ") {
        Some((command, comment)) if comment.trim() == "fails" => {
            format!("if {command}; then echo '@@ did not fail'; exit 97; fi")
        }
        _ => line.to_owned(),
    }
}

/// Whether the lines are printed, one behind the other; `...` stands for any lines, and other output may
/// come before and after them.
fn is_printed(expected: &[String], output: &str) -> bool {
    let mut output = output.lines().peekable();
    let mut may_skip = true;
    expected.iter().all(|line| {
        if line.trim() == "..." {
            may_skip = true;
            return true;
        }
        let is_it = |printed: &&str| printed.trim_end() == line.trim_end();
        let found = if may_skip {
            output.any(|printed| is_it(&printed))
        } else {
            output.next_if(is_it).is_some()
        };
        may_skip = false;
        found
    })
}

/// Runs a page in a directory; what its commands print, one text for each block.
fn ran(name: &str, steps: &[Step], sandbox: &Sandbox, directory: &Path) -> Vec<(usize, String)> {
    let files = sandbox.path("files");
    for path in [
        &files,
        &sandbox.path("bin"),
        &sandbox.path("applied"),
        &sandbox.path("home"),
    ] {
        fs::create_dir_all(path).expect("it is ours");
    }
    let kubectl = sandbox.path("bin/kubectl");
    fs::write(&kubectl, include_str!("pages/kubectl.sh")).expect("it is ours");
    fs::set_permissions(&kubectl, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let mut bash = sandbox.command("bash");
    environment(&mut bash, sandbox, directory);
    bash.args(["-c", &script(steps, &files)]);
    let run = run(bash, "");
    assert_eq!(run.code, 0, "{name}:\n{}{}", run.stdout, run.stderr);
    let outputs = run.stdout.split(MARK).skip(1);
    outputs
        .map(|output| {
            let (number, output) = output.split_once('\n').expect("a mark is a line");
            (number.parse().expect("a number"), output.to_owned())
        })
        .collect()
}

fn environment(bash: &mut Command, sandbox: &Sandbox, directory: &Path) {
    let bin = sandbox.path("bin");
    let program = sandbox.path("target/release");
    let path = variable("PATH");
    let real = std::env::split_paths(&path).map(|directory| directory.join("kubectl"));
    let real = real.into_iter().find(|program| program.is_file());
    bash.current_dir(directory)
        .env(
            "PATH",
            format!("{}:{}:{path}", bin.display(), program.display()),
        )
        .env("HOME", sandbox.path("home"))
        .env("XDG_CONFIG_HOME", sandbox.path("home/.config"))
        .env("CNPG_STACK", sandbox.path(""))
        .env("KUBECTL", real.expect("kubectl is there"))
        .env("APPLIED", sandbox.path("applied"))
        .env_remove("SOPS_AGE_KEY_FILE");
    for who in ["AUTHOR", "COMMITTER"] {
        bash.env(format!("GIT_{who}_NAME"), "Reader");
        bash.env(format!("GIT_{who}_EMAIL"), "reader@example.com");
    }
}

/// What was given to `kubectl apply` would be taken by an API server.
fn is_taken(name: &str, sandbox: &Sandbox) {
    let crds = Crds::load();
    for (file, text) in sandbox.files("applied") {
        let documents = yaml::parse_all(&text).expect("it is YAML");
        let documents: Vec<Value> = documents.into_iter().filter(|one| !one.is_null()).collect();
        assert!(!documents.is_empty(), "{name}: {file} applies nothing");
        for mut document in documents {
            // kustomize breaks them into lines, which Kubernetes takes.
            let data = document.get_mut("data").and_then(Value::as_object_mut);
            for value in data.into_iter().flat_map(|data| data.values_mut()) {
                *value = value.as_str().unwrap_or_default().replace('\n', "").into();
            }
            let text = |at: &str| {
                document
                    .pointer(at)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let title = wire::title(&document);
            let parts = [text("/apiVersion"), text("/kind"), text("/metadata/name")];
            assert!(parts.iter().all(|part| !part.is_empty()), "{name}: {title}");
            assert_ne!(text("/kind"), "CnpgStack", "{name}");
            let found = findings(&how(&document), &document, crds.as_ref());
            assert_eq!(found, Vec::<String>::new(), "{name}: {title}");
        }
    }
}

/// Runs a page and holds what it prints against what it says.
fn holds(page: &Path, in_root: bool) {
    let name = page
        .strip_prefix(ROOT)
        .unwrap_or(page)
        .display()
        .to_string();
    let text = fs::read_to_string(page).expect("the page is there");
    let steps = steps(&text);
    let sandbox = Sandbox::new(&format!("page-{}", name.replace(['/', '.'], "-")));
    let directory = sandbox.path(if in_root { "" } else { "work" });
    fs::create_dir_all(&directory).expect("it is ours");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(&directory).args(arguments);
        run(git, "").output();
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    for (number, output) in ran(&name, &steps, &sandbox, &directory) {
        if let Some(Step::Commands(lines, Some(expected))) = steps.get(number) {
            assert!(
                is_printed(expected, &output),
                "{name}: {}\nis said to print\n{}\nand prints\n{output}",
                lines.join("\n"),
                expected.join("\n"),
            );
        }
    }
    is_taken(&name, &sandbox);
}

/// The same; what is wrong is printed by the panic, and the next page has its turn.
fn does_hold(page: &Path) -> bool {
    std::panic::catch_unwind(|| holds(page, false)).is_ok()
}

/// The pages for readers.
fn pages() -> Vec<PathBuf> {
    let listed = fs::read_dir(Path::new(ROOT).join("docs")).expect("the pages are there");
    let paths = listed.map(|entry| entry.expect("they can be listed").path());
    let mut pages: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    pages.sort();
    pages
}

#[test]
fn every_command_of_the_pages_works() {
    let pages = pages();
    assert!(pages.len() > 5, "{pages:?}");
    let half = pages.len().div_ceil(2);
    let failed = std::thread::scope(|threads| {
        let running: Vec<_> = pages
            .chunks(half)
            .map(|some| threads.spawn(|| some.iter().filter(|page| !does_hold(page)).count()))
            .collect();
        let counts = running.into_iter().map(std::thread::ScopedJoinHandle::join);
        counts
            .map(|count| count.expect("a page is caught"))
            .sum::<usize>()
    });
    assert_eq!(failed, 0, "pages fail; what they say is above");
}

#[test]
fn every_command_of_the_readme_works() {
    holds(&Path::new(ROOT).join("README.md"), true);
}

#[test]
fn a_page_is_read_as_it_is_meant() {
    let page = "# A\n```yaml\n# a/b.yaml\nx: 1\n```\n```sh\necho a\nfalse # fails\n```\n\n```text\na\n...\n```\ntext\n```text\nb\n```\n```yaml\nx: 2\n```\n";
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let expected = [
        Step::File("a/b.yaml".to_owned(), "# a/b.yaml\nx: 1\n".to_owned()),
        Step::Commands(
            lines(&["echo a", "false # fails"]),
            Some(lines(&["a", "..."])),
        ),
    ];
    assert_eq!(steps(page), expected);
    assert!(is_printed(&lines(&["a", "...", "c"]), "a\nb\nc\n"));
    assert!(is_printed(&lines(&["b", "c"]), "a\nb\nc\nd\n"));
    assert!(!is_printed(&lines(&["c", "a"]), "a\nb\nc\n"));
    assert!(!is_printed(&lines(&["a", "c"]), "a\nb\nc\n"));
    assert_eq!(
        command("false # fails"),
        "if false; then echo '@@ did not fail'; exit 97; fi"
    );
}
