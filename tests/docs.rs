//! The documents speak of the program as it is: tables that repeat the code hold
//! every row of it.

#![expect(
    clippy::expect_used,
    reason = "a document that is not there is a failure"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cnpg_stack::spec::Permission;
use serde_json::Value;

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).expect("the document is there")
}

/// The first cells of the table rows of a document, without their back-quotes.
fn first_cells(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect()
}

#[test]
fn the_readme_lists_every_field() {
    let text = document("README.md");
    let schema = cnpg_stack::spec::json_schema();
    let fields = schema
        .pointer("/properties/spec/properties")
        .and_then(Value::as_object)
        .expect("the schema has fields");
    let missing: Vec<&String> = fields
        .keys()
        .filter(|field| {
            !text.contains(&format!("`{field}`"))
                && !text.contains(&format!("`{field}."))
                && !text.contains(&format!("`{field}["))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_readme_lists_every_permission() {
    let text = document("README.md");
    let cells = first_cells(&text);
    for permission in Permission::ALL {
        assert!(
            cells.contains(permission.as_str()),
            "{}",
            permission.as_str()
        );
    }
}

/// Every document for readers: at the root, below `docs`, and the README of each example.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut directories = vec![
        root.to_owned(),
        root.join("docs"),
        root.join("docs/reference"),
    ];
    directories.extend(list(&root.join("examples")));
    let files = directories.iter().filter(|path| path.is_dir());
    let files = files.flat_map(|directory| list(directory));
    files
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect()
}

fn list(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("the directory is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths.collect()
}

/// The text outside of fenced blocks.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !fence && !inside
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What can stand behind the `#` of a link to a document: its headings, as the hosts of Git name them, and
/// the anchors that it sets itself.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let heading = |line: &str| {
        let title = line
            .strip_prefix('#')?
            .trim_start_matches('#')
            .strip_prefix(' ')?;
        let kept = title.to_lowercase();
        let kept = kept
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        Some(kept.collect::<String>().trim().replace(' ', "-"))
    };
    let own = prose.split("<a id=\"").skip(1);
    let own = own.filter_map(|rest| Some(rest.split('"').next()?.to_owned()));
    prose.lines().filter_map(heading).chain(own).collect()
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let mut count = 0;
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("a document is text");
        let prose = prose(&text);
        let targets = prose.split("](").skip(1);
        let targets = targets.filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let directory = path.parent().expect("it is in a directory");
            let to = if file.is_empty() {
                path.clone()
            } else {
                directory.join(file)
            };
            assert!(to.exists(), "{} links to {target}", path.display());
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&to).expect("a document is text");
                let known = anchors(&text);
                assert!(
                    known.contains(anchor),
                    "{} links to {target}",
                    path.display()
                );
            }
            count += 1;
        }
    }
    assert!(count > 50, "only {count} links");
}
