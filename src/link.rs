//! Links: changes to the planned documents that connect the stack to something else.
//!
//! A link reads the valid stack and changes documents of the plan; a link that is
//! not used changes nothing. They run in the order of [`ORDER`], which is also
//! the order of precedence: what comes later wins.

use crate::diagnostic::Diagnostics;
use crate::plan::{Base, Document, Linked, Plan};
use crate::validate::Stack;

mod job_names;
mod user_patches;

/// A link: its name, and the function that applies it.
struct Link {
    /// The field under `spec` that switches it on.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "names the row; a test holds it against the API")
    )]
    field: &'static str,
    /// Changes the documents; what cannot be done goes to the diagnostics.
    apply: fn(&Stack, &mut Vec<Document>, &mut Diagnostics),
}

/// Every link, in the order in which they are applied. The user's own patches
/// come last, so that nobody has to wait for a release to change a field.
const ORDER: &[Link] = &[Link {
    field: "patches",
    apply: user_patches::apply,
}];

/// Applies every link.
pub fn link(base: Plan<Base>, stack: &Stack, out: &mut Diagnostics) -> Plan<Linked> {
    let mut documents = base.documents;
    for link in ORDER {
        (link.apply)(stack, &mut documents, out);
    }
    job_names::settle(&mut documents);
    Plan::new(documents)
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
