//! The Barman Cloud plugin is the one that its project releases.
//!
//! Every object of `plugin/barman.yaml` is held against the release's manifest, as a whole. It lies in
//! `../shared/crds` and is no part of the project: where it is not there, that test says so and is passed
//! over. What may differ is in `tests/plugin/upstream.rs`, and nowhere else.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a broken fixture ends the test, and a test that is passed over says so"
)]

mod support;

mod plugin {
    pub(crate) mod upstream;
}

use std::collections::BTreeMap;

use serde_json::{Value, json};

use plugin::upstream::{self, ANNOTATIONS, IMAGE, NAMESPACE, OF_KIND, SIDECAR};
use plugin::upstream::{by_title, encoded, remove, replace, swap, text};
use support::crd::check_core;
use support::process::{Env, library};
use support::wire;

/// Where the objects are, below the directory of what is applied.
const FILE: &str = "/plugin/barman.yaml";
/// What an orchestrator wants to know of an item; it is not applied.
const PLACE: [&str; 4] = [
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
];
/// Another namespace of the operator, which is not the stack's either.
const OTHER: &str = "database-operators";

/// How the plugin is asked for.
#[derive(Clone, Copy)]
struct Form {
    install: bool,
    version: &'static str,
    certificates: &'static str,
    operator: &'static str,
}

/// As in the manifest.
const RELEASE: Form = Form {
    install: true,
    version: "v0.14.0",
    certificates: "certManager",
    operator: NAMESPACE,
};

fn environment() -> Env {
    Env::from([("KEY".to_owned(), "s3cr3t".to_owned())])
}

fn input(form: Form) -> Vec<u8> {
    let mut spec = json!({
        "namespace": "storefront",
        "psqlVersion": "18.4",
        "adminUser": "keeper",
        "adminPasswordFrom": {"secretRef": {"name": "keeper-login"}},
        "customLabels": {"team": "platform"},
        "operator": {"namespace": form.operator},
        "links": {"cnpgBucket": {
            "endpoint": "https://minio.storage.svc:9000", "bucket": "pg-backups",
            "accessKey": "ak", "secretKeyFrom": {"env": "KEY"},
        }},
        "barmanPlugin": {
            "install": form.install, "version": form.version, "certificates": form.certificates,
        },
    });
    if !form.install {
        spec["barmanPlugin"] = json!({"install": false});
    }
    let config = json!({
        "apiVersion": "cnpgstack.io/v1alpha1", "kind": "CnpgStack", "metadata": {"name": "shop"}, "spec": spec,
    });
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "functionConfig": config, "items": [],
    });
    list.to_string().into_bytes()
}

/// Every item that comes out.
fn items(form: Form) -> Vec<Value> {
    let run = library(&input(form), &environment());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = String::from_utf8(run.stdout).expect("the output is UTF-8");
    let list = wire::value(&text).expect("the output is YAML");
    wire::items(&list).cloned().collect()
}

/// The objects of the plugin by kind and name, without their place.
fn installed(form: Form) -> BTreeMap<String, Value> {
    let is_ours = |item: &Value| {
        let path = text(
            item,
            "/metadata/annotations/internal.config.kubernetes.io~1path",
        );
        path.ends_with(FILE)
    };
    let placeless = |mut item: Value| {
        remove(&mut item, "annotations", &PLACE);
        item
    };
    let ours = items(form).into_iter().filter(is_ours);
    by_title(ours.map(placeless).collect())
}

#[track_caller]
fn assert_upstream(form: Form) {
    let Some(mut expected) = upstream::expected(form.version, form.operator) else {
        eprintln!("passed over: {} is not there", upstream::MANIFEST);
        return;
    };
    for (title, object) in installed(form) {
        let upstream = expected.remove(&title);
        let upstream = upstream.unwrap_or_else(|| panic!("{title} is not upstream's"));
        let (ours, upstream) = (
            format!("{:#}", upstream::bare(object)),
            format!("{upstream:#}"),
        );
        let difference = support::diff::diff(&upstream, &ours);
        assert!(ours == upstream, "{title} (-upstream, +ours)\n{difference}");
    }
    let missing: Vec<&String> = expected.keys().collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn every_object_is_upstreams() {
    assert_upstream(RELEASE);
    assert_upstream(Form {
        operator: OTHER,
        ..RELEASE
    });
}

/// What Kubernetes brings itself reads as its type, with what is ours in it: names and labels, say.
#[test]
fn kubernetes_takes_its_own_kinds() {
    let mut checked = 0;
    for (title, object) in installed(RELEASE) {
        let group = text(&object, "/apiVersion")
            .split_once('/')
            .map_or("", |(group, _)| group);
        if !["apiextensions.k8s.io", "cert-manager.io"].contains(&group) {
            assert_eq!(check_core(&object), Vec::<String>::new(), "{title}");
            checked += 1;
        }
    }
    assert_eq!(checked, 13);
}

#[test]
fn every_object_is_shared_and_its_definition_comes_early() {
    for (title, object) in installed(RELEASE) {
        let annotation = |key: &str| {
            text(
                &object,
                &format!("/metadata/annotations/{}", key.replace('/', "~1")),
            )
            .to_owned()
        };
        for (key, value) in ANNOTATIONS {
            assert_eq!(annotation(key), value, "{title}: {key}");
        }
        let kind = text(&object, "/kind");
        for (of, key, value) in OF_KIND {
            let wanted = if of == kind { value } else { "" };
            assert_eq!(annotation(key), wanted, "{title}: {key}");
        }
        assert_eq!(
            text(&object, "/metadata/labels/app.kubernetes.io~1managed-by"),
            "cnpg-stack",
            "{title}"
        );
        assert_eq!(
            text(&object, "/metadata/labels/team"),
            "platform",
            "{title}"
        );
    }
}

#[test]
fn another_namespace_leaves_no_trace_of_the_first() {
    let moved = installed(Form {
        operator: OTHER,
        ..RELEASE
    });
    assert_eq!(moved.len(), 17);
    for (title, object) in &moved {
        assert!(!object.to_string().contains(NAMESPACE), "{title}");
    }
    // Nothing else depends on it.
    let mut back: Vec<Value> = moved.into_values().collect();
    for object in &mut back {
        swap(object, OTHER, NAMESPACE);
    }
    assert_eq!(by_title(back), installed(RELEASE));
}

#[test]
fn the_users_own_certificates_replace_those_of_cert_manager() {
    let mut without = installed(RELEASE);
    for title in [
        "Certificate barman-cloud-client",
        "Certificate barman-cloud-server",
        "Issuer selfsigned-issuer",
    ] {
        assert!(without.remove(title).is_some(), "{title}");
    }
    assert_eq!(
        installed(Form {
            certificates: "secrets",
            ..RELEASE
        }),
        without
    );
}

#[test]
fn without_an_installation_there_is_nothing() {
    let titles = |form: Form| items(form).iter().map(wire::title).collect::<Vec<_>>();
    let off = Form {
        install: false,
        ..RELEASE
    };
    assert_eq!(installed(off), BTreeMap::new());
    assert!(!json!(items(off)).to_string().contains("plugin/barman.yaml"));
    // And nothing of it in another file.
    let plugin: Vec<String> = installed(RELEASE).values().map(wire::title).collect();
    let rest = titles(RELEASE)
        .into_iter()
        .filter(|title| !plugin.contains(title));
    assert_eq!(titles(off), rest.collect::<Vec<_>>());
}

#[test]
fn another_version_changes_the_images_alone() {
    let mut objects = installed(RELEASE);
    let mut set = |title: &str, pointer: &str, old: &Value, new: &Value| {
        replace(
            objects.get_mut(title).expect("it is there"),
            pointer,
            old,
            new,
        );
    };
    let image = |name: &str| format!("ghcr.io/cloudnative-pg/plugin-barman-cloud{name}");
    set(
        "Deployment barman-cloud",
        IMAGE,
        &json!(image(":v0.14.0")),
        &json!(image(":v0.14.1")),
    );
    set(
        "Secret plugin-barman-cloud",
        SIDECAR,
        &encoded(&image("-sidecar:v0.14.0")),
        &encoded(&image("-sidecar:v0.14.1")),
    );
    assert_eq!(
        installed(Form {
            version: "v0.14.1",
            ..RELEASE
        }),
        objects
    );
}
