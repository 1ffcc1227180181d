//! The files below a directory: stacks, and the documents beside them.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::stream::is_local;
use crate::input::Input;
use crate::krm::Limits;
use crate::source::{Found, Source, documents, is_stack};
use crate::spec::KIND;

/// How many files are read.
const MAX_FILES: usize = 10_000;
/// How deep directories may lie in each other.
const MAX_DIRECTORIES: usize = 32;

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
pub(super) fn files(root: &Path, limits: Limits) -> Result<String> {
    let real = root.canonicalize();
    let real = real.with_context(|| root.display().to_string())?;
    let mut found = String::new();
    for name in all(root)? {
        if is_other_tool(&name) {
            return Ok(String::new());
        }
        let path = root.join(&name);
        if inside(&real, &path).is_err() {
            continue;
        }
        let shown = name.display().to_string();
        // Only one file is held at a time.
        let bytes = Input::new(limits).file(&path);
        let bytes = bytes.with_context(|| shown.clone())?;
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
pub(super) fn package(root: &Path, limits: Limits) -> Result<Package> {
    let real = root.canonicalize();
    let real = real.with_context(|| root.display().to_string())?;
    let mut package = Package::default();
    let input = Input::new(limits);
    for name in all(root)? {
        let path = root.join(&name);
        let shown = name.display().to_string();
        if is_other_tool(&name) {
            bail!(
                "{shown}: `generate` runs neither kustomize nor Helm, and what they would make of this directory would be lost. \
                 Build it with them, or move the stacks into a directory without this file"
            );
        }
        inside(&real, &path).with_context(|| shown.clone())?;
        let bytes = input.file(&path).with_context(|| shown.clone())?;
        package.read(bytes, &shown, &limits)?;
    }
    Ok(package)
}

/// The names of the files, sorted, relative to the root.
fn all(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    names(root, Path::new(""), 0, &mut found)?;
    Ok(found)
}

fn names(root: &Path, below: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let directory = root.join(below);
    if depth > MAX_DIRECTORIES {
        let shown = below.components().next().map(Component::as_os_str);
        bail!(
            "{}: more than {MAX_DIRECTORIES} directories in each other",
            shown.unwrap_or_default().display()
        );
    }
    let read = || -> std::io::Result<Vec<fs::DirEntry>> { fs::read_dir(&directory)?.collect() };
    let mut entries = read().with_context(|| directory.display().to_string())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = below.join(entry.file_name());
        let kind = entry.file_type()?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            names(root, &name, depth + 1, found)?;
        } else if is_document(&name) {
            found.push(name);
        }
        if found.len() > MAX_FILES {
            bail!("more than {MAX_FILES} YAML and JSON files; name a smaller directory");
        }
    }
    Ok(())
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
    fn read(&mut self, bytes: Vec<u8>, name: &str, limits: &Limits) -> Result<()> {
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{name}: not UTF-8"))?;
        for (source, document) in documents(name, text, limits)? {
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
