//! Links: changes to the planned documents that connect the stack to something else.
//!
//! A link reads the valid stack and changes documents of the plan; a link that is
//! not used changes nothing. They run in the order of [`ORDER`], which is also
//! the order of precedence: what comes later wins.

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::plan::{Base, Document, ItemPatch, Linked, Plan};
use crate::validate::Stack;

mod backend_db;
mod bucket;
mod istio;
mod job_names;
mod network_policy;
mod plugin;
mod prometheus;
mod user_patches;
mod wal_archiver;

pub use bucket::export_job::EXPORT_FILES;

/// What a link may change: documents of the plan, and items that somebody else wrote.
struct Linking<'a> {
    /// The planned documents.
    documents: Vec<Document>,
    /// What is to be done to foreign items; the sink does it.
    patches: Vec<ItemPatch>,
    /// What cannot be done.
    out: &'a mut Diagnostics,
}

/// A link: its name, and the function that applies it.
struct Link {
    /// The field under `spec` that switches it on.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "names the row; a test holds it against the API")
    )]
    field: &'static str,
    /// Changes the documents.
    apply: fn(&Stack, &mut Linking<'_>),
}

/// Every link, in the order in which they are applied. The user's own patches
/// come last, so that nobody has to wait for a release to change a field.
const ORDER: &[Link] = &[
    Link {
        field: "links/properties/cnpgBucket",
        apply: bucket::minio,
    },
    Link {
        field: "links/properties/cnpgSwbucket",
        apply: bucket::swbucket,
    },
    Link {
        field: "links/properties/walArchiver",
        apply: wal_archiver::apply,
    },
    Link {
        field: "replica",
        apply: bucket::peer,
    },
    Link {
        field: "barmanPlugin",
        apply: plugin::apply,
    },
    Link {
        field: "links/properties/backendDb",
        apply: backend_db::apply,
    },
    Link {
        field: "links/properties/prometheus",
        apply: prometheus::apply,
    },
    Link {
        field: "links/properties/istio",
        apply: istio::apply,
    },
    Link {
        field: "networkPolicy",
        apply: network_policy::apply,
    },
    Link {
        field: "patches",
        apply: user_patches::apply,
    },
];

/// Applies every link.
pub fn link(base: Plan<Base>, stack: &Stack, out: &mut Diagnostics) -> Plan<Linked> {
    let mut linking = Linking {
        documents: base.documents,
        patches: base.patches,
        out,
    };
    for link in ORDER {
        (link.apply)(stack, &mut linking);
    }
    job_names::settle(&mut linking.documents);
    // Links add to files that have documents already.
    linking.documents.sort_by_key(|document| document.file);
    Plan::new(linking.documents).with_patches(linking.patches)
}

/// Whether a document is of a kind.
fn is_kind(document: &Document, kind: &str) -> bool {
    document.value.get("kind").and_then(Value::as_str) == Some(kind)
}

#[cfg(test)]
mod tests {
    use super::ORDER;

    #[test]
    fn every_link_is_a_field_of_the_api() {
        let schema = crate::spec::json_schema();
        for link in ORDER {
            let pointer = format!("/properties/spec/properties/{}", link.field);
            assert!(schema.pointer(&pointer).is_some(), "{}", link.field);
        }
    }
}
