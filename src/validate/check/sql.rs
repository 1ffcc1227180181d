//! A scanner that splits SQL into words, quoted names and string literals, and drops comments.
//!
//! It follows PostgreSQL's lexical rules (documentation, "Lexical Structure") as far as telling code from text
//! needs them: nested block comments, doubled quotes, escape strings, dollar quotes.

/// A piece of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A key word or an unquoted name, in lower case.
    Word(String),
    /// A name in double quotes, without them.
    Name(String),
    /// The content of a string literal.
    Text(String),
    /// The content of a dollar-quoted literal.
    Dollar(String),
    /// Any other character.
    Sign(char),
}

/// Splits SQL into tokens. Whatever is not closed reaches to the end.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, after) = next(rest, first);
        found.extend(token);
        rest = after;
    }
    found
}

/// Reads what stands at the beginning of a text that begins with `first`.
fn next(text: &str, first: char) -> (Option<Token>, &str) {
    let after = text.strip_prefix(first).unwrap_or_default();
    match first {
        '-' if after.starts_with('-') => (None, cut(text, text.find('\n').unwrap_or(text.len())).1),
        '/' if after.starts_with('*') => (None, after_comment(text)),
        '\'' => literal(after, false),
        '"' => {
            let (name, rest) = quoted(after, '"', false);
            (Some(Token::Name(name)), rest)
        }
        '$' => dollar(text).unwrap_or((Some(Token::Sign('$')), after)),
        c if is_word_start(c) => word(text),
        c if c.is_whitespace() => (None, after),
        c => (Some(Token::Sign(c)), after),
    }
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// Splits at a byte that is known to be a boundary.
fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Reads a word. `e'...'` is a literal with backslash escapes.
fn word(text: &str) -> (Option<Token>, &str) {
    let inner = |c: char| is_word_start(c) || c.is_ascii_digit() || c == '$';
    let (word, rest) = cut(text, text.find(|c| !inner(c)).unwrap_or(text.len()));
    if let ("e" | "E", Some(after)) = (word, rest.strip_prefix('\'')) {
        return literal(after, true);
    }
    (Some(Token::Word(word.to_ascii_lowercase())), rest)
}

fn literal(after: &str, escapes: bool) -> (Option<Token>, &str) {
    let (text, rest) = quoted(after, '\'', escapes);
    (Some(Token::Text(text)), rest)
}

/// Reads up to the closing quote, which is not doubled and, with escapes, not behind a backslash.
fn quoted(text: &str, quote: char, escapes: bool) -> (String, &str) {
    let mut content = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' && escapes {
            content.extend(chars.next());
        } else if c != quote {
            content.push(c);
        } else if chars.as_str().starts_with(quote) {
            content.extend(chars.next());
        } else {
            break;
        }
    }
    (content, chars.as_str())
}

/// Reads `$tag$...$tag$`; `$1` is no quote.
fn dollar(text: &str) -> Option<(Option<Token>, &str)> {
    let (tag, _) = text.strip_prefix('$')?.split_once('$')?;
    let inner = |c: char| is_word_start(c) || c.is_ascii_digit();
    let named = tag.chars().all(inner) && !tag.starts_with(|c: char| c.is_ascii_digit());
    if !named {
        return None;
    }
    let mark = format!("${tag}$");
    let body = text.strip_prefix(&mark)?;
    let (content, rest) = body.split_once(&mark).unwrap_or((body, ""));
    Some((Some(Token::Dollar(content.to_owned())), rest))
}

/// What follows a block comment, which may hold others.
fn after_comment(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix("/*") {
            depth += 1;
            rest = after;
        } else if let Some(after) = rest.strip_prefix("*/") {
            depth = depth.saturating_sub(1);
            rest = after;
        } else if let Some(c) = rest.chars().next() {
            rest = rest.strip_prefix(c).unwrap_or_default();
        }
        if depth == 0 || rest.is_empty() {
            return rest;
        }
    }
}
