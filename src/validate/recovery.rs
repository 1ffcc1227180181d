//! Clusters that are brought up from a backup: `pitrClusters`, `recovery`, and the one of
//! `cluster-restore.yaml`.
//!
//! A recovery is always a new Cluster, and it needs an archive folder of its own that is empty: CNPG refuses
//! to start otherwise (<https://cloudnative-pg.io/documentation/current/recovery/>).
//!
//! A part that was refused is left at its default here: there is no stack after an error.

use std::collections::BTreeSet;

use super::check::recovery;
use super::check::{derive, image, name};
use super::{
    Checker, Image, ImageCatalog, MAX_CLUSTER_NAME, Origin, Point, Recovery, Target, cluster_of,
};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, PitrCluster, Spec};

/// What to do with `recovery.serverName` when the live Cluster gets another major version.
const UPGRADED: &str = "; for a Cluster that runs and is upgraded in place leave this field out, for CNPG reads it only once";

/// What the stack's clusters are brought up from.
pub(super) struct Recoveries {
    /// The archive folder of the live Cluster.
    pub(super) server: String,
    /// How the live Cluster comes up.
    pub(super) live: Option<Recovery>,
    /// The Cluster of `cluster-restore.yaml`.
    pub(super) restore: Recovery,
    /// The Clusters of `point-in-time-recovery.yaml`.
    pub(super) pitr_clusters: Vec<Recovery>,
}

/// What all recoveries of a stack have in common.
pub(super) struct Base<'a> {
    pub(super) spec: &'a Spec,
    cluster: String,
    image: &'a Image,
    catalog: Option<&'a ImageCatalog>,
    /// Whether there is an archive.
    linked: bool,
    /// The archive folder of the live Cluster.
    server: String,
}

impl Base<'_> {
    /// The archive folder of a major version that no recovery has moved.
    fn folder(&self, major: u32) -> String {
        format!("{}-pg{major}", self.cluster)
    }

    /// A Cluster beside the live one. Its archive folder changes with everything that the recovery is, or a
    /// second drill would find the folder of the first.
    fn beside(&self, name: &str, image: Image, origin: Origin, attempt: i64) -> Recovery {
        let cluster = derive::cut_name(&format!("{}-{name}", self.cluster), MAX_CLUSTER_NAME);
        let folder = derive::digest(&format!("{}\0{attempt}", words(&origin).join("\0")));
        Recovery {
            server: format!("{cluster}-{folder}"),
            cluster,
            image,
            origin,
        }
    }
}

impl Checker<'_> {
    pub(super) fn recoveries(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        image: &Image,
        catalog: Option<&ImageCatalog>,
    ) -> Recoveries {
        let mut base = Base {
            spec,
            cluster: cluster_of(spec),
            image,
            catalog,
            linked: !super::buckets::linked(spec).is_empty(),
            server: String::new(),
        };
        let folder = self.live_server(&base, &path.key("backup").key("serverName"));
        base.server = self.replica_folder(spec, path, folder);
        let live = self.live(&mut base, &path.key("recovery"));
        let attempt = spec.backup.as_ref().and_then(|b| b.restore_attempt);
        let attempt = self.attempt(&path.key("backup").key("restoreAttempt"), attempt);
        let restore = base.beside("restore", image.clone(), newest(&base), attempt);
        let given = spec.pitr_clusters.as_deref().unwrap_or_default();
        let mut names = BTreeSet::from([restore.cluster.clone()]);
        let path = path.key("pitrClusters");
        let mut pitr_clusters = Vec::new();
        for (index, given) in given.iter().enumerate() {
            let path = path.index(index);
            let cluster = self.pitr_cluster(&base, given, &path);
            if !names.insert(cluster.cluster.clone()) {
                let message = format!(
                    "must differ from the entries before it in `name`: the Cluster would be {} again",
                    cluster.cluster
                );
                self.out.error(Code::DuplicateEntry, &path, message);
            }
            pitr_clusters.push(cluster);
        }
        Recoveries {
            server: base.server,
            live,
            restore,
            pitr_clusters,
        }
    }

    /// The archive folder of the live Cluster, as long as no recovery has moved it.
    fn live_server(&mut self, base: &Base<'_>, path: &FieldPath) -> String {
        let major = base.image.major;
        let backup = base.spec.backup.as_ref();
        let Some(given) = backup.and_then(|backup| backup.server_name.as_ref()) else {
            return base.folder(major);
        };
        if !base.linked {
            let message = "must not be set without a linked bucket: it would have no effect";
            self.out.error(Code::Conflict, path, message);
            return given.clone();
        }
        let checked = recovery::server_name(given);
        self.accept(Code::InvalidValue, path, given, checked);
        match recovery::major_of(given) {
            Some(other) if other != major => {
                let message = format!(
                    "must not be a folder of PostgreSQL {other}: after a major upgrade the WAL starts anew, and would \
                     overwrite what is there; leave the field out for `{}`",
                    base.folder(major)
                );
                self.conflict(path, given, &message);
            }
            Some(_) => {}
            None => self.fixed_server(path, given, major),
        }
        given.clone()
    }

    /// Nobody could tell that a folder without a version in its name belongs to the major version before.
    fn fixed_server(&mut self, path: &FieldPath, given: &str, major: u32) {
        let message = format!(
            "holds the archive folder in place, whatever the major version is: leave the field out in the same change \
             that upgrades from PostgreSQL {major}, and take a base backup then"
        );
        let info = Diagnostic::at(Severity::Info, Code::FixedArchive, path, message);
        self.out.push(info.value(given));
    }

    /// The live Cluster, brought up from the archive of the one that is gone.
    fn live(&mut self, base: &mut Base<'_>, path: &FieldPath) -> Option<Recovery> {
        let given = base.spec.recovery.as_ref()?;
        if !base.linked {
            let message =
                "must not be set without a linked bucket: there is no archive to recover from";
            self.out.error(Code::Conflict, path, message);
            return None;
        }
        let generation = given.generation.unwrap_or(2);
        self.at_least(&path.key("generation"), generation, 2);
        let first = base.server.clone();
        let before = match generation {
            ..=2 => first.clone(),
            _ => format!("{first}-{}", generation - 1),
        };
        base.server = format!("{first}-{generation}");
        let name = (given.server_name.as_ref(), before);
        let server_path = path.key("serverName");
        let server = self.server(name, base.image.major, &server_path, UPGRADED);
        if server == base.server {
            let message = "must differ from the archive folder that the Cluster will write, which CNPG wants to be empty; \
                           set `generation` to a number that was not used yet";
            self.conflict(&server_path, &server, message);
        } else {
            self.recovered(path, &server, &base.server);
        }
        let target = self.target(base, &given.target, path);
        Some(Recovery {
            cluster: base.cluster.clone(),
            image: base.image.clone(),
            server: base.server.clone(),
            origin: Origin::Archive { server, target },
        })
    }

    /// Who forgets the field, or sets it for a Cluster that lives, has WAL without a base backup.
    fn recovered(&mut self, path: &FieldPath, from: &str, to: &str) {
        let message = format!(
            "makes a new Cluster from the archive folder {from}, which writes the folder {to}: keep this field as long \
             as that Cluster lives, and do not set it for one that is running, whose WAL would go to the new folder \
             without a base backup"
        );
        let info = Diagnostic::at(Severity::Info, Code::RecoveredCluster, path, message);
        self.out.push(info);
    }

    fn pitr_cluster(&mut self, base: &Base<'_>, given: &PitrCluster, path: &FieldPath) -> Recovery {
        let name = self.pitr_name(given, path);
        let attempt = self.attempt(&path.key("attempt"), given.attempt);
        let image = self.pitr_image(base, given, path);
        let major = image.major;
        let origin = if base.linked {
            let default = if major == base.image.major {
                base.server.clone()
            } else {
                base.folder(major)
            };
            let name = (given.server_name.as_ref(), default);
            Origin::Archive {
                server: self.server(name, major, &path.key("serverName"), ""),
                target: self.target(base, &given.target, path),
            }
        } else {
            self.snapshot(given, path)
        };
        let recovery = base.beside(&name, image, origin, attempt);
        if matches!(&recovery.origin, Origin::Archive { server, .. } if *server == recovery.server)
        {
            let message = "must not be the archive folder that the new Cluster will write; set `attempt` to another number";
            self.conflict(&path.key("serverName"), &recovery.server, message);
        }
        recovery
    }

    /// Without an archive there is nothing but the snapshots of one Backup.
    fn snapshot(&mut self, given: &PitrCluster, path: &FieldPath) -> Origin {
        let target = &given.target;
        let fields = [
            ("snapshot", target.snapshot.is_some()),
            ("serverName", given.server_name.is_some()),
            ("attempt", given.attempt.is_some()),
            ("targetTime", target.target_time.is_some()),
            ("targetLSN", target.target_lsn.is_some()),
            ("targetName", target.target_name.is_some()),
            ("targetXID", target.target_xid.is_some()),
            ("targetTLI", target.target_tli.is_some()),
            ("exclusive", target.exclusive.is_some()),
            ("latest", target.latest.is_some()),
        ];
        let message = "must not be set without a linked bucket: volume snapshots come without WAL, and CNPG would ignore \
                           it in silence";
        self.idle(path, &fields, message);
        let path = path.key("backupId");
        let Some(text) = &target.backup_id else {
            if !self.out.covers(&path) {
                let message = "must be set without a linked bucket: the name of a Backup with volume snapshots";
                self.out.error(Code::MissingField, &path, message);
            }
            return Origin::Snapshot(String::new());
        };
        if recovery::is_barman_id(text) {
            let message = "must be the name of a Backup object without a linked bucket: only a bucket has Barman IDs";
            self.conflict(&path, text, message);
        }
        let _ = self.accept(Code::InvalidName, &path, text, recovery::backup_ref(text));
        Origin::Snapshot(text.clone())
    }

    fn pitr_name(&mut self, given: &PitrCluster, path: &FieldPath) -> String {
        let Some(given_name) = &given.name else {
            return default_name(&given.target);
        };
        let path = path.key("name");
        let checked = name::dns1123_label(given_name).map(name::DnsLabel::into_string);
        self.accept(Code::InvalidName, &path, given_name, checked)
            .unwrap_or_default()
    }

    /// The stack's own image, unless the file asks for another version.
    fn pitr_image(&mut self, base: &Base<'_>, given: &PitrCluster, path: &FieldPath) -> Image {
        let same = given.psql_version.is_none() || given.psql_version == base.spec.psql_version;
        let path = path.key("psqlVersion");
        let version = self.optional(
            Code::InvalidImage,
            &path,
            given.psql_version.as_ref(),
            image::psql_version,
        );
        version
            .filter(|_| !same)
            .and_then(|version| self.other_image(base.spec, base.catalog, &version, &path))
            .unwrap_or_else(|| base.image.clone())
    }

    /// The archive folder to read. PostgreSQL cannot start from files of another major version.
    pub(super) fn server(
        &mut self,
        (given, default): (Option<&String>, String),
        major: u32,
        path: &FieldPath,
        hint: &str,
    ) -> String {
        let Some(given) = given else { return default };
        let checked = recovery::server_name(given);
        self.accept(Code::InvalidValue, path, given, checked);
        match recovery::major_of(given) {
            Some(other) if other != major => {
                let message = format!(
                    "must be a folder of PostgreSQL {major}, like the image: files of another major version cannot be recovered{hint}"
                );
                self.conflict(path, given, &message);
            }
            _ => {}
        }
        given.clone()
    }

    pub(super) fn attempt(&mut self, path: &FieldPath, given: Option<i64>) -> i64 {
        let attempt = given.unwrap_or(1);
        self.at_least(path, attempt, 1);
        attempt
    }

    pub(super) fn at_least(&mut self, path: &FieldPath, number: i64, least: i64) {
        if !(least..=9999).contains(&number) {
            let message = format!("must be from {least} to 9999");
            let error = Diagnostic::at(Severity::Error, Code::InvalidValue, path, message);
            self.out.push(error.value(number));
        }
    }
}

/// What `cluster-restore.yaml` restores: everything there is, or the snapshots of the manual Backup.
fn newest(base: &Base<'_>) -> Origin {
    if !base.linked {
        let namespace = base.spec.namespace.as_deref().unwrap_or_default();
        return Origin::Snapshot(super::manual_backup(namespace));
    }
    Origin::Archive {
        server: base.server.clone(),
        target: Target {
            backup_id: None,
            snapshot: None,
            timeline: None,
            point: Point::Latest,
            exclusive: false,
        },
    }
}

/// Everything that a recovery is, for a hash.
fn words(origin: &Origin) -> Vec<&str> {
    let (server, target) = match origin {
        Origin::Snapshot(backup) => return vec!["snapshot", backup],
        Origin::Archive { server, target } => (server, target),
    };
    let point = match &target.point {
        Point::Latest => ["latest", ""],
        Point::Immediate => ["immediate", ""],
        Point::Time(value) => ["time", value],
        Point::Lsn(value) => ["lsn", value],
        Point::Name(value) => ["name", value],
        Point::Xid(value) => ["xid", value],
    };
    let [kind, value] = point;
    let side = if target.exclusive { "before" } else { "after" };
    let backup = target.backup_id.as_deref().unwrap_or_default();
    let timeline = target.timeline.as_deref().unwrap_or_default();
    let mut words = vec![server, backup, timeline, kind, value, side];
    words.extend(target.snapshot.as_deref());
    words
}

/// A name that says what is recovered.
fn default_name(target: &spec::Target) -> String {
    if let Some(name) = &target.target_name {
        return derive::object_name("name", name, MAX_CLUSTER_NAME);
    }
    let parts = [
        ("", &target.target_time),
        ("lsn-", &target.target_lsn),
        ("xid-", &target.target_xid),
        ("backup-", &target.backup_id),
        ("snapshot-", &target.snapshot),
    ];
    let found = parts
        .iter()
        .find_map(|(prefix, value)| Some((prefix, value.as_ref()?)));
    let Some((prefix, value)) = found else {
        return "latest".to_owned();
    };
    let lower = value.to_ascii_lowercase();
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    format!("{prefix}{}", words.collect::<Vec<_>>().join("-"))
}
