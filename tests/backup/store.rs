//! An object store: SeaweedFS with keys that may use two buckets and no other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::rig::server::{Run, directory, free_port, run};

/// Who may read and write the buckets.
pub(super) const ACCESS_KEY: &str = "shop-backup";
/// With what; printable ASCII that means something to shells and Kubernetes.
pub(super) const SECRET_KEY: &str = "s3:cr$(id)t/%+'w\"";
/// The bucket that stacks share.
pub(super) const BUCKET: &str = "pg-backups";
/// Another one.
pub(super) const EXPORTS: &str = "pg-exports";

/// The store. It is gone when this is dropped.
pub(super) struct Store {
    /// Its URL.
    pub endpoint: String,
    /// The certificate of its authority, when it is reached by HTTPS.
    pub authority: Option<String>,
    directory: PathBuf,
    ports: [(&'static str, u16); 8],
    process: Child,
}

/// Makes an authority and a certificate for 127.0.0.1 in the directory `$1`.
const CERTIFICATE: &str = r#"
set -e
cd "$1"
key() { openssl ecparam -genkey -name prime256v1 -noout -out "$1"; }
key ca.key
openssl req -x509 -new -key ca.key -out ca.crt -days 2 -subj /CN=store-ca
key s3.key
openssl req -new -key s3.key -out s3.csr -subj /CN=store
printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >san
openssl x509 -req -in s3.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out s3.crt
"#;

fn identities() -> String {
    let may = |action: &str| [BUCKET, EXPORTS].map(|bucket| format!("{action}:{bucket}"));
    let actions: Vec<String> = ["Read", "List", "Write", "Tagging"]
        .iter()
        .flat_map(|action| may(action))
        .collect();
    let identity = |name: &str, access: &str, secret: &str, actions: &[String]| {
        serde_json::json!({
            "name": name, "credentials": [{"accessKey": access, "secretKey": secret}], "actions": actions,
        })
    };
    let admin = identity("admin", "adminkey", "adminsecret", &["Admin".to_owned()]);
    let shop = identity("shop", ACCESS_KEY, SECRET_KEY, &actions);
    serde_json::json!({"identities": [admin, shop]}).to_string()
}

/// What it listens on.
const PORTS: [&str; 8] = [
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port",
    "s3.port.grpc",
];

/// Everything that it would write elsewhere, or serve on a port of its own choice, is named here.
const OPTIONS: [&str; 14] = [
    "server",
    "-filer",
    "-s3",
    "-ip=127.0.0.1",
    "-ip.bind=127.0.0.1",
    "-master.peers=none",
    "-master.telemetry=false",
    "-master.volumeSizeLimitMB=64",
    "-volume.max=100",
    "-volume.minFreeSpace=1MiB",
    "-s3.iam=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-s3.autoCreateBucket=false",
];

impl Store {
    /// Starts one whose buckets are empty. Somebody else may take a port before it does, so it is tried again.
    pub(super) fn start(https: bool) -> Self {
        let mut logs = String::new();
        for _ in 0..4 {
            let mut store = Self::launch(https);
            if store.make(BUCKET) && store.make(EXPORTS) {
                return store;
            }
            logs += &store.log();
        }
        panic!("no store starts\n{logs}");
    }

    fn launch(https: bool) -> Self {
        let directory = directory("store");
        let path = |name: &str| directory.join(name).display().to_string();
        fs::write(directory.join("s3.json"), identities()).expect("it can be written");
        let mut tls = Vec::new();
        if https {
            run("sh", &["-c", CERTIFICATE, "sh", &path("")], "").output();
            tls = vec![
                format!("-s3.cert.file={}", path("s3.crt")),
                format!("-s3.key.file={}", path("s3.key")),
            ];
        }
        let ports = PORTS.map(|name| (name, free_port()));
        let process = Command::new("weed")
            .args(OPTIONS)
            .args(ports.map(|(name, port)| format!("-{name}={port}")))
            .args(tls)
            .arg(format!("-dir={}", path("")))
            .arg(format!("-s3.config={}", path("s3.json")))
            .arg(format!("-filer.localSocket={}", path("filer.sock")))
            .arg(format!("-s3.localSocket={}", path("s3.sock")))
            .current_dir(&directory)
            .env("HOME", &directory)
            .env("TMPDIR", &directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(directory.join("log")).expect("it can be written"))
            .spawn()
            .expect("weed can be started; tests/run installs it");
        let scheme = if https { "https" } else { "http" };
        let of = |name: &str| ports.iter().find(|(known, _)| *known == name);
        let (_, port) = of("s3.port").expect("it is one of them");
        Self {
            endpoint: format!("{scheme}://127.0.0.1:{port}"),
            authority: https
                .then(|| fs::read_to_string(directory.join("ca.crt")).expect("it was made")),
            ports,
            directory,
            process,
        }
    }

    /// Makes a bucket. Until there is a volume server the answer is an error.
    fn make(&mut self, bucket: &str) -> bool {
        let bucket = format!("store:{bucket}");
        for _ in 0..100 {
            let made = self.rclone("adminkey", "adminsecret", &["mkdir", &bucket]);
            if made.code == 0 {
                return true;
            }
            if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return false;
            }
            sleep(Duration::from_millis(100));
        }
        false
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    /// Runs rclone with a key.
    fn rclone(&self, access: &str, secret: &str, arguments: &[&str]) -> Run {
        let directory = self.directory.display();
        let mut all: Vec<String> = ["run", "--rm", "--pull=never", "--network=host"]
            .map(str::to_owned)
            .into();
        all.push(format!("--volume={directory}:{directory}"));
        let variables = [
            ("RCLONE_CONFIG", "/dev/null"),
            ("RCLONE_CONFIG_STORE_TYPE", "s3"),
            ("RCLONE_CONFIG_STORE_PROVIDER", "Other"),
            ("RCLONE_CONFIG_STORE_ENDPOINT", &self.endpoint),
            ("RCLONE_CONFIG_STORE_ACCESS_KEY_ID", access),
            ("RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY", secret),
        ];
        all.extend(variables.map(|(name, value)| format!("--env={name}={value}")));
        if self.authority.is_some() {
            all.push(format!("--env=RCLONE_CA_CERT={directory}/ca.crt"));
        }
        all.extend([
            "docker.io/rclone/rclone:1.71".to_owned(),
            "rclone".to_owned(),
        ]);
        all.extend(["--retries=1", "--low-level-retries=1"].map(str::to_owned));
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        run("podman", &all, "")
    }

    /// What is below a folder of a bucket, sorted.
    pub(super) fn objects(&self, folder: &str) -> Vec<String> {
        let folder = format!("store:{folder}");
        let found = self.rclone(
            "adminkey",
            "adminsecret",
            &["lsf", "-R", "--files-only", &folder],
        );
        if found.text().contains("directory not found") {
            return Vec::new();
        }
        let mut names: Vec<String> = found.output().lines().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// Fetches an object into a file.
    pub(super) fn fetch(&self, object: &str, to: &Path) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("fetched-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let own = self.directory.join(name);
        let (object, file) = (format!("store:{object}"), own.display().to_string());
        self.rclone("adminkey", "adminsecret", &["copyto", &object, &file])
            .output();
        fs::rename(&own, to).expect("it was fetched");
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Asked politely it takes a quarter of a minute, and nobody wants its data.
        self.process.kill().ok();
        self.process.wait().ok();
        for (name, port) in self.ports {
            let name = name.replace(".port.", "-");
            fs::remove_file(format!("/tmp/seaweedfs-{name}-{port}.sock")).ok();
        }
        fs::remove_dir_all(&self.directory).ok();
    }
}
