//! `spec.migrations`: what is brought from one database into another.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{SecretKey, ValueSource};

/// Brings the structure or the content of one database into another. Applied by hand.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Migration {
    /// Name of the migration, of its file and of its Job.
    #[schemars(required)]
    pub name: Option<String>,
    /// What is brought over, and how.
    #[schemars(required)]
    pub mode: Option<MigrationMode>,
    /// The source.
    #[schemars(required)]
    pub db_migration: Option<MigrationEnd>,
    /// The destination.
    #[schemars(required)]
    pub migration_db: Option<MigrationEnd>,
    /// Which tables; all when left out. Not with `mode: etl`.
    pub tables: Option<MigrationTables>,
    /// SQL that runs in the destination first, in the transaction of the migration.
    pub pre_sql: Option<String>,
    /// SQL that runs in the destination last, in the transaction of the migration.
    pub post_sql: Option<String>,
    /// What `mode: etl` copies.
    pub steps: Option<Vec<MigrationStep>>,
    /// Counts the runs: a finished one is not run again under the same number. Default 1.
    pub attempt: Option<i64>,
}

/// What a migration brings over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum MigrationMode {
    /// The structure, without rows.
    Schema,
    /// The rows, into tables that are there and empty.
    Data,
    /// The structure and the rows.
    Full,
    /// The rows of queries, into tables that are there.
    Etl,
    /// The structure, then the rows by logical replication until the cut-over.
    Replicate,
}

impl MigrationMode {
    /// The spelling in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Data => "data",
            Self::Full => "full",
            Self::Etl => "etl",
            Self::Replicate => "replicate",
        }
    }
}

/// One end of a migration: a database of the stack, by `database` alone, or any other PostgreSQL, with `host`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MigrationEnd {
    /// Name of the database.
    #[schemars(required)]
    pub database: Option<String>,
    /// Host name or address of the server; without it the database is one of the stack.
    pub host: Option<String>,
    /// Port of the server. Default 5432.
    pub port: Option<i64>,
    /// Name of the role to log in as.
    pub username: Option<String>,
    /// Password of the role as plain text. Prefer `passwordFrom`.
    pub password: Option<String>,
    /// Where the password of the role comes from.
    pub password_from: Option<ValueSource>,
    /// How the connection is protected, as libpq's `sslmode`. Default `verify-full`.
    pub ssl_mode: Option<SslMode>,
    /// Certificate authority of the server, when it is not a public one.
    pub ssl_root_cert: Option<SecretKey>,
}

/// How a connection is protected (PostgreSQL manual, libpq, SSL Support).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum SslMode {
    /// Not at all.
    Disable,
    /// Encrypted, with whoever answers.
    Require,
    /// Encrypted, with a server that the certificate authority knows.
    VerifyCa,
    /// Encrypted, with the server of that name.
    #[default]
    VerifyFull,
}

impl SslMode {
    /// The spelling in a file, which is libpq's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// The tables of a migration, each as `schema.table`, or `schema.*` for all of a schema. Partitions come with their table.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MigrationTables {
    /// The tables and views that come over; all when left out.
    pub include: Option<Vec<String>>,
    /// Those of them that do not.
    pub exclude: Option<Vec<String>>,
}

/// A query and the table that its rows go into.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MigrationStep {
    /// One SELECT, VALUES, TABLE or WITH statement. It runs in the source with `search_path` set to `public`. Types must fit those of the columns; a cast in the query says what is rounded.
    #[schemars(required)]
    pub query: Option<String>,
    /// The table in the destination, as `schema.table`.
    #[schemars(required)]
    pub into: Option<String>,
    /// Columns of the table, in the order of the query's columns.
    #[schemars(required)]
    pub columns: Option<Vec<String>>,
    /// What happens to a row whose `key` is in the table already. Default `error`.
    pub on_conflict: Option<OnConflict>,
    /// Columns that tell rows apart, with a unique index on them; for `skip` and `update`.
    pub key: Option<Vec<String>>,
}

/// What happens to a row that is there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum OnConflict {
    /// The migration fails and changes nothing.
    #[default]
    Error,
    /// The row that is there stays.
    Skip,
    /// The row that is there takes the values of the new one.
    Update,
}

impl OnConflict {
    /// The spelling in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Skip => "skip",
            Self::Update => "update",
        }
    }
}
