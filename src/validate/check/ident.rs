//! PostgreSQL identifiers: the names of roles and databases.
//!
//! They reach the server quoted, so nearly every text is a name: 1 to 63 bytes (NAMEDATALEN - 1, longer ones
//! would be cut in silence) without NUL. Control characters are refused on top, because a name with a newline
//! in it breaks password files, env files and logs.

use super::{Refusal, require};

/// The longest identifier in bytes.
pub const MAX: usize = 63;

checked_text! {
    /// A PostgreSQL identifier of 1 to 63 bytes without control characters.
    Identifier
}

/// Names that `CREATE ROLE` refuses even when they are quoted (`check_rolespec_name` in acl.c and gram.y).
const NO_ROLE: [&str; 2] = ["public", "none"];

/// Databases that every server has, and that the Database resource refuses.
const BUILT_IN_DATABASES: [&str; 3] = ["postgres", "template0", "template1"];

/// Checks any identifier.
///
/// # Errors
/// Refuses the empty one, one of more than 63 bytes, and one with a control character.
pub fn identifier(value: &str) -> Result<Identifier, Refusal> {
    require(
        !value.is_empty(),
        "must not be empty (PostgreSQL: zero-length delimited identifier)",
    )?;
    require(
        value.len() <= MAX,
        "must be at most 63 bytes (PostgreSQL cuts longer identifiers)",
    )?;
    require(
        !value.chars().any(char::is_control),
        "must not contain control characters such as a newline, a tab or NUL",
    )?;
    Ok(Identifier(value.to_owned()))
}

/// Checks the name of a role that the stack manages.
///
/// `postgres` passes only where the superuser may be meant (`may_be_postgres`). Upper-case variants of reserved
/// names are fine: PostgreSQL's `IsReservedName` and CloudNativePG's `IsRoleReserved` compare exactly.
///
/// # Errors
/// Refuses what is no identifier and the names that PostgreSQL or CloudNativePG keep for themselves.
pub fn role_name(value: &str, may_be_postgres: bool) -> Result<Identifier, Refusal> {
    let name = identifier(value)?;
    require(
        value.trim() == value,
        "must not start or end with white space (the operator trims user names in Secrets)",
    )?;
    require(
        !NO_ROLE.contains(&value),
        "must not be public or none (PostgreSQL reserves both role names)",
    )?;
    require(
        !value.starts_with("pg_"),
        "must not start with pg_ (PostgreSQL reserves these role names)",
    )?;
    require(
        !value.starts_with("cnpg_") && value != "streaming_replica",
        "must not be streaming_replica or start with cnpg_ (CloudNativePG's own roles)",
    )?;
    require(
        may_be_postgres || value != "postgres",
        "must not be postgres (the superuser; CloudNativePG refuses it as a managed role)",
    )?;
    Ok(name)
}

/// Checks the name of a database that the stack makes.
///
/// PostgreSQL itself would take `pg_x` and `cnpg_x`, but the owner role could not be made.
///
/// # Errors
/// Refuses what is no identifier, the built-in databases, and names whose owner role would be reserved.
pub fn database_name(value: &str) -> Result<Identifier, Refusal> {
    let name = identifier(value)?;
    require(
        !BUILT_IN_DATABASES.contains(&value),
        "must not be postgres, template0 or template1 (every server has them, and the Database resource refuses \
         them)",
    )?;
    require(
        !value.starts_with("pg_") && !value.starts_with("cnpg_"),
        "must not start with pg_ or cnpg_ (its owner role would, and these role names are reserved by PostgreSQL \
         and CloudNativePG)",
    )?;
    Ok(name)
}

/// Checks the name of a schema that the Database resource makes.
///
/// # Errors
/// Refuses what is no identifier, and the schemas of PostgreSQL and of this program.
pub fn schema_name(value: &str) -> Result<Identifier, Refusal> {
    let name = identifier(value)?;
    // `CREATE SCHEMA` refuses the prefix (IsReservedName in catalog.c).
    require(
        !value.starts_with("pg_") && value != "information_schema",
        "must not be information_schema or start with pg_ (PostgreSQL's own schemas)",
    )?;
    require(
        value != "cnpgstack",
        "must not be cnpgstack (the schema in which migrations note what they have done)",
    )?;
    Ok(name)
}

/// Checks the schema that an extension's objects go to: some go to `pg_catalog`.
///
/// # Errors
/// Refuses what is no identifier, and PostgreSQL's other schemas.
pub fn extension_schema(value: &str) -> Result<Identifier, Refusal> {
    if value == "pg_catalog" {
        identifier(value)
    } else {
        schema_name(value)
    }
}

/// Checks the name or the version of an extension, which become parts of a file's name
/// (`check_valid_extension_name` and `check_valid_version_name` in extension.c).
///
/// # Errors
/// Refuses what is no identifier, and what PostgreSQL takes for neither.
pub fn extension_part(value: &str) -> Result<Identifier, Refusal> {
    let name = identifier(value)?;
    require(
        !value.contains("--") && !value.starts_with('-') && !value.ends_with('-'),
        "must not contain `--`, nor begin or end with a hyphen (PostgreSQL: invalid extension name or version)",
    )?;
    require(
        !value.contains(['/', '\\']),
        "must not contain a slash or a backslash (PostgreSQL: it is part of a file's name)",
    )?;
    Ok(name)
}
