//! The cmp-server in the sidecar: how it reads the plugin, and how it runs its commands.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use cnpg_stack::krm::yaml;
use serde::Deserialize;
use serde_json::Value;

use crate::support::process::{Env, Run};
use crate::support::tree;

/// Where the image has the program.
pub(crate) const PROGRAM: &str = "/usr/local/bin/cnpg-stack";
/// `ARGOCD_EXEC_TIMEOUT`, as it is unless somebody changes it.
pub(crate) const LIMIT: Duration = Duration::from_secs(90);

/// `plugin.yaml`, as the cmp-server reads it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Plugin {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) spec: Spec,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) discover: Discover,
    pub(crate) generate: Action,
    pub(crate) parameters: Parameters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discover {
    pub(crate) find: Action,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    pub(crate) command: Vec<String>,
    #[serde(default)]
    pub(crate) args: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    #[serde(rename = "static")]
    pub(crate) announced: Vec<Announcement>,
    pub(crate) dynamic: Action,
}

/// A parameter as the user interface knows it.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Announcement {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) tooltip: String,
    #[serde(default)]
    pub(crate) item_type: String,
    pub(crate) collection_type: String,
    #[serde(default)]
    pub(crate) string: String,
    #[serde(default)]
    pub(crate) array: Vec<String>,
    #[serde(default)]
    pub(crate) map: BTreeMap<String, String>,
}

pub(crate) fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/argocd")
        .join(path)
}

pub(crate) fn document(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("the example is there");
    yaml::parse(&text).expect("the example is YAML")
}

pub(crate) fn plugin() -> Plugin {
    serde_json::from_value(document(&example("install/plugin.yaml"))).expect("it is a plugin")
}

/// A copy of a directory as the cmp-server unpacks it.
pub(crate) fn unpacked(from: &Path, name: &str) -> PathBuf {
    let to = tree::fresh(name).join("app");
    tree::copy(from, &to);
    for path in tree::read(&to).keys() {
        let mode = fs::Permissions::from_mode(0o644);
        fs::set_permissions(to.join(path), mode).expect("the mode can be set");
    }
    to
}

/// What the sidecar and Argo CD put into the environment.
pub(crate) fn environment() -> Env {
    let pairs = [
        (
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ),
        ("HOSTNAME", "argocd-repo-server-5c9d8f7b9-x2x7p"),
        ("ARGOCD_APP_NAME", "shop-staging"),
        ("ARGOCD_APP_NAMESPACE", "storefront"),
        ("ARGOCD_APP_PROJECT_NAME", "default"),
        (
            "ARGOCD_APP_REVISION",
            "0123456789abcdef0123456789abcdef01234567",
        ),
        ("ARGOCD_APP_SOURCE_PATH", "examples/argocd/app"),
        (
            "ARGOCD_APP_SOURCE_REPO_URL",
            "https://git.example.com/team/databases.git",
        ),
        ("ARGOCD_APP_SOURCE_TARGET_REVISION", "main"),
        ("KUBE_VERSION", "1.34.1"),
        ("KUBE_API_VERSIONS", "v1,apps/v1,batch/v1"),
    ];
    let pairs = pairs.into_iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The environment of an Application: its variables and its parameters, in the forms that there are.
pub(crate) fn of_application(application: &Value) -> Env {
    let plugin = &application["spec"]["source"]["plugin"];
    let mut env = environment();
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    for variable in plugin["env"].as_array().into_iter().flatten() {
        let name = format!("ARGOCD_ENV_{}", text(&variable["name"]));
        env.insert(name, text(&variable["value"]));
    }
    let parameters = plugin["parameters"].as_array().into_iter().flatten();
    for parameter in parameters {
        if let Some(value) = parameter["string"].as_str() {
            let name = text(&parameter["name"])
                .to_uppercase()
                .replace(['.', '/'], "_");
            env.insert(format!("PARAM_{name}"), value.to_owned());
        }
    }
    env.insert(
        "ARGOCD_APP_PARAMETERS".to_owned(),
        plugin["parameters"].to_string(),
    );
    env
}

/// Runs a command of the plugin in a directory, in a process group of its own, and no longer than it may.
pub(crate) fn run(action: &Action, directory: &Path, env: &Env) -> Run {
    let (program, arguments) = action.command.split_first().expect("there is a program");
    assert_eq!(program, PROGRAM);
    let mut child = Command::new(env!("CARGO_BIN_EXE_cnpg-stack"))
        .args(arguments.iter().chain(&action.args))
        .current_dir(directory)
        .env_clear()
        .envs(env)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut streams = (child.stdout.take(), child.stderr.take());
    let reading = spawn(move || {
        let (mut stdout, mut stderr) = (Vec::new(), String::new());
        let pipes = (streams.0.as_mut(), streams.1.as_mut());
        pipes
            .0
            .expect("a pipe")
            .read_to_end(&mut stdout)
            .expect("it can be read");
        pipes
            .1
            .expect("a pipe")
            .read_to_string(&mut stderr)
            .expect("it is text");
        (stdout, stderr)
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill().ok();
            panic!("killed after {LIMIT:?}");
        }
        sleep(Duration::from_millis(2));
    };
    let (stdout, stderr) = reading.join().expect("the streams end");
    let code = status.code().unwrap_or(-1);
    Run {
        code,
        stdout,
        stderr,
    }
}
