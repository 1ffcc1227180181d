//! `explain files`: every file that can come out, out of the list that the documents are placed by.

use std::fmt::Write as _;

use crate::place;
use crate::plan::File;
use crate::sink::tree;
use crate::spec::closest;
use crate::validate::{BASE_PATH, DAY2_PATH, migrations};

mod rows;

/// A file, or several of one pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its path with the default directories; what is in braces differs from stack to stack.
    pub path: String,
    /// Which door writes it.
    pub door: &'static str,
    /// Whether it is applied with the stack, or by hand when it is needed.
    pub applied: &'static str,
    /// When it is there.
    pub when: &'static str,
    /// What is in it.
    pub content: &'static str,
}

/// Both doors: kpt writes what the function gives, kustomize passes it on without a path.
const BOTH: &str = "function, render";
const FUNCTION: &str = "function";
const RENDER: &str = "render";
const WITH_STACK: &str = "with the stack";
const BY_HAND: &str = "by hand";
const NOT: &str = "not at all: kustomize reads it";

/// Every file, in the order of the output.
#[must_use]
pub fn files() -> Vec<Row> {
    let listed = rows::ROWS.iter();
    let mut found: Vec<Row> = listed
        .flat_map(|(file, when, content)| of(*file, when, content))
        .collect();
    let others = rows::OTHERS.iter().map(|(path, door, when, content)| Row {
        path: format!("{BASE_PATH}/{path}"),
        door,
        applied: if *path == tree::CONFIG.0 {
            NOT
        } else {
            WITH_STACK
        },
        when,
        content,
    });
    found.extend(others);
    found.sort_by_key(|row| row.applied == BY_HAND);
    found
}

/// The rows of one file: two where `render` writes an env file in place of a Secret.
fn of(file: File, when: &'static str, content: &'static str) -> Vec<Row> {
    let row = |path: String, door, applied, content| Row {
        path,
        door,
        applied,
        when,
        content,
    };
    if matches!(file, File::Migration(_)) {
        let path = format!("{}/{{name}}.yaml", migrations(DAY2_PATH));
        return vec![row(path, BOTH, BY_HAND, content)];
    }
    let (root, applied) = if file.is_day2() {
        (DAY2_PATH, BY_HAND)
    } else {
        (BASE_PATH, WITH_STACK)
    };
    let path = format!("{root}/{}", place::relative(file));
    match tree::env_file(file) {
        None => vec![row(path, BOTH, applied, content)],
        Some(source) => vec![
            row(path, FUNCTION, applied, content),
            row(
                format!("{root}/{source}"),
                RENDER,
                NOT,
                "What the `secretGenerator` of kustomization.yaml makes the same Secret from",
            ),
        ],
    }
}

/// The files of that name, or of that path.
pub(super) fn find(given: &str) -> Result<Vec<Row>, Option<String>> {
    let given = given.trim_start_matches("./");
    let all = files();
    let is_meant = |row: &&Row| row.path == given || row.path.ends_with(&format!("/{given}"));
    let meant: Vec<Row> = all.iter().filter(is_meant).cloned().collect();
    if !meant.is_empty() && !given.is_empty() {
        return Ok(meant);
    }
    let paths = all.iter().map(|row| row.path.as_str());
    let names = paths.clone().filter_map(|path| path.rsplit('/').next());
    Err(closest(given, names.chain(paths)).map(ToOwned::to_owned))
}

/// All files in a few lines each, or these.
#[must_use]
pub fn text(rows: &[Row]) -> String {
    if !rows.is_empty() {
        let texts: Vec<String> = rows.iter().map(details).collect();
        return texts.join("\n");
    }
    let mut text = format!(
        "Paths with the default directories, {BASE_PATH} (`output.basePath`) and {DAY2_PATH} (`output.day2Path`).\n\
         kustomize passes the documents of the function on without writing files.\n"
    );
    for row in files() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}", details(&row));
    }
    text
}

fn details(row: &Row) -> String {
    format!(
        "{}\n  {}.\n  there     {}\n  applied   {}\n  door      {}\n",
        row.path, row.content, row.when, row.applied, row.door
    )
}
