//! The operand image of a Cluster, or the catalog that it is taken from; and that catalog.
//!
//! <https://cloudnative-pg.io/documentation/current/image_catalog/>

use k8s_crds_cloud_native_pg::{
    ClusterImageCatalogRef, ClusterSpec, ImageCatalog, ImageCatalogImages, ImageCatalogSpec,
};

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{Image, Stack};

/// CNPG takes one of the two fields and refuses both.
pub(super) fn set(stack: &Stack, image: &Image, spec: &mut ClusterSpec) {
    let Some(catalog) = &stack.image_catalog else {
        spec.image_name.clone_from(&image.reference);
        return;
    };
    spec.image_catalog_ref = Some(ClusterImageCatalogRef {
        api_group: Some("postgresql.cnpg.io".to_owned()),
        kind: catalog.kind.as_str().to_owned(),
        name: catalog.name.clone(),
        major: i64::from(image.major),
    });
}

/// The catalog, when it is generated.
pub(super) fn catalog(stack: &Stack) -> Option<ImageCatalog> {
    let catalog = stack.image_catalog.as_ref()?;
    let entry = |(major, image): (&u32, &String)| ImageCatalogImages {
        major: i64::from(*major),
        image: image.clone(),
        extensions: None,
    };
    Some(ImageCatalog {
        metadata: Meta::new(stack, &catalog.name)
            .wave(REFERENCED_WAVE)
            .build(),
        spec: ImageCatalogSpec {
            images: catalog.images.as_ref()?.iter().map(entry).collect(),
            component_images: None,
        },
    })
}
