//! What each `spec.profile` fills in, and what it asks for: one table, which the validation works by and `explain`
//! prints.
//!
//! A setting fills in a field as a whole where the user left it out, and looks into no object that the user gave. What
//! cannot be known is not guessed: it is asked for, with a warning.

use std::borrow::Cow;

use super::Checker;
use super::availability::FAILOVER_QUORUM;
use super::buckets::linked;
use super::check::image;
use super::instance::INSTANCES;
use super::options::operator_of;
use super::placement::HOSTNAME;
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{
    AntiAffinity, AntiAffinityType, Availability, Backup, DataDurability, Profile,
    ReplicaBootstrap, Spec, Synchronous, SynchronousMethod, TopologySpread, WhenUnsatisfiable,
};

/// A field that a profile fills in.
pub struct Setting {
    /// The profile.
    pub profile: Profile,
    /// The field, below `spec`.
    pub field: &'static str,
    /// The value, as it would stand in the file.
    pub value: &'static str,
    /// When, beside the field being left out; empty for always.
    pub when: &'static str,
    /// Why.
    pub why: &'static str,
    /// Whether the condition holds.
    holds: fn(&Spec) -> bool,
    /// Fills the field in; false when the user has set it.
    fill: fn(&mut Spec) -> bool,
}

/// Something that a profile asks for, with a warning while it is not there.
pub struct Demand {
    /// The profile.
    pub profile: Profile,
    /// The field, below `spec`.
    pub field: &'static str,
    /// What the warning says about the field.
    pub message: &'static str,
    /// Whether it is missing: what the user gave, and the same with what the profile filled in.
    missing: fn(&Spec, &Spec) -> bool,
}

/// What the profiles fill in, in the order in which they do: conditions see what was filled in before.
pub const SETTINGS: &[Setting] = &[
    Setting {
        profile: Profile::Development,
        field: "instances",
        value: "1",
        when: "",
        why: "a standby costs as much as the primary; what is lost can be made again",
        holds: |_| true,
        fill: |spec| fill(&mut spec.instances, 1),
    },
    Setting {
        profile: Profile::Development,
        field: "availability.podDisruptionBudget",
        value: "false",
        when: "",
        why: "no node drain waits; with the budget that CNPG makes for a single instance it would wait for ever",
        holds: |_| true,
        fill: |spec| fill(&mut availability(spec).pod_disruption_budget, false),
    },
    Setting {
        profile: Profile::Development,
        field: "backup.apply",
        value: "false",
        when: "a bucket is linked",
        why: "no base backups on a schedule; WAL alone restores nothing, so take one by hand before anything that matters",
        holds: |spec| !linked(spec).is_empty(),
        fill: |spec| fill(&mut backup(spec).apply, false),
    },
    Setting {
        profile: Profile::Production,
        field: "instances",
        value: "3",
        when: "",
        why: "the loss of one leaves a primary and a standby that can confirm",
        holds: |_| true,
        fill: |spec| fill(&mut spec.instances, INSTANCES),
    },
    Setting {
        profile: Profile::Production,
        field: "availability.antiAffinity",
        value: "{type: required, topologyKey: kubernetes.io/hostname}",
        when: "there are two instances or more",
        why: "two instances on one node are lost together; an instance without a node of its own stays pending, which shows",
        holds: |spec| count(spec) >= 2,
        fill: |spec| {
            let apart = AntiAffinity {
                kind: Some(AntiAffinityType::Required),
                topology_key: Some(HOSTNAME.to_owned()),
                enabled: None,
            };
            fill(&mut availability(spec).anti_affinity, apart)
        },
    },
    Setting {
        profile: Profile::Production,
        field: "availability.topologySpread",
        value: "[{topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway}]",
        when: "there are two instances or more",
        why: "one instance in each zone where there are zones; without them nothing stays pending",
        holds: |spec| count(spec) >= 2,
        fill: |spec| fill(&mut availability(spec).topology_spread, vec![zones()]),
    },
    Setting {
        profile: Profile::Production,
        field: "availability.synchronous",
        value: "{method: any, number: 1, dataDurability: required, failoverQuorum: true}",
        when: "there are three instances or more, and CNPG is 1.28 or newer",
        why: "a COMMIT that was confirmed is on two nodes, and no standby that may lack one is promoted; writing goes on while \
              one standby is there",
        holds: |spec| count(spec) >= 3 && knows_quorum(spec),
        fill: |spec| fill(&mut availability(spec).synchronous, any_one(Some(true))),
    },
    Setting {
        profile: Profile::Production,
        field: "availability.synchronous",
        value: "{method: any, number: 1, dataDurability: required}",
        when: "there are three instances or more, and CNPG is older than 1.28",
        why: "a COMMIT that was confirmed is on two nodes; writing goes on while one standby is there",
        holds: |spec| count(spec) >= 3 && !knows_quorum(spec),
        fill: |spec| fill(&mut availability(spec).synchronous, any_one(None)),
    },
    Setting {
        profile: Profile::Production,
        field: "availability.podDisruptionBudget",
        value: "true",
        when: "there are two instances or more",
        why: "a node drain waits until the primary has moved, and takes one standby at a time",
        holds: |spec| count(spec) >= 2,
        fill: |spec| fill(&mut availability(spec).pod_disruption_budget, true),
    },
    Setting {
        profile: Profile::Production,
        field: "availability.podDisruptionBudget",
        value: "false",
        when: "there is a single instance",
        why: "CNPG's budget for a single instance allows no eviction: a node drain would wait for ever",
        holds: |spec| count(spec) < 2,
        fill: |spec| fill(&mut availability(spec).pod_disruption_budget, false),
    },
    Setting {
        profile: Profile::Production,
        field: "networkPolicy",
        value: "true",
        when: "",
        why: "only the operator, the instances, the Jobs of the stack and what is linked reach PostgreSQL",
        holds: |_| true,
        fill: |spec| fill(&mut spec.network_policy, true),
    },
    Setting {
        profile: Profile::Production,
        field: "backup.apply",
        value: "true",
        when: "a bucket is linked",
        why: "WAL in a bucket without a base backup restores nothing",
        holds: |spec| !linked(spec).is_empty(),
        fill: |spec| fill(&mut backup(spec).apply, true),
    },
];

/// What the profiles ask for.
pub const DEMANDS: &[Demand] = &[
    Demand {
        profile: Profile::Production,
        field: "instances",
        message: "is less than 3: one instance does not survive the loss of its node, and of two the second cannot be waited \
                  for without stopping when one is lost, so no synchronous replication is filled in",
        missing: |_, spec| count(spec) < 3,
    },
    Demand {
        profile: Profile::Production,
        field: "psqlVersion",
        message: "names no minor version: such a tag moves, and a Pod that starts on another node may run another PostgreSQL. \
                  Write the whole version, such as `17.5`",
        missing: |_, spec| rolls(spec),
    },
    Demand {
        profile: Profile::Production,
        field: "memRequest",
        message: "or one of `memLimit`, `cpuRequest` and `cpuLimit` is not set: without all four an instance is among the \
                  first to be evicted or throttled when its node is full",
        missing: |_, spec| {
            [
                &spec.mem_request,
                &spec.mem_limit,
                &spec.cpu_request,
                &spec.cpu_limit,
            ]
            .iter()
            .any(|amount| amount.is_none())
        },
    },
    Demand {
        profile: Profile::Production,
        field: "walStorageSize",
        message: "is not set: WAL that is not archived in time fills the volume of the data, and PostgreSQL stops. A volume of \
                  its own can be added later, never removed",
        missing: |_, spec| spec.wal_storage_size.is_none(),
    },
    Demand {
        profile: Profile::Production,
        field: "links",
        message: "has no bucket: there is no archive of WAL, so nothing can be restored but an offline snapshot as it was. \
                  Set `cnpgBucket` or `cnpgSwbucket`",
        missing: |_, spec| linked(spec).is_empty(),
    },
    Demand {
        profile: Profile::Production,
        field: "backup.retention",
        message: "is not set: backups and WAL are kept for ever, until the bucket is full. A profile deletes no backups, so \
                  say how long, such as `30d`",
        missing: |_, spec| {
            let retention = spec
                .backup
                .as_ref()
                .and_then(|backup| backup.retention.as_ref());
            !linked(spec).is_empty() && retention.is_none()
        },
    },
    Demand {
        profile: Profile::Production,
        field: "links.backendDb",
        message: "has no application, and the profile switches `networkPolicy` on, which lets nobody else in: list the \
                  applications, or set `networkPolicy` yourself",
        missing: |given, spec| {
            let links = spec.links.as_ref();
            let apps = links.and_then(|links| links.backend_db.as_ref());
            given.network_policy.is_none() && apps.is_none_or(Vec::is_empty)
        },
    },
    Demand {
        profile: Profile::Production,
        field: "initdbOptions",
        message: "is not set, and nothing of it can be changed later: CNPG makes a new Cluster with the locale C and, before \
                  PostgreSQL 18, without data checksums. Say what you want, if only `{dataChecksums: true}`",
        missing: |_, spec| {
            let from_peer = spec.replica.as_ref().and_then(|replica| replica.bootstrap);
            spec.initdb_options.is_none()
                && spec.recovery.is_none()
                && from_peer != Some(ReplicaBootstrap::Recovery)
        },
    },
];

impl Checker<'_> {
    /// The specification with what its profile fills in, and an `info` that says so.
    pub(super) fn profile<'s>(&mut self, given: &'s Spec, path: &FieldPath) -> Cow<'s, Spec> {
        let Some(profile) = given.profile else {
            return Cow::Borrowed(given);
        };
        let mut spec = given.clone();
        let settings = SETTINGS.iter().filter(|row| row.profile == profile);
        let filled: Vec<String> = settings
            .filter(|row| (row.holds)(&spec) && (row.fill)(&mut spec))
            .map(|row| format!("`{}`", row.field))
            .collect();
        if !filled.is_empty() {
            let message = format!(
                "fills in {}; `cnpg-stack explain profile {}` has the values",
                filled.join(", "),
                profile.as_str()
            );
            let path = path.key("profile");
            let info = Diagnostic::at(Severity::Info, Code::ProfileApplied, &path, message);
            self.out.push(info.value(profile.as_str()));
        }
        let demands = DEMANDS.iter().filter(|row| row.profile == profile);
        for row in demands.filter(|row| (row.missing)(given, &spec)) {
            let path = row
                .field
                .split('.')
                .fold(path.clone(), |path, key| path.key(key));
            self.out.warn(Code::ProfileGap, &path, row.message);
        }
        Cow::Owned(spec)
    }
}

/// Sets a field that is not set.
fn fill<T>(field: &mut Option<T>, value: T) -> bool {
    let empty = field.is_none();
    field.get_or_insert(value);
    empty
}

fn availability(spec: &mut Spec) -> &mut Availability {
    spec.availability.get_or_insert_default()
}

fn backup(spec: &mut Spec) -> &mut Backup {
    spec.backup.get_or_insert_default()
}

fn count(spec: &Spec) -> i64 {
    spec.instances.unwrap_or(INSTANCES)
}

/// An operator without a version in the file is the newest.
fn knows_quorum(spec: &Spec) -> bool {
    operator_of(spec).is_none_or(|version| version >= FAILOVER_QUORUM)
}

fn any_one(failover_quorum: Option<bool>) -> Synchronous {
    Synchronous {
        method: Some(SynchronousMethod::Any),
        number: Some(1),
        data_durability: Some(DataDurability::Required),
        failover_quorum,
        ..Synchronous::default()
    }
}

fn zones() -> TopologySpread {
    TopologySpread {
        topology_key: Some("topology.kubernetes.io/zone".to_owned()),
        max_skew: Some(1),
        when_unsatisfiable: Some(WhenUnsatisfiable::ScheduleAnyway),
        ..TopologySpread::default()
    }
}

/// Whether the image is one of a tag that moves from minor to minor.
fn rolls(spec: &Spec) -> bool {
    let version = match (&spec.image_name, &spec.psql_version) {
        // A digest does not move.
        (Some(name), _) if name.contains('@') => return false,
        (Some(name), _) => image::operand_image(name).map(|image| image.version),
        (None, Some(version)) => image::psql_version(version),
        (None, None) => return false,
    };
    version.is_ok_and(|version| version.minor.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krm::yaml;

    /// A specification with one field, as a user would write it.
    fn written(field: &str, value: &str) -> Spec {
        let nested = field
            .rsplit('.')
            .fold(value.to_owned(), |value, key| format!("{{{key}: {value}}}"));
        let value = yaml::parse(&nested).expect("the value is YAML");
        serde_json::from_value(value).expect("the field is one of the API")
    }

    #[test]
    fn the_value_of_a_row_is_what_it_fills_in() {
        for row in SETTINGS {
            let mut spec = Spec::default();
            assert!((row.fill)(&mut spec), "{}", row.field);
            let shown = written(row.field, row.value);
            assert_eq!(format!("{spec:?}"), format!("{shown:?}"), "{}", row.field);
        }
    }

    #[test]
    fn what_is_set_stays() {
        for row in SETTINGS {
            let mut spec = written(row.field, row.value);
            let before = format!("{spec:?}");
            assert!(!(row.fill)(&mut spec), "{}", row.field);
            assert_eq!(format!("{spec:?}"), before, "{}", row.field);
        }
    }

    #[test]
    fn a_field_is_filled_in_once() {
        for instances in 1..=5 {
            for version in ["1.26", "1.30"] {
                let mut spec = written("operator.version", &format!("\"{version}\""));
                spec.instances = Some(instances);
                for profile in Profile::ALL {
                    let rows = SETTINGS.iter().filter(|row| row.profile == profile);
                    let mut fields: Vec<&str> = rows
                        .filter(|row| (row.holds)(&spec))
                        .map(|row| row.field)
                        .collect();
                    let all = fields.len();
                    fields.sort_unstable();
                    fields.dedup();
                    assert_eq!(fields.len(), all, "{instances} instances, {version}");
                }
            }
        }
    }
}
