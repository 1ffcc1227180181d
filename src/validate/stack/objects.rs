//! The part of a valid stack that has to do with what databases hold.

/// An extension of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Its version; the extension's default when none.
    pub version: Option<String>,
    /// The schema of its objects; PostgreSQL's choice when none.
    pub schema: Option<String>,
    /// Whether it is to be dropped.
    pub absent: bool,
}

/// A schema of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// The role that it belongs to.
    pub owner: String,
    /// Whether it is to be dropped.
    pub absent: bool,
}
