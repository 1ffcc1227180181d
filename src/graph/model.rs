//! What a picture shows: boxes in columns, and lines between them.
//!
//! A line always leads from one column to the one beside it, so that no writer has to find a way
//! around a box. Whatever would reach further has a box of its own on the way: a migration does.

use crate::validate::Stack;

mod backups;
mod databases;
mod migrations;
mod poolers;

/// Everything that is to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// A frame for each stack.
    pub frames: Vec<Frame>,
}

/// One stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its name.
    pub title: String,
    /// What holds for all of it.
    pub notes: Vec<String>,
    /// The boxes; in a column from top to bottom.
    pub nodes: Vec<Node>,
    /// The lines between them.
    pub edges: Vec<Edge>,
}

/// The place of a node in its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(usize);

impl NodeId {
    /// The index in [`Frame::nodes`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it stands for.
    pub kind: Kind,
    /// Where it stands.
    pub column: Column,
    /// What it is, in a word or two.
    pub caption: &'static str,
    /// Its name.
    pub title: String,
    /// More about it, a line each.
    pub details: Vec<String>,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An application.
    App,
    /// What a user may do in a database.
    User,
    /// A database.
    Database,
    /// PgBouncer in front of the Cluster.
    Pooler,
    /// The Cluster of the stack.
    Cluster,
    /// A Cluster that is brought up from a backup.
    Restore,
    /// A migration.
    Migration,
    /// A PostgreSQL that the stack does not make.
    Elsewhere,
    /// A bucket.
    Bucket,
    /// Volume snapshots.
    Snapshots,
    /// Prometheus.
    Prometheus,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::App,
        Self::User,
        Self::Database,
        Self::Pooler,
        Self::Cluster,
        Self::Restore,
        Self::Migration,
        Self::Elsewhere,
        Self::Bucket,
        Self::Snapshots,
        Self::Prometheus,
    ];

    /// The name of its class in what is written.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::User => "user",
            Self::Database => "database",
            Self::Pooler => "pooler",
            Self::Cluster => "cluster",
            Self::Restore => "restore",
            Self::Migration => "migration",
            Self::Elsewhere => "elsewhere",
            Self::Bucket => "bucket",
            Self::Snapshots => "snapshots",
            Self::Prometheus => "prometheus",
        }
    }
}

/// The columns, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Applications, and where migrations come from.
    Clients,
    /// Users, and migrations that come in.
    Users,
    /// Databases, and poolers.
    Databases,
    /// Clusters, and migrations that go out.
    Clusters,
    /// Buckets, snapshots and Prometheus, and where migrations go to.
    Around,
}

impl Column {
    /// Every column, in order.
    pub const ALL: [Self; 5] = [
        Self::Clients,
        Self::Users,
        Self::Databases,
        Self::Clusters,
        Self::Around,
    ];
}

/// A line from one box to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Where it starts.
    pub from: NodeId,
    /// Where it ends.
    pub to: NodeId,
    /// What it means.
    pub kind: EdgeKind,
}

/// What a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// The one is a part of the other.
    Part,
    /// Connections or data go this way.
    Flow,
    /// Data goes this way once somebody applies a document by hand.
    ByHand,
}

/// The picture of some stacks.
#[must_use]
pub fn picture(stacks: &[Stack]) -> Picture {
    Picture {
        frames: stacks.iter().map(frame).collect(),
    }
}

fn frame(stack: &Stack) -> Frame {
    let mut builder = Builder::default();
    let cluster = builder.cluster(stack);
    builder.databases(stack, cluster);
    builder.applications(stack);
    builder.poolers(stack, cluster);
    // Above the buckets: the lines from there to the restored Clusters lead down.
    builder.prometheus(stack, cluster);
    builder.backups(stack, cluster);
    builder.migrations(stack);
    Frame {
        title: stack.name.clone(),
        notes: notes(stack),
        nodes: builder.nodes,
        edges: builder.edges,
    }
}

/// What holds for the whole namespace.
fn notes(stack: &Stack) -> Vec<String> {
    use crate::validate::IstioMode;
    let mesh = stack.links.istio.as_ref().map(|mode| match mode {
        IstioMode::Injected => "Istio sidecars".to_owned(),
        IstioMode::Revision(revision) => format!("Istio sidecars, revision {revision}"),
        IstioMode::Ambient => "Istio ambient".to_owned(),
    });
    let policy = stack.links.network_policy;
    [Some(format!("namespace {}", stack.namespace)), mesh]
        .into_iter()
        .flatten()
        .chain(policy.then(|| "NetworkPolicy".to_owned()))
        .collect()
}

/// A frame that is being filled.
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl Builder {
    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// The box that says the same already, or a new one.
    fn once(&mut self, node: Node) -> NodeId {
        let found = self.nodes.iter().position(|other| *other == node);
        found.map_or_else(|| self.add(node), NodeId)
    }

    fn connect(&mut self, from: NodeId, to: NodeId, kind: EdgeKind) {
        let edge = Edge { from, to, kind };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }
}
