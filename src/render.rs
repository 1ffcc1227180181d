//! The second door: `cnpg-stack render`, which writes directory trees.
//!
//! This is an end of the pipeline: it reads the given files and works in the output directory.
//! Everything is known before anything is written, for all stacks together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::pipeline;
use crate::sink::tree::disk::Root;
use crate::sink::tree::{self, Files, Kind, Options, Prepared};
use crate::source::{self, Found, Reader, Report, Source, Sources, Style};
use crate::spec::{KIND, Uncomparable};
use crate::world::World;
use crate::{EXIT_DONE, EXIT_WRONG_INPUT};

mod rules;

/// What is to be rendered, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files with the `CnpgStack` documents; `-` is standard input.
    pub files: Vec<String>,
    /// The output directory.
    pub directory: PathBuf,
    /// Changes nothing, and says what would change.
    pub check: bool,
    /// Removes files of the stacks that are no longer wanted.
    pub prune: bool,
    /// What happens to an encrypted file that no key at hand opens, whatever the stacks say.
    pub uncomparable: Option<Uncomparable>,
    /// How messages look.
    pub style: Style,
}

/// How far the work is.
pub trait Progress: Sync {
    /// A phase starts, with so many stacks to come.
    fn start(&self, phase: &'static str, stacks: usize);
    /// One of them is done.
    fn step(&self);
}

/// Nobody looks at it.
impl Progress for () {
    fn start(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

/// A stack, and what there is to do and to say about it.
struct Job {
    source: Source,
    config: Value,
    files: Option<Files>,
    prepared: Prepared,
    out: Diagnostics,
}

impl Job {
    fn new(found: Found) -> Self {
        Self {
            source: found.source,
            config: found.config,
            files: None,
            prepared: Prepared::default(),
            out: Diagnostics::default(),
        }
    }
}

/// Renders every stack of the files.
///
/// # Errors
///
/// When a file cannot be read, or the output directory cannot be worked in.
pub fn render(
    request: &Request,
    read: Reader<'_>,
    world: &World<'_>,
    progress: &dyn Progress,
) -> Result<Report> {
    let Sources { stacks, list } = source::read(&request.files, read, &world.limits)?;
    let mut jobs: Vec<Job> = stacks.into_iter().map(Job::new).collect();
    progress.start("planning", jobs.len());
    jobs.par_iter_mut().for_each(|job| {
        let rules = |below: &str| rules::find(&request.directory, below);
        let config = job.config.take();
        job.files = pipeline::tree(&list, config, world, &rules, &mut job.out);
        progress.step();
    });
    collisions(&mut jobs);
    if jobs.iter().any(|job| job.out.has_errors()) {
        return Ok(report(&jobs, request));
    }
    let root = open(request, &jobs)?;
    progress.start("comparing", jobs.len());
    prepare(&mut jobs, root.as_ref(), request, world, progress);
    if !jobs.iter().any(|job| job.out.has_errors()) && !request.check {
        progress.start("writing", jobs.len());
        apply(&jobs, root, request, progress)?;
    }
    Ok(report(&jobs, request))
}

/// Two stacks that would write over each other, or that are the same.
fn collisions(jobs: &mut [Job]) {
    let mut namespaces: BTreeMap<String, usize> = BTreeMap::new();
    let mut paths: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let Some(files) = &job.files else { continue };
        let namespace = files.owner().split('/').next().unwrap_or_default();
        if let Some(first) = namespaces.insert(namespace.to_owned(), index) {
            let message =
                format!("the namespace \"{namespace}\" is claimed by another {KIND}, too, in");
            found.push((index, first, Code::TwoStacks, message));
            continue;
        }
        let taken = files
            .paths()
            .find_map(|path| Some((path.to_owned(), *paths.get(path)?)));
        if let Some((path, first)) = taken {
            let message = format!(
                "{path} is a file of two stacks; give each directories of its own with `spec.output.basePath` and \
                 `spec.output.day2Path`, or render them to different directories; the other one is in"
            );
            found.push((index, first, Code::Conflict, message));
        }
        paths.extend(files.paths().map(|path| (path.to_owned(), index)));
    }
    for (index, first, code, message) in found {
        let other = jobs
            .get(first)
            .map_or("", |job| job.source.file())
            .to_owned();
        if let Some(job) = jobs.get_mut(index) {
            let message = format!("{message} {other}");
            job.out
                .push(Diagnostic::general(Severity::Error, code, message));
        }
    }
}

/// The output directory, locked; none while it is not there.
fn open(request: &Request, jobs: &[Job]) -> Result<Option<Root>> {
    let root = Root::open(&request.directory).with_context(|| shown(&request.directory))?;
    if let Some(root) = root.as_ref().filter(|_| !request.check) {
        lock(root, &request.directory)?;
        let directories = jobs.iter().filter_map(|job| job.files.as_ref());
        for directory in directories.flat_map(Files::roots) {
            // What cannot be swept cannot be read either, and that is reported with the stack.
            let _ = root.sweep(directory);
        }
    }
    Ok(root)
}

fn lock(root: &Root, directory: &Path) -> Result<()> {
    if root.lock().with_context(|| shown(directory))? {
        return Ok(());
    }
    bail!(
        "{}: another cnpg-stack is at work in there; try again when it is done",
        directory.display()
    )
}

fn shown(directory: &Path) -> String {
    directory.display().to_string()
}

fn prepare(
    jobs: &mut [Job],
    root: Option<&Root>,
    request: &Request,
    world: &World<'_>,
    progress: &dyn Progress,
) {
    let options = Options {
        prune: request.prune,
        check: request.check,
        uncomparable: request.uncomparable,
    };
    jobs.par_iter_mut().for_each(|job| {
        // Not looked at again, and most of the memory that a stack takes.
        if let Some(files) = job.files.take() {
            job.prepared = tree::prepare(&files, root, options, world, &mut job.out);
        }
        progress.step();
    });
}

fn apply(
    jobs: &[Job],
    root: Option<Root>,
    request: &Request,
    progress: &dyn Progress,
) -> Result<()> {
    let root = if let Some(root) = root {
        root
    } else {
        let root = Root::create(&request.directory).with_context(|| shown(&request.directory))?;
        lock(&root, &request.directory)?;
        root
    };
    for job in jobs {
        let done = job.prepared.remove(&root);
        done.with_context(|| shown(&request.directory))?;
    }
    jobs.par_iter().try_for_each(|job| {
        let done = job.prepared.write(&root);
        progress.step();
        done.with_context(|| shown(&request.directory))
    })
}

fn report(jobs: &[Job], request: &Request) -> Report {
    let mut report = Report::default();
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failed = false;
    let messages = |job: &Job| job.source.messages(&job.out, request.style);
    report.messages = jobs.par_iter().flat_map_iter(messages).collect();
    for job in jobs {
        failed |= job.out.has_errors();
        *totals.entry("unchanged").or_default() += job.prepared.unchanged;
        for change in &job.prepared.changes {
            *totals.entry(word(change.kind)).or_default() += 1;
            report.text.push_str(&change.diff);
        }
    }
    let drift = request.check
        && totals
            .iter()
            .any(|(word, n)| *word != "unchanged" && *n > 0);
    report.code = if failed || drift {
        EXIT_WRONG_INPUT
    } else {
        EXIT_DONE
    };
    if !failed {
        summary(&mut report, jobs.len(), &totals, request);
    }
    report
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Create => "created",
        Kind::Update => "updated",
        Kind::Restrict => "restricted to their owner",
        Kind::Remove => "removed",
    }
}

/// The last line.
fn summary(report: &mut Report, stacks: usize, totals: &BTreeMap<&str, usize>, request: &Request) {
    let words = totals.iter().filter(|(_, count)| **count > 0);
    let counts: Vec<String> = words
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let stacks = match stacks {
        1 => "1 stack".to_owned(),
        many => format!("{many} stacks"),
    };
    let would = if request.check {
        "checked, nothing was written"
    } else {
        "rendered"
    };
    report.messages.push(format!(
        "{}: {stacks} {would}; files: {}",
        request.directory.display(),
        counts.join(", ")
    ));
}
