//! What an instance is made of: count, volumes, resources, parameters, first SQL.

use std::collections::BTreeMap;

use super::buckets::linked;
use super::check::quantity::Quantity;
use super::check::{image, parameters, preload, quantity};
use super::databases::Entries;
use super::objects::wanted_extensions;
use super::{Checker, QuantityCheck, Resources, Storage};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{Amount, Bucket, Spec};

/// What uploads exports.
const RCLONE: &str = "docker.io/rclone/rclone:1.71";
/// The first that takes a connection string of Azure.
const RCLONE_CONNECTION: &str = "docker.io/rclone/rclone:1.73";
/// One primary and two standbys: the loss of one leaves a redundant pair.
pub(super) const INSTANCES: i64 = 3;
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
            .unwrap_or_else(|| default_rclone(spec).to_owned())
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

    pub(super) fn storage(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Option<Storage> {
        let default = Amount(STORAGE_SIZE.to_owned());
        let size = Some(spec.storage_size.as_ref().unwrap_or(&default));
        let size = self.amount(&path.key("storageSize"), size, quantity::storage);
        let wal_size = self.amount(
            &path.key("walStorageSize"),
            spec.wal_storage_size.as_ref(),
            quantity::storage,
        );
        let class = self.class(&path.key("storageClass"), spec.storage_class.as_ref());
        let wal_class = self.wal_class(spec, path);
        let tablespaces = self.tablespaces(spec, path, entries);
        let ephemeral = self.ephemeral_volumes(spec, path);
        Some(Storage {
            size: size?.canonical(),
            class,
            wal_size: wal_size.map(|size| size.canonical()),
            wal_class,
            tablespaces,
            ephemeral,
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

    /// SQL or a database that names an extension which CNPG preloads on demand also gets the
    /// parameter that is the demand.
    pub(super) fn parameters(&mut self, spec: &Spec, path: &FieldPath) -> BTreeMap<String, String> {
        let path = path.key("postgresParameters");
        let mut set = spec.postgres_parameters.clone().unwrap_or_default();
        let in_sql = preload::managed_extensions(spec.init_db.as_deref().unwrap_or_default());
        add_preloads(in_sql.into_iter().chain(wanted_extensions(spec)), &mut set);
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
fn add_preloads<'a>(extensions: impl Iterator<Item = &'a str>, set: &mut BTreeMap<String, String>) {
    for extension in extensions {
        if !set
            .keys()
            .any(|key| preload::is_parameter_of(key, extension))
            && let Some((key, value)) = preload::preload_parameter(extension)
        {
            set.insert(key.to_owned(), value.to_owned());
        }
    }
}

/// The image that uploads exports when none is given.
fn default_rclone(spec: &Spec) -> &'static str {
    let by_connection = |(_, bucket): &(_, &Bucket)| {
        let azure = bucket.azure_credentials.as_ref();
        azure.is_some_and(|azure| {
            azure.connection_string.is_some() || azure.connection_string_from.is_some()
        })
    };
    if linked(spec).iter().any(by_connection) {
        RCLONE_CONNECTION
    } else {
        RCLONE
    }
}
