//! A sandbox with an environment of its own, keys, and a stack that has every kind of Secret.

use std::collections::BTreeMap;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::documents::{self, Documents};
use super::super::sandbox::{self, Run, Sandbox};

/// Where `kustomize build` starts in a tree.
const BASE: &str = "k8s/deploy/base";
/// The fields of a stack that are encrypted, as the README has them encrypted.
const FIELDS: &str = "^(adminPassword|password|accessKey|secretKey)$";

/// The values of the rich stack that nobody may read, by variable: with everything that YAML, JSON,
/// env files and shells read as something else.
pub(super) const VALUES: [(&str, &str); 7] = [
    (
        "KEEPER_PASSWORD",
        "keeper's \"first\" $(x) ${y} # z: \\n \u{fc}",
    ),
    ("ORDERS_PASSWORD", "orders=password&%<>"),
    ("REPORTING_PASSWORD", "0123456789e3"),
    ("BILLING_PASSWORD", "billing-password"),
    ("REGISTRY_PASSWORD", "registry \"password\" \\ \u{1f600}"),
    ("MINIO_SECRET_KEY", "minio/secret+key=="),
    ("SEAWEED_SECRET_KEY", "'seaweed'\\\"#"),
];

/// A sandbox, and the environment that programs get in it.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) sandbox: Sandbox,
    env: BTreeMap<String, String>,
}

impl Bench {
    /// One without keys, with the passwords of the rich stack in the environment.
    pub(super) fn new(test: &str) -> Self {
        let pairs = VALUES.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            sandbox: Sandbox::new(&format!("secrets-{test}")),
            env: pairs.into(),
        }
    }

    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Puts a key at hand, and no other one.
    pub(super) fn hold(&mut self, key: &Key) {
        self.set("SOPS_AGE_KEY", &key.secret);
    }

    /// Takes the key away.
    pub(super) fn forget(&mut self) {
        self.env.remove("SOPS_AGE_KEY");
        self.env.remove("SOPS_AGE_KEY_FILE");
    }

    /// Runs a program. Whoever runs the tests may have keys of their own; these are not seen.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Run {
        sandbox::run(self.command(program, arguments), "")
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(program);
        let home = self.sandbox.path("home");
        for name in [
            "SOPS_AGE_KEY",
            "SOPS_AGE_KEY_FILE",
            "SOPS_AGE_KEY_CMD",
            "SOPS_AGE_RECIPIENTS",
            "SOPS_PGP_FP",
            "GNUPGHOME",
        ] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .envs(&self.env);
        command
    }

    /// `cnpg-stack render` of a file.
    pub(super) fn render(&self, file: &str, output: &str) -> Run {
        self.run("cnpg-stack", &["render", "-f", file, "-o", output])
    }

    /// What kustomize makes of a tree, without any plugin.
    #[track_caller]
    pub(super) fn base(&self, tree: &str) -> Documents {
        read(&self.build(&format!("{tree}/{BASE}")))
    }

    /// What kustomize prints for a directory, without any plugin.
    #[track_caller]
    pub(super) fn build(&self, directory: &str) -> String {
        self.run("kustomize", &["build", directory]).output()
    }

    /// `kustomize build` with the function.
    pub(super) fn function(&self, directory: &str) -> Run {
        let plugins = ["build", "--enable-alpha-plugins", "--enable-exec"];
        self.run("kustomize", &[&plugins[..], &[directory]].concat())
    }

    /// What `sops -d` prints for a file, whose kind it knows by the name.
    #[track_caller]
    pub(super) fn decrypt(&self, file: &str) -> String {
        self.run("sops", &["-d", file]).output()
    }

    /// Decrypts a file where it is.
    #[track_caller]
    pub(super) fn decrypt_in_place(&self, file: &str) {
        self.run("sops", &["-d", "-i", file]).output();
    }

    /// Has sops encrypt the secret fields of a stack, as the README says.
    #[track_caller]
    pub(super) fn encrypt_stack(&self, file: &str, keys: &[&Key]) {
        let recipients: Vec<&str> = keys.iter().map(|key| key.recipient.as_str()).collect();
        let arguments = [
            "--encrypt",
            "--in-place",
            "--mac-only-encrypted",
            "--encrypted-regex",
            FIELDS,
            "--age",
            &recipients.join(","),
            file,
        ];
        self.run("sops", &arguments).output();
    }

    /// The files below a directory that sops encrypted: their paths in the sandbox.
    pub(super) fn encrypted(&self, directory: &str) -> Vec<String> {
        let files = self.sandbox.files(directory).into_iter();
        files
            .filter(|(path, text)| is_encrypted(path, text))
            .map(|(path, _)| format!("{directory}/{path}"))
            .collect()
    }
}

/// The documents of a stream. kustomize breaks base64 that it generates into lines of 70 characters, which
/// whoever decodes it passes over; here it is in one line.
pub(super) fn read(stream: &str) -> Documents {
    let mut documents = documents::read(stream);
    let secrets = documents
        .values_mut()
        .filter(|document| document["kind"] == "Secret");
    for data in secrets.filter_map(|secret| secret.get_mut("data")?.as_object_mut()) {
        for value in data.values_mut() {
            let text = value.as_str().expect("the data of a Secret is text");
            *value = text.replace('\n', "").into();
        }
    }
    documents
}

/// Whether a file is one of SOPS, by what its kind keeps the metadata in.
pub(super) fn is_encrypted(path: &str, text: &str) -> bool {
    match extension(path) {
        "env" => text.contains("\nsops_mac="),
        "json" => text.contains("\"sops\": {"),
        _ => text.lines().any(|line| line == "sops:"),
    }
}

/// What stands behind the last point of a path.
pub(super) fn extension(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// An age key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) secret: String,
    pub(super) recipient: String,
}

impl Key {
    pub(super) fn new() -> Self {
        let secret = sandbox::run(Command::new("age-keygen"), "").output();
        let public = secret
            .lines()
            .find_map(|line| line.strip_prefix("# public key: "));
        let recipient = public
            .expect("age-keygen names the public key")
            .trim()
            .to_owned();
        Self { secret, recipient }
    }
}

/// A stack with every kind of Secret, whose values come from the environment. Its keys are in
/// alphabetical order, so that sops can encrypt it.
pub(super) fn rich() -> String {
    "\
apiVersion: cnpgstack.io/v1alpha1
kind: CnpgStack
metadata:
  annotations:
    config.kubernetes.io/function: |
      exec: {path: cnpg-stack}
  name: shop
spec:
  adminPasswordFrom: {env: KEEPER_PASSWORD}
  adminUser: keeper
  backup:
    apply: true
  customLabels:
    team: platform
  databases:
  - cnpgPermissions: [connect, read, write]
    database: orders
    passwordFrom: {env: ORDERS_PASSWORD}
    username: orders_app
  - cnpgPermissions: [connect, read]
    database: orders
    passwordFrom: {env: REPORTING_PASSWORD}
    username: reporting
  - cnpgPermissions: [connect, read, write]
    database: billing
    passwordFrom: {env: BILLING_PASSWORD}
    username: billing_app
  links:
    backendDb:
    - {app: checkout, database: orders, namespace: shop-apps, username: orders_app}
    - {app: invoices, database: billing, username: billing_app}
    cnpgBucket:
      accessKey: shop-backup
      bucket: pg-backups
      endpoint: https://minio.storage.svc.cluster.local:9000
      secretKeyFrom: {env: MINIO_SECRET_KEY}
    cnpgSwbucket:
      accessKey: shop-export
      bucket: pg-exports
      endpoint: http://seaweedfs-s3.seaweedfs.svc.cluster.local:8333
      secretKeyFrom: {env: SEAWEED_SECRET_KEY}
    prometheus: {labels: {release: prometheus}, namespace: monitoring, rules: true}
  namespace: storefront
  networkPolicy: true
  psqlVersion: '18.4'
  registry:
    passwordFrom: {env: REGISTRY_PASSWORD}
    server: registry.example.com
    username: puller
"
    .to_owned()
}

/// The rich stack with its values in the file, as it is before sops encrypts it.
pub(super) fn rich_inline() -> String {
    let mut stack = rich();
    for (name, value) in VALUES {
        let given = format!("From: {{env: {name}}}");
        assert!(stack.contains(&given), "{name}");
        let value = Value::from(value).to_string();
        stack = stack.replace(&given, &format!(": {value}"));
    }
    stack
}

/// A stack whose files are encrypted for these keys.
pub(super) fn encrypted_for(stack: &str, keys: &[&Key]) -> String {
    let recipients: Vec<&str> = keys.iter().map(|key| key.recipient.as_str()).collect();
    format!("{stack}  secrets:\n    age: [{}]\n", recipients.join(", "))
}

/// Holds that a text gives no secret value away, however it is written.
#[track_caller]
pub(super) fn assert_silent(what: &str, text: &str) {
    for (name, value) in VALUES {
        let json = Value::from(value).to_string();
        let forms = [
            value.to_owned(),
            json[1..json.len() - 1].to_owned(),
            STANDARD.encode(value),
        ];
        for form in forms {
            assert!(!text.contains(&form), "{what} shows {name}\n{text}");
        }
    }
}
