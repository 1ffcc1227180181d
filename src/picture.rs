//! The end of `cnpg-stack graph`: reads the files, and has their stacks drawn.

use anyhow::Result;

use crate::diagnostic::Diagnostics;
use crate::graph::{self, Format, mermaid, model};
use crate::pipeline;
use crate::source::{self, Claims, Reader, Report, Sources, Style};
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
    /// How messages look.
    pub style: Style,
}

/// Draws the stacks of the files. After an error there is no picture.
///
/// # Errors
///
/// When a file cannot be read.
pub fn draw(request: &Request, read: Reader<'_>, world: &World<'_>) -> Result<Report> {
    let Sources { stacks, list } = source::read(&request.files, read, &world.limits)?;
    let mut report = Report::default();
    let mut drawn: Vec<Stack> = Vec::new();
    let mut claims = Claims::default();
    let mut failed = false;
    for found in stacks {
        let mut out = Diagnostics::default();
        drawn.extend(pipeline::stack(
            &list,
            found.config.clone(),
            world,
            &mut out,
        ));
        claims.claim(&found, &mut out);
        failed |= out.has_errors();
        let messages = found.source.messages(&out, request.style);
        report.messages.extend(messages);
    }
    if failed {
        report.code = EXIT_WRONG_INPUT;
        return Ok(report);
    }
    report.code = EXIT_DONE;
    report.text = graph::draw(&drawn, request.format);
    if request.format == Format::Mermaid {
        let warning = mermaid::too_large(&model::picture(&drawn), &report.text);
        report
            .messages
            .extend(warning.map(|warning| format!("[warning] {warning}")));
    }
    Ok(report)
}
