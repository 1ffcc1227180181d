//! The part of a valid stack that has to do with databases and their users.

use std::collections::BTreeSet;

use super::Login;
use crate::spec::Permission;

/// A database.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its name in PostgreSQL.
    pub name: String,
    /// The name of its resource.
    pub object: String,
    /// The role that it belongs to.
    pub owner: OwnerRole,
    /// Whether EXECUTE is taken away from PUBLIC.
    pub revoke_public_execute: bool,
}

/// The generated role that a database belongs to: no login, no superuser.
#[derive(Debug, Clone)]
pub struct OwnerRole {
    /// Its name in PostgreSQL.
    pub name: String,
    /// The name of its resource.
    pub object: String,
}

/// A login role.
#[derive(Debug, Clone)]
pub struct User {
    /// Its name in PostgreSQL.
    pub name: String,
    /// The name of its resource.
    pub object: String,
    /// Its credentials; none when every entry of the user is `absent`.
    pub login: Option<Login>,
    /// Value of the rotation label.
    pub rotation: Option<String>,
    /// CREATEROLE: the union over the user's entries.
    pub create_role: bool,
    /// Statistics and settings of the server: the union over the user's entries.
    pub metadata_access: bool,
}

/// What one user may do in one database.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Name of the database.
    pub database: String,
    /// Name of the user.
    pub user: String,
    /// What it may do; empty when the entry is `absent`.
    pub permissions: BTreeSet<Permission>,
    /// Whether everything is to be taken away.
    pub absent: bool,
    /// Schemas whose extension members the permissions rule too.
    pub extension_schemas: BTreeSet<String>,
}
