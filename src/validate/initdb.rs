//! How the data directory of a new Cluster is made.

use super::check::{Refusal, locale};
use super::{Checker, Image, InitDb};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, LocaleProvider, Spec};

/// CNPG's own default (`cluster_defaults.go`).
const ENCODING: &str = "UTF8";

impl Checker<'_> {
    pub(super) fn initdb(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        image: Option<&Image>,
    ) -> InitDb {
        let initdb_path = path.key("initdbOptions");
        let Some(given) = &spec.initdb_options else {
            return InitDb::default();
        };
        if spec.recovery.is_some() {
            let message = "must not be set with `spec.recovery`: a Cluster that is restored has what its backup has";
            self.out.error(Code::Conflict, &initdb_path, message);
        }
        let major = image.map(|image| image.major);
        self.versions(given, &initdb_path, major);
        self.locale_provider(given, &initdb_path);
        self.segments(spec, given, &path.key("postgresParameters"));
        self.checked(given, &initdb_path, major)
    }

    /// Every field by itself.
    fn checked(&mut self, given: &spec::InitDb, path: &FieldPath, major: Option<u32>) -> InitDb {
        let text = Code::InvalidValue;
        let encoding = self.optional(
            text,
            &path.key("encoding"),
            given.encoding.as_ref(),
            locale::encoding,
        );
        let set = encoding.clone().unwrap_or_else(|| ENCODING.to_owned());
        let libc = |value: &str| {
            let name = locale::libc_locale(value)?;
            if locale::goes_with(&name, &set) {
                Ok(name)
            } else {
                Err(Refusal::new(format!(
                    "must be a locale for the encoding {set}"
                )))
            }
        };
        // Below 17 there is no such provider, and [`Self::versions`] says so.
        let known = major.unwrap_or(u32::MAX).max(17);
        let builtin = |value: &str| locale::builtin_locale(value, known, &set);
        let base = self.optional(text, &path.key("locale"), given.locale.as_ref(), libc);
        let collate = self.optional(
            text,
            &path.key("localeCollate"),
            given.locale_collate.as_ref(),
            libc,
        );
        let c_type = self.optional(
            text,
            &path.key("localeCType"),
            given.locale_c_type.as_ref(),
            libc,
        );
        let segment = given.wal_segment_size.and_then(|size| {
            let path = path.key("walSegmentSize");
            self.accept(
                Code::InvalidValue,
                &path,
                &size.to_string(),
                locale::wal_segment_size(size),
            )
        });
        InitDb {
            encoding,
            // Without these two CNPG would put `C` in their place, whatever `locale` says.
            locale_collate: collate.or_else(|| base.clone()),
            locale_c_type: c_type.or_else(|| base.clone()),
            locale: base,
            locale_provider: given
                .locale_provider
                .map(|provider| provider.as_str().to_owned()),
            icu_locale: self.optional(
                text,
                &path.key("icuLocale"),
                given.icu_locale.as_ref(),
                locale::icu_locale,
            ),
            icu_rules: self.optional(
                text,
                &path.key("icuRules"),
                given.icu_rules.as_ref(),
                locale::icu_rules,
            ),
            builtin_locale: self.optional(
                text,
                &path.key("builtinLocale"),
                given.builtin_locale.as_ref(),
                builtin,
            ),
            data_checksums: given.data_checksums,
            wal_segment_size: segment,
        }
    }

    /// What a major version of `initdb` does not know.
    fn versions(&mut self, given: &spec::InitDb, path: &FieldPath, major: Option<u32>) {
        let Some(major) = major else {
            return;
        };
        if given.locale_provider.is_some() && major < 16 {
            let message = "must not be set below PostgreSQL 16";
            self.out
                .error(Code::Conflict, &path.key("localeProvider"), message);
        } else if given.locale_provider == Some(LocaleProvider::Builtin) && major < 17 {
            self.conflict(
                &path.key("localeProvider"),
                "builtin",
                "must not be builtin below PostgreSQL 17",
            );
        }
        if given.data_checksums == Some(false) && major >= 18 {
            let message = "must not be false from PostgreSQL 18 on: pages have checksums there, and CNPG has no option \
                           to switch them off";
            self.out
                .error(Code::Conflict, &path.key("dataChecksums"), message);
        }
    }

    /// Each provider has fields of its own, and the ones of the others are refused by the API server (CEL).
    fn locale_provider(&mut self, given: &spec::InitDb, path: &FieldPath) {
        let is = |provider| given.locale_provider == Some(provider);
        if !is(LocaleProvider::Icu) {
            let set = [
                ("icuLocale", given.icu_locale.is_some()),
                ("icuRules", given.icu_rules.is_some()),
            ];
            self.idle(path, &set, "must not be set without `localeProvider: icu`");
        } else if given.icu_locale.is_none() {
            let message = "must be set with `localeProvider: icu`";
            self.out
                .error(Code::MissingField, &path.key("icuLocale"), message);
        }
        if is(LocaleProvider::Icu)
            && let Some(encoding) = given
                .encoding
                .as_ref()
                .filter(|name| !locale::known_to_icu(name))
        {
            let message = "must be one that ICU knows, with `localeProvider: icu`";
            self.conflict(&path.key("encoding"), encoding, message);
        }
        if !is(LocaleProvider::Builtin) {
            let set = [("builtinLocale", given.builtin_locale.is_some())];
            self.idle(
                path,
                &set,
                "must not be set without `localeProvider: builtin`",
            );
        } else if given.builtin_locale.is_none() {
            let message = "must be set with `localeProvider: builtin`";
            self.out
                .error(Code::MissingField, &path.key("builtinLocale"), message);
        }
    }

    /// A server does not start when `min_wal_size` is less than two segments.
    fn segments(&mut self, spec: &Spec, given: &spec::InitDb, path: &FieldPath) {
        let Some(size) = given
            .wal_segment_size
            .filter(|size| locale::wal_segment_size(*size).is_ok())
        else {
            return;
        };
        for name in ["min_wal_size", "max_wal_size"] {
            let value = spec
                .postgres_parameters
                .as_ref()
                .and_then(|set| set.get(name));
            let megabytes = value.and_then(|text| super::check::parameters::megabytes(text));
            if let (Some(value), Some(megabytes)) = (value, megabytes)
                && megabytes < size.saturating_mul(2)
            {
                let message = format!(
                    "must be at least two WAL segments, {} MB with `spec.initdbOptions.walSegmentSize`",
                    size.saturating_mul(2)
                );
                let error =
                    Diagnostic::at(Severity::Error, Code::Conflict, &path.key(name), message);
                self.out.push(error.value(value.clone()));
            }
        }
    }
}
