//! Extensions that CloudNativePG preloads by itself.
//!
//! CNPG adds a library to `shared_preload_libraries` when a parameter of its namespace is set
//! (`ManagedExtensions` in `pkg/postgres/configuration.go`, "Managed extensions" in `postgresql_conf.md`). So an
//! extension that is only named in SQL needs such a parameter.

use super::sql::{Token, tokens};

/// The managed extensions of CNPG 1.30, each with a parameter set to what it is anyway.
const MANAGED: [(&str, (&str, &str)); 4] = [
    ("pg_stat_statements", ("pg_stat_statements.track", "top")),
    ("auto_explain", ("auto_explain.log_min_duration", "-1")),
    ("pgaudit", ("pgaudit.log", "none")),
    (
        "pg_failover_slots",
        ("pg_failover_slots.synchronize_slot_names", "name_like:%"),
    ),
];

/// The parameter that makes CNPG preload a managed extension and changes nothing else.
///
/// `pg_failover_slots` wants `hot_standby_feedback` switched on besides; [`super::parameters`] checks that.
#[must_use]
pub fn preload_parameter(extension: &str) -> Option<(&'static str, &'static str)> {
    let found = MANAGED.iter().find(|(name, _)| *name == extension)?;
    Some(found.1)
}

/// Those of which there is a library only, and nothing to create (`SkipCreateExtension`).
const LIBRARIES: [&str; 2] = ["auto_explain", "pg_failover_slots"];

/// Whether `CREATE EXTENSION` knows nothing of it: it is a library to be loaded, and no more.
#[must_use]
pub fn is_only_a_library(extension: &str) -> bool {
    LIBRARIES.contains(&extension)
}

/// Whether a parameter is one of an extension's.
#[must_use]
pub fn is_parameter_of(parameter: &str, extension: &str) -> bool {
    let rest = parameter.strip_prefix(extension);
    rest.is_some_and(|rest| rest.starts_with('.'))
}

/// The managed extensions that SQL creates or loads, each once, in the order of their first mention.
///
/// Found are `CREATE EXTENSION [IF NOT EXISTS] name` and `LOAD 'library'`, also inside `DO $$...$$`. Text in
/// comments and literals does not count.
#[must_use]
pub fn managed_extensions(sql: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    // A DO block may hold another one; nobody nests them deeper than that.
    collect(&tokens(sql), 3, &mut found);
    found
}

fn collect(tokens: &[Token], depth: u8, found: &mut Vec<&'static str>) {
    let mut rest = tokens;
    while let Some((_, after)) = rest.split_first() {
        if let Some(name) = mentioned(rest)
            && !found.contains(&name)
        {
            found.push(name);
        }
        if let (Some(body), Some(less)) = (block(rest), depth.checked_sub(1)) {
            collect(&super::sql::tokens(body), less, found);
        }
        rest = after;
    }
}

/// The managed extension that a statement at this place names.
fn mentioned(tokens: &[Token]) -> Option<&'static str> {
    let name = match tokens {
        [Token::Word(load), Token::Text(file), ..] if load == "load" => library(file),
        _ => created(tokens)?,
    };
    MANAGED
        .iter()
        .map(|(managed, _)| *managed)
        .find(|managed| *managed == name)
}

/// The name in `CREATE EXTENSION [IF NOT EXISTS] name`.
fn created(tokens: &[Token]) -> Option<&str> {
    let after = words(tokens, &["create", "extension"])?;
    let after = words(after, &["if", "not", "exists"]).unwrap_or(after);
    match after.first()? {
        Token::Word(name) | Token::Name(name) => Some(name),
        _ => None,
    }
}

/// What follows the given key words, when they stand at the beginning.
fn words<'a>(tokens: &'a [Token], wanted: &[&str]) -> Option<&'a [Token]> {
    wanted.iter().try_fold(tokens, |rest, word| match rest {
        [Token::Word(found), after @ ..] if found == word => Some(after),
        _ => None,
    })
}

/// The library in the path that `LOAD` takes: `$libdir/auto_explain.so` loads `auto_explain`.
fn library(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".so").unwrap_or(name)
}

/// The body of a DO block, whose language may be named before it.
fn block(tokens: &[Token]) -> Option<&str> {
    let after = words(tokens, &["do"])?;
    let body = match after {
        [Token::Word(language), _, body, ..] if language == "language" => body,
        [body, ..] => body,
        [] => return None,
    };
    match body {
        Token::Dollar(text) | Token::Text(text) => Some(text),
        _ => None,
    }
}
