//! Migrations whose every reference resolves.

use super::{KeyRef, Login};
use crate::spec::{MigrationMode, OnConflict, SslMode};

/// What is brought from one database into another.
#[derive(Debug, Clone)]
pub struct Migration {
    /// Name of the migration and of its file.
    pub name: String,
    /// What is brought over.
    pub mode: MigrationMode,
    /// Where from.
    pub source: End,
    /// Where to.
    pub destination: End,
    /// Tables that come over, all when empty; as they are in the file.
    pub include: Vec<String>,
    /// Tables that do not.
    pub exclude: Vec<String>,
    /// SQL that runs in the destination first.
    pub pre_sql: Option<String>,
    /// SQL that runs in the destination last.
    pub post_sql: Option<String>,
    /// What is copied, with [`MigrationMode::Etl`] only.
    pub steps: Vec<Step>,
    /// The number of the run.
    pub attempt: i64,
}

/// One end of a migration.
#[derive(Debug, Clone)]
pub enum End {
    /// A database of the stack.
    Own {
        /// Its name.
        database: String,
    },
    /// Any other PostgreSQL.
    External(External),
}

impl End {
    /// The name of the database.
    #[must_use]
    pub fn database(&self) -> &str {
        match self {
            Self::Own { database } => database,
            Self::External(external) => &external.database,
        }
    }
}

/// A PostgreSQL that the stack does not make.
#[derive(Debug, Clone)]
pub struct External {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// Role to log in as.
    pub user: String,
    /// Its credentials, in the key `password` of a basic-auth Secret.
    pub login: Login,
    /// How the connection is protected.
    pub ssl_mode: SslMode,
    /// Secret and key of the certificate authority; the public ones when none.
    pub ssl_root_cert: Option<KeyRef>,
}

/// A query and where its rows go.
#[derive(Debug, Clone)]
pub struct Step {
    /// One statement, without the semicolon at its end.
    pub query: String,
    /// The table, as it is in the file.
    pub into: String,
    /// Its columns, in the order of the query's.
    pub columns: Vec<String>,
    /// What happens to a row that is there already.
    pub on_conflict: OnConflict,
    /// What tells rows apart; empty with [`OnConflict::Error`].
    pub key: Vec<String>,
}
