//! The alerts that somebody on call wants, each with what to do first.
//!
//! Metrics of CNPG's exporter: <https://cloudnative-pg.io/documentation/current/monitoring/>; of the Barman
//! Cloud plugin: <https://cloudnative-pg.io/plugin-barman-cloud/docs/observability/>; of volumes: the kubelet's.

use serde_json::{Value, json};

use crate::validate::{Pooler, Stack};

mod poolers;

/// An alert.
struct Alert {
    name: &'static str,
    severity: &'static str,
    /// How long the condition has to hold.
    lasts: &'static str,
    expression: String,
    summary: &'static str,
    /// The first thing to do about it.
    runbook: &'static str,
}

pub(super) fn alerts(stack: &Stack) -> Vec<Value> {
    let cluster = &stack.cluster;
    // Series carry the namespace and pod of their target; a restored cluster's pods have another name.
    let pods = format!(
        "namespace=\"{}\",pod=~\"{cluster}-[0-9]+\"",
        stack.namespace
    );
    let volumes = format!(
        "namespace=\"{}\",persistentvolumeclaim=~\"{cluster}-[0-9]+(-wal)?\"",
        stack.namespace
    );
    let mut alerts = availability(stack, &pods);
    alerts.extend(archive(&pods));
    alerts.extend(capacity(&pods, &volumes));
    let alerts = alerts.iter().map(|alert| document(stack, alert));
    let poolers = stack.poolers.iter();
    alerts
        .chain(poolers.flat_map(|pooler| of_pooler(stack, pooler)))
        .collect()
}

/// The name tells the alerts of two poolers apart: an expression that counts has no labels.
fn of_pooler(stack: &Stack, pooler: &Pooler) -> Vec<Value> {
    let name = json!({"labels": {"cnpg_pooler": pooler.name}});
    let alerts = poolers::alerts(stack, pooler);
    let named = alerts.iter().map(|alert| {
        let mut alert = document(stack, alert);
        json_patch::merge(&mut alert, &name);
        alert
    });
    named.collect()
}

fn document(stack: &Stack, alert: &Alert) -> Value {
    json!({
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.lasts,
        "labels": {"severity": alert.severity, "namespace": stack.namespace, "cnpg_cluster": stack.cluster},
        "annotations": {"summary": alert.summary, "runbook": alert.runbook},
    })
}

fn availability(stack: &Stack, pods: &str) -> Vec<Alert> {
    vec![
        Alert {
            name: "CnpgInstanceDown",
            severity: "critical",
            lasts: "5m",
            // An instance that is gone has no series, so those that are up are counted.
            expression: format!(
                "(count(cnpg_collector_up{{{pods}}} == 1) or vector(0)) < {}",
                stack.instances
            ),
            summary: "{{ $value }} instances are up, fewer than there should be",
            runbook: "Run `kubectl cnpg status` on the cluster, then look at the events and the previous logs of the pod that is \
                      missing or not ready; a full volume and a node that is gone are the usual reasons.",
        },
        Alert {
            name: "CnpgReplicationLag",
            severity: "warning",
            lasts: "5m",
            expression: format!("max by (pod) (cnpg_pg_replication_lag{{{pods}}}) > 300"),
            summary: "the standby {{ $labels.pod }} is {{ $value }} seconds behind",
            runbook: "Look for a long query on the standby (`pg_stat_activity`), for a saturated disk or network, and whether its WAL \
                      receiver is running (`pg_stat_wal_receiver`).",
        },
    ]
}

fn archive(pods: &str) -> Vec<Alert> {
    vec![
        Alert {
            name: "CnpgWalArchivingFailing",
            severity: "critical",
            lasts: "10m",
            expression: format!(
                "max by (pod) (cnpg_pg_stat_archiver_last_failed_time{{{pods}}} - \
                 cnpg_pg_stat_archiver_last_archived_time{{{pods}}}) > 1"
            ),
            summary: "{{ $labels.pod }} cannot archive its WAL, which piles up on its volume",
            runbook: "Read the logs of the primary's `plugin-barman-cloud` container: expired credentials, a missing bucket and a \
                      full bucket are the usual reasons. Until it works no point in time can be recovered, and the volume fills.",
        },
        Alert {
            name: "CnpgBackupTooOld",
            severity: "critical",
            lasts: "1h",
            // Zero, that is never, counts as too old. Without the plugin there is no such series.
            expression: format!(
                "time() - max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{{{pods}}}) > 172800"
            ),
            summary: "the newest base backup in the bucket is older than two days",
            runbook: "List the Backup objects and read the message of the newest failed one; take one by hand with \
                      manual-backup.yaml, and check that the ScheduledBackup is not suspended.",
        },
    ]
}

fn capacity(pods: &str, volumes: &str) -> Vec<Alert> {
    vec![
        Alert {
            name: "CnpgDiskFilling",
            severity: "warning",
            lasts: "15m",
            expression: free_below(volumes, "0.2"),
            summary: "less than a fifth of the volume {{ $labels.persistentvolumeclaim }} is free",
            runbook: "Raise `storageSize` (or `walStorageSize`) while there is time: volumes grow, if their StorageClass allows it. \
                      Then look for what grew: WAL that an inactive replication slot or a failing archive keeps, or tables.",
        },
        Alert {
            name: "CnpgDiskAlmostFull",
            severity: "critical",
            lasts: "5m",
            expression: free_below(volumes, "0.05"),
            summary: "less than a twentieth of the volume {{ $labels.persistentvolumeclaim }} is free",
            runbook: "Raise `storageSize` (or `walStorageSize`) now: PostgreSQL stops when the volume is full. Never delete files \
                      below `pg_wal`.",
        },
        Alert {
            name: "CnpgTransactionWraparound",
            severity: "critical",
            lasts: "10m",
            expression: format!(
                "max by (datname) (cnpg_pg_database_xid_age{{{pods}}}) > 1000000000"
            ),
            summary: "database {{ $labels.datname }} has not been frozen for {{ $value }} transactions",
            runbook: "Find what holds autovacuum back: an old transaction (`pg_stat_activity`), a prepared one \
                      (`pg_prepared_xacts`) or a replication slot (`pg_replication_slots`); end it, then run VACUUM (FREEZE).",
        },
        Alert {
            name: "CnpgConnectionsNearLimit",
            severity: "warning",
            lasts: "5m",
            expression: format!(
                "sum by (pod) (cnpg_backends_total{{{pods}}}) / on (pod) \
                 max by (pod) (cnpg_pg_settings_setting{{{pods},name=\"max_connections\"}}) > 0.8"
            ),
            summary: "{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its connections",
            runbook: "Count sessions by user and state in `pg_stat_activity`; idle ones are an application's pool that is too \
                      large. Raising `max_connections` restarts the instances.",
        },
    ]
}

fn free_below(volumes: &str, share: &str) -> String {
    format!(
        "kubelet_volume_stats_available_bytes{{{volumes}}} / kubelet_volume_stats_capacity_bytes{{{volumes}}} < {share}"
    )
}
