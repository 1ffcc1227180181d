//! What function catalogs are told (`metadata.yaml`, `docs/catalog.md`) is in their form and true.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be read is a failure"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cnpg_stack::diagnostic::Severity;
use cnpg_stack::krm::yaml;
use cnpg_stack::world::World;
use serde::Deserialize;

/// The fields of the catalog's schema, which takes no others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Metadata {
    image: String,
    description: String,
    tags: Vec<String>,
    #[serde(rename = "sourceURL")]
    source_url: String,
    #[serde(rename = "examplePackageURLs")]
    example_package_urls: Vec<String>,
    license: String,
    hidden: bool,
}

/// The tags that the catalog takes.
const TAGS: [&str; 9] = [
    "mutator",
    "validator",
    "viewer",
    "generator",
    "test",
    "testing",
    "timing",
    "name prefix",
    "name suffix",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("the file is there")
}

fn metadata() -> Metadata {
    let value = yaml::parse(&text("metadata.yaml")).expect("the metadata is YAML");
    serde_json::from_value(value).expect("the metadata has the fields of the catalog")
}

fn image() -> String {
    format!(
        "ghcr.io/cnpg-stack/cnpg-stack:v{}",
        env!("CARGO_PKG_VERSION")
    )
}

#[test]
fn the_metadata_has_the_form_of_the_catalog_and_agrees_with_the_package() {
    let metadata = metadata();
    assert_eq!(metadata.image, image());
    assert_eq!(metadata.license, env!("CARGO_PKG_LICENSE"));
    assert!(
        metadata.description.ends_with('.'),
        "{}",
        metadata.description
    );
    assert!(!metadata.tags.is_empty() && !metadata.hidden);
    for tag in &metadata.tags {
        assert!(TAGS.contains(&tag.as_str()), "{tag}");
    }
}

#[test]
fn every_path_in_the_metadata_exists() {
    let metadata = metadata();
    let tree = concat!(env!("CARGO_PKG_REPOSITORY"), "/tree/main");
    assert_eq!(metadata.source_url, tree);
    assert!(!metadata.example_package_urls.is_empty());
    for url in &metadata.example_package_urls {
        let path = url
            .strip_prefix(tree)
            .expect("an example is in this repository");
        let path = path
            .strip_prefix('/')
            .expect("an example is below the root");
        assert!(
            root().join(path).join("Kptfile").is_file(),
            "{path} is no kpt package"
        );
    }
}

/// The text of each marked section; a section that does not end, or starts in another one, is a failure.
fn sections(page: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        let marker = line
            .strip_prefix("<!--mdtogo")
            .and_then(|rest| rest.strip_suffix("-->"));
        match (marker, &open) {
            (Some(""), Some(_)) => open = None,
            (Some(name), None) if !name.is_empty() => {
                let name = name.trim_start_matches(':').to_owned();
                assert!(!found.contains_key(&name), "{name} comes twice");
                found.insert(name.clone(), String::new());
                open = Some(name);
            }
            (Some(_), _) => panic!("{line} is out of place"),
            (None, Some(name)) => {
                let text = found.get_mut(name).expect("an open section is known");
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a section does not end");
    found
}

#[test]
fn the_page_has_the_sections_that_the_catalog_takes() {
    let page = text("docs/catalog.md");
    // The first line is the title that the catalog takes away.
    assert!(page.starts_with("# cnpg-stack\n"));
    let sections = sections(&page);
    let names: Vec<&str> = sections.keys().map(String::as_str).collect();
    assert_eq!(names, ["Examples", "Long", "Short"]);
    for (name, text) in &sections {
        assert!(text.trim().len() > 80, "{name} says nothing");
    }
    assert!(!sections["Short"].contains('#'), "Short is a paragraph");
}

/// The YAML in code blocks of a page.
fn blocks(page: &str) -> Vec<&str> {
    let starts = page.split("```yaml\n").skip(1);
    starts.filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn what_the_page_shows_works() {
    let page = text("docs/catalog.md");
    let (mut stacks, mut pipelines) = (0, 0);
    for block in blocks(&page) {
        let value = yaml::parse(block).expect("a block is YAML");
        if value["kind"] == "Kptfile" {
            assert_eq!(value["pipeline"]["mutators"][0]["image"], image());
            pipelines += 1;
            continue;
        }
        let list = serde_json::json!({
            "apiVersion": "config.kubernetes.io/v1",
            "kind": "ResourceList",
            "items": [],
            "functionConfig": value,
        });
        let nothing = |_: &str| None;
        let outcome =
            cnpg_stack::run(list.to_string().into_bytes(), &World::of(&nothing)).expect("a list");
        let errors = outcome
            .diagnostics()
            .iter()
            .filter(|d| d.severity == Severity::Error);
        assert_eq!(errors.count(), 0, "{block}");
        stacks += 1;
    }
    assert_eq!((stacks, pipelines), (1, 1));
    for named in page.split("ghcr.io/cnpg-stack/").skip(1) {
        let rest = image().replace("ghcr.io/cnpg-stack/", "");
        assert!(named.starts_with(&rest), "{named}");
    }
}
