//! SQL of the user that becomes part of other SQL: it must end where it seems to, whoever reads it.
//!
//! The readers are the lexers of psql and of PostgreSQL with `standard_conforming_strings` on, which is to be
//! set where the SQL runs. Whether the SQL is right is left to the server. No message quotes it: it may hold a
//! password.

use super::sql::{Scan, Token, scan};
use super::{Refusal, require};

/// What a query begins with.
const QUERIES: [&str; 4] = ["select", "values", "table", "with"];

/// What begins or ends a transaction, or a part of one, at the beginning of a statement.
const TRANSACTION: [&str; 8] = [
    "begin",
    "start",
    "commit",
    "end",
    "rollback",
    "abort",
    "savepoint",
    "release",
];

/// Checks one query, which is to stand in `COPY (...) TO`. It comes back without white space around it and
/// without the semicolon at its end; that may be in the middle of a comment to the end of a line.
///
/// # Errors
/// Refuses what is more than one statement, no query, or would not end where the parentheses do.
pub fn query(text: &str) -> Result<String, Refusal> {
    let text = text.trim_ascii();
    let control = |c: char| c.is_control() && !"\n\r\t".contains(c);
    require(
        !text.contains(control),
        "must not contain control characters other than line breaks and tabs",
    )?;
    let ended = scan(text).tokens.last() == Some(&Token::Sign(';'));
    let text = text
        .strip_suffix(';')
        .filter(|_| ended)
        .unwrap_or(text)
        .trim_ascii_end();
    let tokens = whole(text)?;
    require(
        !tokens.contains(&Token::Sign(';')),
        "must be one statement: a semicolon stands at its end only",
    )?;
    let first = tokens.iter().find(|token| **token != Token::Sign('('));
    require(
        matches!(first, Some(Token::Word(word)) if QUERIES.contains(&word.as_str())),
        "must be a query, which begins with SELECT, VALUES, TABLE or WITH",
    )?;
    Ok(text.to_owned())
}

/// Checks statements that are to run in a transaction of the Job, between statements of its own.
///
/// # Errors
/// Refuses what would reach beyond its place: what is not closed, commands of psql, the begin or end of a
/// transaction, and data in the script itself.
pub fn script(text: &str) -> Result<(), Refusal> {
    require(
        !text.contains('\0'),
        "must not contain a NUL character (PostgreSQL takes none in a query)",
    )?;
    let tokens = whole(text)?;
    require(
        tokens.iter().any(|token| *token != Token::Sign(';')),
        "must hold a statement; leave the field out for none",
    )?;
    tokens
        .split(|token| *token == Token::Sign(';'))
        .try_for_each(in_place)
}

/// One statement of a script.
fn in_place(statement: &[Token]) -> Result<(), Refusal> {
    let [Token::Word(first), rest @ ..] = statement else {
        return Ok(());
    };
    let second = |word: &str| rest.first() == Some(&Token::Word(word.to_owned()));
    let prepared = first == "prepare" && second("transaction");
    require(
        !prepared && !TRANSACTION.contains(&first.as_str()),
        "must not begin or end a transaction or a savepoint: it runs in the transaction of the migration, which is \
         committed as a whole or not at all (the body of a function stands in dollar quotes)",
    )?;
    let stream =
        |token: &Token| matches!(token, Token::Word(word) if word == "stdin" || word == "stdout");
    require(
        first != "copy" || !rest.iter().any(stream),
        "must not copy from STDIN or to STDOUT: there is nobody at the other end",
    )
}

/// The tokens of a text that ends where it seems to.
fn whole(text: &str) -> Result<Vec<Token>, Refusal> {
    let Scan { tokens, flaw } = scan(text);
    if let Some(flaw) = flaw {
        return Err(Refusal::new(flaw));
    }
    let depth = tokens.iter().try_fold(0_usize, |depth, token| match token {
        Token::Sign('(') => Some(depth + 1),
        Token::Sign(')') => depth.checked_sub(1),
        _ => Some(depth),
    });
    require(
        depth == Some(0),
        "must close every parenthesis that it opens, and no other",
    )?;
    Ok(tokens)
}
