//! Which operand image runs, and which image the Jobs take their client programs from.

use std::collections::BTreeMap;

use super::check::{image, name};
use super::{Checker, Image, ImageCatalog, cluster_of};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{CatalogKind, Spec};

/// The repository of the operand images; `psqlVersion` is a tag of it.
const OPERAND: &str = "ghcr.io/cloudnative-pg/postgresql";
/// The first minors whose client programs have the fixes of CVE-2025-1094, CVE-2025-8714 and
/// CVE-2025-8715 (<https://www.postgresql.org/support/security/>), and newer ones to use instead.
const FIXED_CLIENTS: [(u32, u32, u32); 3] = [(15, 14, 19), (16, 10, 15), (17, 6, 11)];
/// The most images that a catalog holds (its `CustomResourceDefinition`).
const MOST_IMAGES: usize = 8;

impl Checker<'_> {
    /// The catalog, the operand image, and the image of the client programs.
    pub(super) fn images(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
    ) -> (Option<ImageCatalog>, Option<Image>, Option<String>) {
        let catalog = self.image_catalog(spec, path);
        let image = self.image(spec, path, catalog.as_ref());
        let client = self.client_image(spec, path, image.as_ref());
        (catalog, image, client)
    }

    pub(super) fn image(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        catalog: Option<&ImageCatalog>,
    ) -> Option<Image> {
        let version_path = path.key("psqlVersion");
        let version = self.optional(
            Code::InvalidImage,
            &version_path,
            spec.psql_version.as_ref(),
            image::psql_version,
        );
        let name_path = path.key("imageName");
        let whole = self.optional(
            Code::InvalidImage,
            &name_path,
            spec.image_name.as_ref(),
            image::operand_image,
        );
        if spec.image_catalog.is_some() {
            if spec.image_name.is_some() {
                let message =
                    "must not be set together with `spec.imageCatalog` (CNPG takes one of the two)";
                self.out.error(Code::Conflict, &name_path, message);
            }
            return self.catalogued(catalog, &version?, &version_path);
        }
        let version = version?;
        match (&spec.image_name, whole) {
            (None, _) => Some(operand(&version)),
            (Some(_), None) => None,
            (Some(_), Some(image)) if image.version.major == version.major => Some(Image {
                reference: Some(image.reference),
                major: version.major,
            }),
            (Some(given), Some(_)) => {
                let message = format!(
                    "must have the major version of `spec.psqlVersion`, {}",
                    version.major
                );
                self.out.push(
                    Diagnostic::at(Severity::Error, Code::Conflict, &name_path, message)
                        .value(given.as_str()),
                );
                None
            }
        }
    }

    /// The image of another version than the stack's.
    pub(super) fn other_image(
        &mut self,
        spec: &Spec,
        catalog: Option<&ImageCatalog>,
        version: &image::PsqlVersion,
        path: &FieldPath,
    ) -> Option<Image> {
        if spec.image_catalog.is_some() {
            self.catalogued(catalog, version, path)
        } else {
            Some(operand(version))
        }
    }

    /// The entry of a major version. A minor version would be another one than the catalog's.
    fn catalogued(
        &mut self,
        catalog: Option<&ImageCatalog>,
        version: &image::PsqlVersion,
        path: &FieldPath,
    ) -> Option<Image> {
        let major = version.major;
        let alone = version.tag == major.to_string();
        if !alone {
            let message = "must be the major version alone with `spec.imageCatalog`, whose entry says which minor it is";
            let error = Diagnostic::at(Severity::Error, Code::Conflict, path, message);
            self.out.push(
                error
                    .value(version.tag.as_str())
                    .proposed(Some(major.to_string())),
            );
        }
        let Some(images) = &catalog?.images else {
            return Some(Image {
                reference: None,
                major,
            });
        };
        let reference = images.get(&major).cloned();
        if reference.is_none() && alone {
            let message = "must be one of the major versions of `spec.imageCatalog.images` (CNPG finds no image otherwise)";
            self.conflict(path, &version.tag, message);
        }
        Some(Image { reference, major })
    }

    pub(super) fn image_catalog(&mut self, spec: &Spec, path: &FieldPath) -> Option<ImageCatalog> {
        let given = spec.image_catalog.as_ref()?;
        let path = path.key("imageCatalog");
        let kind = given.kind.unwrap_or_default();
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let name_path = path.key("name");
        let name = self.optional(Code::InvalidName, &name_path, given.name.as_ref(), check);
        let images_path = path.key("images");
        let images = given.images.as_ref();
        let images = images.map(|images| self.catalog_images(images, &images_path));
        if images.is_some() && kind == CatalogKind::ClusterImageCatalog {
            let message = "must not be set with the kind `ClusterImageCatalog`: only an `ImageCatalog` is generated";
            self.out.error(Code::Conflict, &images_path, message);
        }
        if given.name.is_none() && images.is_none() && !self.out.covers(&name_path) {
            let message =
                "must be set without `images`: the name of a catalog that is there already";
            self.out.error(Code::MissingField, &name_path, message);
        }
        Some(ImageCatalog {
            kind,
            name: name.unwrap_or_else(|| cluster_of(spec)),
            images,
        })
    }

    /// The operator believes the catalog about the major version, so the tag is compared here
    /// (<https://cloudnative-pg.io/documentation/current/image_catalog/>).
    fn catalog_images(
        &mut self,
        given: &BTreeMap<String, String>,
        path: &FieldPath,
    ) -> BTreeMap<u32, String> {
        if !(1..=MOST_IMAGES).contains(&given.len()) {
            let message =
                format!("must have 1 to {MOST_IMAGES} entries (the API server refuses others)");
            self.out.error(Code::InvalidValue, path, message);
        }
        let mut images = BTreeMap::new();
        for (key, reference) in given {
            let path = path.key(key);
            let checked = image::major(key);
            let major = self.accept(Code::InvalidImage, &path, key, checked);
            let checked = image::image_reference(reference);
            let valid = self.accept(Code::InvalidImage, &path, reference, checked);
            let (Some(major), Some(_)) = (major, valid) else {
                continue;
            };
            let tagged = image::operand_image(reference).ok();
            if tagged.is_some_and(|tagged| tagged.version.major != major) {
                let message = format!("must be an image of PostgreSQL {major}, as its key says");
                self.conflict(&path, reference, &message);
            }
            images.insert(major, reference.clone());
        }
        images
    }

    /// The operand's own image is on the nodes already, and reachable where others may not be. Its
    /// client programs are used unless a newer minor has a security fix.
    pub(super) fn client_image(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        operand: Option<&Image>,
    ) -> Option<String> {
        let given = spec.images.as_ref().and_then(|images| images.psql.as_ref());
        if given.is_some() {
            let check =
                |text: &str| image::image_reference(text).map(image::ImageReference::into_string);
            return self.optional(
                Code::InvalidImage,
                &path.key("images").key("psql"),
                given,
                check,
            );
        }
        let operand = operand?;
        let Some(reference) = operand.reference.as_deref() else {
            // The newest minor, of the smallest flavour: it has bash, psql and pg_dump.
            return Some(format!("{OPERAND}:{}-minimal-trixie", operand.major));
        };
        let Ok(image) = image::operand_image(reference) else {
            // Only a catalog may name an image by its digest alone.
            return Some(reference.to_owned());
        };
        let version = image.version;
        let fixed = FIXED_CLIENTS
            .iter()
            .find(|(major, _, _)| *major == version.major);
        let (Some((major, first, newest)), Some(minor)) = (fixed, version.minor) else {
            return Some(reference.to_owned());
        };
        if minor >= *first {
            return Some(reference.to_owned());
        }
        let flavour = version.tag.strip_prefix(&format!("{major}.{minor}"));
        if reference == format!("{OPERAND}:{}", version.tag) && flavour.is_some_and(is_flavour) {
            let flavour = flavour.unwrap_or_default();
            return Some(format!("{OPERAND}:{major}.{newest}{flavour}"));
        }
        let message = format!(
            "is older than {major}.{first}, whose client programs have security fixes; the grant Jobs use it unless \
             `spec.images.psql` names another image"
        );
        let path = match &spec.image_catalog {
            Some(_) => path
                .key("imageCatalog")
                .key("images")
                .key(&major.to_string()),
            None => path.key("imageName"),
        };
        self.out.push(
            Diagnostic::at(Severity::Warning, Code::OldClient, &path, message).value(reference),
        );
        Some(reference.to_owned())
    }
}

/// The image of a version of the repository.
fn operand(version: &image::PsqlVersion) -> Image {
    Image {
        reference: Some(format!("{OPERAND}:{}", version.tag)),
        major: version.major,
    }
}

/// What may follow the version in a tag that has newer minors: nothing, or a rolling flavour such as
/// `-standard-trixie`. A tag with a time in it was never built for another minor.
fn is_flavour(text: &str) -> bool {
    text.is_empty() || (text.starts_with('-') && !text.bytes().any(|byte| byte.is_ascii_digit()))
}
