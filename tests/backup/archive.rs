//! What the Barman Cloud plugin makes of an ObjectStore and the parameters in a Cluster.
//!
//! The variables and arguments are those of the plugin (barman-cloud: `pkg/credentials`, `pkg/command`,
//! `pkg/archiver`, `pkg/backup`).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::documents::Documents;
use crate::rig::server::{Run, directory, run};

/// One folder of an archive, as one Cluster reaches it.
#[derive(Clone)]
pub(super) struct Archive {
    /// The arguments that say which store it is.
    store: Vec<String>,
    destination: String,
    /// The folder.
    pub server: String,
    environment: Vec<(String, String)>,
    wal: Vec<String>,
    data: Vec<String>,
    /// The file that one of the variables names.
    _file: Option<Arc<Held>>,
}

/// A certificate or a key in a file. It is gone when the last who needs it is.
struct Held(PathBuf);

impl Held {
    fn new(text: &str) -> Self {
        let directory = directory("held");
        fs::write(directory.join("file"), text).expect("it can be written");
        Self(directory)
    }

    /// The variable that names the file.
    fn variable(&self, name: &str) -> (String, String) {
        (name.to_owned(), self.0.join("file").display().to_string())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("not a string: {value}"))
        .to_owned()
}

impl Archive {
    /// The one that a Cluster writes: its one enabled WAL archiver.
    pub(super) fn written(documents: &Documents, cluster: &str) -> Self {
        let cluster = documents.get("Cluster", cluster);
        let plugins = cluster["spec"]["plugins"].as_array();
        let [plugin] = plugins.map(Vec::as_slice).unwrap_or_default() else {
            panic!("not exactly one plugin: {cluster}");
        };
        assert_eq!(plugin["isWALArchiver"], true);
        assert!(cluster["spec"]["backup"]["volumeSnapshot"].is_null());
        Self::of(documents, plugin)
    }

    /// The one that a Cluster is brought up from.
    pub(super) fn origin(documents: &Documents, cluster: &str) -> Self {
        let spec = &documents.get("Cluster", cluster)["spec"];
        let source = &spec["bootstrap"]["recovery"]["source"];
        let clusters = spec["externalClusters"].as_array();
        let mut found = clusters
            .into_iter()
            .flatten()
            .filter(|c| c["name"] == *source);
        let plugin = &found.next().expect("the source is there")["plugin"];
        assert_eq!(plugin["isWALArchiver"], false);
        Self::of(documents, plugin)
    }

    fn of(documents: &Documents, plugin: &Value) -> Self {
        assert_eq!(plugin["name"], "barman-cloud.cloudnative-pg.io");
        assert_eq!(plugin["enabled"], true);
        let parameters = &plugin["parameters"];
        let store = documents.get("ObjectStore", &text(&parameters["barmanObjectName"]));
        let configuration = &store["spec"]["configuration"];
        let (provider, mut environment, file) = credentials(documents, configuration);
        let mut options = vec!["--cloud-provider".to_owned(), provider.to_owned()];
        if let Some(url) = configuration.get("endpointURL") {
            options.splice(0..0, ["--endpoint-url".to_owned(), text(url)]);
        }
        let variables = store["spec"]["instanceSidecarConfiguration"]["env"].as_array();
        let pair = |v: &Value| (text(&v["name"]), text(&v["value"]));
        environment.extend(variables.into_iter().flatten().map(pair));
        let compression = |part: &str| match configuration[part].get("compression") {
            Some(name) => vec![format!("--{}", text(name))],
            None => Vec::new(),
        };
        Self {
            store: options,
            destination: text(&configuration["destinationPath"]),
            server: text(&parameters["serverName"]),
            environment,
            wal: compression("wal"),
            data: compression("data"),
            _file: file.map(Arc::new),
        }
    }

    /// Runs a command with nothing of the caller's environment.
    fn command(
        &self,
        extra: &[(&str, &str)],
        program: &str,
        options: &[String],
        last: &[&str],
    ) -> Run {
        let clean = r#"exec env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 "$@""#;
        let mut arguments = ["-c", clean, "sh"].map(str::to_owned).to_vec();
        let own = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        arguments.extend(own);
        arguments.extend(extra.iter().map(|(name, value)| format!("{name}={value}")));
        arguments.push(program.to_owned());
        arguments.extend_from_slice(options);
        arguments.extend_from_slice(&self.store);
        let place = [self.destination.as_str(), &self.server];
        let rest = place.iter().chain(last);
        arguments.extend(rest.map(|&argument| argument.to_owned()));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run("sh", &arguments, "")
    }

    /// Whether CNPG would let a new Cluster archive here: only into an empty folder.
    pub(super) fn is_empty(&self) -> bool {
        let run = self.command(&[], "barman-cloud-check-wal-archive", &[], &[]);
        match run.code {
            0 => true,
            1 if run.text().contains("Expected empty archive") => false,
            _ => panic!("{}", run.text()),
        }
    }

    /// Archives a file of WAL.
    pub(super) fn archive(&self, wal: &str) -> Run {
        self.command(&[], "barman-cloud-wal-archive", &self.wal, &[wal])
    }

    /// Fetches a file of WAL.
    pub(super) fn fetch_wal(&self, name: &str, to: &str) -> Run {
        self.command(&[], "barman-cloud-wal-restore", &[], &[name, to])
    }

    /// Takes a base backup through a server's socket; the answer is its ID.
    pub(super) fn backup(&self, socket: &Path, name: &str) -> String {
        let temporary = directory("barman");
        let (socket, temporary) = (
            socket.display().to_string(),
            temporary.display().to_string(),
        );
        let place = [("PGHOST", socket.as_str()), ("TMPDIR", &temporary)];
        let mut options: Vec<String> = [
            "--user",
            "postgres",
            "--name",
            name,
            "--immediate-checkpoint",
        ]
        .map(str::to_owned)
        .into();
        options.extend_from_slice(&self.data);
        self.command(&place, "barman-cloud-backup", &options, &[])
            .output();
        fs::remove_dir_all(temporary).ok();
        let mut found = self.backups().into_iter();
        let backup = found.find(|backup| backup["backup_name"] == name);
        text(&backup.expect("it is in the catalog")["backup_id"])
    }

    /// The catalog, the oldest first.
    pub(super) fn backups(&self) -> Vec<Value> {
        let json_format = ["--format".to_owned(), "json".to_owned()];
        let run = self.command(&[], "barman-cloud-backup-list", &json_format, &[]);
        let list: Value = serde_json::from_str(run.output()).expect("the list is JSON");
        let mut backups: Vec<Value> = list["backups_list"].as_array().cloned().unwrap_or_default();
        backups.retain(|backup| !backup["end_time"].is_null());
        backups.sort_by_key(|backup| text(&backup["begin_time_iso"]));
        backups
    }

    /// The backup that the plugin starts from: by its ID, else the last one that ended before the target
    /// (`FindBackupInfo` of barman-cloud's `pkg/catalog`).
    pub(super) fn chosen(&self, target: &Value) -> Value {
        let backups = self.backups();
        let last = |fits: &dyn Fn(&Value) -> bool| backups.iter().rev().find(|b| fits(b)).cloned();
        let found = if let Some(id) = target.get("backupID") {
            last(&|backup| backup["backup_id"] == *id)
        } else if let Some(time) = target.get("targetTime") {
            let time = utc(&text(time));
            last(&|backup| utc(&text(&backup["end_time_iso"])) <= time)
        } else if let Some(lsn) = target.get("targetLSN") {
            let lsn = position(&text(lsn));
            last(&|backup| position(&text(&backup["end_xlog"])) < lsn)
        } else {
            last(&|_| true)
        };
        found.unwrap_or_else(|| panic!("no backup fits {target}: {}", json!(backups)))
    }

    /// Restores a base backup into a directory.
    pub(super) fn restore(&self, id: &str, to: &Path) {
        let to = to.display().to_string();
        self.command(&[], "barman-cloud-restore", &[], &[id, &to])
            .output();
    }

    /// The folder in the bucket.
    pub(super) fn folder(&self) -> String {
        let destination = self.destination.strip_prefix("s3://");
        format!("{}/{}", destination.expect("it is in S3"), self.server)
    }
}

/// What `--cloud-provider` is given, the variables, and the file that one of them names: `EnvSetCloudCredentialsAndCertificates`
/// and `appendCloudProviderOptions` of barman-cloud.
fn credentials(
    documents: &Documents,
    configuration: &Value,
) -> (&'static str, Vec<(String, String)>, Option<Held>) {
    let variables = |keys: &Value, pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let given = pairs.iter().filter(|(_, key)| keys.get(key).is_some());
        let value = |key: &str| documents.secret(&keys[key]).to_owned();
        given
            .map(|(name, key)| ((*name).to_owned(), value(key)))
            .collect()
    };
    let mut file = None;
    let mut held = |selector: &Value, name: &str| {
        file = Some(Held::new(documents.secret(selector)));
        file.iter()
            .map(|held| held.variable(name))
            .collect::<Vec<_>>()
    };
    if let Some(keys) = configuration.get("azureCredentials") {
        let pairs = [
            ("AZURE_STORAGE_ACCOUNT", "storageAccount"),
            ("AZURE_STORAGE_KEY", "storageKey"),
            ("AZURE_STORAGE_SAS_TOKEN", "storageSasToken"),
            ("AZURE_STORAGE_CONNECTION_STRING", "connectionString"),
        ];
        return ("azure-blob-storage", variables(keys, &pairs), None);
    }
    if let Some(keys) = configuration.get("googleCredentials") {
        let key = held(
            &keys["applicationCredentials"],
            "GOOGLE_APPLICATION_CREDENTIALS",
        );
        return ("google-cloud-storage", key, file);
    }
    let pairs = [
        ("AWS_ACCESS_KEY_ID", "accessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "secretAccessKey"),
        ("AWS_DEFAULT_REGION", "region"),
    ];
    let mut environment = variables(&configuration["s3Credentials"], &pairs);
    if let Some(authority) = configuration.get("endpointCA") {
        environment.extend(held(authority, "AWS_CA_BUNDLE"));
    }
    ("aws-s3", environment, file)
}

/// Seconds and fraction in UTC, for comparing; all times here are in UTC.
fn utc(text: &str) -> String {
    let (time, zone) = text.split_at(19);
    let fraction: String = zone.chars().take_while(|c| !"+Z".contains(*c)).collect();
    assert!(
        zone.ends_with("+00") || zone.ends_with("+00:00"),
        "not in UTC: {text}"
    );
    format!("{}{fraction:0<7}", time.replace('T', " "))
}

/// A position in the WAL as a number.
fn position(text: &str) -> u64 {
    let (high, low) = text.split_once('/').expect("a position has two parts");
    let number = |text: &str| u64::from_str_radix(text, 16).expect("it is hexadecimal");
    (number(high) << 32) + number(low)
}
