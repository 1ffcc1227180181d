//! Applications that use a database: a Secret with everything that it takes to connect, and the
//! environment of the workload that gets it.
//!
//! The keys are those of CNPG's own application Secret
//! (<https://cloudnative-pg.io/documentation/current/applications/>), and `DATABASE_URL`.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use super::Linking;
use crate::meta::{Meta, REFERENCED_WAVE};
use crate::plan::{Document, File, ItemChange, ItemPatch};
use crate::validate::{BackendDb, Pooler, Stack};

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let mut made = BTreeSet::new();
    for app in &stack.links.backend_db {
        // Two workloads of one application share its Secret.
        if made.insert((&app.namespace, &app.secret)) {
            let secret = secret(stack, app);
            linking
                .documents
                .push(Document::new(File::AppSecrets, &secret));
        }
        if let Some(workload) = &app.workload {
            linking.patches.push(ItemPatch {
                group: workload.kind.group(),
                kind: workload.kind.as_str(),
                namespace: Some(app.namespace.clone()),
                name: workload.name.clone(),
                change: ItemChange::EnvFrom {
                    secret: app.secret.clone(),
                    container: workload.container.clone(),
                    template: workload.kind.template(),
                },
                path: app.path.key("workload"),
            });
        }
    }
}

fn secret(stack: &Stack, app: &BackendDb) -> Secret {
    let data = connection(stack, app)
        .into_iter()
        .map(|(key, value)| (key.to_owned(), ByteString(value.into_bytes())));
    Secret {
        metadata: Meta::new(stack, &app.secret)
            .in_namespace(&app.namespace)
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        type_: Some("kubernetes.io/basic-auth".to_owned()),
        data: Some(data.collect()),
        ..Secret::default()
    }
}

/// The host has its full name: the application may live in another namespace.
fn connection(stack: &Stack, app: &BackendDb) -> BTreeMap<&'static str, String> {
    let (user, password) = (&app.user, app.password.reveal());
    let host = stack.host(app.endpoint.service());
    let [encoded_user, encoded_password, encoded_database] =
        [user, password, &app.database].map(percent_encoded);
    let uri =
        format!("postgresql://{encoded_user}:{encoded_password}@{host}:5432/{encoded_database}");
    let jdbc = format!(
        "jdbc:postgresql://{host}:5432/{encoded_database}?password={encoded_password}&user={encoded_user}{}",
        jdbc_parameters(stack, app)
    );
    let [line_database, line_user, line_password] =
        [&app.database, user, password].map(|text| text.replace('\\', "\\\\").replace(':', "\\:"));
    BTreeMap::from([
        ("DATABASE_URL", uri.clone()),
        ("dbname", app.database.clone()),
        ("fqdn-jdbc-uri", jdbc.clone()),
        ("fqdn-uri", uri.clone()),
        ("host", host.clone()),
        ("jdbc-uri", jdbc),
        ("password", password.to_owned()),
        (
            "pgpass",
            format!("{host}:5432:{line_database}:{line_user}:{line_password}\n"),
        ),
        ("port", "5432".to_owned()),
        ("uri", uri),
        ("user", user.clone()),
        ("username", user.clone()),
    ])
}

/// pgjdbc prepares a statement on the server when it is run for the fifth time
/// (<https://jdbc.postgresql.org/documentation/use/>), which a pooler has to keep track of.
fn jdbc_parameters(stack: &Stack, app: &BackendDb) -> &'static str {
    let mut poolers = stack.poolers.iter();
    let pooler = poolers.find(|pooler| pooler.endpoint == app.endpoint);
    if pooler.is_some_and(Pooler::forgets_statements) {
        "&prepareThreshold=0"
    } else {
        ""
    }
}

/// Everything but the unreserved characters of RFC 3986: right in a path, in a query and before `@`.
fn percent_encoded(text: impl AsRef<str>) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.as_ref().bytes().map(encode).collect()
}
