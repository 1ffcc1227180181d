//! The Service of the plugin, by whose label and annotations the operator finds it:
//! <https://cloudnative-pg.io/documentation/current/cnpg_i/>.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{APP, CLIENT_TLS, PORT, SERVER_TLS, namespaced};
use crate::validate::Stack;

/// The name by which a Cluster asks for the plugin.
const PLUGIN: &str = "barman-cloud.cloudnative-pg.io";

pub(super) fn build(stack: &Stack) -> Service {
    let metadata = namespaced(stack, APP)
        .label("app", APP)
        .label("cnpg.io/pluginName", PLUGIN)
        .annotation("cnpg.io/pluginClientSecret", CLIENT_TLS)
        .annotation("cnpg.io/pluginPort", &PORT.to_string())
        .annotation("cnpg.io/pluginServerSecret", SERVER_TLS);
    Service {
        metadata: metadata.build(),
        spec: Some(ServiceSpec {
            ports: Some(vec![ServicePort {
                port: PORT,
                protocol: Some("TCP".to_owned()),
                target_port: Some(IntOrString::Int(PORT)),
                ..ServicePort::default()
            }]),
            selector: Some(BTreeMap::from([("app".to_owned(), APP.to_owned())])),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}
