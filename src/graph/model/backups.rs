//! Where backups go, what is brought up from them, and Prometheus.

use super::databases;
use super::{Builder, Column, EdgeKind, Kind, Node, NodeId};
use crate::spec::BucketLink;
use crate::validate::{Bucket, Origin, Point, Provider, Recovery, Stack, Target};

impl Builder {
    /// Buckets, or volume snapshots without one, and the Clusters that come from there.
    pub(super) fn backups(&mut self, stack: &Stack, cluster: NodeId) {
        // The archive comes last, so that the lines from it to the restored Clusters meet no other.
        let mut archive = None;
        for (index, bucket) in stack.links.buckets.iter().enumerate().rev() {
            let is_archive = index == 0;
            let id = self.add(bucket_node(stack, bucket, is_archive));
            let kind = if is_archive {
                EdgeKind::Flow
            } else {
                EdgeKind::ByHand
            };
            self.connect(cluster, id, kind);
            archive = Some(id);
        }
        let origin = archive.unwrap_or_else(|| self.snapshots(stack, cluster));
        if let Some(recovery) = &stack.recovery {
            self.connect(origin, cluster, EdgeKind::Flow);
            let line = format!("recovered: {}", what(&recovery.origin));
            if let Some(node) = self.nodes.get_mut(cluster.index()) {
                node.details.push(line);
            }
        }
        self.restored(stack, "restore", &stack.restore, origin);
        for recovery in &stack.pitr_clusters {
            self.restored(stack, "point in time", recovery, origin);
        }
    }

    fn snapshots(&mut self, stack: &Stack, cluster: NodeId) -> NodeId {
        let backup = &stack.backup;
        let class = backup.snapshot_class.as_ref();
        let class = class.map(|class| format!("class {class}"));
        let when = if backup.apply {
            format!("schedule {}", backup.schedule)
        } else {
            "taken by hand".to_owned()
        };
        let id = self.add(Node {
            kind: Kind::Snapshots,
            column: Column::Around,
            caption: "backups",
            title: "volume snapshots".to_owned(),
            details: class.into_iter().chain([when]).collect(),
        });
        let kind = if backup.apply {
            EdgeKind::Flow
        } else {
            EdgeKind::ByHand
        };
        self.connect(cluster, id, kind);
        id
    }

    /// A Cluster beside the live one, applied by hand.
    fn restored(
        &mut self,
        stack: &Stack,
        caption: &'static str,
        recovery: &Recovery,
        origin: NodeId,
    ) {
        let other = recovery.image != stack.image;
        let version = other.then(|| format!("PostgreSQL {}", databases::version(&recovery.image)));
        let id = self.add(Node {
            kind: Kind::Restore,
            column: Column::Clusters,
            caption,
            title: recovery.cluster.clone(),
            details: [what(&recovery.origin)]
                .into_iter()
                .chain(version)
                .collect(),
        });
        self.connect(origin, id, EdgeKind::ByHand);
    }

    pub(super) fn prometheus(&mut self, stack: &Stack, cluster: NodeId) {
        let Some(link) = &stack.links.prometheus else {
            return;
        };
        let interval = link.interval.as_ref();
        let lines = [
            link.namespace.as_ref().map(|name| format!("in {name}")),
            interval.map(|interval| format!("metrics every {interval}")),
            link.rules.then(|| "alerts".to_owned()),
        ];
        let id = self.add(Node {
            kind: Kind::Prometheus,
            column: Column::Around,
            caption: "monitoring",
            title: "Prometheus".to_owned(),
            details: lines.into_iter().flatten().collect(),
        });
        self.connect(cluster, id, EdgeKind::Flow);
    }
}

fn bucket_node(stack: &Stack, bucket: &Bucket, archive: bool) -> Node {
    let mut details = vec![format!("folder {}", bucket.path), bucket.host()];
    if archive {
        let backup = &stack.backup;
        details.push("WAL".to_owned());
        details.push(if backup.apply {
            format!("base backups: {}", backup.schedule)
        } else {
            "base backups by hand".to_owned()
        });
        let kept = backup.retention.as_ref();
        details.extend(kept.map(|retention| format!("kept for {retention}")));
    }
    details.extend(exports(stack, bucket));
    Node {
        kind: Kind::Bucket,
        column: Column::Around,
        caption: caption(bucket, archive),
        title: bucket.bucket.clone(),
        details,
    }
}

/// What the export Jobs, which are applied by hand, bring there.
fn exports(stack: &Stack, bucket: &Bucket) -> Option<String> {
    let count = bucket.databases.len();
    match bucket.databases.as_slice() {
        [] => None,
        [only] => Some(format!("exports by hand: {only}")),
        _ if count == stack.databases.len() => Some("exports by hand: all databases".to_owned()),
        _ => Some(format!("exports by hand: {count} databases")),
    }
}

/// What a bucket is for, and the make of its store.
fn caption(bucket: &Bucket, archive: bool) -> &'static str {
    match (&bucket.provider, &bucket.endpoint, bucket.link) {
        (Provider::Google(_), ..) if archive => "archive, Google Cloud",
        (Provider::Google(_), ..) => "exports, Google Cloud",
        (Provider::Azure { .. }, ..) if archive => "archive, Azure",
        (Provider::Azure { .. }, ..) => "exports, Azure",
        (_, None, _) if archive => "archive, AWS",
        (_, None, _) => "exports, AWS",
        (_, _, BucketLink::CnpgBucket) if archive => "archive, MinIO",
        (_, _, BucketLink::CnpgBucket) => "exports, MinIO",
        (_, _, BucketLink::CnpgSwbucket) if archive => "archive, SeaweedFS",
        (_, _, BucketLink::CnpgSwbucket) => "exports, SeaweedFS",
    }
}

/// What a Cluster is brought up from.
fn what(origin: &Origin) -> String {
    match origin {
        Origin::Snapshot(backup) => format!("Backup {backup}"),
        Origin::Archive { target, .. } => point(target),
    }
}

fn point(target: &Target) -> String {
    let until = if target.exclusive { "before" } else { "up to" };
    let backup = target.backup_id.as_ref();
    match &target.point {
        Point::Latest => "everything in the archive".to_owned(),
        Point::Immediate => backup.map_or_else(
            || "a base backup".to_owned(),
            |backup| format!("base backup {backup}"),
        ),
        Point::Time(time) => format!("{until} {time}"),
        Point::Lsn(position) => format!("{until} WAL position {position}"),
        Point::Name(name) => format!("{until} restore point {name}"),
        Point::Xid(transaction) => format!("{until} transaction {transaction}"),
    }
}
