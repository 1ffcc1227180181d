//! Poolers: they stand among the databases, on the way from users to the Cluster.

use super::{Builder, Column, EdgeKind, Kind, Node, NodeId};
use crate::spec::{Endpoint, PoolMode};
use crate::validate::{Pooler, Stack};

impl Builder {
    /// The users of the applications that connect through a pooler lead to it.
    pub(super) fn poolers(&mut self, stack: &Stack, cluster: NodeId) {
        for pooler in &stack.poolers {
            let to = self.add(node(pooler));
            self.connect(to, cluster, EdgeKind::Flow);
            let apps = stack.links.backend_db.iter();
            for app in apps.filter(|app| app.endpoint == pooler.endpoint) {
                if let Some(user) = self.user_of(app) {
                    self.connect(user, to, EdgeKind::Flow);
                }
            }
        }
    }
}

fn node(pooler: &Pooler) -> Node {
    let mode = match pooler.mode {
        PoolMode::Session => "session",
        PoolMode::Transaction => "transaction",
    };
    let behind = match pooler.endpoint {
        Endpoint::PoolerRo => "to the standbys",
        _ => "to the primary",
    };
    let instances = match pooler.instances {
        1 => "1 instance".to_owned(),
        many => format!("{many} instances"),
    };
    Node {
        kind: Kind::Pooler,
        column: Column::Databases,
        caption: "pooler",
        title: pooler.name.clone(),
        details: vec![
            format!("PgBouncer, {instances}"),
            format!("{mode} mode, {behind}"),
        ],
    }
}
