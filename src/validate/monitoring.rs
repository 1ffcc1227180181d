//! Metrics of the user's own, beside CNPG's.

use std::collections::BTreeSet;

use super::check::{metric, name};
use super::databases::Entries;
use super::{Checker, Column, KeyOf, KeyRef, MetricQuery, Monitoring};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, MetricUsage, Spec};

impl Checker<'_> {
    pub(super) fn monitoring(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Monitoring {
        let path = path.key("monitoring");
        let given = spec.monitoring.clone().unwrap_or_default();
        let queries = given.queries.unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut valid = Vec::new();
        for (index, query) in queries.iter().enumerate() {
            let path = path.key("queries").index(index);
            self.once(&mut seen, &path.key("name"), query.name.as_deref());
            valid.extend(self.metric_query(query, &path, entries));
        }
        let from = given.queries_from.unwrap_or_default();
        let from = from.iter().enumerate().filter_map(|(index, from)| {
            let path = path.key("queriesFrom").index(index);
            self.queries_from(from, &path)
        });
        Monitoring {
            queries_from: from.collect(),
            queries: valid,
            without_defaults: given.disable_default_queries.unwrap_or_default(),
            tls: given.tls.unwrap_or_default(),
        }
    }

    fn once<'a>(&mut self, seen: &mut BTreeSet<&'a str>, path: &FieldPath, name: Option<&'a str>) {
        if let Some(name) = name.filter(|name| !seen.insert(name)) {
            let message = "must differ from the entries before it: CNPG keeps the last one";
            let error = Diagnostic::at(Severity::Error, Code::DuplicateEntry, path, message);
            self.out.push(error.value(name));
        }
    }

    fn metric_query(
        &mut self,
        given: &spec::MetricQuery,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Option<MetricQuery> {
        let name = self.optional(
            Code::InvalidName,
            &path.key("name"),
            given.name.as_ref(),
            metric::name,
        );
        for (field, sql) in [
            ("query", given.query.as_ref()),
            ("predicateQuery", given.predicate_query.as_ref()),
        ] {
            if sql.is_some_and(|sql| sql.trim().is_empty() || sql.contains('\0')) {
                let message = "must be a SELECT, and must not contain a NUL character";
                self.out.error(Code::InvalidSql, &path.key(field), message);
            }
        }
        let databases = given.target_databases.as_deref().unwrap_or_default();
        self.target_databases(databases, &path.key("targetDatabases"), entries);
        let seconds = given.cache_seconds.unwrap_or_default();
        if seconds < 0 {
            let field = path.key("cacheSeconds");
            let error = Diagnostic::at(
                Severity::Error,
                Code::InvalidValue,
                &field,
                "must be at least 0",
            );
            self.out.push(error.value(seconds));
        }
        let versions = given.runonserver.as_ref();
        let versions = self.optional(
            Code::InvalidValue,
            &path.key("runonserver"),
            versions,
            metric::versions,
        );
        let columns = given.metrics.as_deref().unwrap_or_default();
        Some(MetricQuery {
            columns: self.metric_columns(columns, &path.key("metrics")),
            name: name?,
            query: given.query.clone()?,
            predicate: given.predicate_query.clone(),
            databases: databases.to_vec(),
            primary: given.primary.unwrap_or_default(),
            versions,
            cache_seconds: seconds,
        })
    }

    /// The exporter may connect to these only.
    fn target_databases(&mut self, given: &[String], path: &FieldPath, entries: Option<&Entries>) {
        let Some(entries) = entries else { return };
        let known = |name: &str| {
            let mut databases = entries.databases.iter();
            databases.any(|database| database.name == name)
                || matches!(name, "postgres" | "template1")
                || (entries.databases.is_empty() && name == "app")
        };
        let unknown = given.iter().enumerate();
        for (index, name) in unknown.filter(|(_, name)| !metric::is_pattern(name) && !known(name)) {
            let message = "must be a database of the stack, `postgres`, `template1`, or a pattern such as `*`";
            let error = Diagnostic::at(
                Severity::Error,
                Code::InvalidValue,
                &path.index(index),
                message,
            );
            self.out.push(error.value(name.as_str()));
        }
    }

    fn metric_columns(&mut self, given: &[spec::MetricColumn], path: &FieldPath) -> Vec<Column> {
        let shown = |column: &spec::MetricColumn| {
            !matches!(
                column.usage,
                Some(MetricUsage::Label | MetricUsage::Discard)
            )
        };
        if !given.iter().any(shown) && !self.out.covers(path) {
            let message = "must have a column that is a number: only labels make no metric";
            self.out.error(Code::InvalidValue, path, message);
        }
        let mut seen = BTreeSet::new();
        let mut valid = Vec::new();
        for (index, column) in given.iter().enumerate() {
            let path = path.index(index);
            self.once(&mut seen, &path.key("column"), column.column.as_deref());
            valid.extend(self.metric_column(column, &path));
        }
        valid
    }

    fn metric_column(&mut self, given: &spec::MetricColumn, path: &FieldPath) -> Option<Column> {
        let column = given.column.as_ref();
        let shown = given.name.as_ref();
        let column_path = path.key("column");
        let column = if shown.is_some() {
            column.cloned()
        } else {
            self.optional(Code::InvalidName, &column_path, column, metric::name)
        };
        let name = self.optional(Code::InvalidName, &path.key("name"), shown, metric::name);
        let versions = given.pg_version.as_ref();
        let versions = self.optional(
            Code::InvalidValue,
            &path.key("pgVersion"),
            versions,
            metric::versions,
        );
        let mapped = given.usage == Some(MetricUsage::MappedMetric);
        let mapping = given.metric_mapping.clone().unwrap_or_default();
        let mapping_path = path.key("metricMapping");
        if mapped == mapping.is_empty() && given.usage.is_some() {
            let message = "must be set with `usage: MAPPEDMETRIC`, and with no other";
            self.out.error(Code::Conflict, &mapping_path, message);
        }
        for (text, number) in mapping.iter().filter(|(_, n)| n.0.parse::<f64>().is_err()) {
            let field = mapping_path.key(text);
            let error = Diagnostic::at(
                Severity::Error,
                Code::InvalidValue,
                &field,
                "must be a number",
            );
            self.out.push(error.value(number.0.as_str()));
        }
        Some(Column {
            column: column?,
            usage: given.usage?,
            description: given.description.clone(),
            name,
            mapping: mapping
                .into_iter()
                .map(|(text, number)| (text, number.0))
                .collect(),
            versions,
        })
    }

    fn queries_from(&mut self, given: &spec::QueriesFrom, path: &FieldPath) -> Option<KeyOf> {
        match (&given.config_map, &given.secret) {
            (Some(key), None) => Some(KeyOf::ConfigMap(
                self.queries_key(key, &path.key("configMap"))?,
            )),
            (None, Some(key)) => Some(KeyOf::Secret(self.queries_key(key, &path.key("secret"))?)),
            _ => {
                let message = "must have exactly one of `configMap` and `secret`";
                self.out.error(Code::Conflict, path, message);
                None
            }
        }
    }

    fn queries_key(&mut self, given: &spec::QueriesKey, path: &FieldPath) -> Option<KeyRef> {
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let name = self.optional(
            Code::InvalidName,
            &path.key("name"),
            given.name.as_ref(),
            check,
        );
        let default = "queries".to_owned();
        let key = given.key.as_ref().unwrap_or(&default);
        let key = self.accept(
            Code::InvalidName,
            &path.key("key"),
            key,
            name::config_key(key).map(|_| key.clone()),
        );
        Some(KeyRef {
            name: name?,
            key: key?,
        })
    }
}
