//! What a database has beside its users: schemas and extensions.

use schemars::JsonSchema;
use serde::Deserialize;

/// An extension of a database.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extension {
    /// Name of the extension, as in `CREATE EXTENSION`. The operand image must have it.
    #[schemars(required)]
    pub name: Option<String>,
    /// Version that is installed, and updated to. Quote it: 1.10 without quotes is the number 1.1. The extension's default when left out.
    pub version: Option<String>,
    /// Schema that its objects go to: one of `schemas`, or one that exists. PostgreSQL's choice when left out, which is mostly `public`.
    pub schema: Option<String>,
    /// `absent`: the extension is dropped, unless something depends on it. Default `present`.
    pub state: Option<ObjectState>,
}

/// A schema of a database.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schema {
    /// Name of the schema, at most 63 bytes.
    #[schemars(required)]
    pub name: Option<String>,
    /// Role that it belongs to: a user of the database with `create_schema` or `create_tables`. Default the owner role of the database, `{database}_owner`.
    pub owner: Option<String>,
    /// `absent`: the schema is dropped, unless something is in it. Default `present`.
    pub state: Option<ObjectState>,
}

/// Whether something is in the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ObjectState {
    /// It is there.
    #[default]
    Present,
    /// It is not there.
    Absent,
}
