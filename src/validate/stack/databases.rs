//! The part of a valid stack that has to do with databases and their users.

use std::collections::BTreeSet;

use super::{Extension, Login, Schema};
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
    /// Its schemas, as far as they are declared.
    pub schemas: Vec<Schema>,
    /// Its extensions, as far as they are declared, in the order in which they are made.
    pub extensions: Vec<Extension>,
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
    /// Its credentials; none when every entry of the user is `absent`, and with a certificate.
    pub login: Option<Login>,
    /// Whether it logs in with a certificate instead.
    pub client_certificate: bool,
    /// Value of the rotation label.
    pub rotation: Option<String>,
    /// CREATEROLE: the union over the user's entries.
    pub create_role: bool,
    /// Statistics and settings of the server: the union over the user's entries.
    pub metadata_access: bool,
}

impl User {
    /// Whether it can log in at all.
    #[must_use]
    pub fn logs_in(&self) -> bool {
        self.login.is_some() || self.client_certificate
    }

    /// The Secret with the certificate, which the operator names after the DatabaseRole.
    #[must_use]
    pub fn certificate_secret(&self) -> Option<String> {
        self.client_certificate
            .then(|| format!("{}-client-cert", self.object))
    }
}

/// The permissions that let a user make objects, which then belong to it.
const CREATING: [Permission; 2] = [Permission::CreateSchema, Permission::CreateTables];

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

impl Grant {
    /// Whether the user may make objects, which then belong to it.
    #[must_use]
    pub fn creates(&self) -> bool {
        let mut creating = CREATING.iter();
        creating.any(|permission| self.permissions.contains(permission))
    }
}
