//! The config-management plugin, driven the way Argo CD's cmp-server drives it: a copy of the repository
//! without execute bits, the directory of the Application as working directory, the environment of the
//! sidecar and of the Application, a time limit, standard output taken as the manifests.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a broken fixture is a failure, and an index into JSON gives null, not a panic"
)]

mod support;

mod argocd {
    pub(crate) mod answers;
    pub(crate) mod sidecar;
}

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use cnpg_stack::krm::yaml;
use serde_json::{Value, json};

use argocd::answers::{OBJECT, STACK};
use argocd::sidecar::{
    Announcement, PROGRAM, document, environment, example, of_application, plugin, run, unpacked,
};
use support::process::Run;
use support::{fixture, tree, wire};

fn documents(run: &Run) -> Vec<Value> {
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = std::str::from_utf8(&run.stdout).expect("manifests are text");
    yaml::parse_all(text).expect("manifests are YAML")
}

/// Holds a text against a file of the tests.
fn same(file: &str, text: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/argocd");
    let difference = fixture::compare(&path.join(file), text).err();
    fixture::report(&Vec::from_iter(difference));
}

/// The one document of a kind.
fn one<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    let mut found = documents.iter().filter(|document| document["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "more than one {kind}");
    first
}

#[test]
fn the_plugin_is_one_that_the_cmp_server_takes() {
    let plugin = plugin();
    let head = (plugin.api_version.as_str(), plugin.kind.as_str());
    assert_eq!(head, ("argoproj.io/v1alpha1", "ConfigManagementPlugin"));
    assert_eq!(
        plugin.metadata,
        BTreeMap::from([("name".to_owned(), "cnpg-stack".to_owned())])
    );
    let image = Path::new(env!("CARGO_MANIFEST_DIR")).join("Dockerfile");
    let image = fs::read_to_string(image).expect("the Dockerfile is there");
    assert!(
        image.contains(&format!("ENTRYPOINT [\"{PROGRAM}\"]")),
        "{image}"
    );
    // What is announced at all times is announced for this very stack, too.
    let app = unpacked(&example("app"), "argocd-parameters");
    let run = run(&plugin.spec.parameters.dynamic, &app, &environment());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let dynamic: Vec<Announcement> = serde_json::from_slice(&run.stdout).expect("announcements");
    let find = |name: &str| {
        let found = dynamic.iter().find(|known| known.name == name);
        found.unwrap_or_else(|| panic!("{name} is not announced"))
    };
    for fixed in &plugin.spec.parameters.announced {
        let known = find(&fixed.name);
        let item = if fixed.item_type.is_empty() {
            "string"
        } else {
            &fixed.item_type
        };
        assert_eq!(
            (item, &fixed.collection_type),
            (&*known.item_type, &known.collection_type)
        );
    }
    assert_eq!(find("adminUser").string, "keeper");
    assert_eq!(find("backup.apply").string, "true");
    assert_eq!(find("instances").string, "");
    assert_eq!(find("links.prometheus.labels").map["release"], "prometheus");
    let secret = |known: &Announcement| known.name.to_lowercase().contains("password");
    assert!(!dynamic.iter().any(secret));
}

#[test]
fn an_application_is_generated_with_its_parameters() {
    let plugin = plugin();
    let application = document(&example("application.yaml"));
    let named = application
        .pointer("/spec/source/plugin/name")
        .and_then(Value::as_str);
    assert_eq!(named, plugin.metadata.get("name").map(String::as_str));
    let path = application
        .pointer("/spec/source/path")
        .and_then(Value::as_str);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.expect("a path"));
    let app = unpacked(&path, "argocd-application");
    let found = run(&plugin.spec.discover.find, &app, &environment());
    assert_eq!((found.code, &*found.stdout), (0, &b"stack.yaml\n"[..]));
    let env = of_application(&application);
    let before = tree::read(&app);
    let answer = run(&plugin.spec.generate, &app, &env);
    assert_eq!(
        answer,
        run(&plugin.spec.generate, &app, &env),
        "twice the same"
    );
    assert_eq!(tree::read(&app), before, "nothing is written");
    same(
        "application.yaml",
        &support::elide::job_files(&answer.stdout, 2),
    );

    let documents = documents(&answer);
    let cluster = one(&documents, "Cluster");
    assert_eq!(cluster["metadata"]["namespace"], "storefront-staging");
    assert_eq!(cluster["spec"]["instances"], 1);
    assert_eq!(cluster["metadata"]["labels"]["stage"], "staging");
    assert_eq!(
        one(&documents, "ScheduledBackup")["spec"]["schedule"],
        "0 30 3 * * *"
    );
    assert_eq!(
        *one(&documents, "Deployment"),
        document(&path.join("shop.yaml"))
    );
    for document in &documents {
        let annotations = document["metadata"]["annotations"].as_object();
        for key in annotations.into_iter().flatten().map(|(key, _)| key) {
            assert!(
                !key.contains("config.kubernetes.io/"),
                "{key} in {}",
                wire::title(document)
            );
        }
        assert_ne!(document["kind"], "CnpgStack");
    }
}

/// What the repository links to from outside of itself is not read.
#[test]
fn a_link_out_of_the_directory_is_an_error() {
    let root = tree::fresh("argocd-link");
    fs::write(root.join("secret.yaml"), OBJECT).expect("it can be written");
    let app = root.join("app");
    fs::create_dir(&app).expect("it is new");
    fs::write(app.join("stack.yaml"), STACK).expect("it can be written");
    symlink("stack.yaml", app.join("again.json")).expect("it can be made");
    symlink(&app, app.join("loop")).expect("it can be made");
    let generate = plugin().spec.generate;
    // A link within it is a second copy of the stack.
    let answer = run(&generate, &app, &environment());
    assert!(
        answer
            .stderr
            .contains("is claimed by another CnpgStack, too, in again.json"),
        "{}",
        answer.stderr
    );
    fs::remove_file(app.join("again.json")).expect("it is there");
    assert!(!documents(&run(&generate, &app, &environment())).is_empty());
    symlink("../secret.yaml", app.join("secret.yaml")).expect("it can be made");
    // Discovery is asked of everybody's repositories, and looks behind no such link.
    symlink("nowhere", app.join("dangling.yaml")).expect("it can be made");
    let listed = run(&plugin().spec.discover.find, &app, &environment());
    assert_eq!((listed.code, &*listed.stdout), (0, &b"stack.yaml\n"[..]));
    fs::remove_file(app.join("dangling.yaml")).expect("it is there");
    let answer = run(&generate, &app, &environment());
    let expected = "[error] secret.yaml: a link that leads out of the directory\n";
    assert_eq!((answer.code, answer.stderr.as_str()), (2, expected));
}

/// Values of variables reach `passwordFrom`, under the name that they have in the plugin.
#[test]
fn a_password_can_come_from_the_application() {
    let stack = STACK.replace("secretRef: {name: keeper-login}", "env: ARGOCD_ENV_KEEPER");
    let app = tree::fresh("argocd-password");
    fs::write(app.join("stack.yaml"), stack).expect("it can be written");
    let mut env = environment();
    env.insert("ARGOCD_ENV_KEEPER".to_owned(), "geheim".to_owned());
    let documents = documents(&run(&plugin().spec.generate, &app, &env));
    let secrets = documents
        .iter()
        .filter(|document| document["kind"] == "Secret");
    let passwords: Vec<&Value> = secrets.map(|secret| &secret["data"]["password"]).collect();
    assert!(passwords.contains(&&json!("Z2VoZWlt")), "{passwords:?}");
}
