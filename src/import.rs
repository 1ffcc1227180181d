//! `cnpg-stack import`: an existing Cluster, or the values of the Helm chart `cluster`, as a `CnpgStack`.
//!
//! This is an end: it reads what the user names and writes the file. Everything below it is pure: what there
//! is ([`found`]), the first draft of the stack ([`map`]), and the check that it generates what there was
//! ([`settle`]).

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

use crate::cli::init::create;
use crate::diagnostic::{Diagnostics, Severity, bearable};
use crate::krm::{Limits, ResourceList, yaml};
use crate::pipeline;
use crate::source::{Broken, Reader, Report, list};
use crate::world::World;
use crate::{EXIT_DONE, EXIT_WRONG_INPUT};

pub mod availability;
pub mod bucket;
pub mod databases;
pub mod defaults;
pub mod difference;
pub mod draft;
pub mod expected;
pub mod fields;
pub mod found;
pub mod helm;
pub mod initdb;
pub mod map;
pub mod monitoring;
pub mod objects;
pub mod operations;
pub mod plaintext;
pub mod pointer;
pub mod pooler;
pub mod report;
pub mod schedule;
pub mod server;
pub mod services;
pub mod settle;
pub mod storage;
pub mod store;
pub mod write;

use found::Choice;
use settle::{Generated, Mistake};

/// How many files are read out of directories.
const MAX_FILES: usize = 10_000;
/// How deep directories may lie in each other.
const MAX_DEPTH: usize = 32;

/// What is imported, and where it goes.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files and directories; `-` is standard input.
    pub files: Vec<String>,
    /// Which Cluster, and the namespace of objects that name none.
    pub choice: Choice,
    /// Takes the documents without a kind for values of the Helm chart.
    pub helm: bool,
    /// The name of the release, from which the chart makes names.
    pub release: Option<String>,
    /// Leaves the databases and roles alone.
    pub leave_databases: bool,
    /// The file to write; standard output when none.
    pub output: Option<String>,
}

/// What an import came to.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The text of the stack.
    pub text: String,
    /// What there is to say.
    pub report: String,
}

/// Reads, makes the stack, and writes it.
///
/// # Errors
///
/// When the input cannot be read, or the file cannot be written or is there already.
pub fn import(request: &Request, read: Reader<'_>, world: &World<'_>) -> Result<Report> {
    let documents = documents(&request.files, read, &world.limits)?;
    let imported = match convert(documents, request, world) {
        Ok(imported) => imported,
        Err(reason) => {
            return Ok(Report {
                messages: vec![format!("[error] {}", bearable(&reason))],
                code: EXIT_WRONG_INPUT,
                ..Report::default()
            });
        }
    };
    let mut messages: Vec<String> = imported.report.lines().map(bearable).collect();
    let text = match &request.output {
        None => imported.text,
        Some(file) => {
            create(Path::new(file), &imported.text)?;
            messages.push(format!("wrote {file}"));
            String::new()
        }
    };
    Ok(Report {
        text,
        messages,
        code: EXIT_DONE,
    })
}

/// From documents to the text of a stack. It writes nothing.
///
/// # Errors
///
/// When there is no Cluster to be imported, or more than one, or no stack can be made of it.
pub fn convert(
    documents: Vec<Value>,
    request: &Request,
    world: &World<'_>,
) -> Result<Imported, String> {
    let (documents, by_helm) = helm::expanded(documents, request)?;
    let found = found::find(documents, &request.choice)?;
    plaintext::check(&found)?;
    let nothing = list(&[]).map_err(|error| format!("{error:#}"))?;
    let mut draft = map::draft(&found, request.leave_databases)?;
    if by_helm || helm::owns(&found) {
        draft.note(helm::release(&found));
    }
    settle::settle(&found, &mut draft, &|stack| {
        generate(&nothing, stack, world)
    })?;
    Ok(Imported {
        text: write::text(&draft, &format!("the {}", found.itself())),
        report: report::report(&draft.notes),
    })
}

/// The applied documents of a stack, or where it is wrong.
fn generate(nothing: &ResourceList, stack: Value, world: &World<'_>) -> Generated {
    let mut out = Diagnostics::default();
    let documents = pipeline::applied(nothing, stack, world, &mut out);
    documents.ok_or_else(|| {
        let errors = out.iter().filter(|one| one.severity == Severity::Error);
        errors
            .map(|error| Mistake {
                path: error
                    .path
                    .as_ref()
                    .map(|path| path.as_str().to_owned())
                    .unwrap_or_default(),
                message: error.statement(),
            })
            .collect()
    })
}

/// Every document of the files.
fn documents(files: &[String], read: Reader<'_>, limits: &Limits) -> Result<Vec<Value>> {
    let mut names = Vec::new();
    for file in files {
        let path = Path::new(file);
        if file != "-" && path.is_dir() {
            walk(path, 0, &mut names)?;
        } else {
            names.push(file.clone());
        }
    }
    let mut documents = Vec::new();
    for name in &names {
        let bytes = read(name).with_context(|| name.clone())?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{name}: not UTF-8"))?;
        let found = yaml::parse_all_within(&text, limits);
        documents.extend(found.map_err(|reason| Broken::new(name, reason))?);
    }
    Ok(documents)
}

/// The YAML and JSON files below a directory, by name. Hidden ones and links are passed over.
fn walk(directory: &Path, depth: usize, names: &mut Vec<String>) -> Result<()> {
    let shown = directory.display().to_string();
    if depth > MAX_DEPTH {
        bail!("{shown}: too many directories in each other");
    }
    let entries = fs::read_dir(directory).with_context(|| shown.clone())?;
    let mut entries = entries
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(|| shown.clone())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().with_context(|| shown.clone())?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let wanted = path
            .extension()
            .is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known));
        if hidden {
            continue;
        }
        if kind.is_dir() {
            walk(&path, depth + 1, names)?;
        } else if kind.is_file() && wanted {
            names.push(path.to_string_lossy().into_owned());
        }
        if names.len() > MAX_FILES {
            bail!("{shown}: more than {MAX_FILES} files; name a smaller directory");
        }
    }
    Ok(())
}
