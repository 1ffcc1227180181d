//! What the golden cases expect would be taken by the API server.
//!
//! Every item that a stack owns is held against the schema and the CEL rules of its CRD, and against
//! the Rust type of its kind. The schemas lie in `../shared/crds` and are no part of the project:
//! where they are not there, that half says so and is passed over.

mod support;

use serde_json::Value;

use support::case::Case;
use support::crd::{Crds, check_core, round_trip};
use support::{fixture, wire};

/// How an item is checked.
#[derive(Debug, PartialEq, Eq)]
enum Check {
    /// A custom resource of CNPG: by its type and by its CRD.
    Cnpg,
    /// Another custom resource: by its CRD.
    Custom,
    /// A resource that Kubernetes brings itself: by its type.
    Core,
    /// No resource of the API server.
    None,
}

#[test]
fn every_owned_item_is_valid() {
    let crds = Crds::load();
    if crds.is_none() {
        eprintln!("schemas passed over: ../shared/crds is not there");
    }
    let mut counts = [0; 3];
    let mut failures = Vec::new();
    for case in Case::all() {
        let list = wire::value(&case.expected_text()).unwrap_or_default();
        for item in wire::items(&list).filter(|item| wire::owner(item).is_some()) {
            let check = how(item);
            for (count, counted) in counts
                .iter_mut()
                .zip([Check::Cnpg, Check::Custom, Check::Core])
            {
                *count += usize::from(check == counted);
            }
            let found = findings(&check, item, crds.as_ref());
            let at = format!("{}: {}", case.name, wire::title(item));
            failures.extend(found.into_iter().map(|finding| format!("{at}: {finding}")));
        }
    }
    fixture::report(&failures);
    let [cnpg, _, core] = counts;
    assert!(cnpg > 0 && core > 0, "nothing was checked: {counts:?}");
}

fn how(item: &Value) -> Check {
    let version = item
        .get("apiVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    match group {
        "postgresql.cnpg.io" => Check::Cnpg,
        "kustomize.config.k8s.io" => Check::None,
        "" | "apps" | "batch" | "networking.k8s.io" | "rbac.authorization.k8s.io" => Check::Core,
        _ => Check::Custom,
    }
}

fn findings(check: &Check, item: &Value, crds: Option<&Crds>) -> Vec<String> {
    let by_schema = || crds.map(|crds| crds.check(item)).unwrap_or_default();
    match check {
        Check::Cnpg => round_trip(item).into_iter().chain(by_schema()).collect(),
        Check::Custom => by_schema(),
        Check::Core => check_core(item),
        Check::None => Vec::new(),
    }
}
