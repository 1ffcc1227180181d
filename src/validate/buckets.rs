//! The buckets that backups and exports go to, and the plugin that writes them.
//!
//! A part that was refused is left at its default here: there is no stack after an error.

use std::collections::BTreeSet;

use super::check::{bucket, name};
use super::databases::Entries;
use super::stores::Make;
use super::{BarmanPlugin, Bucket, Checker, KeyRef, Refusal};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, BucketLink, Certificates, Spec};

/// The version of the plugin that the output was held against.
const PLUGIN: (u64, u64, u64) = (0, 14, 0);
/// The first version in which a replica that is promoted goes on reading the archive of its source
/// (<https://github.com/cloudnative-pg/plugin-barman-cloud/pull/966>).
pub(super) const REPLICA_PLUGIN: (u64, u64, u64) = (0, 14, 0);
/// The first version whose objects are named as they are today
/// (<https://cloudnative-pg.io/plugin-barman-cloud/docs/resource-name-migration/>).
const OLDEST_PLUGIN: (u64, u64, u64) = (0, 8, 0);

/// A linked bucket as it is in the file.
type Linked<'a> = (BucketLink, &'a spec::Bucket);

/// The buckets of a file; WAL and base backups go to the first one.
pub(super) fn linked(spec: &Spec) -> Vec<Linked<'_>> {
    let Some(links) = &spec.links else {
        return Vec::new();
    };
    let pair = |link, bucket| Option::map(bucket, |bucket| (link, bucket));
    let mut buckets: Vec<Linked<'_>> = [
        pair(BucketLink::CnpgBucket, links.cnpg_bucket.as_ref()),
        pair(BucketLink::CnpgSwbucket, links.cnpg_swbucket.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if links.wal_archiver == Some(BucketLink::CnpgSwbucket) {
        buckets.reverse();
    }
    buckets
}

impl Checker<'_> {
    pub(super) fn buckets(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Vec<Bucket> {
        let linked = linked(spec);
        self.wal_archiver(spec, &path.key("walArchiver"), &linked);
        if let [(archive, _), (exports, _)] = linked[..] {
            let message = format!(
                "receives exports only: WAL and base backups go to `{}`, for CNPG has one archive per cluster",
                archive.as_str()
            );
            let path = path.key(exports.as_str());
            self.out.push(Diagnostic::at(
                Severity::Info,
                Code::ExportsOnly,
                &path,
                message,
            ));
        }
        linked
            .into_iter()
            .map(|(link, given)| self.bucket(spec, link, given, &path.key(link.as_str()), entries))
            .collect()
    }

    fn wal_archiver(&mut self, spec: &Spec, path: &FieldPath, linked: &[Linked<'_>]) {
        let chosen = spec.links.as_ref().and_then(|links| links.wal_archiver);
        let Some(chosen) = chosen else { return };
        if !linked.iter().any(|(link, _)| *link == chosen) {
            self.conflict(
                path,
                chosen.as_str(),
                "must be one of the linked buckets: there is no such link",
            );
        }
    }

    pub(super) fn bucket(
        &mut self,
        spec: &Spec,
        link: BucketLink,
        given: &spec::Bucket,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Bucket {
        let namespace = spec.namespace.clone().unwrap_or_default();
        let mut text =
            |field, value: Option<&String>, check: fn(&str) -> Result<String, Refusal>| {
                self.optional(Code::InvalidValue, &path.key(field), value, check)
            };
        let endpoint = text("endpoint", given.endpoint.as_ref(), |text| {
            bucket::endpoint(text).map(bucket::Endpoint::into_string)
        });
        let name = text("bucket", given.bucket.as_ref(), Make::of(given).name());
        let folder = text("path", given.path.as_ref(), |text| {
            bucket::folder(text).map(bucket::Folder::into_string)
        });
        let region = text("region", given.region.as_ref(), bucket::region);
        Bucket {
            link,
            store: format!("{}-{}", super::cluster_of(spec), link.word()),
            secret: format!("{}-env", link.word()),
            endpoint_ca: self.endpoint_ca(given, endpoint.as_deref(), path),
            endpoint,
            bucket: name.unwrap_or_default(),
            path: folder.unwrap_or(namespace),
            provider: self.provider(given, region, path),
            databases: self.exported(given, &path.key("databases"), entries),
        }
    }

    /// What is sent to a plain endpoint can be read on the way, and there is nothing to certify.
    fn endpoint_ca(
        &mut self,
        given: &spec::Bucket,
        endpoint: Option<&str>,
        path: &FieldPath,
    ) -> Option<KeyRef> {
        let ca_path = path.key("endpointCA");
        let plain = endpoint.filter(|endpoint| bucket::is_plain(endpoint));
        if let Some(endpoint) = plain {
            let message = "is not encrypted: WAL, backups and exports can be read and changed on their way to it, unless \
                           a service mesh encrypts them";
            self.out.push(
                Diagnostic::at(
                    Severity::Warning,
                    Code::PlaintextEndpoint,
                    &path.key("endpoint"),
                    message,
                )
                .value(endpoint),
            );
        }
        let ca = given.endpoint_ca.as_ref()?;
        if plain.is_some() {
            let message = "must not be set with an endpoint that starts with `http://`: it would have no effect";
            self.out.error(Code::Conflict, &ca_path, message);
        }
        if given.endpoint.is_none() && given.google_credentials.is_none() {
            let message = "must not be set without `endpoint`: the provider's own has a certificate of a public authority";
            self.out.error(Code::Conflict, &ca_path, message);
        }
        self.key_ref(
            &ca_path,
            ca.name.as_ref(),
            ("key", ca.key.as_ref(), "ca.crt"),
        )
    }

    /// A key of a Secret that somebody else writes.
    pub(super) fn key_ref(
        &mut self,
        path: &FieldPath,
        name: Option<&String>,
        (field, key, default): (&str, Option<&String>, &str),
    ) -> Option<KeyRef> {
        let subdomain =
            |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let name = self.optional(Code::InvalidName, &path.key("name"), name, subdomain);
        let config_key = |text: &str| name::config_key(text).map(name::ConfigKey::into_string);
        let key = self.optional(Code::InvalidName, &path.key(field), key, config_key);
        let found = KeyRef {
            name: name?,
            key: key.unwrap_or_else(|| default.to_owned()),
        };
        // The Secret need not be among the items, but if it is, nothing may be missing from it.
        let secret = self.outside.secrets.get(&found.name);
        if secret.is_some_and(|values| !values.contains_key(&found.key)) {
            let message = format!("names a Secret among the items that has no `{}`", found.key);
            self.out
                .error(Code::MissingSource, &path.key("name"), message);
        }
        Some(found)
    }

    /// The databases whose exports go to a bucket.
    fn exported(
        &mut self,
        given: &spec::Bucket,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Vec<String> {
        let Some(entries) = entries else {
            return Vec::new();
        };
        let all: Vec<String> = entries.databases.iter().map(|d| d.name.clone()).collect();
        let Some(chosen) = &given.databases else {
            return all;
        };
        let mut seen = BTreeSet::new();
        for (index, database) in chosen.iter().enumerate() {
            let path = path.index(index);
            if !all.contains(database) {
                let message = "must be a database that `spec.databases` lists";
                self.conflict(&path, database, message);
            } else if !seen.insert(database) {
                let message = "must differ from the entries before it";
                self.out.push(
                    Diagnostic::at(Severity::Error, Code::DuplicateEntry, &path, message)
                        .value(database.as_str()),
                );
            }
        }
        chosen.clone()
    }

    /// Whether the file asks for an older plugin.
    pub(super) fn plugin_is_older(spec: &Spec, than: (u64, u64, u64)) -> bool {
        let given = spec.barman_plugin.as_ref();
        let version = given.and_then(|plugin| plugin.version.as_deref());
        let version = version.and_then(|text| plugin_version(text).ok());
        version.is_some_and(|version| version < than)
    }

    /// The plugin, when this stack is to emit it.
    pub(super) fn plugin(&mut self, spec: &Spec, path: &FieldPath) -> Option<BarmanPlugin> {
        let path = path.key("barmanPlugin");
        let given = spec.barman_plugin.clone().unwrap_or_default();
        let default = format!("v{}.{}.{}", PLUGIN.0, PLUGIN.1, PLUGIN.2);
        let version = given.version.as_ref().unwrap_or(&default);
        self.plugin_version(&path.key("version"), version);
        if spec.barman_plugin.is_some() && linked(spec).is_empty() {
            let message = "must not be set without a linked bucket: it would have no effect";
            self.out.error(Code::Conflict, &path, message);
        }
        if given.install == Some(false) {
            let fields = [
                ("version", given.version.is_some()),
                ("certificates", given.certificates.is_some()),
            ];
            let message =
                "must not be set with `spec.barmanPlugin.install: false`: it would have no effect";
            self.idle(&path, &fields, message);
            return None;
        }
        (!linked(spec).is_empty()).then(|| BarmanPlugin {
            version: version.clone(),
            cert_manager: given.certificates.unwrap_or_default() == Certificates::CertManager,
        })
    }

    fn plugin_version(&mut self, path: &FieldPath, text: &str) {
        let version = self.accept(Code::InvalidValue, path, text, plugin_version(text));
        if version.is_some_and(|version| version > PLUGIN) {
            let message = "is newer than the plugin that the output was checked against, v0.14.0; its \
                           CustomResourceDefinition may have fields that the generated one lacks";
            self.out.push(
                Diagnostic::at(Severity::Warning, Code::UntestedPlugin, path, message).value(text),
            );
        }
    }
}

/// A version `vX.Y.Z` of the plugin, which is a tag of its images.
fn plugin_version(text: &str) -> Result<(u64, u64, u64), Refusal> {
    let parse = |text: &str| {
        let numbers: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some([major, minor, patch]) => Some((*major, *minor, *patch)),
            _ => None,
        }
    };
    let version = text.strip_prefix('v').and_then(parse);
    version
        .filter(|version| *version >= OLDEST_PLUGIN)
        .ok_or_else(|| {
            let guess = parse(text).filter(|version| *version >= OLDEST_PLUGIN);
            let message =
                "must be a version of the Barman Cloud plugin from v0.8.0 on, such as `v0.14.0`";
            Refusal::new(message).propose(guess.map(|_| format!("v{text}")))
        })
}
