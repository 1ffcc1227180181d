//! `cnpg-stack validate`: says what is wrong with stacks, and writes nothing.

use anyhow::Result;
use serde_json::{Value, json};

use crate::diagnostic::Diagnostics;
use crate::pipeline;
use crate::sink::results;
use crate::source::{self, Claims, Found, Reader, Report, Sources, Style};
use crate::world::World;
use crate::{EXIT_DONE, EXIT_WRONG_INPUT};

/// What is to be validated, and how the answer looks.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files with the `CnpgStack` documents; `-` is standard input.
    pub files: Vec<String>,
    /// How messages look.
    pub style: Style,
    /// Answers with KRM results on standard output.
    pub json: bool,
}

/// A stack and what there is to say about it.
struct Verdict {
    found: Found,
    out: Diagnostics,
}

/// Validates every stack of the files.
///
/// # Errors
///
/// When a file cannot be read.
pub fn vet(request: &Request, read: Reader<'_>, world: &World<'_>) -> Result<Report> {
    let Sources { stacks, list } = source::read(&request.files, read, &world.limits)?;
    let mut claims = Claims::default();
    let verdicts: Vec<Verdict> = stacks
        .into_iter()
        .map(|found| {
            let mut out = Diagnostics::default();
            pipeline::stack(&list, found.config.clone(), world, &mut out);
            claims.claim(&found, &mut out);
            Verdict { found, out }
        })
        .collect();
    Ok(report(&verdicts, request))
}

fn report(verdicts: &[Verdict], request: &Request) -> Report {
    let failed = verdicts.iter().filter(|verdict| verdict.out.has_errors());
    let failed = failed.count();
    let code = if failed > 0 {
        EXIT_WRONG_INPUT
    } else {
        EXIT_DONE
    };
    if request.json {
        let results: Vec<Value> = verdicts.iter().flat_map(Verdict::results).collect();
        let text = format!("{:#}\n", json!({"results": results}));
        return Report {
            text,
            code,
            ..Report::default()
        };
    }
    let mut messages: Vec<String> = verdicts
        .iter()
        .flat_map(|verdict| verdict.found.source.messages(&verdict.out, request.style))
        .collect();
    messages.push(summary(verdicts.len(), failed));
    Report {
        messages,
        code,
        ..Report::default()
    }
}

fn summary(stacks: usize, failed: usize) -> String {
    let more = "; `cnpg-stack explain codes CODE` says what to do about a message";
    match (stacks, failed) {
        (1, 0) => "the stack is valid".to_owned(),
        (1, _) => format!("the stack is not valid{more}"),
        (all, 0) => format!("all {all} stacks are valid"),
        (all, failed) => format!("{failed} of {all} stacks are not valid{more}"),
    }
}

impl Verdict {
    /// KRM results, with line and column beside the path of the file.
    fn results(&self) -> Vec<Value> {
        let source = &self.found.source;
        let mut results = results::results(&self.out, Some(&self.found.config));
        for (result, diagnostic) in results.iter_mut().zip(self.out.iter()) {
            let place = source.place(diagnostic);
            let file = json!({
                "path": source.file(),
                "index": source.document(),
                "line": place.as_ref().map(|place| place.line),
                "column": place.as_ref().map(|place| place.column),
            });
            if let Some(result) = result.as_object_mut() {
                result.insert("file".to_owned(), file);
            }
        }
        results
    }
}
