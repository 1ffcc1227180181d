//! `cnpg-stack graph`: pictures as they are expected, and what holds for every picture.
//!
//! `tests/graph/NAME.mmd` and `NAME.svg` are what is drawn of `NAME.yaml` there, or of the file that
//! the table of cases names. `UPDATE_GOLDEN=1 cargo test --test graph` writes them anew, and the
//! picture of the README.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a broken fixture or a picture that cannot be read ends the test"
)]

mod support;

mod graph {
    mod plane;
    mod writers;
}

use std::fs;
use std::path::{Path, PathBuf};

use cnpg_stack::diagnostic::Diagnostics;
use cnpg_stack::graph::model::{self, Kind, Picture};
use cnpg_stack::graph::{Format, mermaid};
use cnpg_stack::krm::{ResourceList, yaml};
use cnpg_stack::picture::{Request, draw};
use cnpg_stack::pipeline;
use cnpg_stack::world::World;
use serde_json::{Value, json};

use support::fixture;
use support::process::{Env, binary};

/// The cases, and what each of them draws.
const CASES: [(&str, &str); 6] = [
    ("quickstart", "examples/quickstart/stack.yaml"),
    ("readme", "examples/graph/stack.yaml"),
    ("everything", "fn-config/full.yaml"),
    ("nasty", "tests/graph/nasty.yaml"),
    ("two-stacks", "tests/graph/two-stacks.yaml"),
    ("forty-databases", "tests/graph/forty-databases.yaml"),
];
/// The picture of the README, and the case that it shows.
const README: (&str, &str) = ("docs/images/stack.svg", "readme");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the fixtures refer to.
fn env() -> Env {
    [
        "REGISTRY_PASSWORD",
        "REPORTING_PASSWORD",
        "MINIO_SECRET_KEY",
    ]
    .map(|name| (name.to_owned(), format!("value-of-{name}")))
    .into()
}

/// Where a picture is expected.
fn expected(case: &str, format: Format) -> PathBuf {
    let end = match format {
        Format::Mermaid => "mmd",
        Format::Svg => "svg",
    };
    if (end, case) == ("svg", README.1) {
        return root().join(README.0);
    }
    fixture::directory("graph").join(format!("{case}.{end}"))
}

/// The text that the library draws, after a look at its messages.
fn drawn(file: &str, format: Format) -> String {
    let env = env();
    let lookup = |name: &str| env.get(name).cloned();
    let request = Request {
        files: vec![root().join(file).display().to_string()],
        format,
        ..Request::default()
    };
    let report = draw(&request, &|path| fs::read(path), &World::of(&lookup)).expect("a file");
    assert_eq!(report.code, 0, "{file}: {:#?}", report.messages);
    report.text
}

/// The model of a text that holds stacks and Secrets.
fn picture(text: &str) -> Picture {
    let env = env();
    let lookup = |name: &str| env.get(name).cloned();
    let documents = yaml::parse_all(text).expect("a case is YAML");
    let is_stack = |value: &Value| value["kind"] == "CnpgStack";
    let (stacks, items): (Vec<Value>, Vec<Value>) = documents.into_iter().partition(is_stack);
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items,
    });
    let list = ResourceList::read(list.to_string().into_bytes()).expect("a list");
    let stacks: Vec<_> = stacks
        .into_iter()
        .map(|config| {
            let mut out = Diagnostics::default();
            let stack = pipeline::stack(&list, config, &World::of(&lookup), &mut out);
            assert!(stack.is_some(), "{:#?}", out.iter().collect::<Vec<_>>());
            stack.expect("there is one")
        })
        .collect();
    model::picture(&stacks)
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).expect("a case is there")
}

/// The pictures of all cases, and a large one.
fn pictures() -> Vec<(String, Picture)> {
    let cases = CASES.map(|(case, file)| (case.to_owned(), picture(&read(file))));
    let large = ("twenty stacks".to_owned(), picture(&twenty_stacks()));
    cases.into_iter().chain([large]).collect()
}

/// Twenty stacks with forty databases each.
fn twenty_stacks() -> String {
    let one = read("tests/graph/forty-databases.yaml");
    let stacks = (1..=20).map(|number| {
        one.replace("name: many}", &format!("name: many-{number}}}"))
            .replace("namespace: many", &format!("namespace: many-{number}"))
    });
    stacks.collect::<Vec<String>>().join("---\n")
}

#[test]
fn every_case_is_drawn_as_expected_through_both_doors() {
    let mut failures = Vec::new();
    for (case, file) in CASES {
        for (format, name) in [(Format::Mermaid, "mermaid"), (Format::Svg, "svg")] {
            let text = drawn(file, format);
            failures.extend(fixture::compare(&expected(case, format), text.as_bytes()).err());
            let path = root().join(file).display().to_string();
            let run = binary(&["graph", "-f", &path, "--format", name], b"", &env());
            assert_eq!(run.code, 0, "{case}: {}", run.stderr);
            assert_eq!(
                run.stdout,
                text.into_bytes(),
                "{case}: the two doors differ"
            );
        }
    }
    fixture::report(&failures);
}

#[test]
fn mermaid_is_the_format_by_default_and_a_dash_is_standard_input() {
    let text = read("tests/graph/two-stacks.yaml");
    let run = binary(&["graph", "-f", "-"], text.as_bytes(), &Env::new());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = drawn("tests/graph/two-stacks.yaml", Format::Mermaid);
    assert_eq!(run.stdout, expected.into_bytes());
    // The warnings of the stacks are there, and the picture all the same.
    assert!(run.stderr.contains(": [warning] plaintext-password:"));
    assert!(run.stderr.starts_with("-:"), "{}", run.stderr);
}

#[test]
fn nothing_is_drawn_of_a_mistake() {
    let path = root()
        .join("tests/graph/mistakes.yaml")
        .display()
        .to_string();
    for format in ["mermaid", "svg"] {
        let run = binary(
            &["graph", "-f", &path, "--format", format],
            b"",
            &Env::new(),
        );
        assert_eq!((run.code, run.stdout.as_slice()), (1, &b""[..]));
        let message = "[error] wrong-type: `spec.psqlVersion` must be a string";
        assert!(
            run.stderr.starts_with(&format!("{path}:7:16: ")),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn a_namespace_is_drawn_once() {
    let path = root()
        .join("tests/graph/two-stacks.yaml")
        .display()
        .to_string();
    let run = binary(&["graph", "-f", &path, &path], b"", &Env::new());
    assert_eq!((run.code, run.stdout.as_slice()), (1, &b""[..]));
    let message = format!(
        "{path}: [error] two-stacks: the namespace \"sales\" is claimed by another CnpgStack, too, in {path}\n"
    );
    assert!(run.stderr.contains(&message), "{}", run.stderr);
}

/// The fields whose values nobody may see.
const SECRET_FIELDS: [&str; 4] = ["password", "adminPassword", "accessKey", "secretKey"];

/// The values of a document that nobody may see.
fn secrets(value: &Value, key: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| secrets(value, key, found)),
        Value::Array(list) => list.iter().for_each(|value| secrets(value, key, found)),
        Value::String(text) if SECRET_FIELDS.contains(&key) => found.push(text.clone()),
        _ => {}
    }
}

#[test]
fn no_secret_is_in_a_picture() {
    let mut seen = 0;
    for (case, file) in CASES {
        let mut found: Vec<String> = env().into_values().collect();
        for document in yaml::parse_all(&read(file)).expect("a case is YAML") {
            secrets(&document, "", &mut found);
        }
        // Names of keys in somebody's Secret, which are no secrets.
        found.retain(|value| !["access", "secret"].contains(&value.as_str()));
        seen += found.len();
        for format in [Format::Mermaid, Format::Svg] {
            let text = drawn(file, format);
            for secret in &found {
                assert!(!text.contains(secret.as_str()), "{case} shows {secret}");
            }
        }
    }
    assert!(seen > 80, "the cases hold secrets: {seen}");
}

#[test]
fn who_draws_too_much_for_mermaid_is_told() {
    let large = picture(&twenty_stacks());
    let text = mermaid::write(&large);
    assert!(mermaid::too_large(&large, &text).is_some());
    for (case, file) in CASES {
        let small = picture(&read(file));
        assert_eq!(
            mermaid::too_large(&small, &mermaid::write(&small)),
            None,
            "{case}"
        );
    }
    let run = binary(
        &["graph", "-f", "-"],
        twenty_stacks().as_bytes(),
        &Env::new(),
    );
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("[warning] the picture is too large for Mermaid")
    );
}

#[test]
fn what_is_switched_off_is_not_drawn() {
    let picture = picture(&read("examples/quickstart/stack.yaml"));
    let kinds: Vec<Kind> = picture.frames[0]
        .nodes
        .iter()
        .map(|node| node.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            Kind::Cluster,
            Kind::Database,
            Kind::User,
            Kind::User,
            Kind::Snapshots,
            Kind::Restore
        ]
    );
    assert_eq!(picture.frames[0].notes, ["namespace storefront"]);
    let absent = self::picture(&read("tests/graph/two-stacks.yaml"));
    let mut nodes = absent.frames.iter().flat_map(|frame| &frame.nodes);
    assert!(
        nodes.all(|node| node.title != "leaver"),
        "an absent user is drawn"
    );
}
