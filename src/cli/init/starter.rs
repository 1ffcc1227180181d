//! The text of the starter file.

use std::fmt::Write as _;

use serde_json::Value;

use super::InitArguments;
use crate::cli::explain::fields::{self, Field};
use crate::krm::yaml;
use crate::spec::{GROUP, KIND, VERSION};

/// The fields that the starter file does not show: each needs another field beside it, or a value
/// that `init` cannot know.
pub const NOT_SHOWN: [&str; 16] = [
    "adminPassword",
    "barmanPlugin",
    "clusterName",
    "ephemeralVolumes",
    "imageCatalog",
    "initdbOptions",
    "monitoring",
    "nodepoolKey",
    "pgHba",
    "recovery",
    "registry",
    "replica",
    "restartedAt",
    "serviceAccount",
    "tablespaces",
    "walStorageClass",
];

/// The superuser of the starter.
const ADMIN: &str = "admin";
/// How long a description may be and still be the comment as a whole.
const LINE: usize = 120;

/// Whether a field is set in the starter file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Set,
    Optional,
}

use State::{Optional, Set};

/// The fields, in the order of the file, each with a sensible value; none for an object whose fields
/// follow. The first field of a list's entry starts it.
const FIELDS: &[(&str, State, &str)] = &[
    ("namespace", Set, "{namespace}"),
    ("psqlVersion", Set, "\"18.4-standard-trixie\""),
    (
        "imageName",
        Optional,
        "ghcr.io/cloudnative-pg/postgresql:18.4-standard-trixie",
    ),
    ("images", Optional, ""),
    (
        "images.psql",
        Optional,
        "ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie",
    ),
    ("images.rclone", Optional, "docker.io/rclone/rclone:1.71"),
    ("profile", Optional, "production"),
    ("instances", Set, "3"),
    ("hibernate", Optional, "false"),
    ("storageSize", Set, "10Gi"),
    ("storageClass", Optional, "fast"),
    ("walStorageSize", Optional, "5Gi"),
    ("memRequest", Optional, "1Gi"),
    ("memLimit", Optional, "2Gi"),
    ("cpuRequest", Optional, "500m"),
    ("cpuLimit", Optional, "\"2\""),
    ("nodepool", Optional, "db-pool"),
    ("availability", Optional, ""),
    (
        "availability.synchronous",
        Optional,
        "{method: any, number: 1, dataDurability: required, failoverQuorum: true}",
    ),
    (
        "availability.antiAffinity",
        Optional,
        "{type: required, topologyKey: kubernetes.io/hostname}",
    ),
    (
        "availability.topologySpread",
        Optional,
        "[{topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway}]",
    ),
    (
        "availability.tolerations",
        Optional,
        "[{key: node-role.kubernetes.io/postgres, operator: Exists, effect: NoSchedule}]",
    ),
    ("availability.priorityClassName", Optional, "database"),
    ("adminUser", Set, ADMIN),
    ("adminPasswordFrom", Set, "{secretRef: {name: admin-login}}"),
    ("rotation", Optional, "quarterly"),
    ("databases", Set, ""),
    ("databases[].database", Set, "{database}"),
    ("databases[].username", Set, "{user}"),
    (
        "databases[].passwordFrom",
        Set,
        "{secretRef: {name: user-login}}",
    ),
    (
        "databases[].cnpgPermissions",
        Set,
        "[connect, read, write, create_tables, default_privileges]",
    ),
    ("databases[].rotationDb", Optional, "monthly"),
    ("databases[].state", Optional, "present"),
    ("databases[].revokePublicExecute", Optional, "true"),
    ("databases[].extensionSchemas", Optional, "[public]"),
    (
        "initDb",
        Optional,
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;",
    ),
    ("postgresParameters", Optional, "{max_connections: \"200\"}"),
    ("customLabels", Optional, "{team: platform}"),
    ("backup", Optional, ""),
    ("backup.schedule", Optional, "\"0 0 2 * * *\""),
    ("backup.apply", Optional, "true"),
    ("backup.target", Optional, "prefer-standby"),
    ("backup.volumeSnapshotClass", Optional, "snapshots"),
    ("pooler", Optional, "{rw: {poolMode: transaction}}"),
    ("services", Optional, "{disabledDefaultServices: [r]}"),
    ("links", Optional, ""),
    (
        "links.cnpgBucket",
        Optional,
        "{endpoint: \"https://minio.example.com:9000\", bucket: pg-backups, credentialsFrom: {secretRef: {name: bucket-login}}}",
    ),
    (
        "links.cnpgSwbucket",
        Optional,
        "{endpoint: \"https://seaweedfs.example.com:8333\", bucket: pg-backups, credentialsFrom: {secretRef: {name: bucket-login}}}",
    ),
    ("links.prometheus", Optional, "{rules: true}"),
    ("links.istio", Optional, "{revision: stable}"),
    ("networkPolicy", Optional, "true"),
    (
        "pitrClusters",
        Optional,
        "[{name: drill, backupId: backup-before-the-upgrade}]",
    ),
    (
        "migrations",
        Optional,
        "[{name: from-legacy, mode: full, dbMigration: {host: legacy.example.com, database: shop, username: reader, \
         passwordFrom: {secretRef: {name: legacy-login}}}, migrationDb: {database: {database}}}]",
    ),
    ("operator", Optional, ""),
    ("operator.version", Optional, "\"1.30\""),
    ("operator.namespace", Optional, "cnpg-system"),
    ("operator.manageConfig", Optional, "false"),
    ("secrets", Optional, ""),
    ("secrets.mode", Optional, "auto"),
    ("output", Optional, ""),
    ("output.basePath", Optional, "k8s/deploy/base"),
    ("output.day2Path", Optional, "day2/backup"),
    ("output.namespace", Optional, "false"),
    (
        "patches",
        Optional,
        "[{target: {kind: Cluster}, patch: {spec: {smartShutdownTimeout: 120}}}]",
    ),
];

/// The whole file.
pub(super) fn text(arguments: &InitArguments) -> String {
    let mut text = head(arguments);
    let known = fields::fields();
    let names = [
        ("{namespace}", scalar(arguments.namespace())),
        ("{database}", scalar(&arguments.database)),
        ("{user}", scalar(arguments.user())),
    ];
    for (path, state, sample) in FIELDS {
        let mut value = (*sample).to_owned();
        for (placeholder, name) in &names {
            value = value.replace(placeholder, name);
        }
        field(&mut text, &known, path, *state, &value);
    }
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  # Not shown: {}. `cnpg-stack explain fields {}` describes one.",
        NOT_SHOWN.join(", "),
        NOT_SHOWN.last().copied().unwrap_or_default()
    );
    text
}

/// A field with its comment above it. An optional one has its # in its column, so that the line is
/// right once the # is gone.
fn field(text: &mut String, known: &[Field], path: &str, state: State, value: &str) {
    let found = known
        .iter()
        .find(|field| field.path == format!("spec.{path}"));
    let comment = found.map(comment).unwrap_or_default();
    let in_list = path.contains("[].");
    let starts_entry = path == "databases[].database";
    let depth = if in_list {
        1
    } else {
        path.matches('.').count()
    };
    let indent = "  ".repeat(depth + 1);
    let name = path.rsplit('.').next().unwrap_or_default();
    let mark = if state == Optional { "#" } else { "" };
    let (indent, dash) = match (in_list, starts_entry) {
        (true, true) => ("  ".to_owned(), "- "),
        _ => (indent, ""),
    };
    let space = if value.is_empty() { "" } else { " " };
    let _ = writeln!(text, "{indent}# {comment}");
    let _ = writeln!(text, "{indent}{mark}{dash}{name}:{space}{value}");
}

/// What a field is, and its default, in a line.
fn comment(field: &Field) -> String {
    if field.description.len() <= LINE {
        return field.description.clone();
    }
    let summary = field.summary();
    match &field.default {
        Some(default) if !summary.contains(default.as_str()) => {
            format!("{summary} Default {default}.")
        }
        _ => summary.to_owned(),
    }
}

fn head(arguments: &InitArguments) -> String {
    let [kustomize, kpt, render] = commands(arguments);
    let image = concat!("ghcr.io/cnpg-stack/cnpg-stack:v", env!("CARGO_PKG_VERSION"));
    format!(
        "# A PostgreSQL stack on CloudNativePG: cnpg-stack makes all of its resources from this file.\n\
         #\n\
         # kustomize, with this file under `generators:` of kustomization.yaml:\n\
         #   {kustomize}\n\
         # kpt, in a package:\n\
         #   {kpt}\n\
         # Files for any tool, in k8s/deploy/base and day2/backup:\n\
         #   {render}\n\
         #\n\
         # A # without a space behind it is an optional field: take the # away to set it. `cnpg-stack explain fields`\n\
         # describes every field, `cnpg-stack explain codes CODE` every message.\n\
         apiVersion: {GROUP}/{VERSION}\n\
         kind: {KIND}\n\
         metadata:\n  \
           name: {name}\n  \
           annotations:\n    \
             # How kustomize runs the function; a path with a slash is relative to kustomization.yaml.\n    \
             config.kubernetes.io/function: |\n      \
               exec: {{path: ./cnpg-stack}}\n      \
               # or: container: {{image: {image}}}\n    \
             # For kpt, which would apply this file like any other.\n    \
             #config.kubernetes.io/local-config: \"true\"\n\
         spec:\n",
        name = scalar(&arguments.name),
    )
}

/// The commands that take the file: kustomize, kpt, render.
fn commands(arguments: &InitArguments) -> [String; 3] {
    let file = match arguments.file.as_str() {
        "-" => "stack.yaml",
        file => file,
    };
    [
        "kustomize build --enable-alpha-plugins --enable-exec .".to_owned(),
        format!("kpt fn eval . --exec cnpg-stack --fn-config {file}"),
        format!("cnpg-stack render -f {file} -o ."),
    ]
}

/// What to do with the file that was written.
pub(super) fn next_steps(arguments: &InitArguments) -> String {
    let [kustomize, kpt, render] = commands(arguments);
    let (file, namespace) = (&arguments.file, arguments.namespace());
    let user = arguments.user();
    format!(
        "wrote {file}; next:\n  \
         - create the Secrets admin-login (username {ADMIN}) and user-login (username {user}) in the namespace {namespace},\n    \
         of type kubernetes.io/basic-auth, or give the passwords in another way\n  \
         - {render}\n  \
         - or {kustomize}\n    \
         (beside a kustomization.yaml with `generators: [{file}]`, and the program: `cnpg-stack install .`)\n  \
         - or {kpt}"
    )
}

/// A name as YAML: plain where every reader takes it for a string, and in quotes elsewhere.
fn scalar(text: &str) -> String {
    let value = Value::String(text.to_owned());
    let written = yaml::to_string(&value);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    if !text.is_empty() && text.chars().all(is_word) && written.trim_end() == text {
        text.to_owned()
    } else {
        yaml::to_json(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_table_is_one_of_the_api() {
        let known = fields::fields();
        for (path, ..) in FIELDS {
            let path = format!("spec.{path}");
            assert!(known.iter().any(|field| field.path == path), "{path}");
        }
    }

    #[test]
    fn every_field_of_the_api_is_shown_or_left_out_on_purpose() {
        let top = fields::fields()
            .into_iter()
            .filter(|field| field.depth() == 0);
        for field in top {
            let name = field.name();
            let shown = FIELDS.iter().any(|(path, ..)| *path == name);
            assert!(shown != NOT_SHOWN.contains(&name), "{name}");
        }
    }

    #[test]
    fn names_are_quoted_where_yaml_would_read_something_else() {
        for (text, written) in [
            ("demo", "demo"),
            ("on", "\"on\""),
            ("1", "\"1\""),
            ("a: b", "\"a: b\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
