//! Shows that the checks of `support::crd` can fail, and that valid resources pass them.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a broken case ends the test, and a test that is passed over says so"
)]

mod support;

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use support::crd::{Crds, When, check_core, round_trip};

const SAMPLES: &str = include_str!("crd-cases/samples.yaml");
const SCHEMA: &str = include_str!("crd-cases/schema.yaml");
const CEL: &str = include_str!("crd-cases/cel.yaml");
const RARE: &str = include_str!("crd-cases/rare.yaml");
const CORE: &str = include_str!("crd-cases/core.yaml");

/// No findings.
const NONE: Vec<String> = Vec::new();

/// The CRDs, or `None` with a word about it where `../shared` is not there.
fn crds() -> Option<Crds> {
    let crds = Crds::load();
    if crds.is_none() {
        eprintln!("passed over: ../shared/crds is not there");
    }
    crds
}

/// The entries of a file of cases.
fn cases(yaml: &str) -> Vec<Value> {
    serde_saphyr::from_str(yaml).expect("the cases are a list")
}

/// The string at `name` in a case.
fn word<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().expect("a string")
}

/// The sample of the kind of `case`, with `patch` applied.
fn patched(case: &Value, patch: &Value) -> Value {
    let mut samples = cases(SAMPLES).into_iter();
    let mut object = samples
        .find(|sample| sample["kind"] == case["kind"])
        .expect("a sample of the kind");
    merge(&mut object, patch);
    object
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let fields = target.as_object_mut().expect("made an object above");
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// Asserts that `findings` has one that starts and goes on as `case` has it.
#[track_caller]
fn assert_finding(findings: &[String], case: &Value) {
    let (at, says) = (word(case, "at"), word(case, "says"));
    let found = |finding: &String| finding.starts_with(at) && finding.contains(says);
    assert!(findings.iter().any(found), "{case}: {findings:#?}");
}

#[test]
fn valid_samples_pass() {
    let Some(crds) = crds() else { return };
    let samples = cases(SAMPLES);
    for object in &samples {
        assert_eq!(crds.check(object), NONE, "{object}");
        if object["apiVersion"] == "postgresql.cnpg.io/v1" {
            assert_eq!(round_trip(object), NONE, "{object}");
        }
    }
    // Only the operator writes a FailoverQuorum, so it has no sample.
    assert_eq!(crds.kinds().count(), samples.len() + 1);
}

#[test]
fn schema_violations_are_found() {
    let Some(crds) = crds() else { return };
    for case in cases(SCHEMA) {
        assert_finding(&crds.check(&patched(&case, &case["patch"])), &case);
    }
    let long = json!({"metadata": {"annotations": {"a": "x".repeat(262_144)}}});
    let findings = crds.check(&patched(&json!({"kind": "Cluster"}), &long));
    assert_eq!(findings.len(), 1);
    assert_finding(
        &findings,
        &json!({"at": "metadata.annotations", "says": "bytes"}),
    );
    let other = json!({"apiVersion": "postgresql.cnpg.io/v2", "kind": "Cluster"});
    assert_finding(
        &crds.check(&other),
        &json!({"at": "no CRD", "says": "cnpg.io/v2"}),
    );
    assert!(!crds.knows(&other));
}

/// Every rule compiles, and each that applies on create is seen to fail; that it can hold is seen
/// from the samples.
#[test]
fn every_cel_rule_is_evaluated() {
    let Some(crds) = crds() else { return };
    let mut findings = Vec::new();
    for case in cases(CEL) {
        let kind = word(&case, "kind");
        let object = patched(&case, &json!({"spec": case["patch"]}));
        // `spec.servers[0].fdw` -> `Database spec.servers[].fdw`
        let strip = |finding: &String| {
            format!(
                "{kind} {}",
                finding.replace("[0]", "[]").replace("[1]", "[]")
            )
        };
        findings.extend(crds.check(&object).iter().map(strip));
    }
    let rules = crds.rules();
    assert_eq!(rules.len(), 63);
    for rule in rules.iter().filter(|rule| rule.when != When::Update) {
        assert_eq!(rule.when, When::Always, "{rule:?}");
        let at = format!("{} {}", rule.kind, rule.path);
        let says = format!(": {} (CEL rule `{}`)", rule.message, rule.text);
        assert_finding(&findings, &json!({"at": at, "says": says}));
    }
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_a_violation() {
    let Some(crds) = crds() else { return };
    // The API server says "no such key" here, and refuses the resource too.
    let initdb = json!({"spec": {"bootstrap": {"initdb": {"localeProvider": null}}}});
    let findings = crds.check(&patched(&json!({"kind": "Cluster"}), &initdb));
    let says = "`!has(self.icuLocale) || self.localeProvider == 'icu'` cannot be evaluated";
    assert_finding(
        &findings,
        &json!({"at": "spec.bootstrap.initdb", "says": says}),
    );
}

/// A CRD of kind `Odd` whose spec has the schema, read from a directory of its own.
fn odd(directory: &str, spec: &Value) -> Crds {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(directory);
    let text = json!({"type": "string"});
    let schema = json!({"type": "object", "properties": {"apiVersion": text, "kind": text,
        "metadata": {"type": "object"}, "spec": spec}});
    let crd = json!({"kind": "CustomResourceDefinition", "spec": {"group": "example.com",
        "names": {"kind": "Odd"}, "scope": "Namespaced", "versions": [
        {"name": "v1", "served": true, "schema": {"openAPIV3Schema": schema}}]}});
    fs::create_dir_all(&directory).expect("the directory can be made");
    fs::write(directory.join("odd.yaml"), crd.to_string()).expect("the CRD can be written");
    Crds::load_from(&directory).expect("the directory is there")
}

/// The findings for an `Odd` with the spec.
fn odd_findings(crds: &Crds, spec: &Value) -> Vec<String> {
    crds.check(&json!({"apiVersion": "example.com/v1", "kind": "Odd",
        "metadata": {"name": "a"}, "spec": spec}))
}

#[test]
fn rare_keywords_are_honoured() {
    let rare: Map<String, Value> = serde_saphyr::from_str(RARE).expect("the cases are a map");
    let crds = odd("rare", &rare["schema"]);
    assert_eq!(odd_findings(&crds, &rare["good"]), NONE);
    for case in rare["bad"].as_array().expect("a list") {
        assert_finding(&odd_findings(&crds, &case["spec"]), case);
    }
}

#[test]
fn a_rule_that_does_not_compile_is_a_violation() {
    let rules = json!([{"rule": "self.a ==", "message": "m"}, {"rule": "nope(self.a)"}]);
    let spec = json!({"type": "object", "properties": {"a": {"type": "integer"}},
        "x-kubernetes-validations": rules});
    let crds = odd("broken-rule", &spec);
    let findings = odd_findings(&crds, &json!({"a": 1}));
    for rule in ["`self.a ==`", "`nope(self.a)`"] {
        let says = format!("{rule} cannot be evaluated");
        assert_finding(&findings, &json!({"at": "spec: ", "says": says}));
    }
    let broken = |when: &When| matches!(when, When::Broken(_));
    assert!(crds.rules().iter().any(|rule| broken(&rule.when)));
}

#[test]
#[should_panic(expected = "not checked: {\"x-kubernetes-new: 1\"}")]
fn an_unknown_keyword_panics() {
    odd("unknown", &json!({"type": "object", "x-kubernetes-new": 1}));
}

#[test]
#[should_panic(expected = "no CRD in")]
fn a_directory_without_a_crd_panics() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("empty");
    fs::create_dir_all(&directory).expect("the directory can be made");
    Crds::load_from(&directory);
}

#[test]
fn no_directory_is_no_crds() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("none");
    assert!(Crds::load_from(&directory).is_none());
}

#[test]
fn the_round_trip_reports_what_is_lost() {
    for (kind, patch, at, says) in [
        (
            "Cluster",
            json!({"spec": {"storage": {"siz": 1}}}),
            "spec.storage.siz",
            "lost: 1",
        ),
        (
            "Cluster",
            json!({"spec": {"instances": "3"}}),
            "",
            "does not read as",
        ),
        (
            "Database",
            json!({"metadata": {"labels": {"a": true}}}),
            "",
            "does not read as",
        ),
        (
            "Backup",
            json!({"spec": {"cluster": null}}),
            "",
            "missing field `cluster`",
        ),
        (
            "ObjectStore",
            json!({}),
            "`barmancloud.cnpg.io/v1`",
            "not the CNPG API",
        ),
    ] {
        let findings = round_trip(&patched(&json!({"kind": kind}), &patch));
        assert_finding(&findings, &json!({"at": at, "says": says}));
    }
}

#[test]
fn core_resources_are_checked() {
    for core in cases(CORE) {
        assert_eq!(check_core(&core["object"]), NONE, "{core}");
        for case in core["broken"].as_array().expect("a list") {
            let mut object = core["object"].clone();
            merge(&mut object, &case["patch"]);
            assert_finding(&check_core(&object), case);
        }
    }
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
        "stringData": {"a": "x".repeat(1024 * 1024 + 1)}});
    assert_finding(
        &check_core(&secret),
        &json!({"at": "data", "says": "bytes"}),
    );
}
