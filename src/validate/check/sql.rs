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
    /// Any other character; of a number and of `::` only the first one.
    Sign(char),
}

/// What SQL consists of.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The tokens.
    pub(super) tokens: Vec<Token>,
    /// Why it is not to be relied on, as a message: something is not closed, or psql and the versions of
    /// PostgreSQL read it differently.
    pub(super) flaw: Option<&'static str>,
}

/// What stands at the beginning of a text.
struct Piece<'a> {
    token: Option<Token>,
    rest: &'a str,
    flaw: Option<&'static str>,
}

impl<'a> Piece<'a> {
    fn of(token: Token, rest: &'a str) -> Self {
        Self {
            token: Some(token),
            rest,
            flaw: None,
        }
    }

    /// A piece that is no piece of SQL when it is `flawed`.
    fn flawed(self, flawed: bool, message: &'static str) -> Self {
        let flaw = flawed.then_some(message);
        Self { flaw, ..self }
    }
}

/// Splits SQL into tokens. Whatever is not closed reaches to the end.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    scan(sql).tokens
}

/// Splits SQL into tokens and looks for flaws.
pub(super) fn scan(sql: &str) -> Scan {
    let mut found = Scan::default();
    let mut rest = sql;
    let mut escapes = false;
    while let Some(first) = rest.chars().next() {
        let piece = next(rest, first);
        // Whether backslashes escape in the second half depends on line breaks between the two.
        let continued = (escapes && first == '\'').then_some(CONTINUED);
        found.flaw = found.flaw.or(continued).or(piece.flaw);
        if let Some(token) = piece.token {
            escapes = matches!((first, &token), ('e' | 'E', Token::Text(_)));
            found.tokens.push(token);
        }
        rest = piece.rest;
    }
    found
}

const CONTINUED: &str =
    "must not continue a string `E'...'` with another one; write it as one string";
const UNCLOSED_TEXT: &str = "must close every string: a `'` is missing";
const UNCLOSED_NAME: &str = "must close every quoted name: a `\"` is missing";
const UNCLOSED_DOLLAR: &str =
    "must close every dollar quote: the tag that begins one is missing at its end";
const UNCLOSED_COMMENT: &str = "must close every comment: a `*/` is missing";
const BACKSLASH: &str =
    "must be SQL alone, without commands of psql: a backslash stands in quotes only";
const VARIABLE: &str = "must be SQL alone, without variables of psql: put a space behind the colon";
const NUMBER: &str = "must have a space between a number and a quote or `$`";

/// Reads what stands at the beginning of a text that begins with `first`.
fn next(text: &str, first: char) -> Piece<'_> {
    let after = text.strip_prefix(first).unwrap_or_default();
    match first {
        '-' if after.starts_with('-') => blank(line_end(text)),
        '/' if after.starts_with('*') => comment(text),
        '\'' => literal(after, false),
        '"' => {
            let (name, rest, closed) = quoted(after, '"', false);
            Piece::of(Token::Name(name), rest).flawed(!closed, UNCLOSED_NAME)
        }
        '$' => dollar(text).unwrap_or(Piece::of(Token::Sign('$'), after)),
        ':' => colon(after),
        '\\' => Piece::of(Token::Sign('\\'), after).flawed(true, BACKSLASH),
        c if c.is_ascii_digit() => number(text, c),
        c if is_word_start(c) => word(text),
        c if c.is_whitespace() => blank(after),
        c => Piece::of(Token::Sign(c), after),
    }
}

/// White space or a comment.
fn blank(rest: &str) -> Piece<'_> {
    Piece {
        token: None,
        rest,
        flaw: None,
    }
}

/// What follows a comment that reaches to the end of its line; a carriage return ends one too.
fn line_end(text: &str) -> &str {
    cut(text, text.find(['\n', '\r']).unwrap_or(text.len())).1
}

/// Reads `::` or `:`. psql replaces `:name`, `:'name'`, `:"name"` and `:{?name}`.
fn colon(after: &str) -> Piece<'_> {
    if let Some(rest) = after.strip_prefix(':') {
        return Piece::of(Token::Sign(':'), rest);
    }
    let variable = after.starts_with(|c| is_word_start(c) || "'\"{".contains(c));
    Piece::of(Token::Sign(':'), after).flawed(variable, VARIABLE)
}

/// Reads a number. What letters behind one mean changed in PostgreSQL 15: `1e'...'` was `1` and `e'...'`.
fn number(text: &str, first: char) -> Piece<'_> {
    let inner = |c: char| is_word_start(c) || c.is_ascii_digit() || c == '.';
    let (_, rest) = cut(text, text.find(|c| !inner(c)).unwrap_or(text.len()));
    let glued = rest.starts_with(['\'', '"', '$']);
    Piece::of(Token::Sign(first), rest).flawed(glued, NUMBER)
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// Splits at a byte that is known to be a boundary.
fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Reads a word. `e'...'` is a literal with backslash escapes.
fn word(text: &str) -> Piece<'_> {
    let inner = |c: char| is_word_start(c) || c.is_ascii_digit() || c == '$';
    let (word, rest) = cut(text, text.find(|c| !inner(c)).unwrap_or(text.len()));
    if let ("e" | "E", Some(after)) = (word, rest.strip_prefix('\'')) {
        return literal(after, true);
    }
    Piece::of(Token::Word(word.to_ascii_lowercase()), rest)
}

fn literal(after: &str, escapes: bool) -> Piece<'_> {
    let (text, rest, closed) = quoted(after, '\'', escapes);
    Piece::of(Token::Text(text), rest).flawed(!closed, UNCLOSED_TEXT)
}

/// Reads up to the closing quote, which is not doubled and, with escapes, not behind a backslash; says whether
/// there is one.
fn quoted(text: &str, quote: char, escapes: bool) -> (String, &str, bool) {
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
            return (content, chars.as_str(), true);
        }
    }
    (content, "", false)
}

/// Reads `$tag$...$tag$`; `$1` is no quote.
fn dollar(text: &str) -> Option<Piece<'_>> {
    let (tag, _) = text.strip_prefix('$')?.split_once('$')?;
    let inner = |c: char| is_word_start(c) || c.is_ascii_digit();
    let named = tag.chars().all(inner) && !tag.starts_with(|c: char| c.is_ascii_digit());
    if !named {
        return None;
    }
    let mark = format!("${tag}$");
    let body = text.strip_prefix(&mark)?;
    let end = body.split_once(&mark);
    let (content, rest) = end.unwrap_or((body, ""));
    let piece = Piece::of(Token::Dollar(content.to_owned()), rest);
    Some(piece.flawed(end.is_none(), UNCLOSED_DOLLAR))
}

/// Reads a block comment, which may hold others.
fn comment(text: &str) -> Piece<'_> {
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
            return blank(rest).flawed(depth > 0, UNCLOSED_COMMENT);
        }
    }
}
