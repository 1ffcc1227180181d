//! The passwords for PostgreSQL servers that the stack does not make, as basic-auth Secrets.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{End, External, Stack};

/// Those that are not somebody else's.
pub(in crate::plan) fn build_all(stack: &Stack) -> Vec<Secret> {
    let ends = stack
        .migrations
        .iter()
        .flat_map(|migration| [&migration.source, &migration.destination]);
    ends.filter_map(|end| match end {
        End::External(external) => build(stack, external),
        End::Own { .. } => None,
    })
    .collect()
}

fn build(stack: &Stack, external: &External) -> Option<Secret> {
    let login = &external.login;
    let password = login.password.as_ref().filter(|_| login.generated)?;
    let bytes = |text: &str| ByteString(text.as_bytes().to_vec());
    Some(Secret {
        metadata: Meta::new(stack, &login.secret_name)
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        type_: Some("kubernetes.io/basic-auth".to_owned()),
        data: Some(BTreeMap::from([
            ("username".to_owned(), bytes(&external.user)),
            ("password".to_owned(), bytes(password.reveal())),
        ])),
        ..Secret::default()
    })
}
