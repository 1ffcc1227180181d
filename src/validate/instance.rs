//! What an instance is made of: image, count, volumes, resources, parameters, first SQL.

use std::collections::BTreeMap;

use super::check::quantity::Quantity;
use super::check::{image, name, parameters, preload, quantity};
use super::{Checker, Image, QuantityCheck, Resources, Storage};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{Amount, Spec};

/// The repository of the operand images; `psqlVersion` is a tag of it.
pub(super) const OPERAND: &str = "ghcr.io/cloudnative-pg/postgresql";
/// The first minors whose client programs have the fixes of CVE-2025-1094, CVE-2025-8714 and
/// CVE-2025-8715 (<https://www.postgresql.org/support/security/>), and newer ones to use instead.
const FIXED_CLIENTS: [(u32, u32, u32); 3] = [(15, 14, 19), (16, 10, 15), (17, 6, 11)];
/// What uploads exports.
const RCLONE: &str = "docker.io/rclone/rclone:1.71";
/// One primary and two standbys: the loss of one leaves a redundant pair.
const INSTANCES: i64 = 3;
/// The size of a data volume when none is given.
const STORAGE_SIZE: &str = "10Gi";

/// The fields of requests and limits, the request first.
pub(super) struct Amounts<'a> {
    pub(super) cpu: [Option<&'a Amount>; 2],
    pub(super) memory: [Option<&'a Amount>; 2],
}

impl<'a> Amounts<'a> {
    /// Those of an instance.
    pub(super) fn of(spec: &'a Spec) -> Self {
        Self {
            cpu: [spec.cpu_request.as_ref(), spec.cpu_limit.as_ref()],
            memory: [spec.mem_request.as_ref(), spec.mem_limit.as_ref()],
        }
    }
}

/// Whether there is an instance beside the primary.
pub(super) fn has_standbys(spec: &Spec) -> bool {
    spec.instances.unwrap_or(INSTANCES) > 1
}

impl Checker<'_> {
    pub(super) fn image(&mut self, spec: &Spec, path: &FieldPath) -> Option<Image> {
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
        let version = version?;
        match (&spec.image_name, whole) {
            (None, _) => Some(Image {
                reference: format!("{OPERAND}:{}", version.tag),
                major: version.major,
            }),
            (Some(_), None) => None,
            (Some(_), Some(image)) if image.version.major == version.major => Some(Image {
                reference: image.reference,
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
        let reference = operand?.reference.as_str();
        let version = image::operand_image(reference).ok()?.version;
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
        let path = path.key("imageName");
        self.out.push(
            Diagnostic::at(Severity::Warning, Code::OldClient, &path, message).value(reference),
        );
        Some(reference.to_owned())
    }

    /// The image that uploads exports.
    pub(super) fn rclone_image(&mut self, spec: &Spec, path: &FieldPath) -> String {
        let given = spec
            .images
            .as_ref()
            .and_then(|images| images.rclone.as_ref());
        let check =
            |text: &str| image::image_reference(text).map(image::ImageReference::into_string);
        let path = path.key("images").key("rclone");
        self.optional(Code::InvalidImage, &path, given, check)
            .unwrap_or_else(|| RCLONE.to_owned())
    }

    pub(super) fn instances(&mut self, spec: &Spec, path: &FieldPath) -> Option<i64> {
        let instances = spec.instances.unwrap_or(INSTANCES);
        if instances >= 1 {
            return Some(instances);
        }
        let error = Diagnostic::at(
            Severity::Error,
            Code::InvalidValue,
            &path.key("instances"),
            "must be at least 1",
        );
        self.out.push(error.value(instances));
        None
    }

    pub(super) fn storage(&mut self, spec: &Spec, path: &FieldPath) -> Option<Storage> {
        let default = Amount(STORAGE_SIZE.to_owned());
        let size = Some(spec.storage_size.as_ref().unwrap_or(&default));
        let size = self.amount(&path.key("storageSize"), size, quantity::storage);
        let wal_size = self.amount(
            &path.key("walStorageSize"),
            spec.wal_storage_size.as_ref(),
            quantity::storage,
        );
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let class = self.optional(
            Code::InvalidName,
            &path.key("storageClass"),
            spec.storage_class.as_ref(),
            check,
        );
        Some(Storage {
            size: size?.canonical(),
            class,
            wal_size: wal_size.map(|size| size.canonical()),
        })
    }

    pub(super) fn resources(&mut self, given: &Amounts<'_>, path: &FieldPath) -> Resources {
        let mut resources = Resources::default();
        let cpu: QuantityCheck = quantity::cpu;
        for (resource, field, check, [request, limit]) in [
            ("cpu", "cpu", cpu, given.cpu),
            ("memory", "mem", quantity::memory, given.memory),
        ] {
            let request_path = path.key(&format!("{field}Request"));
            let limit_path = path.key(&format!("{field}Limit"));
            let request = self.amount(&request_path, request, check);
            let limit = self.amount(&limit_path, limit, check);
            self.request_within(&request_path, request.as_ref(), &limit_path, limit.as_ref());
            resources
                .requests
                .extend(request.map(|amount| (resource.to_owned(), amount.canonical())));
            resources
                .limits
                .extend(limit.map(|amount| (resource.to_owned(), amount.canonical())));
        }
        resources
    }

    fn request_within(
        &mut self,
        path: &FieldPath,
        request: Option<&Quantity>,
        limit_path: &FieldPath,
        limit: Option<&Quantity>,
    ) {
        if let (Some(request), Some(limit)) = (request, limit)
            && request > limit
        {
            let message = format!("must not exceed `{limit_path}`, {}", limit.canonical());
            let error = Diagnostic::at(Severity::Error, Code::RequestOverLimit, path, message);
            self.out.push(error.value(request.canonical()));
        }
    }

    /// SQL that names an extension which CNPG preloads on demand also gets the
    /// parameter that is the demand.
    pub(super) fn parameters(&mut self, spec: &Spec, path: &FieldPath) -> BTreeMap<String, String> {
        let path = path.key("postgresParameters");
        let mut set = spec.postgres_parameters.clone().unwrap_or_default();
        add_preloads(spec.init_db.as_deref().unwrap_or_default(), &mut set);
        // Mistakes in the amounts themselves are reported where they stand.
        let whole = |amount: Option<&Amount>| {
            amount
                .and_then(|Amount(text)| Quantity::parse(text).ok())
                .map(|q| q.whole())
        };
        let context = parameters::Context {
            instances: spec
                .instances
                .unwrap_or(INSTANCES)
                .try_into()
                .unwrap_or_default(),
            memory_request: whole(spec.mem_request.as_ref()),
            wal_storage: whole(spec.wal_storage_size.as_ref()),
        };
        for (key, refusal) in parameters::parameters(&set, &context) {
            let value = set.get(&key).cloned().unwrap_or_default();
            self.accept::<()>(
                Code::InvalidParameter,
                &path.key(&key),
                &value,
                Err(refusal),
            );
        }
        set
    }

    pub(super) fn init_sql(&mut self, spec: &Spec, path: &FieldPath) -> Option<String> {
        let sql = spec.init_db.as_ref().filter(|sql| !sql.trim().is_empty())?;
        if sql.contains('\0') {
            // The text is not shown: it may create a user with a password.
            let message = "must not contain a NUL character (PostgreSQL takes none in a query)";
            self.out
                .error(Code::InvalidSql, &path.key("initDb"), message);
            return None;
        }
        Some(sql.clone())
    }
}

/// CNPG preloads a managed extension only when one of its parameters is set.
fn add_preloads(sql: &str, set: &mut BTreeMap<String, String>) {
    for extension in preload::managed_extensions(sql) {
        let prefix = format!("{extension}.");
        if !set.keys().any(|key| key.starts_with(&prefix))
            && let Some((key, value)) = preload::preload_parameter(extension)
        {
            set.insert(key.to_owned(), value.to_owned());
        }
    }
}

/// What may follow the version in a tag that has newer minors: nothing, or a rolling flavour such as
/// `-standard-trixie`. A tag with a time in it was never built for another minor.
fn is_flavour(text: &str) -> bool {
    text.is_empty() || (text.starts_with('-') && !text.bytes().any(|byte| byte.is_ascii_digit()))
}
