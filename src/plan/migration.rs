//! Migrations: what is brought from one database into another, one file each, applied by hand.

use super::job::{EPHEMERAL, Files};
use super::{Document, File};
use crate::meta::Meta;
use crate::spec::MigrationMode;
use crate::validate::{End, Migration, Stack};

mod environment;
mod grants;
mod job;
pub mod login_secret;
pub(in crate::plan) mod replication;

/// The files of a migration Job.
pub static FILES: Files = Files::new(
    "migration-files",
    &EPHEMERAL,
    &[
        ("migrate.sh", include_str!("migration/job/migrate.sh")),
        ("ends.sh", include_str!("migration/job/ends.sh")),
        ("cutover.sh", include_str!("migration/job/cutover.sh")),
        ("after.sh", include_str!("migration/job/after.sh")),
        ("writer.sql", include_str!("migration/job/writer.sql")),
        ("finished.sql", include_str!("migration/job/finished.sql")),
        ("snapshot.sql", include_str!("migration/job/snapshot.sql")),
        ("choose.sql", include_str!("migration/job/choose.sql")),
        ("problems.sql", include_str!("migration/job/problems.sql")),
        ("excluded.sql", include_str!("migration/job/excluded.sql")),
        ("tables.sql", include_str!("migration/job/tables.sql")),
        ("facts.sql", include_str!("migration/job/facts.sql")),
        ("reading.sql", include_str!("migration/job/reading.sql")),
        ("counting.sql", include_str!("migration/job/counting.sql")),
        ("sequences.sql", include_str!("migration/job/sequences.sql")),
        (
            "in_snapshot.sql",
            include_str!("migration/job/in_snapshot.sql"),
        ),
        ("begin.sql", include_str!("migration/job/begin.sql")),
        ("user.sql", include_str!("migration/job/user.sql")),
        ("holding.sql", include_str!("migration/job/holding.sql")),
        ("targets.sql", include_str!("migration/job/targets.sql")),
        ("prepare.sql", include_str!("migration/job/prepare.sql")),
        ("written.sql", include_str!("migration/job/written.sql")),
        ("moves.sql", include_str!("migration/job/moves.sql")),
        ("verify.sql", include_str!("migration/job/verify.sql")),
        ("step.sql", include_str!("migration/job/step.sql")),
        ("types.sql", include_str!("migration/job/types.sql")),
        ("described.sql", include_str!("migration/job/described.sql")),
        ("query.sql", include_str!("migration/job/query.sql")),
        (
            "step_write.sql",
            include_str!("migration/job/step_write.sql"),
        ),
        ("read_only.sql", include_str!("migration/job/read_only.sql")),
        (
            "still_writing.sql",
            include_str!("migration/job/still_writing.sql"),
        ),
        ("caught_up.sql", include_str!("migration/job/caught_up.sql")),
        ("finish.sql", include_str!("migration/job/finish.sql")),
    ],
);

/// The documents of every migration.
pub(super) fn build_all(stack: &Stack) -> Vec<Document> {
    let numbered = (0..).zip(&stack.migrations);
    numbered
        .flat_map(|(number, migration)| build(stack, migration, File::Migration(number)))
        .collect()
}

/// Whether a migration sets permissions, with the files of the grant Jobs.
pub(super) fn runs_grants(stack: &Stack) -> bool {
    let mut migrations = stack.migrations.iter();
    migrations.any(|migration| !grants::users(stack, migration).is_empty())
}

/// What is to be done comes first, and what the Jobs run last.
fn build(stack: &Stack, migration: &Migration, file: File) -> Vec<Document> {
    let mut documents = vec![Document::new(file, &job::build(stack, migration))];
    if migration.mode == MigrationMode::Replicate {
        documents.extend(replication::document(stack, migration, file));
        documents.push(Document::new(file, &job::cut_over(stack, migration)));
    }
    documents.push(Document::new(file, &files(stack, migration)));
    documents
}

/// Each file can be applied alone, so each has the files of its Job, under a name of its own.
fn files(stack: &Stack, migration: &Migration) -> k8s_openapi::api::core::v1::ConfigMap {
    FILES.config_map(Meta::new(stack, &files_name(migration)).day2())
}

/// The name of the ConfigMap of a migration.
fn files_name(migration: &Migration) -> String {
    format!("{}-{}", FILES.name(), migration.name)
}

/// Whether an end is a database of the stack.
const fn is_own(end: &End) -> bool {
    matches!(end, End::Own { .. })
}
