//! `spec.databases`: databases, their users, and what these may do.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Extension, Schema, ValueSource};

/// A database and one user of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Database {
    /// Name of the database, at most 63 bytes. The same database may appear with several users.
    #[schemars(required)]
    pub database: Option<String>,
    /// Name of the login role, at most 63 bytes. The same user may appear with several databases.
    #[schemars(required)]
    pub username: Option<String>,
    /// Password of the user as plain text. Prefer `passwordFrom`.
    pub password: Option<String>,
    /// Where the user's password comes from.
    pub password_from: Option<ValueSource>,
    /// What the user may do in the database.
    #[schemars(required)]
    pub cnpg_permissions: Option<Vec<Permission>>,
    /// Value of the label `cnpgstack.io/rotation` on the user's Secret.
    pub rotation_db: Option<String>,
    /// `absent`: everything is taken away from the user, who cannot log in any more. Default `present`.
    pub state: Option<State>,
    /// Takes EXECUTE on routines away from PUBLIC in this database, so that a user without `execute_functions` is refused. One value for all entries of a database. Default false.
    pub revoke_public_execute: Option<bool>,
    /// Schemas whose extension members the permissions rule too; without it extension members are outside every permission.
    pub extension_schemas: Option<Vec<String>>,
    /// Schemas of the database. The entries of a database are taken together.
    pub schemas: Option<Vec<Schema>>,
    /// Extensions of the database, in the order in which they are made: one that needs another comes behind it. The entries of a database are taken together.
    pub extensions: Option<Vec<Extension>>,
    /// Whether the user logs in with a certificate that the operator makes (Secret `role-USERNAME-client-cert`) and has no password. Operator 1.30 and up; one value for all entries of a user. Default false.
    pub client_certificate: Option<bool>,
}

/// One permission of a user in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Permission {
    /// CONNECT on the database.
    Connect,
    /// SELECT on all tables, views and sequences.
    Read,
    /// INSERT, UPDATE and DELETE on all tables, USAGE on sequences.
    Write,
    /// CREATEROLE; PostgreSQL 16 and up.
    ManageRoles,
    /// CREATE on the database.
    CreateSchema,
    /// CREATE on all schemas, TEMPORARY on the database.
    CreateTables,
    /// EXECUTE on all routines.
    ExecuteFunctions,
    /// The read, write and execute rights also for objects that come later.
    DefaultPrivileges,
    /// `pg_read_all_stats` and `pg_read_all_settings`.
    MetadataAccess,
}

impl Permission {
    /// Every permission, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Connect,
        Self::Read,
        Self::Write,
        Self::ManageRoles,
        Self::CreateSchema,
        Self::CreateTables,
        Self::ExecuteFunctions,
        Self::DefaultPrivileges,
        Self::MetadataAccess,
    ];

    /// The spelling in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Read => "read",
            Self::Write => "write",
            Self::ManageRoles => "manage_roles",
            Self::CreateSchema => "create_schema",
            Self::CreateTables => "create_tables",
            Self::ExecuteFunctions => "execute_functions",
            Self::DefaultPrivileges => "default_privileges",
            Self::MetadataAccess => "metadata_access",
        }
    }
}

/// Whether a user has its permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum State {
    /// The user has what `cnpgPermissions` lists.
    #[default]
    Present,
    /// The user has nothing and cannot log in.
    Absent,
}
