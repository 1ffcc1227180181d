//! What is brought from one database into another.
//!
//! A part that was refused is left at its default here: there is no stack after an error.

use std::collections::BTreeSet;

use super::check::{name, statement, table};
use super::databases::Entries;
use super::{Checker, End, Migration, Refusal, cluster_of};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, MigrationMode, Spec};

mod end;
mod step;

/// Room for what is put around it in the names of Jobs and Secrets.
const MAX_MIGRATION_NAME: usize = 40;

/// What the ends of the migrations of a stack have in common.
struct Surroundings<'a> {
    namespace: &'a str,
    cluster: String,
    /// None when `spec.databases` has mistakes.
    entries: Option<&'a Entries>,
}

impl Checker<'_> {
    pub(super) fn migrations(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Vec<Migration> {
        let path = path.key("migrations");
        let around = Surroundings {
            namespace: spec.namespace.as_deref().unwrap_or_default(),
            cluster: cluster_of(spec),
            entries,
        };
        let mut names = BTreeSet::new();
        let mut migrations = Vec::new();
        for (index, given) in spec.migrations.iter().flatten().enumerate() {
            let path = path.index(index);
            let migration = self.migration(given, &path, &around);
            if !migration.name.is_empty() && !names.insert(migration.name.clone()) {
                let message = "must differ from the entries before it: it is the name of a file";
                self.duplicate(&path.key("name"), &migration.name, message);
            }
            migrations.push(migration);
        }
        migrations
    }

    fn migration(
        &mut self,
        given: &spec::Migration,
        path: &FieldPath,
        around: &Surroundings<'_>,
    ) -> Migration {
        let name = self.optional(
            Code::InvalidName,
            &path.key("name"),
            given.name.as_ref(),
            migration_name,
        );
        let name = name.unwrap_or_default();
        let source = given.db_migration.clone().unwrap_or_default();
        let destination = given.migration_db.clone().unwrap_or_default();
        let (source_path, destination_path) = (path.key("dbMigration"), path.key("migrationDb"));
        let migration = Migration {
            source: self.end(
                &source,
                &source_path,
                around,
                format!("migration-{name}-source"),
            ),
            destination: self.end(
                &destination,
                &destination_path,
                around,
                format!("migration-{name}-destination"),
            ),
            mode: given.mode.unwrap_or(MigrationMode::Full),
            include: self.include(given, &path.key("tables").key("include")),
            exclude: self.listed_tables(
                given.tables.as_ref().and_then(|t| t.exclude.as_deref()),
                &path.key("tables").key("exclude"),
            ),
            pre_sql: self.script(given.pre_sql.as_ref(), &path.key("preSql")),
            post_sql: self.script(given.post_sql.as_ref(), &path.key("postSql")),
            steps: self.steps(given.steps.as_deref(), &path.key("steps")),
            attempt: self.attempt(&path.key("attempt"), given.attempt),
            name,
        };
        self.ends_differ(&migration, &destination_path);
        if let Some(mode) = given.mode {
            self.mode(mode, given, &migration, path);
        }
        migration
    }

    /// Nothing can be brought to where it is.
    fn ends_differ(&mut self, migration: &Migration, path: &FieldPath) {
        let database = migration.destination.database();
        let same = !database.is_empty() && migration.source.database() == database;
        match (&migration.source, &migration.destination) {
            (End::Own { .. }, End::Own { .. }) if same => {
                let message = "must differ from the database of `dbMigration`";
                self.conflict(&path.key("database"), database, message);
            }
            (End::External(source), End::External(destination))
                if same
                    && !source.host.is_empty()
                    && (&source.host, source.port) == (&destination.host, destination.port) =>
            {
                let message = "must differ from `dbMigration` in `host`, `port` or `database`: both are one database";
                self.out.error(Code::Conflict, path, message);
            }
            _ => {}
        }
    }

    /// What one mode needs, and what has no effect in it.
    fn mode(
        &mut self,
        mode: MigrationMode,
        given: &spec::Migration,
        migration: &Migration,
        path: &FieldPath,
    ) {
        match mode {
            MigrationMode::Etl => self.etl(given, path),
            MigrationMode::Replicate => self.replicate(migration, path),
            MigrationMode::Schema | MigrationMode::Data | MigrationMode::Full => {}
        }
        let fields = [("steps", given.steps.is_some())];
        if mode != MigrationMode::Etl {
            let message = "must not be set without `mode: etl`: it would have no effect";
            self.idle(path, &fields, message);
        }
    }

    fn etl(&mut self, given: &spec::Migration, path: &FieldPath) {
        let steps = path.key("steps");
        if given.steps.is_none() && !self.out.covers(&steps) {
            let message =
                "must be set with `mode: etl`: queries and the tables that their rows go into";
            self.out.error(Code::MissingField, &steps, message);
        }
        let fields = [("tables", given.tables.is_some())];
        let message = "must not be set with `mode: etl`: its `steps` name the tables";
        self.idle(path, &fields, message);
    }

    /// CNPG reconciles one end, and PostgreSQL wants the two to be different servers.
    fn replicate(&mut self, migration: &Migration, path: &FieldPath) {
        let message = match (&migration.source, &migration.destination) {
            (End::Own { .. }, End::Own { .. }) => Some(
                "must not have both ends in the stack: in one Cluster CREATE SUBSCRIPTION waits for its own slot for \
                 ever; use `full`",
            ),
            (End::External(_), End::External(_)) => Some(
                "must have one end in the stack: there is nothing that CNPG could reconcile; use `full`",
            ),
            _ => None,
        };
        if let Some(message) = message {
            self.conflict(&path.key("mode"), "replicate", message);
        }
        self.publication(migration, &path.key("tables"));
    }

    /// What is replicated is what a Publication can say.
    fn publication(&mut self, migration: &Migration, path: &FieldPath) {
        for (index, entry) in migration.include.iter().enumerate() {
            let path = path.key("include").index(index);
            // One error about an entry is enough.
            if !self.out.covers(&path) {
                self.accept(Code::InvalidValue, &path, entry, table::published(entry));
            }
        }
        let whole = |entry: &String| table::is_whole_schema(entry);
        let message = if migration.include.is_empty() {
            "must not be set without `include` with `mode: replicate`: a Publication lists what it publishes; list the \
             tables with `include`"
        } else if migration.include.iter().any(whole) {
            "must not be set with `schema.*` in `include` with `mode: replicate`: a Publication has whole schemas or \
             single tables; list the tables with `include`"
        } else {
            return;
        };
        let fields = [("exclude", !migration.exclude.is_empty())];
        self.idle(path, &fields, message);
    }

    /// All tables when left out; none at all is hardly what anybody wants.
    fn include(&mut self, given: &spec::Migration, path: &FieldPath) -> Vec<String> {
        let include = given.tables.as_ref().and_then(|t| t.include.as_deref());
        if include.is_some_and(<[String]>::is_empty) && !self.out.touches(path) {
            let message = "must name a table: an empty list would bring nothing over; leave it out for all tables";
            self.out.error(Code::InvalidValue, path, message);
        }
        self.listed_tables(include, path)
    }

    fn listed_tables(&mut self, given: Option<&[String]>, path: &FieldPath) -> Vec<String> {
        let given = given.unwrap_or_default();
        let mut seen = BTreeSet::new();
        for (index, entry) in given.iter().enumerate() {
            let path = path.index(index);
            self.accept(Code::InvalidValue, &path, entry, table::entry(entry));
            if !seen.insert(entry) {
                self.duplicate(&path, entry, "must differ from the entries before it");
            }
        }
        given.to_vec()
    }

    fn script(&mut self, sql: Option<&String>, path: &FieldPath) -> Option<String> {
        let sql = sql?;
        self.sql(path, statement::script(sql))?;
        Some(sql.clone())
    }

    /// The text is not shown: it may create a user with a password.
    fn sql<T>(&mut self, path: &FieldPath, result: Result<T, Refusal>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.out.error(Code::InvalidSql, path, refusal.message);
                None
            }
        }
    }

    fn duplicate(&mut self, path: &FieldPath, value: &str, message: &str) {
        let error = Diagnostic::at(Severity::Error, Code::DuplicateEntry, path, message);
        self.out.push(error.value(value));
    }
}

/// The name of a migration is that of a file and a part of other names, where `--` ends what comes before it.
fn migration_name(text: &str) -> Result<String, Refusal> {
    let label = name::dns1123_label_within(text, MAX_MIGRATION_NAME)?;
    if text == "kustomization" {
        let message =
            "must not be `kustomization`: kustomize would take the file for one of its own";
        return Err(Refusal::new(message));
    }
    if text.contains("--") {
        return Err(Refusal::new("must not contain `--`"));
    }
    Ok(label.into_string())
}
