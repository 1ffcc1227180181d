//! The certificates by which the operator and the plugin know each other, issued by cert-manager.
//!
//! Each signs itself and the other side has a copy: <https://cert-manager.io/docs/configuration/selfsigned/>.

use serde_json::{Map, Value, json};

use super::{APP, CLIENT_TLS, SERVER_TLS, namespaced};
use crate::validate::Stack;

/// cert-manager's API group.
const GROUP: &str = "cert-manager.io";
/// The name of the Issuer.
const ISSUER: &str = "selfsigned-issuer";
/// How long a certificate is good for: 90 days.
const DURATION: &str = "2160h";
/// How long before its end it is renewed: 15 days.
const RENEW_BEFORE: &str = "360h";

/// The Issuer and its two Certificates.
pub(super) fn build_all(stack: &Stack) -> [Value; 3] {
    let issuer = object(stack, "Issuer", ISSUER, &json!({"selfSigned": {}}));
    let client = spec("barman-cloud-client", CLIENT_TLS, "client auth");
    let mut server = spec(APP, SERVER_TLS, "server auth");
    // The operator looks for the name of the Service in it.
    server.insert("dnsNames".to_owned(), json!([APP]));
    [
        issuer,
        object(stack, "Certificate", "barman-cloud-client", &client.into()),
        object(stack, "Certificate", "barman-cloud-server", &server.into()),
    ]
}

fn object(stack: &Stack, kind: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/v1"),
        "kind": kind,
        "metadata": namespaced(stack, name).build(),
        "spec": spec,
    })
}

/// What both Certificates have in common.
fn spec(common_name: &str, secret: &str, usage: &str) -> Map<String, Value> {
    let fields = [
        ("commonName", json!(common_name)),
        ("duration", json!(DURATION)),
        ("isCA", json!(false)),
        (
            "issuerRef",
            json!({"group": GROUP, "kind": "Issuer", "name": ISSUER}),
        ),
        ("renewBefore", json!(RENEW_BEFORE)),
        ("secretName", json!(secret)),
        ("usages", json!([usage])),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
