//! Physical backups: when, from which instance, and how they are kept.

use super::Amounts;
use super::buckets::linked;
use super::check::{cron, name, retention};
use super::{Backup, Checker, Resources};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, Spec};

/// Every night at two.
const SCHEDULE: &str = "0 0 2 * * *";

impl Checker<'_> {
    pub(super) fn backup(&mut self, spec: &Spec, path: &FieldPath) -> Option<Backup> {
        let path = path.key("backup");
        let given = spec.backup.clone().unwrap_or_default();
        let default = SCHEDULE.to_owned();
        let schedule = given.schedule.as_ref().unwrap_or(&default);
        let checked = self.accept(
            Code::InvalidSchedule,
            &path.key("schedule"),
            schedule,
            cron::schedule(schedule),
        );
        let snapshot_schedule = self.optional(
            Code::InvalidSchedule,
            &path.key("snapshotSchedule"),
            given.snapshot_schedule.as_ref(),
            |text| cron::schedule(text).map(|_| text.to_owned()),
        );
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let class_path = path.key("volumeSnapshotClass");
        let class = given.volume_snapshot_class.as_ref();
        let snapshot_class = self.optional(Code::InvalidName, &class_path, class, check);
        let retention = self.optional(
            Code::InvalidRetention,
            &path.key("retention"),
            given.retention.as_ref(),
            |text| retention::retention(text).map(retention::Retention::into_string),
        );
        if spec.hibernate == Some(true) && given.suspend == Some(false) {
            let message = "must not be `false` with `spec.hibernate: true`: CNPG fails every backup of a hibernated cluster";
            self.out
                .error(Code::Conflict, &path.key("suspend"), message);
        }
        if linked(spec).is_empty() {
            self.without_bucket(spec, &given, &path);
        } else {
            self.with_bucket(&given, &path);
        }
        let sidecar = self.transfer(spec, &given, &path);
        checked?;
        Some(Backup {
            schedule: schedule.clone(),
            target: given.target.unwrap_or_default(),
            apply: given.apply.unwrap_or_default(),
            snapshot_schedule,
            suspend: (spec.hibernate == Some(true))
                .then_some(true)
                .or(given.suspend),
            snapshot_class,
            retention,
            compression: given.compression.unwrap_or_default(),
            wal_compression: given.wal_compression,
            max_parallel: given.max_parallel,
            jobs: given.jobs,
            immediate_checkpoint: given.immediate_checkpoint.unwrap_or_default(),
            sidecar,
        })
    }

    /// How the plugin moves WAL and base backups, and what it may use of the node.
    fn transfer(&mut self, spec: &Spec, given: &spec::Backup, path: &FieldPath) -> Resources {
        for (field, value) in [("maxParallel", given.max_parallel), ("jobs", given.jobs)] {
            let most = i64::from(i32::MAX);
            if let Some(value) = value.filter(|value| !(1..=most).contains(value)) {
                let message = "must be at least 1 (ObjectStore)";
                let path = path.key(field);
                let error = Diagnostic::at(Severity::Error, Code::InvalidValue, &path, message);
                self.out.push(error.value(value));
            }
        }
        let buckets = linked(spec);
        let google = buckets
            .first()
            .is_some_and(|(_, archive)| archive.google_credentials.is_some());
        if google && given.jobs.is_some() {
            let message = "must not be set with an archive in Google Cloud Storage: Barman uploads one part at a time there";
            self.out.error(Code::Conflict, &path.key("jobs"), message);
        }
        let sidecar = given.sidecar_resources.clone().unwrap_or_default();
        let amounts = Amounts {
            cpu: [sidecar.cpu_request.as_ref(), sidecar.cpu_limit.as_ref()],
            memory: [sidecar.mem_request.as_ref(), sidecar.mem_limit.as_ref()],
        };
        self.resources(&amounts, &path.key("sidecarResources"))
    }

    /// What only means something with an archive.
    fn without_bucket(&mut self, spec: &Spec, given: &spec::Backup, path: &FieldPath) {
        let retention = path.key("retention");
        let value = given.retention.as_deref();
        if let Some(value) = value.filter(|_| !self.out.covers(&retention)) {
            let message =
                "must not be set without a linked bucket: nothing prunes volume snapshots";
            let error =
                Diagnostic::at(Severity::Error, Code::InvalidRetention, &retention, message);
            self.out.push(error.value(value));
        }
        let fields = [
            ("compression", given.compression.is_some()),
            ("snapshotSchedule", given.snapshot_schedule.is_some()),
            ("restoreAttempt", given.restore_attempt.is_some()),
            ("walCompression", given.wal_compression.is_some()),
            ("maxParallel", given.max_parallel.is_some()),
            ("jobs", given.jobs.is_some()),
            ("immediateCheckpoint", given.immediate_checkpoint.is_some()),
            ("sidecarResources", given.sidecar_resources.is_some()),
        ];
        let message = "must not be set without a linked bucket: it would have no effect";
        self.idle(path, &fields, message);
        if given.apply == Some(true) && spec.instances == Some(1) {
            let message = "takes offline snapshots of the only instance: the database stops for the time of each backup";
            self.out
                .warn(Code::BackupDowntime, &path.key("apply"), message);
        }
    }

    fn with_bucket(&mut self, given: &spec::Backup, path: &FieldPath) {
        if given.volume_snapshot_class.is_some() && given.snapshot_schedule.is_none() {
            let message = "must not be set with a linked bucket unless `snapshotSchedule` is: base backups go to the \
                           bucket, and no snapshots are taken";
            self.out
                .error(Code::Conflict, &path.key("volumeSnapshotClass"), message);
        }
        if given.apply.is_none() {
            let message = "is not set, so no base backup is taken until one of the day-2 files is applied: WAL in a bucket \
                           without a base backup restores nothing. Set it to `true`, or to `false` when base backups are \
                           scheduled elsewhere";
            self.out
                .warn(Code::NoBaseBackup, &path.key("apply"), message);
        }
    }
}
