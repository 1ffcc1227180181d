//! The steps of a migration with `mode: etl`.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, FieldPath};
use crate::spec::{MigrationStep, OnConflict};
use crate::validate::check::{ident, statement, table};
use crate::validate::{Checker, Step};

impl Checker<'_> {
    pub(super) fn steps(&mut self, given: Option<&[MigrationStep]>, path: &FieldPath) -> Vec<Step> {
        if given.is_some_and(<[MigrationStep]>::is_empty) {
            let message = "must hold a step: an empty list would bring nothing over";
            self.out.error(Code::InvalidValue, path, message);
        }
        let given = given.unwrap_or_default().iter().enumerate();
        given
            .map(|(index, given)| self.step(given, &path.index(index)))
            .collect()
    }

    fn step(&mut self, given: &MigrationStep, path: &FieldPath) -> Step {
        let query = given.query.as_ref();
        let query = query.and_then(|text| self.sql(&path.key("query"), statement::query(text)));
        let into = self.optional(
            Code::InvalidValue,
            &path.key("into"),
            given.into.as_ref(),
            table::one,
        );
        let on_conflict = given.on_conflict.unwrap_or_default();
        let columns = self.columns(given.columns.as_deref(), &path.key("columns"));
        self.key(given, on_conflict, path);
        Step {
            query: query.unwrap_or_default(),
            into: into.unwrap_or_default(),
            columns,
            on_conflict,
            key: given.key.clone().unwrap_or_default(),
        }
    }

    fn columns(&mut self, given: Option<&[String]>, path: &FieldPath) -> Vec<String> {
        if given.is_some_and(<[String]>::is_empty) && !self.out.touches(path) {
            let message = "must name a column for each column of the query";
            self.out.error(Code::InvalidValue, path, message);
        }
        let given = given.unwrap_or_default();
        for (index, column) in given.iter().enumerate() {
            let checked = ident::identifier(column);
            self.accept(Code::InvalidIdentifier, &path.index(index), column, checked);
        }
        self.names_differ(given, path);
        given.to_vec()
    }

    fn names_differ(&mut self, names: &[String], path: &FieldPath) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            if !seen.insert(name) {
                let message = "must differ from the entries before it";
                self.duplicate(&path.index(index), name, message);
            }
        }
    }

    /// What tells rows apart, where a row may be there already.
    fn key(&mut self, given: &MigrationStep, on_conflict: OnConflict, path: &FieldPath) {
        let (path, known) = (path.key("key"), self.out.covers(&path.key("onConflict")));
        let key = given.key.as_deref().unwrap_or_default();
        match on_conflict {
            _ if known => {}
            OnConflict::Error if given.key.is_some() => {
                let message = "must not be set without `onConflict: skip` or `update`: it would have no effect";
                self.out.error(Code::Conflict, &path, message);
            }
            OnConflict::Error => {}
            OnConflict::Skip | OnConflict::Update => {
                if key.is_empty() && !self.out.touches(&path) {
                    let message = format!(
                        "must be set with `onConflict: {}`: the columns that tell rows apart",
                        on_conflict.as_str()
                    );
                    self.out.error(Code::MissingField, &path, message);
                }
            }
        }
        self.names_differ(key, &path);
        self.key_fits(given, key, on_conflict, &path);
    }

    fn key_fits(
        &mut self,
        given: &MigrationStep,
        key: &[String],
        on_conflict: OnConflict,
        path: &FieldPath,
    ) {
        // A list with mistakes of its own says nothing about the key.
        let Some(columns) = given.columns.as_deref().filter(|list| !list.is_empty()) else {
            return;
        };
        for (index, column) in key.iter().enumerate() {
            if !columns.contains(column) {
                self.conflict(&path.index(index), column, "must be one of `columns`");
            }
        }
        let all = !key.is_empty() && columns.iter().all(|column| key.contains(column));
        if all && on_conflict == OnConflict::Update {
            let message = "must leave a column of `columns` out: there would be nothing to update; use `onConflict: skip`";
            self.out.error(Code::Conflict, path, message);
        }
    }
}
