//! Tablespaces, and the volumes that live no longer than a Pod.

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    ClusterEphemeralVolumeSource, ClusterEphemeralVolumeSourceVolumeClaimTemplate as ClaimTemplate,
    ClusterEphemeralVolumeSourceVolumeClaimTemplateSpec as Claim,
    ClusterEphemeralVolumeSourceVolumeClaimTemplateSpecResources as ClaimResources,
    ClusterEphemeralVolumesSizeLimit, ClusterSpec, ClusterTablespaces, ClusterTablespacesOwner,
    ClusterTablespacesStorage,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::filled;
use crate::validate::{Stack, Tablespace, TemporaryFiles};

/// A restored Cluster needs the same tablespaces as the one that was backed up.
pub(super) fn apply(stack: &Stack, spec: &mut ClusterSpec) {
    let tablespaces = &stack.storage.tablespaces;
    spec.tablespaces = filled::list(tablespaces.iter().map(tablespace));
    let ephemeral = &stack.storage.ephemeral;
    let temporary = ephemeral.temporary.as_ref();
    let limit = temporary.filter(|files| files.class.is_none());
    let quantity = |text: &String| IntOrString::String(text.clone());
    let limits = ClusterEphemeralVolumesSizeLimit {
        shm: ephemeral.shm.as_ref().map(quantity),
        temporary_data: limit.map(|files| quantity(&files.size)),
    };
    spec.ephemeral_volumes_size_limit = filled::object(limits);
    spec.ephemeral_volume_source = temporary.and_then(claim);
}

/// The list is atomic, so the owner is written out, which the webhook would fill in.
fn tablespace(tablespace: &Tablespace) -> ClusterTablespaces {
    ClusterTablespaces {
        name: tablespace.name.clone(),
        owner: Some(ClusterTablespacesOwner {
            name: Some(tablespace.owner.clone()),
        }),
        storage: ClusterTablespacesStorage {
            size: Some(tablespace.size.clone()),
            storage_class: tablespace.class.clone(),
            resize_in_use_volumes: Some(true),
            ..ClusterTablespacesStorage::default()
        },
        temporary: Some(tablespace.temporary),
    }
}

fn claim(files: &TemporaryFiles) -> Option<ClusterEphemeralVolumeSource> {
    let size = IntOrString::String(files.size.clone());
    let spec = Claim {
        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
        storage_class_name: Some(files.class.clone()?),
        resources: Some(ClaimResources {
            requests: Some(BTreeMap::from([("storage".to_owned(), size)])),
            limits: None,
        }),
        ..Claim::default()
    };
    Some(ClusterEphemeralVolumeSource {
        volume_claim_template: Some(ClaimTemplate {
            metadata: None,
            spec,
        }),
    })
}
