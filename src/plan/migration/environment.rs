//! What a migration Job is to do, as its environment: names, SQL and settings of libpq, never a password.

use k8s_openapi::api::core::v1::EnvVar;
use serde_json::{Value, json};

use super::super::job::{self, FILES};
use super::replication;
use crate::meta;
use crate::spec::SslMode;
use crate::validate::{End, External, Migration, Stack, Step, digest};

/// What the Job itself allows, besides what it is to do.
pub(super) struct Bounds {
    /// Seconds that it waits for the servers.
    pub(super) wait: i64,
    /// Seconds that it has in all.
    pub(super) deadline: i64,
}

/// Which part of a migration a Job does.
pub(super) struct Task {
    /// The mode of the migration, or `cutover`.
    pub(super) mode: &'static str,
    /// The name of its run in the ledger.
    pub(super) run: String,
    /// Whether the permissions are set again behind it.
    pub(super) grants: bool,
}

/// All of it.
pub(super) fn variables(
    stack: &Stack,
    migration: &Migration,
    bounds: &Bounds,
    task: &Task,
) -> Vec<EnvVar> {
    let mut pairs = general(stack, migration, bounds, task);
    pairs.extend(sql(migration));
    pairs.extend(end(stack, "SOURCE", &migration.source));
    pairs.extend(end(stack, "DESTINATION", &migration.destination));
    let variables = pairs
        .iter()
        .map(|(name, value)| job::variable(name, value))
        .collect::<Vec<_>>();
    variables
        .into_iter()
        .chain(job::connection(stack))
        .collect()
}

fn general(
    stack: &Stack,
    migration: &Migration,
    bounds: &Bounds,
    task: &Task,
) -> Vec<(String, String)> {
    let structure = match task.mode {
        "schema" | "full" | "replicate" => "on",
        _ => "off",
    };
    owned([
        ("JOB_KIND", meta::MIGRATION_JOB),
        ("MIGRATION", &task.run),
        ("STACK", &stack.owner()),
        ("ATTEMPT", &migration.attempt.to_string()),
        ("DEFINITION", &definition(migration)),
        ("MODE", task.mode),
        ("STRUCTURE", structure),
        ("SUBSCRIPTION", &replication::sql_name(stack, migration)),
        ("GRANTS", if task.grants { "yes" } else { "" }),
        ("ADMIN_USER", &stack.admin.name),
        ("WAIT_SECONDS", &bounds.wait.to_string()),
        ("DEADLINE_SECONDS", &bounds.deadline.to_string()),
    ])
}

/// The lists and the user's SQL.
fn sql(migration: &Migration) -> Vec<(String, String)> {
    let mut pairs = owned([
        ("INCLUDE", json!(migration.include).to_string().as_str()),
        ("EXCLUDE", &json!(migration.exclude).to_string()),
        ("STEP_COUNT", &migration.steps.len().to_string()),
        ("STEPS", &format!("{:#}", steps(&migration.steps))),
    ]);
    let queries = (1..).zip(&migration.steps);
    pairs.extend(queries.map(|(number, step)| (format!("QUERY_{number}"), step.query.clone())));
    let texts = [
        ("PRE_SQL", &migration.pre_sql),
        ("POST_SQL", &migration.post_sql),
    ];
    let texts = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)));
    pairs.extend(texts);
    pairs
}

/// Everything about the steps but their queries.
fn steps(steps: &[Step]) -> Value {
    let step = |step: &Step| {
        json!({
            "into": step.into,
            "columns": step.columns,
            "onConflict": step.on_conflict.as_str(),
            "key": step.key,
        })
    };
    steps.iter().map(step).collect()
}

/// Where an end is, and as whom it is worked with.
fn end(stack: &Stack, side: &str, end: &End) -> Vec<(String, String)> {
    let pairs = match end {
        End::Own { database } => owned([
            ("HOST", stack.host("rw").as_str()),
            ("PORT", "5432"),
            ("DATABASE", database),
            ("OWNER", stack.owner_role(database)),
        ]),
        End::External(external) => {
            let root = root_certificate(side, external);
            let mut pairs = owned([
                ("HOST", external.host.as_str()),
                ("PORT", &external.port.to_string()),
                ("DATABASE", &external.database),
                ("USER", &external.user),
                ("SSLMODE", external.ssl_mode.as_str()),
            ]);
            pairs.extend(root.map(|root| ("ROOT".to_owned(), root)));
            pairs
        }
    };
    pairs
        .into_iter()
        .map(|(name, value)| (format!("{side}_{name}"), value))
        .collect()
}

/// The authorities that the system trusts when none is given: libpq takes the word for a file name only
/// where the server is checked in full.
fn root_certificate(side: &str, external: &External) -> Option<String> {
    match (&external.ssl_root_cert, external.ssl_mode) {
        (Some(ca), _) => Some(format!("{FILES}-{}-ca/{}", side.to_lowercase(), ca.key)),
        (None, SslMode::VerifyFull) => Some("system".to_owned()),
        (None, _) => None,
    }
}

/// Tells two migrations of one name apart. No password is part of it.
fn definition(migration: &Migration) -> String {
    let end = |end: &End| match end {
        End::Own { database } => json!({"database": database}),
        End::External(e) => json!({"host": e.host, "port": e.port, "database": e.database}),
    };
    let queries: Vec<&str> = migration
        .steps
        .iter()
        .map(|step| step.query.as_str())
        .collect();
    let all = json!([
        migration.mode.as_str(),
        end(&migration.source),
        end(&migration.destination),
        migration.include,
        migration.exclude,
        steps(&migration.steps),
        queries,
        migration.pre_sql,
        migration.post_sql,
    ]);
    digest(&all.to_string())
}

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}
