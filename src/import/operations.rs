//! Operations that an annotation on the Cluster brings about.

use super::draft::Draft;
use super::found::Found;

/// Carries them over.
pub fn carry(found: &Found, draft: &mut Draft) {
    let annotations = found.cluster.pointer("/metadata/annotations");
    let annotation = |key| annotations.and_then(|map| map.get(key)?.as_str());
    match annotation("cnpg.io/hibernation") {
        Some("on") => draft.set("hibernate", true),
        Some("off") => draft.set("hibernate", false),
        _ => {}
    }
    if let Some(time) = annotation("kubectl.kubernetes.io/restartedAt") {
        draft.set("restartedAt", time);
    }
}
