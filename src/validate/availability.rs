//! Rules of `spec.availability`: replication, updates, times. Placement and probes are in files of their own.

use super::check::{image, name};
use super::instance::INSTANCES;
use super::options::operator_of;
use super::{Availability, Checker, Delays, Synchronous};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, DataDurability, PrimaryUpdateMethod, PrimaryUpdateStrategy, Spec};

/// The first operator with the field
/// (<https://cloudnative-pg.io/documentation/current/release_notes/v1.28/>).
pub(super) const FAILOVER_QUORUM: (u32, u32) = (1, 28);
/// The first operator that synchronises the slots of logical replication
/// (<https://cloudnative-pg.io/documentation/current/release_notes/v1.27/>).
const LOGICAL_DECODING: (u32, u32) = (1, 27);
/// The first PostgreSQL that does it without an extension.
const SYNC_SLOTS: u32 = 17;
/// CNPG's `stopDelay` and `smartShutdownTimeout` when nothing is given.
const STOP_DELAY: i32 = 1800;
const SMART_SHUTDOWN: i32 = 180;

impl Checker<'_> {
    pub(super) fn availability(&mut self, spec: &Spec, path: &FieldPath) -> Availability {
        let path = path.key("availability");
        let given = spec.availability.clone().unwrap_or_default();
        let operator = operator_of(spec);
        let instances = spec.instances.unwrap_or(INSTANCES);
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let synchronous = given.synchronous.as_ref();
        Availability {
            synchronous: synchronous.and_then(|given| {
                self.synchronous(spec, given, instances, &path.key("synchronous"))
            }),
            anti_affinity: given
                .anti_affinity
                .as_ref()
                .and_then(|given| self.anti_affinity(given, &path.key("antiAffinity"))),
            topology_spread: self.topology_spread(&given, &path.key("topologySpread")),
            tolerations: self.tolerations(&given, &path.key("tolerations")),
            node_selector: self.node_selector(spec, &given, &path.key("nodeSelector")),
            priority_class: self.optional(
                Code::InvalidName,
                &path.key("priorityClassName"),
                given.priority_class_name.as_ref(),
                check,
            ),
            pod_disruption_budget: given.pod_disruption_budget,
            update_strategy: given.primary_update_strategy,
            update_method: self.update_method(&given, instances, &path),
            delays: self.delays(&given, &path),
            synchronize_logical_decoding: self.logical_decoding(spec, &given, operator, &path),
            probes: self.probes(given.probes.as_ref(), operator, &path.key("probes")),
        }
    }

    /// Webhook: `validateSynchronousReplicaConfiguration` and `validateFailoverQuorum`.
    fn synchronous(
        &mut self,
        spec: &Spec,
        given: &spec::Synchronous,
        instances: i64,
        path: &FieldPath,
    ) -> Option<Synchronous> {
        if given.enabled == Some(false) {
            let fields = [
                ("method", given.method.is_some()),
                ("number", given.number.is_some()),
                (
                    "maxStandbyNamesFromCluster",
                    given.max_standby_names_from_cluster.is_some(),
                ),
                ("dataDurability", given.data_durability.is_some()),
                ("failoverQuorum", given.failover_quorum.is_some()),
            ];
            let message = "must not be set with `enabled: false`: it would have no effect";
            self.idle(path, &fields, message);
            return None;
        }
        let synchronous = Synchronous {
            method: given.method.unwrap_or_default(),
            number: given.number.unwrap_or(1),
            max_standby_names: given.max_standby_names_from_cluster,
            durability: given.data_durability.unwrap_or_default(),
            failover_quorum: given.failover_quorum,
        };
        self.quorum(&synchronous, instances, path);
        self.commit_waits(spec, path);
        if given.failover_quorum.is_some()
            && operator_of(spec).is_some_and(|version| version < FAILOVER_QUORUM)
        {
            let message = "must not be set for a CNPG older than 1.28, which does not know it (`spec.operator.version`)";
            self.out
                .error(Code::Conflict, &path.key("failoverQuorum"), message);
        }
        Some(synchronous)
    }

    fn quorum(&mut self, synchronous: &Synchronous, instances: i64, path: &FieldPath) {
        let number = synchronous.number;
        let number_path = path.key("number");
        if number < 1 || number >= instances {
            let message = format!(
                "must be at least 1 and less than `spec.instances`, {instances} (CNPG refuses it: only standbys can confirm)"
            );
            self.wrong_number(Code::Conflict, &number_path, number, message);
            return;
        }
        if let Some(most) = synchronous.max_standby_names
            && most < number
        {
            let message = format!(
                "must be at least `number`, {number}: with fewer candidates no COMMIT would ever be confirmed"
            );
            let path = path.key("maxStandbyNamesFromCluster");
            self.wrong_number(Code::Conflict, &path, most, message);
        }
        if number == instances - 1 && synchronous.durability == DataDurability::Required {
            let message = format!(
                "needs every standby of {instances} instances to confirm: all writing stops when one is lost, restarted or \
                 updated. Raise `spec.instances`, lower the number, or set `dataDurability: preferred`"
            );
            let warning = Diagnostic::at(
                Severity::Warning,
                Code::EveryStandbyNeeded,
                &number_path,
                message,
            );
            self.out.push(warning.value(number));
        }
    }

    /// With `off` and `local` no COMMIT waits for a standby
    /// (<https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT>).
    fn commit_waits(&mut self, spec: &Spec, path: &FieldPath) {
        let value = parameter(spec, "synchronous_commit").unwrap_or("on");
        if ["off", "local", "false", "no", "0"].contains(&value.to_ascii_lowercase().as_str()) {
            let message = format!(
                "must not be on with `spec.postgresParameters.synchronous_commit: \"{value}\"`: no COMMIT would wait for a \
                 standby"
            );
            self.out.error(Code::Conflict, path, message);
        }
    }

    /// Webhook: `validatePrimaryUpdateStrategy`.
    fn update_method(
        &mut self,
        given: &spec::Availability,
        instances: i64,
        path: &FieldPath,
    ) -> Option<PrimaryUpdateMethod> {
        let alone = instances <= 1;
        if alone && given.primary_update_strategy == Some(PrimaryUpdateStrategy::Supervised) {
            let message = "must not be `supervised` with a single instance (CNPG refuses it)";
            let path = path.key("primaryUpdateStrategy");
            self.conflict(&path, "supervised", message);
        }
        if alone && given.primary_update_method == Some(PrimaryUpdateMethod::Switchover) {
            let message =
                "must not be `switchover` with a single instance: there is nothing to switch to";
            let path = path.key("primaryUpdateMethod");
            self.conflict(&path, "switchover", message);
        }
        given.primary_update_method
    }

    /// Zero would be read as the default, except where it means something
    /// (<https://github.com/cloudnative-pg/cloudnative-pg/blob/v1.30.0/api/v1/cluster_funcs.go>).
    fn delays(&mut self, given: &spec::Availability, path: &FieldPath) -> Delays {
        let delays = Delays {
            start: self.bounded(path, ("startDelay", given.start_delay, 1)),
            stop: self.bounded(path, ("stopDelay", given.stop_delay, 1)),
            smart_shutdown: self.bounded(
                path,
                ("smartShutdownTimeout", given.smart_shutdown_timeout, 0),
            ),
            switchover: self.bounded(path, ("switchoverDelay", given.switchover_delay, 1)),
            failover: self.bounded(path, ("failoverDelay", given.failover_delay, 0)),
        };
        let stop = delays.stop.unwrap_or(STOP_DELAY);
        let smart = delays.smart_shutdown.unwrap_or(SMART_SHUTDOWN);
        if smart >= stop {
            let (field, message) = if delays.smart_shutdown.is_some() {
                let message =
                    format!("must be less than `stopDelay`, {stop}: CNPG ignores it otherwise");
                ("smartShutdownTimeout", message)
            } else {
                let message = format!(
                    "must be more than `smartShutdownTimeout`, which is {smart} when it is not set: CNPG ignores that one otherwise"
                );
                ("stopDelay", message)
            };
            self.out.error(Code::Conflict, &path.key(field), message);
        }
        delays
    }

    /// Webhook: `validateSynchronizeLogicalDecoding`.
    fn logical_decoding(
        &mut self,
        spec: &Spec,
        given: &spec::Availability,
        operator: Option<(u32, u32)>,
        path: &FieldPath,
    ) -> Option<bool> {
        let path = path.key("synchronizeLogicalDecoding");
        let wanted = given.synchronize_logical_decoding?;
        if operator.is_some_and(|version| version < LOGICAL_DECODING) {
            let message = "must not be set for a CNPG older than 1.27, which does not know it (`spec.operator.version`)";
            self.out.error(Code::Conflict, &path, message);
        }
        let parameters = spec.postgres_parameters.iter().flatten();
        let extension = parameters
            .map(|(key, _)| key)
            .any(|key| key.starts_with("pg_failover_slots."));
        if !wanted || extension {
            return Some(wanted);
        }
        let version = spec.psql_version.as_deref().unwrap_or_default();
        let major = image::psql_version(version).map(|version| version.major);
        let message = match major {
            Ok(major) if major < SYNC_SLOTS => {
                "needs the extension `pg_failover_slots` before PostgreSQL 17: set one of its parameters in \
                 `spec.postgresParameters` (CNPG refuses it)"
            }
            Ok(_)
                if !["hot_standby_feedback", "sync_replication_slots"]
                    .iter()
                    .all(|name| is_on(parameter(spec, name))) =>
            {
                "needs `hot_standby_feedback: \"on\"` and `sync_replication_slots: \"on\"` in `spec.postgresParameters` (CNPG \
                 refuses it)"
            }
            _ => return Some(wanted),
        };
        self.out.error(Code::Conflict, &path, message);
        Some(wanted)
    }
}

/// A PostgreSQL parameter; PostgreSQL does not look at the case of names.
fn parameter<'a>(spec: &'a Spec, name: &str) -> Option<&'a str> {
    let mut parameters = spec.postgres_parameters.iter().flatten();
    let found = parameters.find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

fn is_on(value: Option<&str>) -> bool {
    let value = value.unwrap_or_default().to_ascii_lowercase();
    ["on", "true", "yes", "1"].contains(&value.as_str())
}
