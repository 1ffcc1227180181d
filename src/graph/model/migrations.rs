//! Migrations: each has a box between its two ends, on the side where the other end is.

use super::{Builder, Column, EdgeKind, Kind, Node, NodeId};
use crate::spec::MigrationMode;
use crate::validate::{End, External, Migration, Stack};

/// The port that goes without saying.
const PORT: u16 = 5432;

impl Builder {
    pub(super) fn migrations(&mut self, stack: &Stack) {
        for migration in &stack.migrations {
            let comes_in = matches!(migration.source, End::External(_));
            // Between two servers elsewhere the destination stands among the databases.
            let (at, before, after) = if comes_in {
                (Column::Users, Column::Clients, Column::Databases)
            } else {
                (Column::Clusters, Column::Databases, Column::Around)
            };
            let source = self.end(&migration.source, before);
            let destination = self.end(&migration.destination, after);
            let step = self.add(step(migration, at));
            for (from, to) in [(source, Some(step)), (Some(step), destination)] {
                if let (Some(from), Some(to)) = (from, to) {
                    self.connect(from, to, EdgeKind::ByHand);
                }
            }
        }
    }

    fn end(&mut self, end: &End, column: Column) -> Option<NodeId> {
        match end {
            End::Own { database } => self.database(database),
            End::External(external) => Some(self.once(Node {
                kind: Kind::Elsewhere,
                column,
                caption: "PostgreSQL elsewhere",
                title: external.database.clone(),
                details: vec![address(external)],
            })),
        }
    }
}

fn step(migration: &Migration, column: Column) -> Node {
    let what = match migration.mode {
        MigrationMode::Schema => "structure",
        MigrationMode::Data => "rows",
        MigrationMode::Full => "structure and rows",
        MigrationMode::Etl => "rows of queries",
        MigrationMode::Replicate => "until the cut-over",
    };
    Node {
        kind: Kind::Migration,
        column,
        caption: "migration",
        title: migration.name.clone(),
        details: vec![format!("{}: {what}", migration.mode.as_str())],
    }
}

fn address(external: &External) -> String {
    let host = if external.host.contains(':') {
        format!("[{}]", external.host)
    } else {
        external.host.clone()
    };
    match external.port {
        PORT => host,
        port => format!("{host}:{port}"),
    }
}
