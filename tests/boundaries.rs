//! Rules at the very place where they begin: the last value that is right, and the first that is wrong.
//!
//! The golden cases show what a mistake looks like. These are what a mutated comparison lets through.

#![expect(clippy::expect_used, reason = "a broken fixture ends the test")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use support::process::{Env, library};

/// What a stack is refused for: the fields that errors name.
fn refused(fields: &Value) -> BTreeSet<String> {
    let mut spec = json!({
        "namespace": "storefront", "psqlVersion": "17.5", "adminUser": "keeper",
        "adminPasswordFrom": {"secretRef": {"name": "keeper-login"}},
    });
    let (spec_map, fields) = (spec.as_object_mut(), fields.as_object());
    spec_map
        .expect("a spec is an object")
        .extend(fields.expect("fields are an object").clone());
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [],
        "functionConfig": {
            "apiVersion": "cnpgstack.io/v1alpha1", "kind": "CnpgStack", "metadata": {"name": "shop"}, "spec": spec,
        },
    });
    let env: Env = [("EMPTY", " "), ("TOKEN", "a b\nc")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let run = library(list.to_string().as_bytes(), &env);
    let errors = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("[error]"));
    let field = |line: &str| line.split('`').nth(1).map(ToOwned::to_owned);
    errors.filter_map(field).collect()
}

#[track_caller]
fn check(cases: &[(&[&str], Value)]) {
    for (expected, fields) in cases {
        let expected: BTreeSet<String> =
            expected.iter().map(|path| format!("spec.{path}")).collect();
        assert_eq!(refused(fields), expected, "{fields:#}");
    }
}

#[test]
fn options_of_initdb_by_version() {
    let with =
        |version: &str, options: Value| json!({"psqlVersion": version, "initdbOptions": options});
    let builtin = || json!({"localeProvider": "builtin", "builtinLocale": "C.UTF-8"});
    let icu = || json!({"localeProvider": "icu", "icuLocale": "de-AT"});
    let libc = || json!({"localeProvider": "libc"});
    let provider: &[&str] = &["initdbOptions.localeProvider"];
    check(&[
        (provider, with("15.14", icu())),
        (provider, with("15.14", libc())),
        (&[], with("16.10", icu())),
        (&[], with("16.10", libc())),
        (provider, with("16.10", builtin())),
        (&[], with("17.5", builtin())),
        (&[], with("17.5", json!({"dataChecksums": false}))),
        (&[], with("18.4", json!({"dataChecksums": true}))),
        (
            &["initdbOptions.dataChecksums"],
            with("18.4", json!({"dataChecksums": false})),
        ),
    ]);
}

#[test]
fn standbys_that_confirm() {
    let with = |number: u32, most: u32| {
        let synchronous =
            json!({"method": "any", "number": number, "maxStandbyNamesFromCluster": most});
        json!({"instances": 4, "availability": {"synchronous": synchronous}})
    };
    let number: &[&str] = &["availability.synchronous.number"];
    check(&[
        (number, with(0, 2)),
        (&[], with(1, 2)),
        (&[], with(2, 2)),
        (
            &["availability.synchronous.maxStandbyNamesFromCluster"],
            with(3, 2),
        ),
        (&[], with(3, 3)),
        (number, with(4, 4)),
    ]);
}

#[test]
fn passwords_of_registries() {
    let with = |name: &str| {
        let password = json!({"env": name});
        json!({"registry": {"server": "registry.example.com", "username": "puller", "passwordFrom": password}})
    };
    check(&[
        (&["registry.passwordFrom.env"], with("EMPTY")),
        (&[], with("TOKEN")),
    ]);
}

#[test]
fn what_an_older_operator_does_not_know() {
    let with = |version: &str| {
        let probes = json!({"liveness": {"isolationCheck": {"enabled": true}}});
        json!({"operator": {"version": version}, "availability": {"probes": probes}})
    };
    check(&[
        (
            &["availability.probes.liveness.isolationCheck"],
            with("1.26"),
        ),
        (&[], with("1.27")),
    ]);
}
