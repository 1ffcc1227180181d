//! What the API server would say of an item: by its kind, the right one of the checks of `crd`.

use serde_json::Value;

use super::crd::{Crds, check_core, round_trip};

/// How an item is checked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// A custom resource of CNPG: by its type and by its CRD.
    Cnpg,
    /// Another custom resource: by its CRD.
    Custom,
    /// A resource that Kubernetes brings itself: by its type.
    Core,
    /// No resource of the API server, or one of Istio, cert-manager or Flux, whose
    /// CRDs are not at hand; or a CRD itself.
    None,
}

/// How this item is checked.
pub(crate) fn how(item: &Value) -> Check {
    let version = item
        .get("apiVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    match group {
        "postgresql.cnpg.io" => Check::Cnpg,
        "kustomize.config.k8s.io"
        | "security.istio.io"
        | "apiextensions.k8s.io"
        | "source.toolkit.fluxcd.io"
        | "kustomize.toolkit.fluxcd.io"
        | "cert-manager.io" => Check::None,
        "" | "apps" | "batch" | "networking.k8s.io" | "policy" | "rbac.authorization.k8s.io" => {
            Check::Core
        }
        _ => Check::Custom,
    }
}

/// Every violation of an item.
pub(crate) fn findings(check: &Check, item: &Value, crds: Option<&Crds>) -> Vec<String> {
    let by_schema = || crds.map(|crds| crds.check(item)).unwrap_or_default();
    match check {
        Check::Cnpg => round_trip(item).into_iter().chain(by_schema()).collect(),
        Check::Custom => by_schema(),
        Check::Core => check_core(item),
        Check::None => Vec::new(),
    }
}
