//! The files of the Jobs are the same in every ConfigMap; what is expected names them only.

use cnpg_stack::link::EXPORT_FILES;
use cnpg_stack::plan::grant::FILES;
use cnpg_stack::plan::job::EPHEMERAL;
use cnpg_stack::plan::migration::FILES as MIGRATION_FILES;

/// The output with a reference in the place of each file of the Jobs, whose names stand behind so
/// many spaces. What differs from the file stays, and differs from what is expected.
pub(crate) fn job_files(output: &[u8], spaces: usize) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(output) else {
        return output.to_vec();
    };
    let indent = " ".repeat(spaces);
    let refer = |text: String, (directory, (name, body)): (&str, (&str, &str))| {
        let lines = body.lines().map(|line| format!("{indent}  {line}"));
        let lines: Vec<String> = lines
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect();
        let block = format!("{indent}{name}: |\n{}", lines.concat());
        text.replace(&block, &format!("{indent}{name}: ({directory}/{name})\n"))
    };
    let common = EPHEMERAL.into_iter();
    let common = common.map(|file| ("src/plan/job", file));
    let grant = FILES.files.iter();
    let grant = grant.map(|file| ("src/plan/grant/job", *file));
    let export = EXPORT_FILES.files.iter();
    let export = export.map(|file| ("src/link/bucket/export", *file));
    let migration = MIGRATION_FILES.files.iter();
    let migration = migration.map(|file| ("src/plan/migration/job", *file));
    let files = common.chain(grant).chain(export).chain(migration);
    files.fold(text.to_owned(), refer).into_bytes()
}
