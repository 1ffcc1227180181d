//! The Cluster, its databases, who may do what in them, and who does.

use std::collections::BTreeMap;

use super::{Builder, Column, EdgeKind, Kind, Node, NodeId};
use crate::validate::{BackendDb, Image, Stack};

impl Builder {
    pub(super) fn cluster(&mut self, stack: &Stack) -> NodeId {
        let storage = &stack.storage;
        let class = storage.class.as_ref();
        let volumes = [
            Some(format!("storage {}", storage.size)),
            storage.wal_size.as_ref().map(|size| format!("WAL {size}")),
            class.map(|class| format!("class {class}")),
        ];
        let volumes: Vec<String> = volumes.into_iter().flatten().collect();
        let instances = match stack.instances {
            1 => "1 instance".to_owned(),
            many => format!("{many} instances"),
        };
        self.add(Node {
            kind: Kind::Cluster,
            column: Column::Clusters,
            caption: "Cluster",
            title: stack.cluster.clone(),
            details: vec![
                format!("PostgreSQL {}", version(&stack.image)),
                instances,
                volumes.join(", "),
                format!("superuser {}", stack.admin.name),
            ],
        })
    }

    /// The databases and the users in them. An owner role cannot log in and has no box.
    pub(super) fn databases(&mut self, stack: &Stack, cluster: NodeId) {
        for database in &stack.databases {
            let to = self.add(Node {
                kind: Kind::Database,
                column: Column::Databases,
                caption: "database",
                title: database.name.clone(),
                details: Vec::new(),
            });
            self.connect(to, cluster, EdgeKind::Part);
            let grants = stack.grants.iter();
            let grants = grants.filter(|grant| grant.database == database.name && !grant.absent);
            for grant in grants {
                let permissions: Vec<&str> = grant
                    .permissions
                    .iter()
                    .map(|permission| permission.as_str())
                    .collect();
                let nothing = permissions.is_empty();
                let user = self.add(Node {
                    kind: Kind::User,
                    column: Column::Users,
                    caption: "user",
                    title: grant.user.clone(),
                    details: vec![if nothing {
                        "no permissions".to_owned()
                    } else {
                        permissions.join(", ")
                    }],
                });
                self.connect(user, to, EdgeKind::Flow);
            }
        }
    }

    /// An application has one box, however many databases it uses.
    pub(super) fn applications(&mut self, stack: &Stack) {
        let mut apps: BTreeMap<(&str, &str), NodeId> = BTreeMap::new();
        for link in &stack.links.backend_db {
            let elsewhere = link.namespace != stack.namespace;
            let key = (link.namespace.as_str(), link.app.as_str());
            let app = *apps.entry(key).or_insert_with(|| {
                self.add(Node {
                    kind: Kind::App,
                    column: Column::Clients,
                    caption: "application",
                    title: link.app.clone(),
                    details: elsewhere
                        .then(|| format!("in {}", link.namespace))
                        .into_iter()
                        .collect(),
                })
            });
            self.workload(app, link);
            if let Some(user) = self.user_of(link) {
                self.connect(app, user, EdgeKind::Flow);
            }
        }
    }

    fn workload(&mut self, app: NodeId, link: &BackendDb) {
        let Some(workload) = &link.workload else {
            return;
        };
        let line = format!("{} {}", workload.kind.as_str(), workload.name);
        let node = self.nodes.get_mut(app.index());
        if let Some(node) = node.filter(|node| !node.details.contains(&line)) {
            node.details.push(line);
        }
    }

    /// The box of a user in a database.
    pub(super) fn user_of(&self, link: &BackendDb) -> Option<NodeId> {
        let title = |id: NodeId| self.nodes.get(id.index()).map(|node| node.title.as_str());
        let mut edges = self.edges.iter();
        let edge = edges.find(|edge| {
            let user = self.nodes.get(edge.from.index());
            user.is_some_and(|user| user.kind == Kind::User && user.title == link.user)
                && title(edge.to) == Some(link.database.as_str())
        });
        edge.map(|edge| edge.from)
    }

    /// The box of a database of the stack.
    pub(super) fn database(&self, name: &str) -> Option<NodeId> {
        let mut nodes = self.nodes.iter();
        let found = nodes.position(|node| node.kind == Kind::Database && node.title == name);
        found.map(NodeId)
    }
}

/// The version that the tag of an image names, or the major version that is known otherwise.
pub(super) fn version(image: &Image) -> String {
    let major = image.major.to_string();
    let tag = image.reference.as_deref().and_then(tag_version);
    tag.filter(|version| version.split('.').next() == Some(&major))
        .unwrap_or(major)
}

/// `17.5` of `registry:5000/postgresql:17.5-standard-trixie@sha256:...`.
pub(super) fn tag_version(reference: &str) -> Option<String> {
    let name = reference.split('@').next().unwrap_or_default();
    let (_, tag) = name.rsplit('/').next()?.split_once(':')?;
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.');
    let version = tag.get(..end.unwrap_or(tag.len()))?.trim_end_matches('.');
    (!version.is_empty()).then(|| version.to_owned())
}
