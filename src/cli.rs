//! The command line: which door is used.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::graph::Format;
use crate::import;
use crate::picture;
use crate::render::Request;
use crate::source::Style;
use crate::spec::Uncomparable;
use crate::{generate, krm, spec, vet};

mod completions;
pub mod explain;
pub mod init;
mod limits;
pub mod reference;

pub use completions::{completions, man};
pub use explain::explain;
pub use init::init;
pub use limits::LimitArguments;

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
#[command(name = "cnpg-stack", version, about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// The limits of the function
    #[command(flatten)]
    pub limits: LimitArguments,
    /// What to do; nothing means: be a KRM function.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done besides being a KRM function.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the files of stacks into a directory, for kustomize without any plugin
    Render(RenderArguments),
    /// Print the documents of all stacks below a directory, for Argo CD
    Generate(GenerateArguments),
    /// Check files with stacks, and write nothing
    Validate(ValidateArguments),
    /// Draw stacks: who uses which database, where backups go, what is migrated
    Graph(GraphArguments),
    /// Print the schema of a CnpgStack
    Schema {
        /// The form of the schema
        #[arg(long, value_enum, default_value_t = SchemaFormat::Json)]
        format: SchemaFormat,
    },
    /// Write a commented starter file that is valid as it is
    Init(init::InitArguments),
    /// Make a stack of an existing Cluster, or of values of the Helm chart `cluster`
    Import(ImportArguments),
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
    /// Copy this program into a directory, as an init container without a shell has to
    Install {
        /// Where the copy goes, as DIR/cnpg-stack; made where it is missing
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

/// The files that a command reads, named with or without `-f`.
#[derive(Debug, Args)]
pub struct Files {
    /// Files with CnpgStack documents, and with the Secrets that these refer to; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "filename")]
    pub files: Vec<String>,
    /// The same, as kubectl takes them
    #[arg(short, long = "filename", value_name = "FILE", num_args = 1..)]
    pub filename: Vec<String>,
}

impl Files {
    /// All of them.
    fn all(self) -> Vec<String> {
        [self.files, self.filename].concat()
    }
}

/// What is rendered, and how.
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// The files
    #[command(flatten)]
    pub files: Files,
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
    /// The limits
    #[command(flatten)]
    pub limits: LimitArguments,
}

impl RenderArguments {
    /// What is asked for, with messages in a style.
    #[must_use]
    pub fn request(self, style: Style) -> Request {
        Request {
            files: self.files.all(),
            directory: self.output,
            check: self.check,
            prune: self.prune,
            uncomparable: self.when_uncomparable,
            style,
        }
    }
}

/// Where stacks are looked for, and what is printed.
#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// The directory; hidden files and directories in it are passed over
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
    /// Print the names of the files with stacks, and nothing if the directory is for kustomize
    #[arg(long)]
    pub list: bool,
    /// Print the parameters that Argo CD offers, as JSON
    #[arg(long, conflicts_with = "list")]
    pub parameters: bool,
    /// The limits
    #[command(flatten)]
    pub limits: LimitArguments,
}

impl GenerateArguments {
    /// What is asked for, with the names of the variables that set fields, and messages in a style.
    #[must_use]
    pub fn request(self, variables: Vec<String>, style: Style) -> generate::Request {
        generate::Request {
            directory: self.directory,
            what: match (self.list, self.parameters) {
                (true, _) => generate::What::Files,
                (_, true) => generate::What::Parameters,
                _ => generate::What::Documents,
            },
            variables,
            style,
        }
    }
}

/// What is imported, and where it goes.
#[derive(Debug, Args)]
#[command(
    after_help = "The stack goes to standard output, and to standard error what could not be carried over and \
                        what changes when it is applied. Nothing is asked of a cluster and nothing is applied."
)]
pub struct ImportArguments {
    /// Files and directories with the Cluster and what belongs to it; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "filename")]
    pub files: Vec<String>,
    /// The same, as kubectl takes them
    #[arg(short, long = "filename", value_name = "FILE", num_args = 1..)]
    pub filename: Vec<String>,
    /// The file to write, which must not be there yet [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,
    /// Name of the Cluster, where there are several
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
    /// Namespace of the Cluster, where its manifest names none
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Take a document without a kind for values of the Helm chart `cluster`, whatever it looks like
    #[arg(long)]
    pub helm_values: bool,
    /// Name of the Helm release, from which the chart makes names
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Leave databases and their owners as they are
    #[arg(long)]
    pub leave_databases: bool,
    /// The limits
    #[command(flatten)]
    pub limits: LimitArguments,
}

impl ImportArguments {
    /// What is asked for.
    #[must_use]
    pub fn request(self) -> import::Request {
        import::Request {
            files: [self.files, self.filename].concat(),
            choice: import::found::Choice {
                cluster: self.cluster,
                namespace: self.namespace,
            },
            helm: self.helm_values,
            release: self.release,
            leave_databases: self.leave_databases,
            output: self.output,
        }
    }
}

/// What is validated, and how the answer looks.
#[derive(Debug, Args)]
pub struct ValidateArguments {
    /// The files
    #[command(flatten)]
    pub files: Files,
    /// How the answer looks
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Answer::Auto)]
    pub output: Answer,
    /// The limits
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    /// `snippet` on a terminal, else `line`
    Auto,
    /// Messages with the line of the file and a caret, on standard error
    Snippet,
    /// One line for each message, `FILE:LINE:COLUMN: ...`, on standard error
    Line,
    /// KRM results with line and column, on standard output
    Json,
}

impl ValidateArguments {
    /// What is asked for; `auto` is the style that fits standard error.
    #[must_use]
    pub fn request(self, auto: Style) -> vet::Request {
        vet::Request {
            files: self.files.all(),
            style: match self.output {
                Answer::Line => Style::Line,
                Answer::Snippet if auto == Style::Line => Style::Snippet { colour: false },
                Answer::Auto | Answer::Json | Answer::Snippet => auto,
            },
            json: self.output == Answer::Json,
        }
    }
}

/// What is drawn, and how.
#[derive(Debug, Args)]
pub struct GraphArguments {
    /// The files
    #[command(flatten)]
    pub files: Files,
    /// What the picture is written as
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    pub format: Format,
    /// The limits
    #[command(flatten)]
    pub limits: LimitArguments,
}

impl GraphArguments {
    /// What is asked for, with messages in a style.
    #[must_use]
    pub fn request(self, style: Style) -> picture::Request {
        picture::Request {
            files: self.files.all(),
            format: self.format,
            style,
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
