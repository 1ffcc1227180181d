//! The command line: which door is used.

use clap::{Parser, Subcommand, ValueEnum};

use crate::{krm, spec};

mod explain;

pub use explain::permissions;

/// The text of `--help`, which is also what `kpt fn doc` prints.
const ABOUT: &str = "One CnpgStack file in, a complete CloudNativePG (CNPG) PostgreSQL stack out.";
const LONG_ABOUT: &str = "\
One CnpgStack file in, a complete CloudNativePG (CNPG) PostgreSQL stack out.

Without arguments this is a KRM function: it reads a ResourceList on standard
input, whose functionConfig is a CnpgStack, and writes one on standard output.
Run it with kustomize (`kustomize build --enable-alpha-plugins`), with kpt
(`kpt fn render`), in a container or by exec.";
const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 the input is wrong, the results say why and the items are
unchanged; 2 wrong usage or input that is no ResourceList; 70 a bug.";

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
    /// Print the schema of a CnpgStack
    Schema {
        /// The form of the schema
        #[arg(long, value_enum, default_value_t = SchemaFormat::Json)]
        format: SchemaFormat,
    },
    /// Explain what is generated
    Explain {
        /// What to explain
        #[command(subcommand)]
        topic: Topic,
    },
}

/// What can be explained.
#[derive(Debug, Subcommand)]
pub enum Topic {
    /// Print what each permission gives; with permissions, the SQL that a grant Job runs for them
    Permissions {
        /// The permissions of one user in one database
        #[arg(value_name = "PERMISSION", value_parser = explain::permission())]
        listed: Vec<String>,
    },
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
