//! What Flux's kustomize-controller makes of an encrypted tree.
//!
//! This is an emulation: the controller needs a Kubernetes cluster. It decrypts the files that
//! `secretGenerator` reads before it builds, by the kind that their extensions say; then every built
//! object that has `sops` metadata, by way of JSON and without checking its MAC. That is what is done
//! here, with the programs `sops` and `kustomize`.

use serde_json::Value;

use super::super::documents::{Documents, assert_same};
use super::bench::{Bench, read};
use super::sealed::{both, sealed_texts};

/// The directory that a `Kustomization` of Flux names.
const PATH: &str = "flux/k8s/deploy/base";

#[test]
fn flux_applies_the_plain_objects() {
    let (bench, _) = both("flux");
    bench.sandbox.copy("sealed", "flux");
    let files = generator_files(&bench);
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        bench.decrypt_in_place(&format!("{PATH}/{file}"));
    }
    let stream = bench.build(PATH);
    let mut built = read(&stream);
    let texts = sealed_texts(&stream);
    assert_eq!(texts.len(), 7);
    for text in texts {
        open(&bench, &text, &mut built);
    }
    assert_same(&bench.base("plain"), &built);
}

/// The files that the generators of kustomization.yaml read.
fn generator_files(bench: &Bench) -> Vec<String> {
    let text = bench.sandbox.read(&format!("{PATH}/kustomization.yaml"));
    let kustomization: Value = serde_saphyr::from_str(&text).expect("it is YAML");
    let generators = kustomization["secretGenerator"].as_array();
    let lists = generators
        .expect("there are generators")
        .iter()
        .flat_map(|generator| [&generator["envs"], &generator["files"]]);
    let entries = lists.filter_map(Value::as_array).flatten();
    entries
        .filter_map(Value::as_str)
        .map(|entry| entry.rsplit('=').next().unwrap_or(entry).to_owned())
        .collect()
}

/// Puts a Secret in the place of its encrypted form.
fn open(bench: &Bench, text: &str, built: &mut Documents) {
    let (id, sealed) = read(text).pop_first().expect("a document");
    bench.sandbox.write("object.json", &sealed.to_string());
    let arguments = ["-d", "--ignore-mac", "object.json"];
    let opened = bench.run("sops", &arguments).output();
    let opened: Value = serde_json::from_str(&opened).expect("sops prints JSON");

    // Whoever does check the MAC gets the same.
    bench.sandbox.write("object.yaml", text);
    let checked = read(&bench.decrypt("object.yaml"));
    assert_eq!(checked.get(&id), Some(&opened));
    built.insert(id, opened);
}
