//! The third door: `cnpg-stack generate`, a stream of documents for Argo CD.
//!
//! This is an end of the pipeline: it reads the files below a directory. Every stack of them goes through
//! the function, with the other documents of the directory as its items; what is left in the end and can
//! be applied is printed.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::inventory::Identity;
use crate::krm::yaml;
use crate::source::{Claims, Found, Report, Style};
use crate::spec::KIND;
use crate::world::World;
use crate::{EXIT_DONE, EXIT_WRONG_INPUT};

mod discover;
mod parameters;
mod stream;

use discover::Package;
use parameters::Settings;

/// The beginning of the variables that set fields, as Argo CD hands them to a plugin.
pub const VARIABLES: &str = parameters::VARIABLES;

/// What is to be generated.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The directory that is looked through.
    pub directory: PathBuf,
    /// What is printed.
    pub what: What,
    /// The names of all variables that begin with [`VARIABLES`].
    pub variables: Vec<String>,
    /// How messages look.
    pub style: Style,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum What {
    /// The documents.
    #[default]
    Documents,
    /// The names of the files with stacks.
    Files,
    /// The parameters that Argo CD's user interface offers.
    Parameters,
}

/// Prints what Argo CD asks for.
///
/// # Errors
///
/// When a file cannot be read, or there is nothing to generate.
pub fn generate(request: &Request, world: &World<'_>) -> Result<Report> {
    let directory = &request.directory;
    let text = match request.what {
        What::Files => discover::files(directory, world.limits)?,
        What::Parameters => {
            parameters::announcement(&discover::package(directory, world.limits)?.stacks)
        }
        What::Documents => {
            return documents(discover::package(directory, world.limits)?, request, world);
        }
    };
    Ok(Report {
        text,
        ..Report::default()
    })
}

fn documents(package: Package, request: &Request, world: &World<'_>) -> Result<Report> {
    if package.stacks.is_empty() {
        bail!("{}: no {KIND} below it", request.directory.display());
    }
    let mut run = Run {
        report: Report::default(),
        style: request.style,
        failed: false,
    };
    let settings = Settings::read(world, &request.variables, &package.stacks);
    run.settings(&settings);
    run.encrypted(&package);
    let items = run.stacks(package, &settings, world)?;
    let text = stream::documents(&items);
    run.report.code = if run.failed {
        EXIT_WRONG_INPUT
    } else if text.is_empty() {
        bail!("{}: there is nothing to apply", request.directory.display());
    } else {
        run.report.text = text;
        EXIT_DONE
    };
    Ok(run.report)
}

/// A run over all stacks.
struct Run {
    report: Report,
    style: Style,
    failed: bool,
}

impl Run {
    /// Every stack in turn; the answer is what all of them leave.
    fn stacks(
        &mut self,
        package: Package,
        settings: &Settings,
        world: &World<'_>,
    ) -> Result<Vec<Value>> {
        let mut items: Vec<Value> = package.others.into_iter().map(|(_, item)| item).collect();
        let mut claims = Claims::default();
        for mut found in package.stacks {
            let mut out = Diagnostics::default();
            settings.apply(&mut found);
            claims.claim(&found, &mut out);
            if !out.has_errors() {
                let list = list(&found, &items);
                let outcome = crate::run(yaml::to_json(&list).into_bytes(), world)?;
                out.extend(outcome.diagnostics().iter().cloned());
                items = stream::applied(&outcome)?;
            }
            self.note(&found, out, settings);
        }
        Ok(items)
    }

    /// What there is to say about a stack: at its file, or at the parameter that a value came from.
    fn note(&mut self, found: &Found, out: Diagnostics, settings: &Settings) {
        self.failed |= out.has_errors();
        let mut here = Diagnostics::default();
        for diagnostic in out {
            let path = diagnostic.path.as_ref();
            match path.and_then(|path| settings.origin(found.name(), path)) {
                Some(origin) => self.report.messages.push(format!("{origin}: {diagnostic}")),
                None => here.push(diagnostic),
            }
        }
        let messages = found.source.messages(&here, self.style);
        self.report.messages.extend(messages);
    }

    /// What is wrong with the parameters.
    fn settings(&mut self, settings: &Settings) {
        for (origin, diagnostic) in &settings.problems {
            self.failed = true;
            let message = format!("{origin}: {diagnostic}");
            self.report.messages.push(message);
        }
    }

    /// Nobody behind this decrypts anything.
    fn encrypted(&mut self, package: &Package) {
        for (source, item) in &package.others {
            if item.get("sops").is_some() {
                let Identity { kind, name, .. } = Identity::of(item);
                let message = format!(
                    "{kind} \"{name}\" is encrypted, and would be applied as it is; only a {KIND} is decrypted here"
                );
                let mut out = Diagnostics::default();
                out.push(Diagnostic::general(
                    Severity::Error,
                    Code::CannotDecrypt,
                    message,
                ));
                self.failed = true;
                let messages = source.messages(&out, self.style);
                self.report.messages.extend(messages);
            }
        }
    }
}

/// What the function gets for a stack.
fn list(found: &Found, items: &[Value]) -> Value {
    json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "functionConfig": found.config,
        "items": items,
    })
}
