//! Alerts about a pooler.
//!
//! The metrics are those of CNPG's exporter in the pooler
//! (<https://cloudnative-pg.io/documentation/current/connection_pooling/#monitoring>). It counts in
//! `cnpg_pgbouncer_up` whether it reaches PgBouncer, but does not export it (`Collect` in
//! `pkg/management/pgbouncer/metricsserver/pgbouncer_collector.go`, v1.30.0): the last collection tells the same.

use super::Alert;
use crate::validate::{Pooler, Stack};

pub(super) fn alerts(stack: &Stack, pooler: &Pooler) -> Vec<Alert> {
    let pods = format!(
        "namespace=\"{}\",pod=~\"{}-.+\"",
        stack.namespace, pooler.name
    );
    vec![
        Alert {
            name: "CnpgPoolerDown",
            severity: "critical",
            lasts: "5m",
            // A pod that is gone has no series, so those that answer are counted.
            expression: format!(
                "(count(cnpg_pgbouncer_last_collection_error{{{pods}}} == 0) or vector(0)) < {}",
                pooler.instances
            ),
            summary: "{{ $value }} pods of a pooler answer, fewer than there should be",
            runbook: "Run `kubectl get pooler,pods -l cnpg.io/podRole=pooler`, then look at the events and logs of the pod that is \
                      missing or not ready; a parameter that PgBouncer cannot read and a node that is gone are the usual reasons.",
        },
        Alert {
            name: "CnpgPoolerClientsWaiting",
            severity: "warning",
            lasts: "5m",
            expression: format!(
                "max by (pod, database, user) (cnpg_pgbouncer_pools_maxwait{{{pods}}}) > 5"
            ),
            summary: "clients of {{ $labels.user }} wait for a connection to {{ $labels.database }} on {{ $labels.pod }} for \
                      {{ $value }} seconds",
            runbook: "Look for long transactions and for sessions idle in transaction in `pg_stat_activity`. If the server has room, \
                      raise `default_pool_size`; it counts per pod, database and user, and all together must fit into \
                      `max_connections`.",
        },
        Alert {
            name: "CnpgPoolerClientsNearLimit",
            severity: "warning",
            lasts: "5m",
            expression: format!(
                "max by (pod) (cnpg_pgbouncer_lists_used_clients{{{pods}}}) / {} > 0.8",
                pooler.max_clients()
            ),
            summary: "{{ $labels.pod }} has {{ $value | humanizePercentage }} of the clients that it takes",
            runbook: "Raise `max_client_conn`, which costs little memory, or `instances` of the pooler. Clients beyond the limit are \
                      refused with \"no more connections allowed\".",
        },
    ]
}
