//! PgBouncer in front of the Cluster.

use std::collections::BTreeMap;

use super::check::{image, pgbouncer};
use super::instance::{Amounts, has_standbys};
use super::{Checker, Pooler, cluster_of, options};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, Endpoint, PoolMode, Spec};

/// Two Pods: one may be lost.
const INSTANCES: i32 = 2;
/// PgBouncer's own default since 1.24 (<https://www.pgbouncer.org/changelog.html>); before, prepared statements
/// broke in transaction mode.
const PREPARED_STATEMENTS: &str = "200";

impl Checker<'_> {
    /// The poolers, the one in front of the primary first.
    pub(super) fn poolers(&mut self, spec: &Spec, path: &FieldPath) -> Vec<Pooler> {
        let path = path.key("pooler");
        let Some(given) = &spec.pooler else {
            return Vec::new();
        };
        if given.rw.is_none() && given.ro.is_none() && !self.out.covers(&path) {
            let message = "must have `rw`, `ro` or both";
            self.out.error(Code::MissingField, &path, message);
        }
        if given.ro.is_some() && !has_standbys(spec) {
            let message = "must not be set with one instance: there is no standby behind it";
            self.out.error(Code::Conflict, &path.key("ro"), message);
        }
        let rw = given.rw.as_ref();
        let ro = given.ro.as_ref();
        let rw = rw.map(|given| (given, "rw", Endpoint::PoolerRw));
        let ro = ro.map(|given| (given, "ro", Endpoint::PoolerRo));
        let each = rw.into_iter().chain(ro);
        each.map(|(given, service, endpoint)| {
            let path = path.key(service);
            Pooler {
                name: format!("{}-{}", cluster_of(spec), endpoint.service()),
                endpoint,
                service,
                ..self.pooler(given, &path, options::minor(spec))
            }
        })
        .collect()
    }

    fn pooler(&mut self, given: &spec::Pooler, path: &FieldPath, minor: u32) -> Pooler {
        let instances = given.instances.unwrap_or(INSTANCES);
        self.at_least(&path.key("instances"), i64::from(instances), 1);
        let mode = given.pool_mode.unwrap_or_default();
        let mut parameters = given.parameters.clone().unwrap_or_default();
        self.pooler_parameters(&parameters, &path.key("parameters"), minor);
        self.pooler_conflicts(given, mode, path);
        if mode == PoolMode::Transaction {
            parameters
                .entry("max_prepared_statements".to_owned())
                .or_insert_with(|| PREPARED_STATEMENTS.to_owned());
        }
        let pg_hba = given.pg_hba.clone().unwrap_or_default();
        for (index, line) in pg_hba.iter().enumerate() {
            let path = path.key("pgHba").index(index);
            self.accept(Code::InvalidValue, &path, line, pgbouncer::hba_line(line));
        }
        let check =
            |text: &str| image::image_reference(text).map(image::ImageReference::into_string);
        let image_path = path.key("image");
        let amounts = Amounts {
            cpu: [given.cpu_request.as_ref(), given.cpu_limit.as_ref()],
            memory: [given.mem_request.as_ref(), given.mem_limit.as_ref()],
        };
        Pooler {
            name: String::new(),
            endpoint: Endpoint::default(),
            service: "",
            instances,
            mode,
            parameters,
            pg_hba,
            image: self.optional(Code::InvalidImage, &image_path, given.image.as_ref(), check),
            resources: self.resources(&amounts, path),
        }
    }

    fn pooler_parameters(
        &mut self,
        parameters: &BTreeMap<String, String>,
        path: &FieldPath,
        minor: u32,
    ) {
        for (key, value) in parameters {
            let path = path.key(key);
            let named = pgbouncer::name(key, minor);
            if self
                .accept(Code::InvalidParameter, &path, key, named)
                .is_some()
            {
                let checked = pgbouncer::value(key, value);
                self.accept(Code::InvalidParameter, &path, value, checked);
            }
        }
    }

    /// What would have no effect.
    fn pooler_conflicts(&mut self, given: &spec::Pooler, mode: PoolMode, path: &FieldPath) {
        let value = |key: &str| given.parameters.as_ref()?.get(key).map(String::as_str);
        let rules = given.pg_hba.as_ref().is_some_and(|lines| !lines.is_empty());
        if rules && value("auth_type").is_some_and(|auth| auth != "hba") {
            let message =
                "must not be set with another `auth_type` than hba: nothing would read the lines";
            self.out.error(Code::Conflict, &path.key("pgHba"), message);
        }
        let reset = value("server_reset_query").is_some_and(|query| !query.is_empty());
        if reset && mode == PoolMode::Transaction && value("server_reset_query_always") != Some("1")
        {
            let message = "must not be set with `poolMode: transaction`, unless `server_reset_query_always` is \"1\": it \
                           would never run";
            let path = path.key("parameters").key("server_reset_query");
            self.out.error(Code::Conflict, &path, message);
        }
    }
}
