//! `init`: a starter file that is valid as it is, with a comment for every field.
//!
//! The comments are the descriptions of the API, so that they cannot say something else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::diagnostic::Diagnostics;
use crate::krm::yaml;
use crate::spec::read;
use crate::validate::{Outside, validate};

mod starter;

pub use starter::NOT_SHOWN;

/// What the starter file is about.
#[derive(Debug, Clone, Args)]
pub struct InitArguments {
    /// The file to write, which must not be there yet; - is standard output
    #[arg(value_name = "FILE", default_value = "stack.yaml")]
    pub file: String,
    /// Name of the stack
    #[arg(long, value_name = "NAME", default_value = "demo")]
    pub name: String,
    /// Namespace of the stack, from which the Cluster has its name [default: the name]
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// The first database
    #[arg(long, value_name = "NAME", default_value = "app")]
    pub database: String,
    /// A user of that database [default: the database's name]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
}

impl InitArguments {
    fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or(&self.name)
    }

    fn user(&self) -> &str {
        self.user.as_deref().unwrap_or(&self.database)
    }
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub enum Started {
    /// A text for standard output.
    Text(String),
    /// The file was written; this says what to do next.
    Written(String),
    /// The names are refused; a line for each reason.
    Refused(Vec<String>),
}

/// Writes the starter file.
///
/// # Errors
///
/// When there is something under that path already, or it cannot be written.
pub fn init(arguments: &InitArguments) -> Result<Started> {
    let text = starter::text(arguments);
    let refusals = refusals(&text)?;
    if !refusals.is_empty() {
        return Ok(Started::Refused(refusals));
    }
    if arguments.file == "-" {
        return Ok(Started::Text(text));
    }
    create(Path::new(&arguments.file), &text)?;
    Ok(Started::Written(starter::next_steps(arguments)))
}

/// What the API says to the file: only the names in it can be wrong.
fn refusals(text: &str) -> Result<Vec<String>> {
    let value = yaml::parse(text).context("the starter file is no YAML; please report this")?;
    let mut out = Diagnostics::default();
    let nothing = Outside {
        env: &|_| None,
        sealed: BTreeSet::new(),
        secrets: BTreeMap::new(),
        backups: BTreeMap::new(),
    };
    if let Some(document) = read::read(value, &mut out) {
        validate(&document, &nothing, &mut out);
    }
    let errors = out.has_errors();
    let lines = out.iter().filter(|_| errors).map(ToString::to_string);
    Ok(lines.collect())
}

/// Makes the file whole or not at all: under a name of its own first, and then under the one that is
/// wanted, which a link takes only where nothing is there.
pub(crate) fn create(path: &Path, text: &str) -> Result<()> {
    let shown = path.display();
    if path.symlink_metadata().is_ok() {
        bail!("{shown}: is there already, and is not overwritten; name another file");
    }
    let beside = beside(path);
    write(&beside, text).with_context(|| shown.to_string())?;
    let linked = fs::hard_link(&beside, path);
    let removed = fs::remove_file(&beside);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{shown}: is there already, and is not overwritten; name another file")
        }
        Err(error) => Err(error).with_context(|| shown.to_string()),
        Ok(()) => removed.with_context(|| beside.display().to_string()),
    }
}

/// A hidden name in the same directory, of this process.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        // What is left of it is of no use; that it cannot be removed is not what went wrong.
        let _ = fs::remove_file(path);
    })
}
