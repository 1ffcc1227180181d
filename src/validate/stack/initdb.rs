//! The part of a valid stack that only counts when a Cluster is made.

/// How the data directory is made; what is none is CNPG's default.
#[derive(Debug, Clone, Default)]
pub struct InitDb {
    /// Character set.
    pub encoding: Option<String>,
    /// Locale of everything else.
    pub locale: Option<String>,
    /// `LC_COLLATE`.
    pub locale_collate: Option<String>,
    /// `LC_CTYPE`.
    pub locale_c_type: Option<String>,
    /// Who sorts and compares.
    pub locale_provider: Option<String>,
    /// Locale of ICU.
    pub icu_locale: Option<String>,
    /// Additional rules of ICU.
    pub icu_rules: Option<String>,
    /// Locale of PostgreSQL itself.
    pub builtin_locale: Option<String>,
    /// Whether pages carry checksums.
    pub data_checksums: Option<bool>,
    /// Size of a WAL segment in MB.
    pub wal_segment_size: Option<i64>,
}
