//! Operations of CNPG that an annotation on the Cluster brings about.
//!
//! <https://cloudnative-pg.io/documentation/current/labels_annotations/>

use crate::meta::Meta;
use crate::validate::Stack;

/// Hibernation: `on` or `off`; CNPG takes no annotation for `off`.
const HIBERNATION: &str = "cnpg.io/hibernation";
/// A restart of all instances, one by one, whenever the text changes.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Only the live Cluster gets them: a Cluster that is restored is wanted awake.
pub(super) fn annotate(stack: &Stack, mut meta: Meta) -> Meta {
    if let Some(hibernate) = stack.hibernate {
        meta = meta.annotation(HIBERNATION, if hibernate { "on" } else { "off" });
    }
    if let Some(time) = &stack.restarted_at {
        meta = meta.annotation(RESTARTED_AT, time);
    }
    meta
}
