//! The basic-auth Secrets of the admin and of the users.
//!
//! CNPG wants the `username` in the Secret to be the role's name, and acts on a
//! change at once when it carries `cnpg.io/reload`:
//! <https://cloudnative-pg.io/documentation/current/declarative_role_management/>.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::meta::{Meta, REFERENCED_WAVE, ROTATION};
use crate::validate::{Login, Stack};

pub(super) fn build_all(stack: &Stack) -> Vec<Secret> {
    let admin = &stack.admin;
    let mut secrets: Vec<Secret> =
        build(stack, &admin.name, &admin.login, admin.rotation.as_deref())
            .into_iter()
            .collect();
    for user in &stack.users {
        let login = user.login.as_ref();
        secrets.extend(
            login.and_then(|login| build(stack, &user.name, login, user.rotation.as_deref())),
        );
    }
    secrets
}

/// None for a Secret that the user brings along.
fn build(stack: &Stack, role: &str, login: &Login, rotation: Option<&str>) -> Option<Secret> {
    let password = login.password.as_ref().filter(|_| login.generated)?;
    let mut meta = Meta::new(stack, &login.secret_name)
        .wave(REFERENCED_WAVE)
        .literal()
        .label("cnpg.io/reload", "true");
    if let Some(rotation) = rotation {
        meta = meta.label(ROTATION, rotation);
    }
    Some(Secret {
        metadata: meta.build(),
        type_: Some("kubernetes.io/basic-auth".to_owned()),
        data: Some(BTreeMap::from([
            ("username".to_owned(), ByteString(role.as_bytes().to_vec())),
            (
                "password".to_owned(),
                ByteString(password.reveal().as_bytes().to_vec()),
            ),
        ])),
        ..Secret::default()
    })
}
