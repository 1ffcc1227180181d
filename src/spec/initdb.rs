//! `spec.initdbOptions`: how the data directory of a new Cluster is made.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the data directory of a new Cluster is made. Nothing of it can be changed later.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InitDb {
    /// Character set of the databases, one that a PostgreSQL server takes. Default `UTF8`.
    pub encoding: Option<String>,
    /// Locale of the operating system for everything that `localeCollate` and `localeCType` do not name. The operand image must have it.
    pub locale: Option<String>,
    /// Sort order (`LC_COLLATE`). Default `locale`, or else `C`.
    pub locale_collate: Option<String>,
    /// Classes of characters (`LC_CTYPE`). Default `locale`, or else `C`.
    #[serde(rename = "localeCType")]
    pub locale_c_type: Option<String>,
    /// Who sorts and compares: the operating system, ICU or PostgreSQL itself. PostgreSQL 16 and up; `builtin` 17 and up. Default `libc`.
    pub locale_provider: Option<LocaleProvider>,
    /// Locale of ICU, such as `de-AT` or `und`. Needed by `localeProvider: icu`, refused without it.
    pub icu_locale: Option<String>,
    /// Additional rules of ICU for the sort order. Only with `localeProvider: icu`.
    pub icu_rules: Option<String>,
    /// Locale of PostgreSQL itself: `C`, `C.UTF-8`, and `PG_UNICODE_FAST` from PostgreSQL 18 on. Needed by `localeProvider: builtin`, refused without it.
    pub builtin_locale: Option<String>,
    /// Whether pages carry checksums. Default false, from PostgreSQL 18 on true; there CNPG cannot switch them off.
    pub data_checksums: Option<bool>,
    /// Size of a WAL segment in MB: a power of 2 from 1 to 1024. Default 16.
    pub wal_segment_size: Option<i64>,
}

/// Who sorts and compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum LocaleProvider {
    /// The operating system's library.
    Libc,
    /// ICU.
    Icu,
    /// PostgreSQL itself.
    Builtin,
}

impl LocaleProvider {
    /// The spelling in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Libc => "libc",
            Self::Icu => "icu",
            Self::Builtin => "builtin",
        }
    }
}
