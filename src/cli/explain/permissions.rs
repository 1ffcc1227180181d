//! `explain permissions`: the table of permissions, and the SQL of a grant Job, out of the same
//! sources that the Jobs are generated from.

use std::collections::BTreeSet;

use clap::builder::PossibleValuesParser;
use serde_json::Value;

use crate::plan::grant::rights::{self, Right};
use crate::plan::grant::{FILES, example};
use crate::spec::Permission;

/// The files that hold the SQL of step 3, in the order in which they are read.
const SQL: [&str; 5] = [
    "permissions.sql",
    "catalog.sql",
    "ownership.sql",
    "difference.sql",
    "round.sql",
];

/// The names that are taken as permissions.
pub(super) fn permission() -> PossibleValuesParser {
    PossibleValuesParser::new(Permission::ALL.map(Permission::as_str))
}

/// The table, or what the listed permissions come to.
#[must_use]
pub fn permissions(listed: &[String]) -> String {
    let all = Permission::ALL.into_iter();
    let chosen: BTreeSet<Permission> = all
        .filter(|permission| listed.iter().any(|name| name == permission.as_str()))
        .collect();
    if chosen.is_empty() {
        table()
    } else {
        script(&chosen)
    }
}

fn table() -> String {
    let mut text = String::from(
        "What each permission gives in the database of the entry. Extension members are outside every permission,\n\
         unless `extensionSchemas` lists their schema. \"All\" means what exists when the Job runs.\n",
    );
    for permission in Permission::ALL {
        let gives = rights::gives(permission);
        let lines = gives.rights.iter().map(ToString::to_string);
        let note = Some(gives.note.to_owned()).filter(|note| !note.is_empty());
        add(&mut text, &format!("\n{}\n", permission.as_str()));
        for line in lines.chain(note) {
            add(&mut text, &format!("    {line}\n"));
        }
    }
    text
}

fn script(chosen: &BTreeSet<Permission>) -> String {
    let names: Vec<&str> = chosen
        .iter()
        .map(|permission| permission.as_str())
        .collect();
    let (now, later) = rights::of(chosen);
    let mut text = format!("-- {}\n", names.join(", "));
    list(&mut text, "gives", &now);
    list(&mut text, "gives on later objects", &later);
    let wanted = example(chosen);
    add(
        &mut text,
        &format!(
            "\n-- The wanted document, for user \"app\" of database \"db\":\n{}",
            commented(&wanted)
        ),
    );
    for name in SQL {
        let file = FILES.files.iter().find(|(file, _)| *file == name);
        let body = file.map_or("", |(_, body)| body);
        add(&mut text, &format!("\n-- ==== {name}\n{body}"));
    }
    text
}

fn list(text: &mut String, title: &str, rights: &BTreeSet<Right>) {
    if !rights.is_empty() {
        add(text, &format!("-- {title}:\n"));
    }
    for right in rights {
        add(text, &format!("--   {right}\n"));
    }
}

fn commented(value: &Value) -> String {
    let lines = format!("{value:#}");
    lines
        .lines()
        .fold(String::new(), |text, line| text + "--   " + line + "\n")
}

fn add(text: &mut String, more: &str) {
    text.push_str(more);
}
