//! The pages under `docs/reference` are those that the program makes, every link in them leads
//! somewhere, and what they and `explain` say agrees with what the program does.
//!
//! `UPDATE_GOLDEN=1` writes the pages and the schema anew, which `tests/generate` does.

#![expect(clippy::expect_used, reason = "what cannot be read is a failure")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cnpg_stack::cli::explain::{fields, files};
use cnpg_stack::cli::reference;
use cnpg_stack::diagnostic::Code;
use serde_json::Value;
use support::fixture;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference")
}

#[test]
fn the_schema_is_that_of_the_types() {
    let schema = format!("{:#}\n", cnpg_stack::spec::json_schema_of_types());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fn-config/schema.json");
    let failures: Vec<String> = fixture::compare(&path, schema.as_bytes())
        .err()
        .into_iter()
        .collect();
    fixture::report(&failures);
}

#[test]
fn the_pages_are_those_of_the_program() {
    let pages = reference::pages();
    let mut failures: Vec<String> = pages
        .iter()
        .filter_map(|(name, text)| fixture::compare(&directory().join(name), text.as_bytes()).err())
        .collect();
    let known: BTreeSet<&str> = pages.iter().map(|(name, _)| *name).collect();
    for entry in fs::read_dir(directory()).expect("the pages are there") {
        let name = entry.expect("the pages can be listed").file_name();
        if !known.contains(name.to_string_lossy().as_ref()) {
            failures.push(format!(
                "docs/reference has {}, which nothing makes",
                name.display()
            ));
        }
    }
    fixture::report(&failures);
}

/// The anchors of a page: those that GitHub makes of headings, and those that are set.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let headings = headings.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    });
    let set = text
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    headings.chain(set.map(ToOwned::to_owned)).collect()
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let pages: BTreeMap<&str, String> = reference::pages().into_iter().collect();
    let mut followed = 0;
    for (name, text) in &pages {
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets {
            let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
            let page = if page.is_empty() { name } else { page };
            let there = pages
                .get(page)
                .unwrap_or_else(|| panic!("{name} links to {target}"));
            assert!(
                anchors(there).iter().any(|known| known == anchor),
                "{name} links to {target}"
            );
            followed += 1;
        }
    }
    assert!(followed >= Code::ALL.len(), "{followed}");
}

#[test]
fn every_code_and_field_has_one_anchor() {
    let pages: BTreeMap<&str, String> = reference::pages().into_iter().collect();
    let codes = anchors(&pages["codes.md"]);
    for code in Code::ALL {
        let found = codes.iter().filter(|anchor| *anchor == code.as_str());
        assert_eq!(found.count(), 1, "{}", code.as_str());
    }
    let paths = anchors(&pages["fields.md"]);
    for field in fields::fields() {
        let wanted = field.path.replace("spec.", "").replace("[]", "");
        // The section of an object has the name of its field, and a heading its letters in lower case.
        let found = paths.iter().filter(|anchor| **anchor == wanted).count();
        assert!((1..=2).contains(&found), "{wanted}: {found}");
    }
}

#[test]
fn every_row_of_a_table_has_as_many_cells_as_its_head() {
    for (name, text) in reference::pages() {
        let mut cells = 0;
        let mut rows = 0;
        for line in text.lines() {
            if !line.starts_with("| ") {
                cells = 0;
                continue;
            }
            let found = line.replace("\\|", "").matches('|').count();
            cells = if cells == 0 { found } else { cells };
            rows += 1;
            assert_eq!(found, cells, "{name}: {line}");
            // A sign of HTML stands in an anchor or in code only.
            let outside: String = line.split('`').step_by(2).collect();
            let outside = outside.replace("<a id=\"", "").replace("\"></a>", "");
            assert!(!outside.contains('<'), "{name}: {line}");
        }
        assert!(rows > 0 || !text.contains("\n| "), "{name}");
    }
}

#[test]
fn a_code_has_the_severity_that_it_is_reported_with() {
    let severities: BTreeMap<&str, &str> = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.severity().as_str()))
        .collect();
    let mut seen = BTreeSet::new();
    for case in fixture::directories("golden") {
        let text = fs::read_to_string(case.join("stderr.txt")).expect("a case has its messages");
        for line in text.lines().filter(|line| line.starts_with('[')) {
            let (severity, rest) = line[1..].split_once("] ").expect("a severity");
            let code = rest.split(": ").next().unwrap_or_default();
            // Input that is no ResourceList has no result, and so no code.
            if let Some(known) = severities.get(code) {
                assert_eq!(*known, severity, "{}: {line}", case.display());
                seen.insert(code.to_owned());
            }
        }
    }
    assert!(
        seen.len() > Code::ALL.len() * 3 / 4,
        "{} of {}",
        seen.len(),
        Code::ALL.len()
    );
}

fn is_yaml(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "yaml")
}

/// Whether a path is one of a row: what is in braces stands for any name.
fn fits(path: &str, pattern: &str) -> bool {
    let (path, pattern): (Vec<&str>, Vec<&str>) =
        (path.split('/').collect(), pattern.split('/').collect());
    path.len() == pattern.len()
        && path.iter().zip(pattern).all(|(name, wanted)| match wanted {
            "{namespace}" => !name.contains('.'),
            "{name}.yaml" => is_yaml(name),
            exact => *name == exact,
        })
}

/// Every path in the results of the golden cases and in the trees of the `render` cases.
fn written() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut function = BTreeSet::new();
    for case in fixture::directories("golden") {
        let text = fs::read_to_string(case.join("expected.yaml")).unwrap_or_default();
        let list = cnpg_stack::krm::yaml::parse(&text).unwrap_or_default();
        for item in list
            .get("items")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let annotation = |key: &str| {
                let annotations = item.pointer("/metadata/annotations")?;
                annotations.get(key)?.as_str().map(ToOwned::to_owned)
            };
            let path = annotation("internal.config.kubernetes.io/path");
            let ours = annotation("cnpgstack.io/stack").is_some();
            function.extend(path.filter(|_| ours));
        }
    }
    let mut render = BTreeSet::new();
    for case in fixture::directories("render") {
        let mut paths = BTreeSet::new();
        tree(&case.join("expected"), "", &mut paths);
        let mut before = BTreeSet::new();
        tree(&case.join("before"), "", &mut before);
        // Files of others, and of an earlier run, stay where they are.
        paths.retain(|path| {
            let text = fs::read_to_string(case.join("expected").join(path)).unwrap_or_default();
            let ours = !is_yaml(path) || text.contains("cnpgstack.io/stack:");
            ours && !before.contains(path)
        });
        render.extend(paths);
    }
    (function, render)
}

fn tree(directory: &Path, below: &str, paths: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries {
        let entry = entry.expect("a tree can be listed");
        let path = format!("{below}/{}", entry.file_name().display());
        if entry.path().is_dir() {
            tree(&entry.path(), &path, paths);
        } else {
            paths.insert(path.trim_start_matches('/').to_owned());
        }
    }
}

#[test]
fn the_files_that_are_written_are_those_that_are_explained() {
    let rows = files::files();
    let (function, render) = written();
    let in_default_directories =
        |path: &&String| path.starts_with("k8s/deploy/base/") || path.starts_with("day2/");
    let mut unseen: BTreeSet<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    for (door, paths) in [("function", &function), ("render", &render)] {
        let ours = rows.iter().filter(|row| row.door.contains(door));
        let ours: Vec<&files::Row> = ours.collect();
        for path in paths.iter().filter(in_default_directories) {
            let mut found = ours.iter().filter(|row| fits(path, &row.path)).peekable();
            assert!(found.peek().is_some(), "{door} writes {path}");
            found.for_each(|row| {
                unseen.remove(row.path.as_str());
            });
        }
    }
    assert!(unseen.is_empty(), "no case writes {unseen:?}");
}
