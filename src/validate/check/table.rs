//! Tables as a migration names them: `schema.table`, as they are or as in SQL. They are looked up in the catalog,
//! so they may hold any character.

use super::{Refusal, require};

/// Checks an entry of a list of tables: `schema.table`, or `schema.*` for all of a schema.
///
/// # Errors
/// Refuses what has no dot with something on both sides of it, and control characters.
pub fn entry(value: &str) -> Result<String, Refusal> {
    require(
        is_dotted(value),
        "must be `schema.table`, or `schema.*` for all tables of a schema",
    )?;
    require(
        !value.chars().any(char::is_control),
        "must not contain control characters such as a newline, a tab or NUL",
    )?;
    Ok(value.to_owned())
}

/// Checks an entry of what is published, where names are not looked up: a Publication wants to know which dot
/// ends the schema.
///
/// # Errors
/// Refuses what is neither `schema.*` nor has exactly one dot, no `*` and no quotes.
pub fn published(value: &str) -> Result<(), Refusal> {
    let plain = |part: &str| !part.is_empty() && !part.contains(['*', '.', '"']);
    let fits = value
        .split_once('.')
        .is_some_and(|(schema, table)| plain(schema) && (plain(table) || table == "*"));
    require(
        fits,
        "must have exactly one dot, no double quotes, and `*` only as in `schema.*`, with `mode: replicate`: it goes \
         into a Publication",
    )
}

/// Checks a single table.
///
/// # Errors
/// Refuses what [`entry`] refuses, and `*`.
pub fn one(value: &str) -> Result<String, Refusal> {
    let fits = !value.contains('*') && is_dotted(value);
    require(fits, "must be one table, as `schema.table`")?;
    entry(value)
}

/// Whether a dot has something on both sides of it.
fn is_dotted(value: &str) -> bool {
    let inner = |(at, c): (usize, char)| c == '.' && at > 0 && at + 1 < value.len();
    value.char_indices().any(inner)
}

/// Whether an entry is for all tables of a schema.
#[must_use]
pub fn is_whole_schema(value: &str) -> bool {
    value.ends_with(".*")
}
