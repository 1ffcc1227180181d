//! What each permission gives: the one table that the grant Jobs and `explain permissions` read.

use std::collections::BTreeSet;
use std::fmt;

use crate::spec::Permission;

/// What a right is on. Extension members are none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The database of the entry.
    Database,
    /// `pg_catalog` and `information_schema`.
    SystemSchema,
    /// Every other schema.
    Schema,
    /// Tables, views, materialized views and foreign tables: what PostgreSQL calls `TABLES`.
    Table,
    /// Sequences.
    Sequence,
    /// Functions, aggregates, window functions and procedures.
    Routine,
}

impl Kind {
    /// The word for it in the wanted document, which `catalog.sql` knows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::SystemSchema => "system schema",
            Self::Schema => "schema",
            Self::Table => "table",
            Self::Sequence => "sequence",
            Self::Routine => "routine",
        }
    }

    /// All of the kind, for people.
    const fn all(self) -> &'static str {
        match self {
            Self::Database => "the database",
            Self::SystemSchema => "pg_catalog and information_schema",
            Self::Schema => "all non-system schemas",
            Self::Table => "all tables, views, materialized views and foreign tables",
            Self::Sequence => "all sequences",
            Self::Routine => "all routines",
        }
    }
}

/// A privilege on everything of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right(
    /// What it is on.
    pub Kind,
    /// The word of GRANT.
    pub &'static str,
);

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(kind, privilege) = self;
        write!(f, "{privilege} on {}", kind.all())
    }
}

/// What one permission gives.
#[derive(Debug, Clone, Copy)]
pub struct Gives {
    /// Privileges on what exists when the Job runs.
    pub rights: &'static [Right],
    /// Whether `default_privileges` gives them on later objects too.
    pub extends: bool,
    /// What it gives besides, and what it does not.
    pub note: &'static str,
}

/// The table.
#[must_use]
pub const fn gives(permission: Permission) -> Gives {
    use Kind::{Database, Routine, Schema, Sequence, SystemSchema, Table};
    const fn now(rights: &'static [Right], note: &'static str) -> Gives {
        Gives {
            rights,
            extends: false,
            note,
        }
    }
    const fn also_later(rights: &'static [Right], note: &'static str) -> Gives {
        Gives {
            rights,
            extends: true,
            note,
        }
    }
    match permission {
        Permission::Connect => now(
            &[Right(Database, "CONNECT")],
            "PUBLIC has neither CONNECT nor TEMPORARY. Without it the user's sessions are ended",
        ),
        Permission::Read => also_later(
            &[
                Right(Schema, "USAGE"),
                Right(Table, "SELECT"),
                Right(Sequence, "SELECT"),
            ],
            "",
        ),
        Permission::Write => also_later(
            &[
                Right(Schema, "USAGE"),
                Right(Table, "INSERT"),
                Right(Table, "UPDATE"),
                Right(Table, "DELETE"),
                Right(Sequence, "USAGE"),
            ],
            "Not TRUNCATE, not setval. Without read, UPDATE ... WHERE and DELETE ... WHERE are refused",
        ),
        Permission::ManageRoles => now(
            &[],
            "The role attribute CREATEROLE, in the whole cluster. PostgreSQL 16 and up",
        ),
        Permission::CreateSchema => now(
            &[Right(Database, "CREATE")],
            "What the user makes belongs to it",
        ),
        Permission::CreateTables => now(
            &[
                Right(Schema, "USAGE"),
                Right(Schema, "CREATE"),
                Right(Database, "TEMPORARY"),
            ],
            "What the user makes belongs to it. CREATE also on the tablespaces of the stack",
        ),
        Permission::ExecuteFunctions => also_later(
            &[Right(Routine, "EXECUTE")],
            "Its absence is a denial only with revokePublicExecute",
        ),
        Permission::DefaultPrivileges => now(
            &[],
            "What read, write and execute_functions give, also on later objects of the owner role, the admin, postgres \
             and users who may create",
        ),
        Permission::MetadataAccess => now(
            &[Right(SystemSchema, "USAGE")],
            "Membership in pg_read_all_stats and pg_read_all_settings, in the whole cluster. Never pg_authid, \
             pg_shadow or the credentials of subscriptions",
        ),
    }
}

/// The rights that a list of permissions comes to: now, and on later objects.
#[must_use]
pub fn of(permissions: &BTreeSet<Permission>) -> (BTreeSet<Right>, BTreeSet<Right>) {
    let later = permissions.contains(&Permission::DefaultPrivileges);
    let of = |extending: bool| {
        let given = permissions.iter().map(|permission| gives(*permission));
        let chosen = given.filter(move |gives| !extending || (later && gives.extends));
        chosen
            .flat_map(|gives| gives.rights.iter().copied())
            .collect()
    };
    (of(false), of(true))
}
