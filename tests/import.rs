//! `import`: every input becomes a valid stack that generates what there was, by library and by program.
//!
//! One directory per case below `tests/import`: `input.yaml`, `args` (one argument on each line, optional), and
//! what is expected: `stack.yaml`, `report.txt` with `exit N` on its first line, and `differences.txt`, the fields
//! of the Cluster that are not as they were. `UPDATE_GOLDEN=1` writes these anew.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what cannot be set up is a failure"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use cnpg_stack::cli::{Arguments, Command};
use cnpg_stack::diagnostic::Diagnostics;
use cnpg_stack::import::{Request, convert, defaults, difference, import};
use cnpg_stack::krm::yaml;
use cnpg_stack::pipeline;
use cnpg_stack::source::list;
use cnpg_stack::world::World;
use serde_json::{Value, json};
use support::admission::{findings, how};
use support::crd::Crds;
use support::fixture;
use support::process::{Env, Run, binary, binary_in};

/// What no output may hold.
const CANARIES: [&str; 2] = ["canary-canary", "Y2FuYXJ5LWNhbmFyeQ"];

/// Each text on a line of its own.
fn lines(texts: &[String]) -> String {
    texts
        .iter()
        .fold(String::new(), |all, text| all + text + "\n")
}

fn arguments(case: &Path) -> Vec<String> {
    let more = fs::read_to_string(case.join("args")).unwrap_or_default();
    let mut all = vec![
        "import".to_owned(),
        "-f".to_owned(),
        "input.yaml".to_owned(),
    ];
    all.extend(more.lines().map(str::to_owned));
    all
}

fn request(case: &Path) -> Request {
    let all = std::iter::once("cnpg-stack".to_owned()).chain(arguments(case));
    match Arguments::parse_from(all).command {
        Some(Command::Import(arguments)) => arguments.request(),
        _ => panic!("not an import"),
    }
}

fn by_library(case: &Path) -> Run {
    let nothing = |_: &str| None;
    let read = |name: &str| fs::read(case.join(name));
    match import(&request(case), &read, &World::of(&nothing)) {
        Ok(report) => Run {
            code: i32::from(report.code),
            stdout: report.text.into_bytes(),
            stderr: lines(&report.messages),
        },
        Err(error) => Run {
            code: 2,
            stdout: Vec::new(),
            stderr: format!("[error] {error:#}\n"),
        },
    }
}

fn by_program(case: &Path) -> Run {
    let arguments = arguments(case);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    binary_in(case, &arguments, &Env::new())
}

/// The documents that a stack applies.
fn generated(stack: &Value) -> Vec<Value> {
    let nothing = |_: &str| None;
    let mut out = Diagnostics::default();
    let list = list(&[]).expect("an empty list");
    let documents = pipeline::applied(&list, stack.clone(), &World::of(&nothing), &mut out);
    let said: Vec<String> = out.iter().map(ToString::to_string).collect();
    documents.unwrap_or_else(|| panic!("not a valid stack: {said:?}"))
}

fn is_cluster(object: &Value) -> bool {
    object["kind"] == "Cluster"
}

/// The Cluster of a case as it was; none for values of the chart.
fn original(case: &Path, name: &str) -> Option<Value> {
    let text = fs::read_to_string(case.join("input.yaml")).expect("a case has its input");
    let mut objects = Vec::new();
    for document in yaml::parse_all(&text).expect("YAML") {
        match document["items"].as_array() {
            Some(items) => objects.extend(items.clone()),
            None => objects.push(document),
        }
    }
    let mut clusters = objects.into_iter().filter(is_cluster);
    clusters.find(|cluster| cluster["metadata"]["name"] == name)
}

/// The fields of the Cluster that are not as they were, each on a line.
fn differences(case: &Path, text: &str) -> String {
    let stack = yaml::parse(text).expect("the stack is YAML");
    let documents = generated(&stack);
    let cluster = documents
        .iter()
        .find(|object| is_cluster(object))
        .expect("a Cluster");
    let name = cluster["metadata"]["name"].as_str().unwrap_or_default();
    let Some(mut before) = original(case, name) else {
        return String::new();
    };
    before["metadata"] = json!({});
    let (before, mut after) = (defaults::filled(&before), defaults::filled(cluster));
    after["metadata"] = before["metadata"].clone();
    let patch = difference::merge_patch(&before, &after);
    let paths = patch
        .map(|patch| difference::paths(&patch))
        .unwrap_or_default();
    lines(&paths)
}

#[test]
fn every_case_comes_out_as_expected() {
    let mut failures = Vec::new();
    for case in fixture::directories("import") {
        let run = by_program(&case);
        for other in [by_program(&case), by_library(&case), by_library(&case)] {
            assert_eq!(run, other, "{}", case.display());
        }
        let text = String::from_utf8(run.stdout.clone()).expect("text");
        for canary in CANARIES {
            assert!(
                !text.contains(canary) && !run.stderr.contains(canary),
                "{}",
                case.display()
            );
        }
        failures.extend(fixture::compare(&case.join("report.txt"), run.report().as_bytes()).err());
        if run.code == 0 {
            failures.extend(fixture::compare(&case.join("stack.yaml"), text.as_bytes()).err());
            let differences = differences(&case, &text);
            let file = case.join("differences.txt");
            failures.extend(fixture::compare(&file, differences.as_bytes()).err());
        } else {
            assert_eq!(text, "", "{}", case.display());
        }
    }
    fixture::report(&failures);
}

#[test]
fn what_an_imported_stack_generates_would_be_taken() {
    let crds = Crds::load();
    let mut failures = Vec::new();
    for case in fixture::directories("import") {
        let Ok(text) = fs::read_to_string(case.join("stack.yaml")) else {
            continue;
        };
        for item in generated(&yaml::parse(&text).expect("YAML")) {
            let found = findings(&how(&item), &item, crds.as_ref());
            let at = format!(
                "{}: {} {}",
                case.display(),
                item["kind"],
                item["metadata"]["name"]
            );
            failures.extend(found.into_iter().map(|finding| format!("{at}: {finding}")));
        }
    }
    fixture::report(&failures);
}

/// What CNPG 1.30's webhook and the schema of its Cluster write into a Cluster that says nothing of it.
fn stored() -> Value {
    json!({
        "affinity": {"podAntiAffinityType": "preferred"},
        "bootstrap": {"initdb": {"database": "app", "owner": "app", "encoding": "UTF8", "localeCollate": "C", "localeCType": "C"}},
        "enablePDB": true, "enableSuperuserAccess": false, "failoverDelay": 0, "logLevel": "info",
        "maxSyncReplicas": 0, "minSyncReplicas": 0,
        "monitoring": {
            "customQueriesConfigMap": [{"name": "cnpg-default-monitoring", "key": "queries"}],
            "disableDefaultQueries": false, "enablePodMonitor": false,
        },
        "postgresGID": 26, "postgresUID": 26,
        "postgresql": {"parameters": {
            "archive_mode": "on", "archive_timeout": "5min", "dynamic_shared_memory_type": "posix",
            "full_page_writes": "on", "log_destination": "csvlog", "log_directory": "/controller/log",
            "log_filename": "postgres", "log_rotation_age": "0", "log_rotation_size": "0",
            "log_truncate_on_rotation": "false", "logging_collector": "on", "max_parallel_workers": "32",
            "max_replication_slots": "32", "max_worker_processes": "32", "shared_memory_type": "mmap",
            "shared_preload_libraries": "", "ssl_max_protocol_version": "TLSv1.3",
            "ssl_min_protocol_version": "TLSv1.3", "wal_keep_size": "512MB", "wal_level": "logical",
            "wal_log_hints": "on", "wal_receiver_timeout": "5s", "wal_sender_timeout": "5s",
        }},
        "primaryUpdateMethod": "restart", "primaryUpdateStrategy": "unsupervised",
        "probes": {"liveness": {"isolationCheck": {"connectionTimeout": 1000, "enabled": true, "requestTimeout": 1000}}},
        "replicationSlots": {
            "highAvailability": {"enabled": true, "slotPrefix": "_cnpg_"}, "synchronizeReplicas": {"enabled": true},
            "updateInterval": 30,
        },
        "smartShutdownTimeout": 180, "startDelay": 3600, "stopDelay": 1800, "storage": {"resizeInUseVolumes": true},
        "switchoverDelay": 3600,
    })
}

#[test]
fn what_the_webhook_filled_in_changes_nothing() {
    let written = json!({
        "apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster",
        "metadata": {"name": "orders-db", "namespace": "till"},
        "spec": {
            "instances": 2, "imageName": "ghcr.io/cloudnative-pg/postgresql:17.6",
            "storage": {"size": "1Gi"}, "startDelay": 90,
        },
    });
    let mut live = written.clone();
    let mut spec = stored();
    json_patch::merge(&mut spec, &written["spec"]);
    live["spec"] = spec;
    let nothing = |_: &str| None;
    let world = World::of(&nothing);
    let convert =
        |cluster: Value| convert(vec![cluster], &Request::default(), &world).expect("a stack");
    let (one, other) = (convert(written), convert(live));
    assert_eq!(one.text, other.text);
    assert_eq!(one.report, other.report);
}

/// An empty directory of this test.
fn empty(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("import")
        .join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory can be made");
    directory
}

#[test]
fn a_file_is_written_once_and_never_over_another() {
    let directory = empty("once");
    let input = fixture::directory("import").join("chosen/input.yaml");
    let input = input.to_str().expect("a plain path");
    let arguments = [
        "import",
        "-f",
        input,
        "--cluster",
        "two",
        "-o",
        "stack.yaml",
    ];
    let run = binary_in(&directory, &arguments, &Env::new());
    assert_eq!(
        (run.code, run.stdout.as_slice()),
        (0, b"".as_slice()),
        "{}",
        run.stderr
    );
    let written = fs::read(directory.join("stack.yaml")).expect("the file is there");
    let again = binary_in(&directory, &arguments, &Env::new());
    assert_eq!(again.code, 2);
    assert!(
        again.stderr.contains("is there already"),
        "{}",
        again.stderr
    );
    assert_eq!(fs::read(directory.join("stack.yaml")).ok(), Some(written));
}

#[test]
fn directories_and_standard_input_are_read_alike() {
    let case = fixture::directory("import").join("in-tree");
    let directory = empty("alike");
    let text = fs::read_to_string(case.join("input.yaml")).expect("the input");
    fs::create_dir_all(directory.join("apps/.git")).expect("a directory can be made");
    fs::write(directory.join("apps/.git/broken.yaml"), "[").expect("a file");
    fs::write(directory.join("apps/notes.txt"), "[").expect("a file");
    for (number, document) in text.split("\n---\n").enumerate() {
        fs::write(directory.join(format!("apps/{number}.yaml")), document).expect("a file");
    }
    let files = binary_in(&directory, &["import", "-f", "."], &Env::new());
    let stream = binary(&["import", "-"], text.as_bytes(), &Env::new());
    assert_eq!(files, stream);
    assert_eq!(files.code, 0);
}

#[test]
fn hostile_input_gets_an_error() {
    let nested = "[".repeat(100_000);
    let lists = "{kind: List, items: [".repeat(20) + &"]}".repeat(20);
    let many = "---\nkind: x\n".repeat(100_001);
    let wide = format!("kind: List\nitems: [{}]", "{kind: x}, ".repeat(100_001));
    let cases: [&[u8]; 7] = [
        nested.as_bytes(),
        lists.as_bytes(),
        many.as_bytes(),
        wide.as_bytes(),
        b"\xff\xfe",
        b"",
        b"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nspec: 7\n",
    ];
    for input in cases {
        let run = binary(&["import", "-"], input, &Env::new());
        assert!(run.code == 1 || run.code == 2, "{}", run.report());
        assert!(
            run.stdout.is_empty() && run.stderr.starts_with("[error] "),
            "{}",
            run.report()
        );
    }
}

/// The places of everything in a value.
fn pointers(value: &Value, at: &str, places: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(object) => {
            let escaped = |key: &String| key.replace('~', "~0").replace('/', "~1");
            object
                .iter()
                .map(|(key, value)| (escaped(key), value))
                .collect()
        }
        Value::Array(list) => {
            let elements = list.iter().enumerate();
            elements
                .map(|(index, value)| (index.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    };
    for (key, value) in below {
        let place = format!("{at}/{key}");
        pointers(value, &place, places);
        places.push(place);
    }
}

/// Every field of a Cluster with a value of another kind than it has: an answer, whatever it is.
#[test]
fn nonsense_in_a_field_is_no_bug() {
    for (case, name) in [("in-tree", "paintings"), ("every-field", "ledger")] {
        let case = fixture::directory("import").join(case);
        let cluster = original(&case, name).expect("the Cluster");
        let mut places = Vec::new();
        pointers(&cluster["spec"], "/spec", &mut places);
        let nothing = |_: &str| None;
        let world = World::of(&nothing);
        let nonsense = [json!(7), json!([[]]), json!({"x": {"y": []}})];
        for (place, value) in places.iter().zip(nonsense.iter().cycle()) {
            let mut changed = cluster.clone();
            *changed.pointer_mut(place).expect("the place") = value.clone();
            if let Ok(imported) = convert(vec![changed], &Request::default(), &world) {
                generated(&yaml::parse(&imported.text).expect("YAML"));
            }
        }
    }
}
