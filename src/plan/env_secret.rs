//! The admin's connection as environment variables of libpq, for `envFrom`.
//!
//! Only the admin's: users have a Secret each, and a Pod that is given one
//! user's credentials must not receive all of them.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::spec::DefaultService;
use crate::validate::Stack;

/// Name of the Secret.
pub(super) const NAME: &str = "cnpg-env";

pub(super) fn build(stack: &Stack) -> Secret {
    let data = variables(stack)
        .into_iter()
        .map(|(key, value)| (key.to_owned(), ByteString(value.into_bytes())));
    Secret {
        metadata: Meta::new(stack, NAME)
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        type_: Some("Opaque".to_owned()),
        data: Some(data.collect()),
        ..Secret::default()
    }
}

/// The variables. The password is left out where it is not known, that is where
/// it comes from a Secret that is not among the items.
fn variables(stack: &Stack) -> BTreeMap<&'static str, String> {
    let mut variables = BTreeMap::from([
        ("CNPG_HOST_R", stack.host("r")),
        ("CNPG_HOST_RO", stack.host("ro")),
        ("CNPG_HOST_RW", stack.host("rw")),
        ("PGDATABASE", stack.first_database().to_owned()),
        ("PGHOST", stack.host("rw")),
        ("PGPORT", "5432".to_owned()),
        ("PGSSLMODE", "require".to_owned()),
        ("PGUSER", stack.admin.name.clone()),
    ]);
    for service in &stack.services.disabled {
        variables.remove(match service {
            DefaultService::R => "CNPG_HOST_R",
            DefaultService::Ro => "CNPG_HOST_RO",
        });
    }
    if let Some(password) = &stack.admin.login.password {
        variables.insert("PGPASSWORD", password.reveal().to_owned());
    }
    variables
}
