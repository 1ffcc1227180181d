//! Parameters and HBA lines of PgBouncer.
//!
//! The names are those that the CNPG webhook lets through (`AllowedPgbouncerGenericConfigurationParameters` in
//! `internal/webhook/v1/pooler_webhook.go`, v1.30.0). Values are passed on as they are
//! (<https://cloudnative-pg.io/documentation/current/connection_pooling/>), and PgBouncer does not start with
//! one that it cannot read: their forms are those of its own documentation
//! (<https://www.pgbouncer.org/config.html>).

use super::{Refusal, require};
use crate::spec::closest;

/// What a value has to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A whole number from 0 on.
    Count,
    /// A whole number from 1 on.
    Positive,
    /// 0 or 1.
    Switch,
    /// Seconds, with or without decimals.
    Seconds,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of names with commas.
    Names,
    /// Anything in one line.
    Text,
}

/// TLS modes of PgBouncer.
const TLS: &[&str] = &[
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];
/// The TLS modes with which PgBouncer still shows its certificate to PostgreSQL.
const SERVER_TLS: &[&str] = &["prefer", "require", "verify-ca", "verify-full"];
/// The ways to log in that ask for something.
const AUTH: &[&str] = &["hba", "scram-sha-256", "md5", "cert"];

/// Every parameter that may be set, what its values look like, and the first minor version of CNPG 1 that takes it.
const ALLOWED: &[(&str, Form, u32)] = &[
    ("application_name_add_host", Form::Switch, 26),
    ("auth_type", Form::Word(AUTH), 28),
    ("autodb_idle_timeout", Form::Seconds, 26),
    ("cancel_wait_timeout", Form::Seconds, 26),
    ("client_idle_timeout", Form::Seconds, 26),
    ("client_login_timeout", Form::Seconds, 26),
    ("client_tls13_ciphers", Form::Text, 29),
    ("client_tls_ciphers", Form::Text, 29),
    ("client_tls_sslmode", Form::Word(TLS), 28),
    ("default_pool_size", Form::Positive, 26),
    ("disable_pqexec", Form::Switch, 26),
    ("dns_max_ttl", Form::Seconds, 26),
    ("dns_nxdomain_ttl", Form::Seconds, 26),
    ("idle_transaction_timeout", Form::Seconds, 26),
    ("ignore_startup_parameters", Form::Names, 26),
    ("listen_backlog", Form::Count, 26),
    ("log_connections", Form::Switch, 26),
    ("log_disconnections", Form::Switch, 26),
    ("log_pooler_errors", Form::Switch, 26),
    ("log_stats", Form::Switch, 26),
    ("max_client_conn", Form::Positive, 26),
    ("max_db_connections", Form::Count, 26),
    ("max_packet_size", Form::Positive, 26),
    ("max_prepared_statements", Form::Count, 26),
    ("max_user_connections", Form::Count, 26),
    ("min_pool_size", Form::Count, 26),
    ("pkt_buf", Form::Positive, 26),
    ("query_timeout", Form::Seconds, 26),
    ("query_wait_timeout", Form::Seconds, 26),
    ("reserve_pool_size", Form::Count, 26),
    ("reserve_pool_timeout", Form::Seconds, 26),
    ("sbuf_loopcnt", Form::Count, 26),
    ("server_check_delay", Form::Seconds, 26),
    ("server_check_query", Form::Text, 26),
    ("server_connect_timeout", Form::Seconds, 26),
    ("server_fast_close", Form::Switch, 26),
    ("server_idle_timeout", Form::Seconds, 26),
    ("server_lifetime", Form::Seconds, 26),
    ("server_login_retry", Form::Seconds, 26),
    ("server_reset_query", Form::Text, 26),
    ("server_reset_query_always", Form::Switch, 26),
    ("server_round_robin", Form::Switch, 26),
    ("server_tls13_ciphers", Form::Text, 29),
    ("server_tls_ciphers", Form::Text, 26),
    ("server_tls_protocols", Form::Text, 26),
    ("server_tls_sslmode", Form::Word(SERVER_TLS), 28),
    ("stats_period", Form::Positive, 26),
    ("suspend_timeout", Form::Seconds, 26),
    ("tcp_defer_accept", Form::Count, 26),
    ("tcp_keepalive", Form::Switch, 26),
    ("tcp_keepcnt", Form::Count, 26),
    ("tcp_keepidle", Form::Count, 26),
    ("tcp_keepintvl", Form::Count, 26),
    ("tcp_socket_buffer", Form::Count, 26),
    ("tcp_user_timeout", Form::Count, 26),
    ("track_extra_parameters", Form::Names, 26),
    ("verbose", Form::Count, 26),
];

/// Checks the name of a parameter, for an operator of version 1.`minor`.
///
/// # Errors
/// Refuses what the CNPG webhook refuses, and says which field is meant.
pub fn name(key: &str, minor: u32) -> Result<(), Refusal> {
    if let Some((_, _, since)) = ALLOWED.iter().find(|(name, _, _)| *name == key) {
        return require(
            minor >= *since,
            &format!("must not be set with an operator below 1.{since}, which refuses it"),
        );
    }
    let message = match key {
        "pool_mode" => "must not be set here: `poolMode` beside `parameters` is the field",
        "auth_hba_file" => "must not be set here: `pgHba` beside `parameters` has its lines",
        "pool_size" | "max_user_client_connections" | "max_db_client_connections" => {
            "must not be set: CNPG refuses it; `default_pool_size` and `max_client_conn` are what it takes"
        }
        _ if OWN.contains(&key) => "must not be set: CNPG sets it itself",
        _ => {
            "must be a parameter of PgBouncer that CNPG leaves to the user (its documentation, \"PgBouncer \
             configuration options\")"
        }
    };
    let known = ALLOWED.iter().map(|(name, _, _)| *name);
    let proposed = closest(key, known).filter(|_| !OWN.contains(&key));
    Err(Refusal::new(message).propose(proposed.map(str::to_owned)))
}

/// What CNPG writes into the configuration (`pkg/management/pgbouncer/config/config.go`).
const OWN: &[&str] = &[
    "admin_users",
    "auth_dbname",
    "auth_file",
    "auth_hba_file",
    "auth_query",
    "auth_user",
    "client_tls_ca_file",
    "client_tls_cert_file",
    "client_tls_key_file",
    "listen_addr",
    "listen_port",
    "pool_mode",
    "server_tls_ca_file",
    "server_tls_cert_file",
    "server_tls_key_file",
    "unix_socket_dir",
];

/// Checks the value of a parameter whose name has passed.
///
/// # Errors
/// Refuses what PgBouncer could not read, and what would lock CNPG's own role out or let anybody in.
pub fn value(key: &str, text: &str) -> Result<(), Refusal> {
    require(
        !text.contains(['\0', '\n', '\r']) && text.trim() == text,
        "must be one line without NUL, and without white space at its ends (it becomes a line of pgbouncer.ini)",
    )?;
    let form = ALLOWED.iter().find(|(name, _, _)| *name == key);
    let number = || digits(text) && text.parse::<i32>().is_ok();
    match form.map_or(Form::Text, |(_, form, _)| *form) {
        Form::Text => Ok(()),
        Form::Count => require(
            number(),
            "must be a whole number from 0 to 2147483647 (PgBouncer)",
        ),
        Form::Positive => require(
            number() && !text.bytes().all(|byte| byte == b'0'),
            "must be a whole number from 1 to 2147483647 (PgBouncer)",
        ),
        Form::Switch => require(
            matches!(text, "0" | "1"),
            "must be \"0\" or \"1\" (PgBouncer has no other booleans)",
        ),
        Form::Seconds => require(
            seconds(text),
            "must be a number of seconds without a unit, such as 30 or 0.5 (PgBouncer)",
        ),
        Form::Names => require(
            text.split(',').all(is_name),
            "must be names of parameters with commas between them",
        ),
        Form::Word(words) => {
            let message = format!("must be one of {}{}", words.join(", "), why(key));
            require(words.contains(&text), &message)
        }
    }
}

/// Why fewer words are taken than PgBouncer has.
fn why(key: &str) -> &'static str {
    match key {
        "auth_type" => " (with PgBouncer's others anybody gets in, or nobody)",
        "server_tls_sslmode" => {
            " (CNPG's own role logs in to PostgreSQL with a certificate, so there must be TLS)"
        }
        _ => "",
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn seconds(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, decimals)) => digits(whole) && digits(decimals),
        None => digits(text),
    }
}

fn is_name(text: &str) -> bool {
    let name = text.trim();
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    !name.is_empty() && name.bytes().all(inner)
}

/// Checks a line of the HBA file.
///
/// # Errors
/// Refuses what is no single rule: PgBouncer does not start with a file that it cannot read.
pub fn hba_line(line: &str) -> Result<(), Refusal> {
    const TYPES: [&str; 4] = ["local", "host", "hostssl", "hostnossl"];
    let words: Vec<&str> = line.split_whitespace().collect();
    let kind = words.first().copied().unwrap_or_default();
    // `local` has no address; one with a mask has a word more.
    let least = if kind == "local" { 4 } else { 5 };
    require(
        TYPES.contains(&kind) && words.len() >= least && !line.contains(['\0', '\n', '\r', '#']),
        "must be one rule of PgBouncer's HBA file without a comment: local, host, hostssl or hostnossl, then \
         database, user, address (not with local) and method",
    )?;
    require(
        !words.contains(&"trust"),
        "must not have the method trust: anybody could be any user",
    )
}
