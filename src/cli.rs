//! The command line: which door is used.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::render::Request;
use crate::spec::Uncomparable;
use crate::{krm, spec};

mod completions;
pub mod explain;
pub mod init;
pub mod reference;

pub use completions::{completions, man};
pub use explain::explain;
pub use init::init;

/// The text of `--help`, which is also what `kpt fn doc` prints.
const ABOUT: &str = "One CnpgStack file in, a complete CloudNativePG (CNPG) PostgreSQL stack out.";
const LONG_ABOUT: &str = "\
One CnpgStack file in, a complete CloudNativePG (CNPG) PostgreSQL stack out.

Without arguments this is a KRM function: it reads a ResourceList on standard
input, whose functionConfig is a CnpgStack, and writes one on standard output.
Run it with kustomize (`kustomize build --enable-alpha-plugins`), with kpt
(`kpt fn render`), in a container or by exec.

With `render` it writes the same as files, for kustomize without any plugin.";
const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 the input is wrong, the results say why and the items are
unchanged, or `render --check` found a difference; 2 wrong usage, or input that
is no ResourceList or cannot be read; 70 a bug.";

/// The arguments.
#[derive(Debug, Parser)]
#[command(name = "cnpg-stack", version, about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER_HELP)]
pub struct Arguments {
    /// What to do; nothing means: be a KRM function.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done besides being a KRM function.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the files of stacks into a directory, for kustomize without any plugin
    Render(RenderArguments),
    /// Print the schema of a CnpgStack
    Schema {
        /// The form of the schema
        #[arg(long, value_enum, default_value_t = SchemaFormat::Json)]
        format: SchemaFormat,
    },
    /// Write a commented starter file that is valid as it is
    Init(init::InitArguments),
    /// Explain fields, files, permissions and the codes of messages
    Explain {
        /// What to explain
        #[command(subcommand)]
        topic: explain::Topic,
    },
    /// Print the script that completes the arguments in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands into a directory
    Man {
        /// The directory
        #[arg(value_name = "DIR")]
        directory: Option<PathBuf>,
    },
}

/// What is rendered, and how.
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// Files with CnpgStack documents, and with the Secrets that these refer to; - is standard input
    #[arg(short, long = "filename", value_name = "FILE", required = true, num_args = 1..)]
    pub filename: Vec<String>,
    /// The output directory
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Change nothing; print what would change, and exit with 1 if anything would
    #[arg(long)]
    pub check: bool,
    /// Remove files of the stacks that are not generated any more
    #[arg(long)]
    pub prune: bool,
    /// What happens to an encrypted file that no key at hand opens; overrides the stacks'
    /// `secrets.whenUncomparable`
    #[arg(long, value_enum, value_name = "WHAT")]
    pub when_uncomparable: Option<Uncomparable>,
}

impl From<RenderArguments> for Request {
    fn from(arguments: RenderArguments) -> Self {
        Self {
            files: arguments.filename,
            directory: arguments.output,
            check: arguments.check,
            prune: arguments.prune,
            uncomparable: arguments.when_uncomparable,
        }
    }
}

/// The forms of the schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemaFormat {
    /// JSON Schema, for editors
    Json,
    /// CustomResourceDefinition, for tools that look kinds up in the cluster
    Crd,
    /// KRMFunctionDefinition, for function catalogs
    Krm,
}

/// The text of the schema.
#[must_use]
pub fn schema(format: SchemaFormat) -> String {
    match format {
        SchemaFormat::Json => format!("{:#}\n", spec::json_schema()),
        SchemaFormat::Crd => krm::yaml::to_string(&spec::crd()),
        SchemaFormat::Krm => krm::yaml::to_string(&spec::krm_function_definition()),
    }
}
