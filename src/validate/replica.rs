//! The other side of a distributed topology (`spec.replica`).
//!
//! <https://cloudnative-pg.io/documentation/current/replica_cluster/>

use super::buckets::{REPLICA_PLUGIN, linked};
use super::check::{duration, name, promotion};
use super::{Checker, Image, Peer, Refusal, Replica, cluster_of};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, BucketLink, ReplicaBootstrap, Spec};

impl Checker<'_> {
    /// The archive folder of this side: another one whenever the Cluster is made anew.
    pub(super) fn replica_folder(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        folder: String,
    ) -> String {
        let given = spec.replica.as_ref();
        let generation = given.and_then(|given| given.generation).unwrap_or(1);
        self.at_least(&path.key("replica").key("generation"), generation, 1);
        match generation {
            1 => folder,
            _ => format!("{folder}-{generation}"),
        }
    }

    pub(super) fn replica(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        image: &Image,
        server: &str,
    ) -> Option<Replica> {
        let given = spec.replica.as_ref()?;
        let path = path.key("replica");
        self.topology(spec, &path);
        let name = self.side(&path.key("self"), given.name.as_ref());
        let primary = self.side(&path.key("primary"), given.primary.as_ref());
        let peer = given.peer.as_ref();
        let peer = peer.map(|peer| self.peer(spec, &path.key("peer"), peer, image, server));
        let promotion_token = self.optional(
            Code::InvalidValue,
            &path.key("promotionToken"),
            given.promotion_token.as_ref(),
            promotion::token,
        );
        let min_apply_delay = self.optional(
            Code::InvalidValue,
            &path.key("minApplyDelay"),
            given.min_apply_delay.as_ref(),
            delay,
        );
        let replica = Replica {
            name: name?,
            primary: primary?,
            peer: peer?,
            from_peer: given.bootstrap? == ReplicaBootstrap::Recovery,
            promotion_token,
            min_apply_delay,
        };
        self.sides(given, &replica, &path);
        Some(replica)
    }

    /// What the whole needs, and what excludes it.
    fn topology(&mut self, spec: &Spec, path: &FieldPath) {
        if linked(spec).is_empty() {
            let message = "must not be set without a linked bucket: the peer follows by what is archived there";
            self.out.error(Code::Conflict, path, message);
        }
        if spec.recovery.is_some() {
            let message = "must not be set together with `spec.recovery`: each says how the Cluster is made. With \
                           `bootstrap: recovery` it is made from the peer's archive";
            self.out.error(Code::Conflict, path, message);
        }
        let (major, minor, patch) = REPLICA_PLUGIN;
        if Self::plugin_is_older(spec, REPLICA_PLUGIN) {
            let message = format!(
                "must be at least v{major}.{minor}.{patch} with `spec.replica`: an older one reads the wrong archive while \
                 a side is promoted"
            );
            let path = FieldPath::spec().key("barmanPlugin").key("version");
            self.out.error(Code::Conflict, &path, message);
        }
    }

    /// A name of a side is one of `externalClusters`, and a directory on the instances.
    fn side(&mut self, path: &FieldPath, given: Option<&String>) -> Option<String> {
        let check = |text: &str| name::dns1123_label(text).map(name::DnsLabel::into_string);
        self.optional(Code::InvalidName, path, given, check)
    }

    fn peer(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        given: &spec::ReplicaPeer,
        image: &Image,
        own: &str,
    ) -> Peer {
        let namespace = spec.namespace.as_deref().unwrap_or_default();
        let name = self.side(&path.key("name"), given.name.as_ref());
        let mut bucket = self.bucket(spec, BucketLink::CnpgBucket, &given.bucket, path, None);
        let message = "must not be set for the peer: nothing is exported to its bucket from here";
        self.idle(
            path,
            &[("databases", given.bucket.databases.is_some())],
            message,
        );
        bucket.store = format!("{}-peer", cluster_of(spec));
        "peer-env".clone_into(&mut bucket.secret);
        let default = format!("{}-pg{}", cluster_of(spec), image.major);
        let server_path = path.key("serverName");
        let server = (given.server_name.as_ref(), default);
        let server = self.server(server, image.major, &server_path, "");
        let archive = linked(spec).first().map(|(_, archive)| {
            let folder = archive.path.as_deref().unwrap_or(namespace);
            [
                archive.endpoint.as_deref(),
                archive.bucket.as_deref(),
                Some(folder),
            ]
        });
        let read = [
            bucket.endpoint.as_deref(),
            Some(bucket.bucket.as_str()),
            Some(bucket.path.as_str()),
        ];
        if archive == Some(read) && server == own {
            let message =
                "must not be the archive folder that this side writes: each side has its own";
            self.conflict(&server_path, &server, message);
        }
        Peer {
            name: name.unwrap_or_default(),
            server,
            bucket,
        }
    }

    /// Who is who, and what goes with being the primary.
    fn sides(&mut self, given: &spec::Replica, replica: &Replica, path: &FieldPath) {
        let peer = &replica.peer.name;
        if replica.name == *peer {
            let message = "must differ from `spec.replica.self`";
            self.conflict(&path.key("peer").key("name"), peer, message);
        }
        if ![&replica.name, peer].contains(&&replica.primary) {
            let message = "must be `spec.replica.self` or `spec.replica.peer.name`";
            self.conflict(&path.key("primary"), &replica.primary, message);
        } else if replica.is_primary() {
            let message = "must not be set on the primary: nothing is replayed there, and CNPG refuses it beside a promotion token";
            let fields = [("minApplyDelay", given.min_apply_delay.is_some())];
            self.idle(path, &fields, message);
        } else {
            let message = "must not be set on the replica (CNPG refuses it): it belongs to the side that becomes the primary. \
                           Take it away when this side is demoted";
            let fields = [("promotionToken", given.promotion_token.is_some())];
            self.idle(path, &fields, message);
        }
    }
}

/// A duration as Go reads it.
fn delay(text: &str) -> Result<String, Refusal> {
    if duration::nanoseconds(text).is_some_and(|length| length > 0) {
        return Ok(text.to_owned());
    }
    Err(Refusal::new(
        "must be a duration above zero, such as `8h` or `30m`",
    ))
}
