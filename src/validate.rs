//! From the user's words to a valid [`Stack`]: the only place that makes one.
//!
//! The rules mirror what would be refused later, by the API server, by the CNPG
//! webhook or by PostgreSQL, and all mistakes are reported at once. Leaf checks
//! of single values live in [`check`]; rules between fields in the files beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FieldPath, Severity};
use crate::spec::read::Document;
use crate::spec::{Amount, Spec};

mod availability;
mod backup;
mod buckets;
pub mod check;
mod client_certificate;
mod cluster_name;
mod credentials;
mod databases;
mod image;
mod initdb;
mod instance;
mod labels;
mod links;
mod migrations;
mod monitoring;
mod objects;
mod operations;
mod options;
mod patches;
mod pg_hba;
mod placement;
mod pooler;
mod probes;
pub mod profile;
mod recovery;
mod replica;
mod secrets;
mod service_account;
mod services;
mod stack;
mod storage;
mod stores;
mod target;

pub use check::derive::{cut_name, digest, export_name, job_name};
pub use check::tablespace::volume as tablespace_volume;
use check::{Refusal, name, quantity::Quantity};
use cluster_name::cluster_of;
use databases::Entries;
use instance::Amounts;
pub use options::{BASE_PATH, DAY2_PATH, migrations};
use recovery::Recoveries;
use stack::Seal;
pub use stack::{
    AdditionalService, Admin, AntiAffinity, Availability, AzureCredentials, BackendDb, Backup,
    BarmanPlugin, Bucket, Change, Column, Credentials, Database, Delays, Encryption, End,
    EphemeralVolumes, Extension, External, Grant, Image, ImageCatalog, InitDb, IsolationCheck,
    IstioMode, KeyOf, KeyRef, Links, Login, MetricQuery, Migration, Monitoring, Operator, Origin,
    Output, OwnerRole, Patch, Peer, Point, Pooler, Probe, Probes, Prometheus, Provider, Recovery,
    Registry, Replica, Resources, RoleStyle, Schema, Secret, SecretValue, ServiceAccount, Services,
    Stack, Step, Storage, Synchronous, Tablespace, Target, TemporaryFiles, TopologySpread, User,
    Workload, key,
};

/// A check of a quantity.
type QuantityCheck = fn(&str) -> Result<Quantity, Refusal>;

/// CNPG's limit for the name of a Cluster, which leaves room for `-rw` and the like.
pub const MAX_CLUSTER_NAME: usize = 50;

/// The name of the Backup of `manual-backup.yaml`, which `cluster-restore.yaml` refers to without a bucket.
/// CNPG makes it the value of a label, too.
#[must_use]
pub fn manual_backup(namespace: &str) -> String {
    cut_name(
        &format!("backup-{namespace}-manual"),
        check::name::LABEL_MAX,
    )
}

/// What a stack may refer to outside its file.
pub struct Outside<'a> {
    /// The environment of the function.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The fields that were encrypted in the file.
    pub sealed: BTreeSet<FieldPath>,
    /// The Secrets among the items, by name, with their decoded values.
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
    /// The Backups among the items that have a Barman ID, by name.
    pub backups: BTreeMap<String, String>,
}

/// The state of one validation: where the findings go, and what is outside.
struct Checker<'a> {
    out: &'a mut Diagnostics,
    outside: &'a Outside<'a>,
}

impl Checker<'_> {
    /// The checked value, or none after reporting why it is refused.
    fn accept<T>(
        &mut self,
        code: Code,
        path: &FieldPath,
        shown: &str,
        result: Result<T, Refusal>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Refusal { message, proposed }) => {
                let error = Diagnostic::at(Severity::Error, code, path, message);
                self.out.push(error.value(shown).proposed(proposed));
                None
            }
        }
    }

    /// The same for an optional field.
    fn optional<T>(
        &mut self,
        code: Code,
        path: &FieldPath,
        value: Option<&String>,
        check: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        value.and_then(|value| self.accept(code, path, value, check(value)))
    }

    /// Fields that something else keeps from having an effect, and are set all the same.
    fn idle(&mut self, path: &FieldPath, fields: &[(&str, bool)], message: &str) {
        for (field, _) in fields.iter().filter(|(_, set)| *set) {
            self.out.error(Code::Conflict, &path.key(field), message);
        }
    }

    /// A positive quantity.
    fn amount(
        &mut self,
        path: &FieldPath,
        value: Option<&Amount>,
        check: QuantityCheck,
    ) -> Option<Quantity> {
        let Amount(text) = value?;
        self.accept(Code::InvalidQuantity, path, text, check(text))
    }
}

/// Checks a document and fills in the defaults. Without a single error there is
/// a stack; with one there is none.
pub fn validate(
    document: &Document,
    outside: &Outside<'_>,
    out: &mut Diagnostics,
) -> Option<Stack> {
    let mut checker = Checker { out, outside };
    let stack = checker.stack(document);
    if stack.is_none() && !checker.out.has_errors() {
        checker.out.error(
            Code::Internal,
            &FieldPath::spec(),
            "was refused without a reason; please report this",
        );
    }
    stack.filter(|_| !checker.out.has_errors())
}

impl Checker<'_> {
    /// Every part is checked before the first one that failed ends the work.
    fn stack(&mut self, document: &Document) -> Option<Stack> {
        let path = FieldPath::spec();
        let spec = &*self.profile(&document.spec, &path);
        let name = self.stack_name(&document.name);
        let (namespace, cluster) = self.places(spec, &path);
        let (image_catalog, image, client_image) = self.images(spec, &path);
        let restarted_at = self.restarted_at(spec, &path);
        let instances = self.instances(spec, &path);
        let admin = self.admin(spec, &path);
        let resources = self.resources(&Amounts::of(spec), &path);
        let node_label = self.node_label(spec, &path);
        let availability = self.availability(spec, &path);
        let init_sql = self.init_sql(spec, &path);
        let parameters = self.parameters(spec, &path);
        let labels = self.custom_labels(spec, &path);
        let operator = self.operator(spec, &path);
        let images = (image.as_ref(), image_catalog.as_ref());
        let databases = self.declared(spec, &path, images.0, operator.as_ref(), &parameters);
        let initdb = self.initdb(spec, &path, image.as_ref());
        let pg_hba = self.pg_hba(spec, &path, admin.as_ref(), databases.as_ref());
        let storage = self.storage(spec, &path, databases.as_ref());
        let monitoring = self.monitoring(spec, &path, databases.as_ref());
        let poolers = self.poolers(spec, &path);
        let services = self.services(spec, &path);
        let links = self.links(spec, &path, databases.as_ref());
        let migrations = self.migrations(spec, &path, databases.as_ref());
        let service_account = self.service_account(spec, &path);
        let registry = self.registry(spec, &path);
        let backup = self.backup(spec, &path);
        let plugin = self.plugin(spec, &path);
        let rclone_image = self.rclone_image(spec, &path);
        let clusters = self.clusters(spec, &path, images, &poolers);
        let output = self.output(spec, &path);
        let encryption = self.encryption(spec, &path);
        let patches = self.patches(spec, &path);
        self.secrets_differ(spec, admin.as_ref(), databases.as_ref(), &migrations);
        let (databases, (recoveries, replica)) = (databases?, clusters?);
        Some(Stack {
            name: name?,
            cluster: cluster?,
            namespace: namespace?,
            client_image: client_image?,
            image: image?,
            image_catalog,
            hibernate: spec.hibernate,
            restarted_at,
            instances: instances?,
            admin: admin?,
            storage: storage?,
            monitoring,
            resources,
            node_label,
            availability,
            init_sql,
            parameters,
            initdb,
            pg_hba,
            labels,
            databases: databases.databases,
            users: databases.users,
            grants: databases.grants,
            poolers,
            services: services?,
            links: links?,
            service_account,
            registry,
            backup: backup?,
            server: recoveries.server,
            recovery: recoveries.live,
            restore: recoveries.restore,
            pitr_clusters: recoveries.pitr_clusters,
            replica,
            migrations,
            plugin,
            rclone_image,
            operator: operator?,
            output: output?,
            encryption,
            patches,
            seal: Seal,
        })
    }

    /// Databases, and what is declared in them.
    fn declared(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        image: Option<&Image>,
        operator: Option<&Operator>,
        parameters: &BTreeMap<String, String>,
    ) -> Option<Entries> {
        let mut databases = self.databases(spec, path, image, operator);
        self.objects(spec, path, parameters, databases.as_mut());
        databases
    }

    /// The Clusters that are brought up from somewhere, and the other side of the live one.
    fn clusters(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        (image, catalog): (Option<&Image>, Option<&ImageCatalog>),
        poolers: &[Pooler],
    ) -> Option<(Recoveries, Option<Replica>)> {
        let image = image?;
        let recoveries = self.recoveries(spec, path, image, catalog);
        let replica = self.replica(spec, path, image, &recoveries.server);
        self.service_names(spec, path, poolers, &recoveries);
        Some((recoveries, replica))
    }

    /// What is referred to is not what is generated.
    fn secrets_differ(
        &mut self,
        spec: &Spec,
        admin: Option<&Admin>,
        databases: Option<&Entries>,
        migrations: &[Migration],
    ) {
        let users = databases.map(|databases| databases.users.as_slice());
        let users = users.unwrap_or_default();
        let generated = credentials::generated_logins(admin, users, migrations);
        self.references_are_foreign(spec, &generated);
    }

    /// The stack's own name is the value of a label on every object.
    fn stack_name(&mut self, text: &str) -> Option<String> {
        let path = FieldPath::metadata().key("name");
        if self.out.covers(&path) {
            return None;
        }
        let checked = name::dns1123_subdomain(text).and_then(|_| name::label_value(text));
        self.accept(
            Code::InvalidName,
            &path,
            text,
            checked.map(name::LabelValue::into_string),
        )
    }
}
