//! The documents speak of the program as it is: tables that repeat the code hold
//! every row of it.

#![expect(
    clippy::expect_used,
    reason = "a document that is not there is a failure"
)]

use std::collections::BTreeSet;
use std::path::Path;

use cnpg_stack::diagnostic::Code;
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
fn the_readme_lists_every_code() {
    let text = document("README.md");
    let cells = first_cells(&text);
    let missing: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !cells.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
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

#[test]
fn every_file_that_a_document_links_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "DESIGN.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ] {
        let text = document(name);
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let path = target.split('#').next().unwrap_or_default();
            assert!(root.join(path).exists(), "{name} links to {target}");
        }
    }
}

#[test]
fn the_dockerfile_labels_the_image_with_what_the_package_says() {
    let text = document("Dockerfile");
    let version = env!("CARGO_PKG_VERSION");
    assert!(text.contains(&format!("\nARG VERSION={version}\n")));
    for (label, value) in [
        ("title", env!("CARGO_PKG_NAME")),
        ("description", env!("CARGO_PKG_DESCRIPTION")),
        ("source", env!("CARGO_PKG_REPOSITORY")),
        ("version", "$VERSION"),
        ("revision", "$REVISION"),
        ("licenses", env!("CARGO_PKG_LICENSE")),
    ] {
        let line = format!("org.opencontainers.image.{label}=\"{value}\"");
        assert!(text.contains(&line), "{line}");
    }
}
