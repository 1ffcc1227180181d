//! The files below a directory: stacks, and the documents beside them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::stream::is_local;
use crate::source::{Found, Source, documents, is_stack};
use crate::spec::KIND;

/// What a directory holds.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// The stacks, in the order of their files' names.
    pub stacks: Vec<Found>,
    /// All other documents that could be applied.
    pub others: Vec<(Source, Value)>,
}

/// The files that make a directory one of kustomize or of Helm.
const OTHER_TOOLS: [&str; 4] = [
    "kustomization.yaml",
    "kustomization.yml",
    "Kustomization",
    "Chart.yaml",
];

/// The files that seem to hold stacks, a line each; none if the directory is for another tool. Nothing is
/// parsed, and links that lead nowhere or out of the directory are passed over: Argo CD asks this of every
/// repository, whatever is in it.
///
/// # Errors
///
/// When a directory or a file cannot be read.
pub(super) fn files(root: &Path) -> Result<String> {
    let real = root.canonicalize();
    let real = real.with_context(|| root.display().to_string())?;
    let mut found = String::new();
    for name in names(root, Path::new(""))? {
        if is_other_tool(&name) {
            return Ok(String::new());
        }
        let path = root.join(&name);
        if inside(&real, &path).is_err() {
            continue;
        }
        let shown = name.display().to_string();
        let bytes = fs::read(&path).with_context(|| shown.clone())?;
        if String::from_utf8_lossy(&bytes).lines().any(names_the_kind) {
            found.push_str(&shown);
            found.push('\n');
        }
    }
    Ok(found)
}

/// Whether a line says, in YAML or JSON, that this is a stack.
fn names_the_kind(line: &str) -> bool {
    let plain: String = line
        .chars()
        .filter(|char| !"\"' \t,{".contains(*char))
        .collect();
    plain.contains(&format!("kind:{KIND}"))
}

fn is_other_tool(name: &Path) -> bool {
    let name = name.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| OTHER_TOOLS.contains(&name))
}

/// Reads all YAML and JSON files below a directory. Hidden files and directories are passed over.
///
/// # Errors
///
/// When a file cannot be read, is no YAML, is a link that leads out of the directory, or belongs to a tool
/// that would change what is in the others.
pub(super) fn package(root: &Path) -> Result<Package> {
    let real = root.canonicalize();
    let real = real.with_context(|| root.display().to_string())?;
    let mut package = Package::default();
    for name in names(root, Path::new(""))? {
        let path = root.join(&name);
        let shown = name.display().to_string();
        if is_other_tool(&name) {
            bail!(
                "{shown}: `generate` runs neither kustomize nor Helm, and what they would make of this directory would be lost. \
                 Build it with them, or move the stacks into a directory without this file"
            );
        }
        inside(&real, &path).with_context(|| shown.clone())?;
        package.read(&path, &shown)?;
    }
    Ok(package)
}

/// The names of the files, sorted, relative to the root.
fn names(root: &Path, below: &Path) -> Result<Vec<PathBuf>> {
    let directory = root.join(below);
    let read = || -> std::io::Result<Vec<fs::DirEntry>> { fs::read_dir(&directory)?.collect() };
    let mut entries = read().with_context(|| directory.display().to_string())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut names = Vec::new();
    for entry in entries {
        let name = below.join(entry.file_name());
        let kind = entry.file_type()?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            names.extend(self::names(root, &name)?);
        } else if is_document(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn is_document(name: &Path) -> bool {
    let known = |extension: &str| ["yaml", "yml", "json"].contains(&extension);
    let extension = name.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(known) || is_other_tool(name)
}

/// A link must not lead out of the repository's part that was asked for.
fn inside(root: &Path, file: &Path) -> Result<()> {
    if !file.canonicalize()?.starts_with(root) {
        bail!("a link that leads out of the directory");
    }
    Ok(())
}

impl Package {
    fn read(&mut self, path: &Path, name: &str) -> Result<()> {
        let bytes = fs::read(path).with_context(|| name.to_owned())?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{name}: not UTF-8"))?;
        for (source, document) in documents(name, text)? {
            if is_stack(&document) {
                let config = document;
                self.stacks.push(Found { source, config });
            } else if is_object(&document) && !is_local(&document) {
                self.others.push((source, document));
            }
        }
        Ok(())
    }
}

/// Whether a document is one of Kubernetes, and not a file of values for some other tool.
fn is_object(document: &Value) -> bool {
    ["apiVersion", "kind"]
        .iter()
        .all(|field| document.get(field).is_some_and(Value::is_string))
}
