//! The map of PostgreSQL parameters.
//!
//! The rules are those of the CNPG webhook (`validateConfiguration` and its helpers in
//! `internal/webhook/v1/cluster_webhook.go`, `FixedConfigurationParameters` in `pkg/postgres/configuration.go`),
//! and a few of PostgreSQL that would keep the server from starting. Names are compared without regard to case,
//! as PostgreSQL does; the webhook compares exactly, and `Archive_Mode` would slip past it.

use super::{Refusal, quantity::Quantity, require};
use std::collections::BTreeMap;

/// What the parameters have to agree with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// How many instances the cluster has.
    pub instances: u32,
    /// The memory that an instance requests, in bytes.
    pub memory_request: Option<i64>,
    /// The size of the volume for WAL, in bytes, when it has one of its own.
    pub wal_storage: Option<i64>,
}

type Parameters = BTreeMap<String, String>;

/// Parameters that CNPG keeps for itself.
pub const FIXED: &[&str] = &[
    "allow_system_table_mods",
    "archive_cleanup_command",
    "archive_command",
    "archive_mode",
    "bonjour",
    "bonjour_name",
    "cluster_name",
    "config_file",
    "data_directory",
    "data_sync_retry",
    "event_source",
    "external_pid_file",
    "hba_file",
    "hot_standby",
    "ident_file",
    "jit_provider",
    "listen_addresses",
    "log_destination",
    "log_directory",
    "log_file_mode",
    "log_filename",
    "log_rotation_age",
    "log_rotation_size",
    "log_truncate_on_rotation",
    "logging_collector",
    "pg_failover_slots.primary_dsn",
    "pg_failover_slots.standby_slot_names",
    "port",
    "primary_conninfo",
    "primary_slot_name",
    "promote_trigger_file",
    "recovery_end_command",
    "recovery_min_apply_delay",
    "recovery_target",
    "recovery_target_action",
    "recovery_target_inclusive",
    "recovery_target_lsn",
    "recovery_target_name",
    "recovery_target_time",
    "recovery_target_timeline",
    "recovery_target_xid",
    "restart_after_crash",
    "restore_command",
    "shared_preload_libraries",
    "ssl",
    "ssl_ca_file",
    "ssl_cert_file",
    "ssl_crl_file",
    "ssl_dh_params_file",
    "ssl_ecdh_curve",
    "ssl_key_file",
    "ssl_passphrase_command",
    "ssl_passphrase_command_supports_reload",
    "ssl_prefer_server_ciphers",
    "stats_temp_directory",
    "synchronized_standby_slots",
    "synchronous_standby_names",
    "syslog_facility",
    "syslog_ident",
    "syslog_sequence_numbers",
    "syslog_split_messages",
    "temp_tablespaces",
    "unix_socket_directories",
    "unix_socket_group",
    "unix_socket_permissions",
];

/// Checks all parameters and gives every mistake with the key that it belongs to.
#[must_use]
pub fn parameters(parameters: &Parameters, context: &Context) -> Vec<(String, Refusal)> {
    let mut spellings = BTreeMap::<String, usize>::new();
    for key in parameters.keys() {
        *spellings.entry(key.to_ascii_lowercase()).or_default() += 1;
    }
    let single = parameters.iter().filter_map(|(key, value)| {
        let results = [
            name(key),
            fixed(key),
            once(key, &spellings),
            text(value),
            special(key, value, context),
        ];
        // One mistake for each key is enough; the first one is the most basic.
        results
            .into_iter()
            .find_map(Result::err)
            .map(|refusal| (key.clone(), refusal))
    });
    let together = [wal_order(parameters), failover_slots(parameters)];
    single.chain(together.into_iter().flatten()).collect()
}

/// A parameter name, as the webhook's `postgresParameterNameRegex` takes it.
fn name(key: &str) -> Result<(), Refusal> {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'))
    };
    require(
        key.splitn(2, '.').all(part),
        "must be the name of a PostgreSQL parameter: letters, digits, _ and $, with at most one dot after an \
         extension's name (CNPG refuses others)",
    )
}

fn fixed(key: &str) -> Result<(), Refusal> {
    let lower = key.to_ascii_lowercase();
    require(
        lower != "shared_preload_libraries",
        "must not be set here: CNPG manages the libraries; a parameter of pg_stat_statements, auto_explain, \
         pgaudit or pg_failover_slots preloads it, and a patch of postgresql.shared_preload_libraries any other",
    )?;
    require(
        !FIXED.contains(&lower.as_str()) && !lower.starts_with("cnpg."),
        "must not be set: CNPG keeps this parameter for itself (its documentation, \"Fixed parameters\")",
    )
}

/// PostgreSQL takes `work_mem` and `Work_Mem` for one parameter and lets the last one win.
fn once(key: &str, spellings: &BTreeMap<String, usize>) -> Result<(), Refusal> {
    require(
        spellings.get(&key.to_ascii_lowercase()) == Some(&1),
        "must not be set twice in different cases (PostgreSQL ignores the case of parameter names)",
    )
}

fn text(value: &str) -> Result<(), Refusal> {
    require(
        !value.contains(['\0', '\n', '\r']),
        "must be one line without NUL (it becomes a line of postgresql.conf)",
    )
}

/// The rules of single parameters.
fn special(key: &str, value: &str, context: &Context) -> Result<(), Refusal> {
    match key.to_ascii_lowercase().as_str() {
        "wal_level" => require(
            matches!(value, "replica" | "logical"),
            "must be replica or logical (CNPG archives WAL and streams it to standbys, so minimal is refused)",
        ),
        "shared_buffers" => shared_buffers(value, context.memory_request),
        "min_wal_size" | "max_wal_size" => wal_size(value, context.wal_storage),
        "hot_standby_feedback" | "sync_replication_slots" => switch(value).map(|_| ()),
        "wal_log_hints" => require(
            switch(value)? || context.instances <= 1,
            "must be on with more than one instance (CNPG needs it for pg_rewind)",
        ),
        _ => Ok(()),
    }
}

/// A boolean of PostgreSQL: `on`, `off`, `true`, `false`, `yes`, `no`, `1`, `0`, or an unambiguous beginning.
fn switch(value: &str) -> Result<bool, Refusal> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "on" | "y" | "ye" | "yes" | "t" | "tr" | "tru" | "true" => Ok(true),
        "0" | "of" | "off" | "n" | "no" | "f" | "fa" | "fal" | "fals" | "false" => Ok(false),
        _ => Err(Refusal::new("must be on or off (a PostgreSQL boolean)")),
    }
}

/// A size in bytes, when both CNPG (`parsePostgresQuantityValue`) and PostgreSQL read it as one.
///
/// A bare number is megabytes to CNPG. PostgreSQL reads 8 kB pages for `shared_buffers`, which is less.
fn bytes(value: &str) -> Result<i64, Refusal> {
    const UNITS: [(&str, &str); 5] = [
        ("kB", "Ki"),
        ("MB", "Mi"),
        ("GB", "Gi"),
        ("TB", "Ti"),
        ("B", ""),
    ];
    let plain = value.bytes().all(|b| b.is_ascii_digit());
    let (number, suffix) = UNITS
        .iter()
        .find_map(|(unit, suffix)| Some((value.strip_suffix(unit)?, *suffix)))
        .unwrap_or((if plain { value } else { "" }, "Mi"));
    let number = number.trim_end_matches(' ');
    let shaped = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let parsed = Quantity::parse(&format!("{number}{suffix}"));
    match parsed {
        Ok(quantity) if shaped && !number.is_empty() => Ok(quantity.whole()),
        _ => Err(Refusal::new(
            "must be a number with the unit B, kB, MB, GB or TB, such as 256MB (PostgreSQL: numeric with unit)",
        )),
    }
}

/// A size in whole megabytes, when it is one.
#[must_use]
pub fn megabytes(value: &str) -> Option<i64> {
    bytes(value).ok().map(|bytes| bytes / (1 << 20))
}

fn shared_buffers(value: &str, memory_request: Option<i64>) -> Result<(), Refusal> {
    let size = bytes(value)?;
    require(size >= 128 << 10, "must be at least 128kB (PostgreSQL)")?;
    require(
        memory_request.is_none_or(|request| size <= request),
        "must not be more than memRequest (CNPG refuses it; a quarter of the memory is usual)",
    )
}

fn wal_size(value: &str, wal_storage: Option<i64>) -> Result<(), Refusal> {
    let size = bytes(value)?;
    require(
        size >= 32 << 20,
        "must be at least 32MB (PostgreSQL does not start with less than two WAL segments)",
    )?;
    require(
        wal_storage.is_none_or(|volume| size < volume),
        "must be less than walStorageSize (CNPG refuses it)",
    )
}

/// The value of a parameter whatever the case of its name, with the name as it was written.
fn find<'a>(parameters: &'a Parameters, name: &str) -> Option<(&'a str, &'a str)> {
    let entry = parameters
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some((entry.0, entry.1))
}

/// `min_wal_size` must be less than `max_wal_size`; 80 MB and 1 GB stand for what is not set.
fn wal_order(parameters: &Parameters) -> Option<(String, Refusal)> {
    let min = find(parameters, "min_wal_size");
    let max = find(parameters, "max_wal_size");
    let key = min.or(max)?.0;
    let low = bytes(min.map_or("80MB", |(_, value)| value)).ok()?;
    let high = bytes(max.map_or("1GB", |(_, value)| value)).ok()?;
    let message = match min {
        Some(_) => "must be less than max_wal_size, which is 1GB when not set (CNPG refuses it)",
        None => "must be more than min_wal_size, which is 80MB when not set (CNPG refuses it)",
    };
    (low >= high).then(|| (key.to_owned(), Refusal::new(message)))
}

/// Parameters of `pg_failover_slots` need `hot_standby_feedback` (webhook: `validatePgFailoverSlots`).
fn failover_slots(parameters: &Parameters) -> Option<(String, Refusal)> {
    let key = parameters
        .keys()
        .find(|key| key.starts_with("pg_failover_slots."))?;
    let feedback =
        find(parameters, "hot_standby_feedback").map_or(Ok(false), |(_, value)| switch(value));
    let missing = feedback.is_ok_and(|on| !on) && !FIXED.contains(&key.as_str());
    let message =
        "must come with hot_standby_feedback: \"on\" (CNPG refuses pg_failover_slots without it)";
    missing.then(|| (key.clone(), Refusal::new(message)))
}
