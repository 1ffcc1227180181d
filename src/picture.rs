//! The end of `cnpg-stack graph`: reads the files, and has their stacks drawn.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::graph::{self, Format, mermaid, model};
use crate::krm::ResourceList;
use crate::pipeline;
use crate::render::{self, Reader, Report};
use crate::spec::KIND;
use crate::validate::Stack;
use crate::world::World;
use crate::{EXIT_DONE, EXIT_WRONG_INPUT};

/// What is to be drawn, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files with the `CnpgStack` documents; `-` is standard input.
    pub files: Vec<String>,
    /// What the picture is written as.
    pub format: Format,
}

/// Draws the stacks of the files. After an error there is no picture.
///
/// # Errors
///
/// When a file cannot be read.
pub fn draw(request: &Request, read: Reader<'_>, world: &World<'_>) -> Result<Report> {
    let (given, list) = sources(&request.files, read)?;
    let mut report = Report::default();
    let mut stacks: Vec<Stack> = Vec::new();
    let mut namespaces = BTreeMap::new();
    let mut failed = false;
    for (file, config) in given {
        let mut out = Diagnostics::default();
        if let Some(stack) = pipeline::stack(&list, config, world, &mut out) {
            if let Some(other) = namespaces.insert(stack.namespace.clone(), file.clone()) {
                out.push(claimed(&stack.namespace, &other));
            }
            stacks.push(stack);
        }
        failed |= out.has_errors();
        let lines = out.iter();
        report
            .messages
            .extend(lines.map(|diagnostic| format!("{file}: {diagnostic}")));
    }
    if failed {
        report.code = EXIT_WRONG_INPUT;
        return Ok(report);
    }
    report.code = EXIT_DONE;
    report.text = graph::draw(&stacks, request.format);
    if request.format == Format::Mermaid {
        let warning = mermaid::too_large(&model::picture(&stacks), &report.text);
        report
            .messages
            .extend(warning.map(|warning| format!("[warning] {warning}")));
    }
    Ok(report)
}

/// The stacks of the files, each with the name of its file, and the documents beside them.
fn sources(files: &[String], read: Reader<'_>) -> Result<(Vec<(String, Value)>, ResourceList)> {
    render::configs(files, read)
}

fn claimed(namespace: &str, other: &str) -> Diagnostic {
    let message =
        format!("the namespace \"{namespace}\" is claimed by another {KIND}, too, in {other}");
    Diagnostic::general(Severity::Error, Code::TwoStacks, message)
}
