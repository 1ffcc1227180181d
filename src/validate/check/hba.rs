//! Lines of `pg_hba.conf`.
//!
//! They are read as PostgreSQL reads them (`next_token` and `parse_hba_line` in hba.c): one mistake, and the
//! server keeps its old rules, or does not start.
//! The grammar: <https://www.postgresql.org/docs/current/auth-pg-hba-conf.html>.

use std::net::IpAddr;

use super::{Refusal, ident, require};

/// The connection types that are not local, and whether a connection over TLS is of that type.
const TYPES: [(&str, bool); 5] = [
    ("host", true),
    ("hostssl", true),
    ("hostnossl", false),
    ("hostgssenc", false),
    ("hostnogssenc", true),
];
/// The methods that need nothing but what a CNPG instance has.
const METHODS: [&str; 5] = ["scram-sha-256", "md5", "cert", "gss", "reject"];

/// What a line says, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Whether it is for connections over TLS, too.
    over_tls: bool,
    databases: Vec<Word>,
    users: Vec<Word>,
    /// Whether it is for all addresses of IPv4.
    from_everywhere: bool,
    /// Whether a password alone opens the door.
    by_password: bool,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// A key word in quotes is a name like any other.
    quoted: bool,
}

impl Word {
    fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text == keyword
    }
}

impl Rule {
    /// Whether this line decides about a login over TLS, wherever that comes from.
    #[must_use]
    pub fn decides(&self, database: &str, user: &str) -> bool {
        let of_database = self.databases.iter().any(|word| {
            word.is("all") || word.is("sameuser") && database == user || word.text == database
        });
        let of_user = self
            .users
            .iter()
            .any(|word| word.is("all") || word.text == user);
        self.over_tls && self.from_everywhere && of_database && of_user
    }

    /// Whether it lets in whoever knows the password and has nothing else.
    #[must_use]
    pub const fn takes_passwords(&self) -> bool {
        self.by_password
    }
}

/// The line that lets a user into a database with a client certificate, and with nothing else.
#[must_use]
pub fn certificate_line(database: &str, user: &str) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    format!("hostssl {} {} all cert", quoted(database), quoted(user))
}

/// Whether a name can stand in a line: `/` begins a regular expression from PostgreSQL 16 on, in quotes too, and
/// CNPG replaces `${...:...}`.
///
/// # Errors
/// Refuses a name that would be read as something else.
pub fn plain_name(name: &str) -> Result<(), Refusal> {
    require(
        !name.starts_with('/') && !is_descriptor(name),
        "must not begin with a slash nor hold `${...:...}` (pg_hba.conf reads both as something else)",
    )
}

/// Checks one line.
///
/// # Errors
/// Refuses what PostgreSQL or CNPG refuses, what never has an effect, and what needs files or secrets that an
/// instance does not have.
pub fn line(text: &str) -> Result<Rule, Refusal> {
    require(
        !text.chars().any(|c| c.is_control() && c != '\t'),
        "must be one line without control characters",
    )?;
    require(
        !text.ends_with('\\'),
        "must not end with a backslash (it would go on in the next line)",
    )?;
    require(
        !is_descriptor(text),
        "must not refer to `${...:...}` (the Cluster has no podSelectorRefs)",
    )?;
    let fields = fields(text)?;
    let (kind, rest) = fields.split_first().ok_or_else(|| {
        Refusal::new("must be a line of pg_hba.conf: TYPE DATABASE USER ADDRESS METHOD")
    })?;
    let over_tls = kind_of(kind)?;
    let kind = single(kind)?;
    let [databases, users, address, rest @ ..] = rest else {
        return Err(Refusal::new(
            "must have five fields: TYPE DATABASE USER ADDRESS METHOD",
        ));
    };
    names(databases)?;
    names(users)?;
    let (from_everywhere, rest) = from(single(address)?, rest)?;
    let (method, options) = rest.split_first().ok_or_else(|| {
        Refusal::new("must have a method behind the address, such as scram-sha-256")
    })?;
    let method = self::method(single(method)?, &kind.text)?;
    let certificate = self::options(options, &kind.text, method)?;
    Ok(Rule {
        over_tls,
        databases: databases.clone(),
        users: users.clone(),
        from_everywhere,
        by_password: matches!(method, "scram-sha-256" | "md5") && !certificate,
    })
}

/// CNPG's references to something outside (`descriptorReference` in `pkg/postgres/hba/hba.go`).
fn is_descriptor(text: &str) -> bool {
    text.split("${").skip(1).any(|after| {
        let colon = after.find(':').filter(|at| *at > 0);
        let tail = colon.and_then(|at| after.get(at + 1..));
        tail.and_then(|tail| tail.find('}'))
            .is_some_and(|at| at > 0)
    })
}

/// Splits a line: fields are parted by white space, the values of one by commas.
fn fields(text: &str) -> Result<Vec<Vec<Word>>, Refusal> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let mut field = Vec::new();
        loop {
            let (word, comma, after) = word(rest)?;
            field.extend(word);
            rest = after.trim_start();
            if !comma || rest.is_empty() {
                break;
            }
        }
        fields.push(field);
    }
    Ok(fields)
}

/// The first value, whether a comma follows it, and the rest. Two quotes within quotes are one.
fn word(text: &str) -> Result<(Option<Word>, bool, &str), Refusal> {
    let mut out = String::new();
    let (mut within, mut was_quote) = (false, false);
    let mut end = (text.len(), false);
    for (at, c) in text.char_indices() {
        match c {
            ' ' | '\t' | '#' if !within => end = (at, false),
            ',' if !within => end = (at, true),
            '"' => {
                if was_quote {
                    out.push('"');
                }
                was_quote = within && !was_quote;
                within = !within;
                continue;
            }
            c => {
                out.push(c);
                was_quote = false;
                continue;
            }
        }
        break;
    }
    require(!within, "must close every quoted name: a `\"` is missing")?;
    let quoted = text.starts_with('"');
    let word = (quoted || !out.is_empty()).then_some(Word { text: out, quoted });
    let (at, comma) = end;
    let after = text.get(at + usize::from(comma)..).unwrap_or_default();
    Ok((word, comma, after))
}

fn single(field: &[Word]) -> Result<&Word, Refusal> {
    match field {
        [word] => Ok(word),
        _ => Err(Refusal::new(
            "must have lists, with commas, in DATABASE and USER only",
        )),
    }
}

fn kind_of(field: &[Word]) -> Result<bool, Refusal> {
    let kind = &single(field)?.text;
    require(
        kind != "local",
        "must not be a `local` line: CNPG's own `local all all peer` comes first, and nothing else on the socket \
         is asked",
    )?;
    let found = TYPES.iter().find(|(name, _)| name == kind);
    found.map(|(_, over_tls)| *over_tls).ok_or_else(|| {
        Refusal::new(
            "must begin with host, hostssl, hostnossl, hostgssenc or hostnogssenc (files cannot be included)",
        )
    })
}

/// The names of databases or users, and key words.
fn names(field: &[Word]) -> Result<(), Refusal> {
    require(!field.is_empty(), "must name a database and a user")?;
    for word in field {
        let (name, role) = match word.text.strip_prefix('+') {
            Some(role) if !word.quoted => (role, true),
            _ => (word.text.as_str(), false),
        };
        require(
            role || word.quoted || !name.starts_with('@'),
            "must not refer to a file with `@` (an instance has none)",
        )?;
        require(
            !name.starts_with('/'),
            "must not hold a regular expression `/...` (PostgreSQL 15 takes it for a name); list the names",
        )?;
        ident::identifier(name)?;
    }
    Ok(())
}

/// Whether an address is all of IPv4, and what follows it and its mask.
fn from<'a>(address: &Word, rest: &'a [Vec<Word>]) -> Result<(bool, &'a [Vec<Word>]), Refusal> {
    if ["all", "samehost", "samenet"]
        .iter()
        .any(|word| address.is(word))
    {
        return Ok((address.is("all"), rest));
    }
    if let Some((ip, bits)) = address.text.split_once('/') {
        let message =
            "must have an address with the length of its prefix, such as 10.0.0.0/8 or fd00::/8";
        let ip: IpAddr = ip.parse().map_err(|_| Refusal::new(message))?;
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let length: Option<u8> = bits.parse().ok().filter(|length| *length <= most);
        require(bits.chars().all(|c| c.is_ascii_digit()), message)?;
        let length = length.ok_or_else(|| Refusal::new(message))?;
        return Ok((ip.is_ipv4() && length == 0, rest));
    }
    if let Ok(ip) = address.text.parse::<IpAddr>() {
        let message =
            "must have a mask behind an address, such as 10.0.0.0/8 or 10.0.0.0 255.0.0.0";
        let (mask, rest) = rest.split_first().ok_or_else(|| Refusal::new(message))?;
        let mask: IpAddr = single(mask)?
            .text
            .parse()
            .map_err(|_| Refusal::new(message))?;
        require(mask.is_ipv4() == ip.is_ipv4(), message)?;
        return Ok((mask.is_ipv4() && mask.is_unspecified(), rest));
    }
    let host = address.text.strip_prefix('.').unwrap_or(&address.text);
    let label = |label: &str| {
        let inner = label
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let numeric = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    require(
        !numeric && host.split('.').all(label),
        "must have an address: all, samehost, samenet, 10.0.0.0/8, or the name of a host",
    )?;
    Ok((false, rest))
}

fn method<'a>(word: &'a Word, kind: &str) -> Result<&'a str, Refusal> {
    let method = word.text.as_str();
    require(
        method != "trust",
        "must not have the method trust: whoever reaches the port would be anybody, without a password",
    )?;
    require(
        method != "password",
        "must not have the method password, which has it sent as it is; scram-sha-256 takes the same passwords",
    )?;
    require(
        METHODS.contains(&method),
        "must have one of the methods scram-sha-256, md5, cert, gss, reject: the others are for sockets, or need \
         files or secrets in pg_hba.conf",
    )?;
    require(
        method != "cert" || kind == "hostssl",
        "must be a `hostssl` line to have the method cert",
    )?;
    require(
        kind != "hostgssenc" || matches!(method, "gss" | "reject"),
        "must have the method gss or reject in a `hostgssenc` line",
    )?;
    Ok(method)
}

/// Whether a certificate is asked for besides.
fn options(options: &[Vec<Word>], kind: &str, method: &str) -> Result<bool, Refusal> {
    let mut certificate = false;
    for option in options {
        let option = &single(option)?.text;
        let (name, value) = option.split_once('=').ok_or_else(|| {
            Refusal::new("must have options of the form NAME=VALUE behind the method")
        })?;
        require(
            name != "map",
            "must not have a map (the Cluster has no pg_ident of its own, so nobody would be let in)",
        )?;
        let fits = match name {
            "clientcert" => {
                certificate = true;
                kind == "hostssl"
                    && (value == "verify-full" || value == "verify-ca" && method != "cert")
            }
            "clientname" => kind == "hostssl" && matches!(value, "CN" | "DN"),
            "include_realm" => method == "gss" && matches!(value, "0" | "1"),
            "krb_realm" => method == "gss" && !value.is_empty(),
            _ => false,
        };
        require(
            fits,
            "must have options that go with the line: clientcert=verify-ca or verify-full (cert: verify-full only) and \
             clientname=CN or DN with hostssl, include_realm=0 or 1 and krb_realm with gss",
        )?;
    }
    Ok(certificate)
}
