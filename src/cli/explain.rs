//! `explain`: what is generated and said, out of the sources that the program itself works by.

use clap::Subcommand;

use crate::diagnostic::Code;

pub mod codes;
pub mod fields;
pub mod files;
mod known;
pub mod permissions;
pub mod profiles;

use known::Known;

/// What can be explained.
#[derive(Debug, Subcommand)]
pub enum Topic {
    /// Print all fields of a CnpgStack; with paths, everything about these
    Fields {
        /// Fields, such as `backup.schedule` or `spec.databases[].password`
        #[arg(value_name = "PATH", hide_possible_values = true, value_parser = FIELD)]
        listed: Vec<fields::Field>,
    },
    /// Print every file that can come out: what is in it, when it exists, how it is applied
    Files {
        /// Files, by name or path
        #[arg(value_name = "FILE", hide_possible_values = true, value_parser = FILE)]
        listed: Vec<Vec<files::Row>>,
    },
    /// Print what each permission gives; with permissions, the SQL that a grant Job runs for them
    Permissions {
        /// The permissions of one user in one database
        #[arg(value_name = "PERMISSION", value_parser = permissions::permission())]
        listed: Vec<String>,
    },
    /// Print what each profile fills in, with the reason, and what it asks for
    Profile {
        /// The profiles; all of them when none is given
        #[arg(value_name = "PROFILE", value_parser = profiles::profile())]
        listed: Vec<String>,
    },
    /// Print the codes of all messages; with codes, what they mean and what to do
    Codes {
        /// Codes, such as `invalid-schedule`
        #[arg(value_name = "CODE", hide_possible_values = true, value_parser = CODE)]
        listed: Vec<Code>,
    },
}

const FIELD: Known<fields::Field> = Known {
    find: fields::find,
    names: || {
        fields::fields()
            .into_iter()
            .map(|field| field.path)
            .collect()
    },
    list: "cnpg-stack explain fields",
};
const FILE: Known<Vec<files::Row>> = Known {
    find: files::find,
    names: || files::files().into_iter().map(|row| row.path).collect(),
    list: "cnpg-stack explain files",
};
const CODE: Known<Code> = Known {
    find: codes::find,
    names: || {
        Code::ALL
            .iter()
            .map(|code| code.as_str().to_owned())
            .collect()
    },
    list: "cnpg-stack explain codes",
};

/// The text about a topic.
#[must_use]
pub fn explain(topic: &Topic) -> String {
    match topic {
        Topic::Fields { listed } => fields::text(listed),
        Topic::Files { listed } => files::text(&listed.concat()),
        Topic::Permissions { listed } => permissions::permissions(listed),
        Topic::Profile { listed } => profiles::text(listed),
        Topic::Codes { listed } => codes::text(listed),
    }
}
