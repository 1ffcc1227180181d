//! The sample configs under `fn-config/` are read by the function, and together
//! they have every field of the API.

#![expect(
    clippy::expect_used,
    reason = "a sample that cannot be read is a failure"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cnpg_stack::diagnostic::Severity;
use serde_json::Value;

/// The documents under `fn-config/` that a user writes; the others are generated.
fn samples() -> Vec<(PathBuf, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fn-config");
    let files = std::fs::read_dir(directory).expect("fn-config is there");
    files
        .map(|file| file.expect("fn-config can be listed").path())
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a sample is text");
            (path, text)
        })
        .filter(|(_, text)| text.contains("kind: CnpgStack\nmetadata"))
        .collect()
}

fn resource_list(config: &str) -> String {
    let indented = config
        .lines()
        .fold(String::new(), |text, line| text + "  " + line + "\n");
    format!(
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n{indented}"
    )
}

#[test]
fn every_sample_is_a_valid_stack() {
    let samples = samples();
    assert!(samples.len() >= 2, "there are samples");
    for (path, text) in samples {
        let environment = |name: &str| Some(format!("value-of-{name}"));
        let list = resource_list(&text).into_bytes();
        let outcome = cnpg_stack::run(list, &cnpg_stack::world::World::of(&environment))
            .expect("a ResourceList");
        let errors: Vec<String> = outcome
            .diagnostics()
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .map(ToString::to_string)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

/// The paths of all fields in a schema, or of all fields that a value sets.
fn fields(value: &Value, properties: bool, path: &str, out: &mut BTreeSet<String>) {
    let below = if properties {
        value.get("properties").or(value.get("items"))
    } else {
        Some(value)
    };
    match below {
        Some(Value::Array(list)) => list
            .iter()
            .for_each(|element| fields(element, properties, path, out)),
        Some(Value::Object(map)) if properties && value.get("items").is_some() => {
            fields(&Value::Object(map.clone()), properties, path, out);
        }
        Some(Value::Object(map)) => {
            for (key, value) in map {
                let path = format!("{path}.{key}");
                out.insert(path.clone());
                fields(value, properties, &path, out);
            }
        }
        _ => {}
    }
}

#[test]
fn the_samples_show_every_field() {
    let schema = cnpg_stack::spec::json_schema();
    let mut known = BTreeSet::new();
    fields(&schema["properties"]["spec"], true, "spec", &mut known);
    let mut shown = BTreeSet::new();
    for (_, text) in samples() {
        let value = cnpg_stack::krm::yaml::parse(&text).expect("the sample is YAML");
        fields(&value["spec"], false, "spec", &mut shown);
    }
    // Left out on purpose: they exclude a field that is shown.
    let hidden = [
        "spec.adminPassword",
        "spec.links.cnpgBucket.azureCredentials.connectionString",
        "spec.links.cnpgBucket.azureCredentials.connectionStringFrom",
        "spec.links.cnpgBucket.azureCredentials.inheritFromAzureAD",
        "spec.links.cnpgBucket.azureCredentials.storageKey",
        "spec.links.cnpgBucket.azureCredentials.storageSasToken",
        "spec.links.cnpgBucket.azureCredentials.storageSasTokenFrom",
        "spec.links.cnpgBucket.azureCredentials.useDefaultAzureCredentials",
        "spec.links.cnpgBucket.googleCredentials.applicationCredentials",
        "spec.links.cnpgBucket.secretKey",
        "spec.migrations.dbMigration.password",
        "spec.registry.password",
        "spec.replica.promotionToken",
    ];
    // Both buckets have the same fields, both ends of a migration, both poolers, and every recovery the same targets.
    let alike = |field: &str| {
        let other = field
            .replace("cnpgSwbucket", "cnpgBucket")
            .replace("spec.recovery.", "spec.pitrClusters.")
            .replace("spec.pooler.ro.", "spec.pooler.rw.")
            .replace("migrationDb", "dbMigration")
            .replace("spec.replica.peer.", "spec.links.cnpgBucket.");
        let exchanged = other.replace("cnpgBucket", "cnpgSwbucket");
        shown.contains(&other) || shown.contains(&exchanged) || hidden.contains(&other.as_str())
    };
    let missing: Vec<_> = known
        .iter()
        .filter(|field| !shown.contains(*field) && !alike(field))
        // The forms of a value source are the same everywhere; each is shown once.
        .filter(|field| !field.contains("From."))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
