//! What the stack is connected to.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{derive, ident, name};
use super::credentials::MAX_NAME;
use super::databases::Entries;
use super::instance::has_standbys;
use super::{BackendDb, Checker, IstioMode, Links, Prometheus, Refusal, Workload};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, Endpoint, Permission, Spec};

impl Checker<'_> {
    /// The links; what is wrong with one does not keep the others from being checked.
    pub(super) fn links(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Option<Links> {
        let given = spec.links.clone().unwrap_or_default();
        let path = path.key("links");
        let policy = spec.network_policy.unwrap_or_default();
        let prometheus = given
            .prometheus
            .map(|link| self.prometheus(&link, &path.key("prometheus"), policy));
        let istio = given
            .istio
            .map(|link| self.istio(&link, &path.key("istio")));
        let apps = given.backend_db.unwrap_or_default();
        let backend_db = self.backend_db(&apps, &path.key("backendDb"), spec, entries);
        let buckets = self.buckets(spec, &path, entries);
        Some(Links {
            prometheus: all_or_nothing(prometheus)?,
            istio: all_or_nothing(istio)?,
            buckets,
            backend_db: backend_db?,
            network_policy: policy,
        })
    }

    fn prometheus(
        &mut self,
        given: &spec::Prometheus,
        path: &FieldPath,
        policy: bool,
    ) -> Option<Prometheus> {
        let check = |text: &str| name::dns1123_label(text).map(name::DnsLabel::into_string);
        let namespace_path = path.key("namespace");
        let namespace = self.optional(
            Code::InvalidName,
            &namespace_path,
            given.namespace.as_ref(),
            check,
        );
        if policy && given.namespace.is_none() && !self.out.covers(&namespace_path) {
            let message = "must be set with `spec.networkPolicy`: it lets Prometheus in from there";
            self.out.error(Code::MissingField, &namespace_path, message);
        }
        let interval = self.optional(
            Code::InvalidValue,
            &path.key("interval"),
            given.interval.as_ref(),
            |text| interval(text).map(|()| text.to_owned()),
        );
        let labels = given.labels.clone().unwrap_or_default();
        self.labels(&labels, &path.key("labels"));
        (namespace.is_some() == given.namespace.is_some()
            && interval.is_some() == given.interval.is_some())
        .then(|| Prometheus {
            namespace,
            interval,
            labels,
            rules: given.rules.unwrap_or_default(),
        })
    }

    /// The three forms of the namespace label exclude each other.
    fn istio(&mut self, given: &spec::Istio, path: &FieldPath) -> Option<IstioMode> {
        let revision = given
            .revision
            .as_ref()
            .filter(|revision| !revision.is_empty());
        let ambient = given.ambient.unwrap_or_default();
        match revision {
            None if ambient => Some(IstioMode::Ambient),
            None => Some(IstioMode::Injected),
            Some(_) if ambient => {
                let message = "must not be set with `ambient: true`: a namespace has sidecars or is in ambient mode";
                self.out
                    .error(Code::Conflict, &path.key("revision"), message);
                None
            }
            Some(revision) => {
                let checked = name::label_value(revision).map(name::LabelValue::into_string);
                self.accept(Code::InvalidLabel, &path.key("revision"), revision, checked)
                    .map(IstioMode::Revision)
            }
        }
    }

    fn backend_db(
        &mut self,
        given: &[spec::BackendDb],
        path: &FieldPath,
        spec: &Spec,
        entries: Option<&Entries>,
    ) -> Option<Vec<BackendDb>> {
        let mut seen = BTreeSet::new();
        let mut secrets = BTreeMap::new();
        let apps: Vec<Option<BackendDb>> = given
            .iter()
            .enumerate()
            .map(|(index, app)| {
                let path = path.index(index);
                let app = self.app(app, &path, spec, entries)?;
                let key = (app.namespace.clone(), app.secret.clone(), app.workload.clone());
                let new = seen.insert(key);
                if self.secret_is_one(&app, &mut secrets) && !new {
                    let message = "must differ from the entries before it in `app`, `namespace`, `database`, \
                                   `username`, `endpoint` or `workload`";
                    self.out.error(Code::DuplicateEntry, &path, message);
                }
                Some(app)
            })
            .collect();
        apps.into_iter().collect()
    }

    fn app(
        &mut self,
        given: &spec::BackendDb,
        path: &FieldPath,
        spec: &Spec,
        entries: Option<&Entries>,
    ) -> Option<BackendDb> {
        let label = |text: &str| name::dns1123_label(text).map(name::DnsLabel::into_string);
        let app = self.optional(
            Code::InvalidName,
            &path.key("app"),
            given.app.as_ref(),
            label,
        );
        let namespace = given.namespace.as_ref().or(spec.namespace.as_ref());
        let namespace = namespace.cloned().unwrap_or_default();
        let namespace = self.accept(
            Code::InvalidName,
            &path.key("namespace"),
            &namespace,
            label(&namespace),
        );
        let identifier = |text: &str| ident::identifier(text).map(ident::Identifier::into_string);
        let database = self.optional(
            Code::InvalidIdentifier,
            &path.key("database"),
            given.database.as_ref(),
            identifier,
        );
        let user = self.optional(
            Code::InvalidIdentifier,
            &path.key("username"),
            given.username.as_ref(),
            identifier,
        );
        let workload = given
            .workload
            .as_ref()
            .map(|workload| self.workload(workload, &path.key("workload")));
        let endpoint = self.endpoint(given, &path.key("endpoint"), spec);
        let (app, database, user) = (app?, database?, user?);
        let password = self.password_of(&database, &user, path, entries?)?;
        Some(BackendDb {
            secret: secret_name(&app, &database, &user, endpoint),
            endpoint,
            app,
            namespace: namespace?,
            database,
            user,
            password,
            workload: all_or_nothing(workload)?,
            path: path.clone(),
        })
    }

    /// The Service has to be there, with instances behind it.
    fn endpoint(&mut self, given: &spec::BackendDb, path: &FieldPath, spec: &Spec) -> Endpoint {
        let endpoint = given.endpoint.unwrap_or_default();
        let pooler = spec.pooler.as_ref();
        let message = match endpoint {
            Endpoint::PoolerRw if pooler.is_none_or(|pooler| pooler.rw.is_none()) => {
                "must not be poolerRw without `spec.pooler.rw`"
            }
            Endpoint::PoolerRo if pooler.is_none_or(|pooler| pooler.ro.is_none()) => {
                "must not be poolerRo without `spec.pooler.ro`"
            }
            Endpoint::Ro if !has_standbys(spec) => {
                "must not be ro with one instance: there is no standby behind it"
            }
            _ => return endpoint,
        };
        self.out.error(Code::Conflict, path, message);
        endpoint
    }

    /// Two entries whose names run together must not write one Secret: `a-b` with `c`, and `a` with `b-c`.
    fn secret_is_one(
        &mut self,
        app: &BackendDb,
        secrets: &mut BTreeMap<(String, String), [String; 4]>,
    ) -> bool {
        let endpoint = app.endpoint.service().to_owned();
        let whose = [
            app.app.clone(),
            app.database.clone(),
            app.user.clone(),
            endpoint,
        ];
        let key = (app.namespace.clone(), app.secret.clone());
        if *secrets.entry(key).or_insert_with(|| whose.clone()) == whose {
            return true;
        }
        let message = format!(
            "must have another name: its Secret would be {}, as that of an entry before it",
            app.secret
        );
        self.conflict(&app.path.key("app"), &app.app, &message);
        false
    }

    /// The app's user must be one of the database that may connect, and its password be known: it goes
    /// into URIs.
    fn password_of(
        &mut self,
        database: &str,
        user: &str,
        path: &FieldPath,
        entries: &Entries,
    ) -> Option<super::Secret> {
        let grant = entries
            .grants
            .iter()
            .find(|grant| grant.database == database && grant.user == user);
        let Some(grant) = grant.filter(|grant| !grant.absent) else {
            let message =
                "must be a user that `spec.databases` lists for this database, and not as absent";
            self.conflict(&path.key("username"), user, message);
            return None;
        };
        if !grant.permissions.contains(&Permission::Connect) {
            let message = "must be a user with `connect` among its permissions in the database";
            self.conflict(&path.key("username"), user, message);
        }
        let found = entries.users.iter().find(|other| other.name == user)?;
        if let Some(secret) = found.certificate_secret() {
            let message = format!(
                "must not be a user with `clientCertificate`: it has no password for the Secret of the application, and a \
                 copy of its certificate would not be renewed; mount the Secret `{secret}` into an application in the \
                 stack's namespace"
            );
            self.conflict(&path.key("username"), user, &message);
            return None;
        }
        let login = found.login.as_ref()?;
        if login.password.is_none() {
            let message = "must be a user whose password is known, for it goes into the Secret of the application: \
                           give it as a string or with `passwordFrom.env`, or put the Secret of its `secretRef` \
                           among the items";
            self.out
                .error(Code::MissingSource, &path.key("username"), message);
        }
        login.password.clone()
    }

    fn workload(&mut self, given: &spec::Workload, path: &FieldPath) -> Option<Workload> {
        let subdomain =
            |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        let label = |text: &str| name::dns1123_label(text).map(name::DnsLabel::into_string);
        let name = self.optional(
            Code::InvalidName,
            &path.key("name"),
            given.name.as_ref(),
            subdomain,
        );
        let container = self.optional(
            Code::InvalidName,
            &path.key("container"),
            given.container.as_ref(),
            label,
        );
        (container.is_some() == given.container.is_some()).then_some(Workload {
            kind: given.kind?,
            name: name?,
            container,
        })
    }
}

/// The name of an application's Secret. No name of a pair ends like that of another endpoint.
fn secret_name(app: &str, database: &str, user: &str, endpoint: Endpoint) -> String {
    if endpoint == Endpoint::Rw {
        return derive::pair_name(app, database, user, MAX_NAME);
    }
    let suffix = format!("--{}", endpoint.service());
    let pair = derive::pair_name(app, database, user, MAX_NAME - suffix.len());
    format!("{pair}{suffix}")
}

/// None when a given link was refused; the outer option is gone after an error.
#[expect(
    clippy::option_option,
    reason = "left out, refused and valid are three different things"
)]
fn all_or_nothing<T>(link: Option<Option<T>>) -> Option<Option<T>> {
    match link {
        None => Some(None),
        Some(link) => link.map(Some),
    }
}

/// A duration as Prometheus reads it: whole numbers with units from years to milliseconds, longest first
/// (<https://prometheus.io/docs/prometheus/latest/configuration/configuration/>).
fn interval(text: &str) -> Result<(), Refusal> {
    let mut rest = text;
    for unit in ["y", "w", "d", "h", "m", "s", "ms"] {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let next = after.strip_prefix(unit);
        let is_unit = next.is_some_and(|next| unit != "m" || !next.starts_with('s'));
        if let (false, true, Some(next)) = (number.is_empty(), is_unit, next) {
            rest = next;
        }
    }
    let zero = text
        .bytes()
        .all(|byte| !byte.is_ascii_digit() || byte == b'0');
    if rest.is_empty() && !text.is_empty() && !zero {
        return Ok(());
    }
    Err(Refusal::new(
        "must be a duration of Prometheus, such as `30s` or `1m30s`",
    ))
}
