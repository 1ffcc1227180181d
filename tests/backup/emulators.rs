//! Azure Blob Storage and Google Cloud Storage, as far as their emulators go: Azurite and fake-gcs-server.
//!
//! Barman is called with what the plugin makes of the generated ObjectStore and Secret.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::archive::Archive;
use super::documents::Documents;
use super::instance::Instance;
use crate::rig::server::{directory, free_port, run};
use crate::support::process::Env;

/// The one account of Azurite, with its published key.
const ACCOUNT: &str = "devstoreaccount1";
const ACCOUNT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// The bucket, and the container.
const BUCKET: &str = "pg-archive";
const CLUSTER: &str = "cluster-storefront";

/// An emulator. It is gone when this is dropped.
struct Emulator {
    port: u16,
    directory: PathBuf,
    process: Child,
}

impl Emulator {
    /// Starts a program that is told its port and directory.
    fn start(program: &str, arguments: impl Fn(&str, &str) -> Vec<String>) -> Self {
        let (port, directory) = (free_port(), directory("emulator"));
        let arguments = arguments(&port.to_string(), &directory.display().to_string());
        let log = fs::File::create(directory.join("log")).expect("it can be written");
        let process = Command::new(program)
            .args(arguments)
            .stdout(log.try_clone().expect("it is open"))
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("the program is there");
        let emulator = Self {
            port,
            directory,
            process,
        };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return emulator;
            }
            sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(emulator.directory.join("log"));
        panic!("{program} does not come up\n{}", log.unwrap_or_default());
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.directory).ok();
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn stack(bucket: &Value, environment: &Env) -> Documents {
    let spec = json!({
        "namespace": "storefront", "psqlVersion": "18.6", "links": {"cnpgBucket": bucket},
        "backup": {"apply": true, "walCompression": "zstd", "immediateCheckpoint": true},
    });
    Documents::of(&spec, &json!([]), environment)
}

/// A few lines with a client library, in the Python that has them for Barman.
fn python(script: &str, environment: &[(&str, &str)]) {
    let pairs = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let program =
        r#"exec "$(dirname "$(readlink -f "$(command -v barman-cloud-backup)")")"/python "$@""#;
    let mut arguments: Vec<String> = pairs.collect();
    arguments.extend(words(&["sh", "-c", program, "sh", "-c", script]));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run("env", &arguments, "").output();
}

/// A base backup, WAL after it, and a new Cluster out of both, in a folder of its own.
fn comes_back(documents: &Documents) {
    let live = Instance::create("18", documents, CLUSTER);
    live.psql("CREATE TABLE t (v text); INSERT INTO t VALUES ('before')");
    live.backup("backup-20261101");
    live.psql("INSERT INTO t VALUES ('A')");
    live.archived();
    drop(live);
    assert!(!Archive::written(documents, CLUSTER).is_empty());
    let again = Instance::recover("18", documents, "cluster-storefront-restore");
    assert_eq!(again.rows(), "A before");
}

#[test]
fn a_cluster_comes_back_out_of_azure() {
    let azurite = Emulator::start("azurite-blob", |port, place| {
        words(&[
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            port,
            "--location",
            place,
            "--skipApiVersionCheck",
            "--disableTelemetry",
        ])
    });
    let connection = format!(
        "DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};BlobEndpoint={}/{ACCOUNT};",
        azurite.url()
    );
    python(
        "import os; from azure.storage.blob import BlobServiceClient as C; \
         C.from_connection_string(os.environ['C']).create_container('pg-archive')",
        &[("C", &connection)],
    );
    let bucket = json!({
        "bucket": BUCKET, "endpoint": azurite.url(),
        "azureCredentials": {"storageAccount": ACCOUNT, "connectionStringFrom": {"env": "CONNECTION"}},
    });
    let documents = stack(&bucket, &Env::from([("CONNECTION".to_owned(), connection)]));
    comes_back(&documents);
}

/// The key is one that signs. Led to an emulator the client library reads it, but asks nobody for a token.
#[test]
fn a_cluster_comes_back_out_of_google() {
    let emulator = Emulator::start("fake-gcs-server", |port, _| {
        words(&[
            "-scheme",
            "http",
            "-host",
            "127.0.0.1",
            "-port",
            port,
            "-backend",
            "memory",
        ])
    });
    let key = run(
        "sh",
        &[
            "-c",
            "openssl genrsa 2048 2>/dev/null | openssl pkcs8 -topk8 -nocrypt",
        ],
        "",
    );
    let key = json!({
        "type": "service_account", "project_id": "shop", "private_key": key.output(),
        "client_email": "shop@shop.iam.gserviceaccount.com", "token_uri": "http://127.0.0.1:9/token",
    });
    // With line breaks, as the console of Google gives it.
    let key = serde_json::to_string_pretty(&key).expect("it is JSON");
    let url = emulator.url();
    python(
        "from google.cloud import storage as s; from google.auth.credentials import AnonymousCredentials as A; \
         s.Client(credentials=A(), project='shop').create_bucket('pg-archive')",
        &[("STORAGE_EMULATOR_HOST", &url)],
    );
    let bucket = json!({
        "bucket": BUCKET, "googleCredentials": {"applicationCredentialsFrom": {"env": "KEY"}},
    });
    let documents = stack(&bucket, &Env::from([("KEY".to_owned(), key)]));
    comes_back(&documents.with_variable("STORAGE_EMULATOR_HOST", &url));
}
