//! The starter file of `init`: valid as it is, and with each optional field set alone.

#![expect(clippy::expect_used, reason = "what cannot be set up is a failure")]

mod support;

use std::fs;
use std::path::PathBuf;

use cnpg_stack::diagnostic::Severity;
use cnpg_stack::world::World;
use support::process::{Env, Run, binary, binary_in};

/// An empty directory of this test.
fn empty(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("init")
        .join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory can be made");
    directory
}

fn starter() -> String {
    let run = binary(&["init", "-"], b"", &Env::new());
    assert_eq!(run.report(), "exit 0\n");
    String::from_utf8(run.stdout).expect("the starter is text")
}

/// What the function says to a stack, without anything in the environment.
fn errors(config: &str) -> Vec<String> {
    let indented = config
        .lines()
        .fold(String::new(), |text, line| text + "  " + line + "\n");
    let list = format!(
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n{indented}"
    );
    let nothing = |_: &str| None;
    let outcome = cnpg_stack::run(list.into_bytes(), &World::of(&nothing)).expect("a ResourceList");
    let said = outcome.diagnostics().iter();
    let errors = said.filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(ToString::to_string).collect()
}

/// How far a line is indented.
fn column(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line is an optional field: a `#` with no space behind it.
fn is_optional(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix('#');
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(' '))
}

#[test]
fn the_starter_is_a_valid_stack() {
    let text = starter();
    assert_eq!(errors(&text), Vec::<String>::new());
    assert!(text.contains("config.kubernetes.io/function: |"), "{text}");
}

/// Each optional field is set, with the objects that it stands in and nothing else.
#[test]
fn each_optional_field_alone_makes_a_valid_stack_with_that_field() {
    let text = starter();
    let lines: Vec<&str> = text.lines().collect();
    let optional: Vec<usize> = (0..lines.len())
        .filter(|at| is_optional(lines[*at]))
        .collect();
    assert!(optional.len() > 40, "{}", optional.len());
    let plain = cnpg_stack::krm::yaml::parse(&text).expect("the starter is YAML");
    for &at in &optional {
        let mut set = vec![at];
        let mut limit = column(lines[at]);
        for before in (0..at).rev() {
            let line = lines[before];
            let is_text = line.trim_start().starts_with('#') && !is_optional(line);
            if is_text || column(line) >= limit {
                continue;
            }
            limit = column(line);
            if !is_optional(line) {
                break;
            }
            set.push(before);
        }
        let changed: Vec<String> = (0..lines.len())
            .map(|line| {
                let text = lines[line];
                if set.contains(&line) {
                    text.replacen('#', "", 1)
                } else {
                    text.to_owned()
                }
            })
            .collect();
        let changed = changed.join("\n");
        assert_eq!(errors(&changed), Vec::<String>::new(), "{}", lines[at]);
        let value = cnpg_stack::krm::yaml::parse(&changed).expect("it is YAML");
        assert_ne!(value, plain, "{} sets nothing", lines[at]);
    }
}

#[test]
fn every_field_has_a_comment_of_one_line() {
    let text = starter();
    let lines: Vec<&str> = text.lines().collect();
    let start = lines
        .iter()
        .position(|line| *line == "spec:")
        .expect("there is a spec");
    for pair in lines[start + 1..].windows(2) {
        let is_comment = |line: &str| line.trim_start().starts_with("# ");
        assert_ne!(is_comment(pair[0]), is_comment(pair[1]), "{pair:#?}");
    }
}

#[test]
fn the_given_names_are_those_of_the_stack() {
    let arguments = [
        "init",
        "-",
        "--name",
        "shop",
        "--namespace",
        "storefront",
        "--database",
        "Shop & Co",
        "--user",
        "on",
    ];
    let run = binary(&arguments, b"", &Env::new());
    assert_eq!(run.report(), "exit 0\n");
    let text = String::from_utf8(run.stdout).expect("text");
    let value = cnpg_stack::krm::yaml::parse(&text).expect("YAML");
    assert_eq!(value["metadata"]["name"], "shop");
    assert_eq!(value["spec"]["namespace"], "storefront");
    assert_eq!(value["spec"]["databases"][0]["database"], "Shop & Co");
    assert_eq!(value["spec"]["databases"][0]["username"], "on");
    assert_eq!(errors(&text), Vec::<String>::new());
}

/// A bad name gets the very line that the function says to it.
#[test]
fn a_bad_name_is_refused_with_the_words_of_the_api() {
    let directory = empty("bad");
    let sixty_three = "d".repeat(64);
    for (option, name, field) in [
        ("--name", "Shop", "name: demo"),
        ("--namespace", "a.b", "namespace: demo"),
        (
            "--namespace",
            "n234567890123456789012345678901234567890123",
            "namespace: demo",
        ),
        ("--database", "template1", "database: app"),
        ("--database", sixty_three.as_str(), "database: app"),
        ("--user", "pg_monitor", "username: app"),
        ("--user", "", "username: app"),
        ("--user", "a\nb: c", "username: app"),
    ] {
        // Without this one the user would have the name of the database.
        let arguments = match option {
            "--database" => vec!["init", option, name, "--user", "app"],
            _ => vec!["init", option, name],
        };
        let run: Run = binary_in(&directory, &arguments, &Env::new());
        let key = field.split(':').next().expect("a key");
        let quoted = serde_json::Value::from(name).to_string();
        let text = starter();
        // The namespace of the starter follows its name.
        let text = match option {
            "--name" => text.replacen("namespace: demo", &format!("namespace: {quoted}"), 1),
            _ => text,
        };
        let said = errors(&text.replacen(field, &format!("{key}: {quoted}"), 1));
        assert!(!said.is_empty(), "{name} is accepted");
        assert_eq!(
            run.report(),
            format!("exit 2\n{}\n", said.join("\n")),
            "{option} {name}"
        );
    }
    assert_eq!(
        fs::read_dir(&directory)
            .expect("the directory is there")
            .count(),
        0
    );
}

#[test]
fn a_file_is_made_once_and_never_overwritten() {
    let directory = empty("once");
    let run = binary_in(&directory, &["init"], &Env::new());
    assert!(
        run.report()
            .starts_with("exit 0\nwrote stack.yaml; next:\n"),
        "{}",
        run.report()
    );
    assert!(run.stdout.is_empty());
    let file = directory.join("stack.yaml");
    assert_eq!(
        fs::read_to_string(&file).expect("the file is there"),
        starter()
    );
    fs::write(&file, "mine").expect("the file can be written");
    let again = binary_in(&directory, &["init"], &Env::new());
    let refusal =
        "exit 2\n[error] stack.yaml: is there already, and is not overwritten; name another file\n";
    assert_eq!(again.report(), refusal);
    assert_eq!(
        fs::read_to_string(&file).expect("the file is there"),
        "mine"
    );
    // A link that leads nowhere is something, too.
    std::os::unix::fs::symlink("elsewhere", directory.join("link.yaml"))
        .expect("a link can be made");
    let linked = binary_in(&directory, &["init", "link.yaml"], &Env::new());
    assert_eq!(linked.report(), refusal.replace("stack.yaml", "link.yaml"));
    let names = fs::read_dir(&directory).expect("the directory is there");
    assert_eq!(names.count(), 2, "nothing else is left there");
}

#[test]
fn without_a_directory_nothing_is_made() {
    let directory = empty("missing");
    let run = binary_in(&directory, &["init", "no/stack.yaml"], &Env::new());
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.starts_with("[error] no/stack.yaml: "),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read_dir(&directory)
            .expect("the directory is there")
            .count(),
        0
    );
}

#[test]
fn render_takes_the_starter() {
    let directory = empty("render");
    assert_eq!(binary_in(&directory, &["init"], &Env::new()).code, 0);
    let run = binary_in(
        &directory,
        &["render", "-f", "stack.yaml", "-o", "."],
        &Env::new(),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(directory.join("k8s/deploy/base/cluster.yaml").exists());
}
