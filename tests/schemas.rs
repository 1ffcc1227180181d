//! What the golden cases expect would be taken by the API server.
//!
//! Every item that a stack owns is held against the schema and the CEL rules of its CRD, and against
//! the Rust type of its kind. The schemas lie in `../shared/crds` and are no part of the project:
//! where they are not there, that half says so and is passed over.

mod support;

use serde_json::Value;
use support::admission::{Check, findings, how};
use support::case::Case;
use support::crd::Crds;
use support::{fixture, wire};

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
        // What is encrypted is decrypted before an API server sees it.
        let owned = |item: &&Value| wire::owner(item).is_some() && item.get("sops").is_none();
        for item in wire::items(&list).filter(owned) {
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
