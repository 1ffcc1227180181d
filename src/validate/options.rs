//! The operator, the registry and the places of the output.

use super::check::{Refusal, name, path as paths, registry};
use super::credentials::{Found, Given};
use super::{Checker, Operator, Output, Registry, RoleStyle, Secret};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, Spec};

/// Where the applied documents go unless `output.basePath` says otherwise.
pub const BASE_PATH: &str = "k8s/deploy/base";
/// Where the documents go that are applied by hand, unless `output.day2Path` says otherwise.
pub const DAY2_PATH: &str = "day2/backup";

/// The newest operator that the output was held against.
const NEWEST_OPERATOR: (u32, u32) = (1, 30);
/// The oldest operator that has everything that is generated.
const OLDEST_OPERATOR: (u32, u32) = (1, 26);
/// The first operator with DatabaseRole resources.
const DATABASE_ROLES: (u32, u32) = (1, 30);

/// Keys that the operator reads; it passes over others in silence
/// (<https://cloudnative-pg.io/documentation/current/operator_conf/>).
const OPERATOR_KEYS: [&str; 22] = [
    "CERTIFICATE_DURATION",
    "CLUSTERS_ROLLOUT_DELAY",
    "CREATE_ANY_SERVICE",
    "DRAIN_TAINTS",
    "ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES",
    "ENABLE_WEBHOOK_NAMESPACE_SUFFIX",
    "EXPIRING_CHECK_THRESHOLD",
    "INCLUDE_PLUGINS",
    "INHERITED_ANNOTATIONS",
    "INHERITED_LABELS",
    "INSTANCES_ROLLOUT_DELAY",
    "KUBERNETES_CLUSTER_DOMAIN",
    "MANAGE_WEBHOOK_CONFIGURATIONS",
    "METRICS_CERT_DIR",
    "MONITORING_QUERIES_CONFIGMAP",
    "MONITORING_QUERIES_SECRET",
    "OPERATOR_IMAGE_NAME",
    "PGBOUNCER_IMAGE_NAME",
    "POSTGRES_IMAGE_NAME",
    "PULL_SECRET_NAME",
    "STANDBY_TCP_USER_TIMEOUT",
    "WATCH_NAMESPACE",
];

impl Checker<'_> {
    pub(super) fn operator(&mut self, spec: &Spec, path: &FieldPath) -> Option<Operator> {
        let path = path.key("operator");
        let given = spec.operator.clone().unwrap_or_default();
        let namespace = given.namespace.unwrap_or_else(|| "cnpg-system".to_owned());
        let checked = name::dns1123_label(&namespace).map(name::DnsLabel::into_string);
        let namespace = self.accept(
            Code::InvalidName,
            &path.key("namespace"),
            &namespace,
            checked,
        );
        let version = given.version.unwrap_or_else(|| "1.30".to_owned());
        let version = self.operator_version(&path.key("version"), &version);
        let config = given.config.unwrap_or_default();
        let manage_config = given.manage_config.unwrap_or(true);
        for key in config.keys() {
            self.operator_key(&path.key("config").key(key), key);
        }
        if !manage_config && !config.is_empty() {
            let message =
                "must not be set with `spec.operator.manageConfig: false`: it would have no effect";
            self.out.error(Code::Conflict, &path.key("config"), message);
        }
        let roles = if version? < DATABASE_ROLES {
            RoleStyle::Inline
        } else {
            RoleStyle::Resource
        };
        Some(Operator {
            namespace: namespace?,
            roles,
            manage_config,
            config,
        })
    }

    fn operator_version(&mut self, path: &FieldPath, text: &str) -> Option<(u32, u32)> {
        let version = self.accept(Code::InvalidValue, path, text, operator_version(text))?;
        if version > NEWEST_OPERATOR {
            let message =
                "is newer than the operators that the output was checked against, 1.26 to 1.30";
            self.out.push(
                Diagnostic::at(Severity::Warning, Code::UntestedOperator, path, message)
                    .value(text),
            );
        }
        Some(version)
    }

    fn operator_key(&mut self, path: &FieldPath, key: &str) {
        let valid = self
            .accept(Code::InvalidName, path, key, name::config_key(key))
            .is_some();
        if valid && !OPERATOR_KEYS.contains(&key) {
            self.out.warn(
                Code::UnknownOperatorKey,
                path,
                "is not a key that the operator is known to read",
            );
        }
    }

    pub(super) fn registry(&mut self, spec: &Spec, path: &FieldPath) -> Option<Registry> {
        let path = path.key("registry");
        let given = spec.registry.as_ref()?;
        let check = |text: &str| registry::server(text);
        let server = self.optional(
            Code::InvalidName,
            &path.key("server"),
            given.server.as_ref(),
            check,
        );
        let check = |text: &str| registry_user(text);
        let username = self.optional(
            Code::InvalidName,
            &path.key("username"),
            given.username.as_ref(),
            check,
        );
        let password = self.registry_password(given, &path);
        server?;
        Some(Registry {
            server: given.server.clone()?,
            username: username?,
            password: password?,
        })
    }

    /// The value itself is needed: it goes into the pull secret.
    fn registry_password(&mut self, given: &spec::Registry, path: &FieldPath) -> Option<Secret> {
        let given = Given {
            plain: given.password.as_ref(),
            source: given.password_from.as_ref(),
            plain_path: path.key("password"),
            source_path: path.key("passwordFrom"),
            check: registry_password,
        };
        match self.password(&given)? {
            Found::Value(value) => Some(value),
            Found::Reference(secret) => {
                let value = self
                    .outside
                    .secrets
                    .get(&secret)
                    .and_then(|values| values.get("password"))
                    .filter(|value| registry_password(value).is_ok());
                if value.is_none() {
                    let message = "names a Secret that is not among the items with a `password`; \
                                   its value is needed for the pull secret";
                    self.out.error(
                        Code::MissingSource,
                        &given.source_path.key("secretRef"),
                        message,
                    );
                }
                value.map(|value| Secret::new(value.clone()))
            }
        }
    }

    pub(super) fn output(&mut self, spec: &Spec, path: &FieldPath) -> Option<Output> {
        let path = path.key("output");
        let given = spec.output.clone().unwrap_or_default();
        let base = given.base_path.unwrap_or_else(|| BASE_PATH.to_owned());
        let day2 = given.day2_path.unwrap_or_else(|| DAY2_PATH.to_owned());
        let base_ok = self
            .accept(
                Code::InvalidPath,
                &path.key("basePath"),
                &base,
                paths::relative_path(&base),
            )
            .is_some();
        let day2_path = path.key("day2Path");
        let day2_ok = self
            .accept(
                Code::InvalidPath,
                &day2_path,
                &day2,
                paths::relative_path(&day2),
            )
            .is_some();
        let migrations = migrations(&day2);
        let applied = |other: &str| other == base || other.starts_with(&format!("{base}/"));
        if applied(&day2) || applied(&migrations) {
            let message = "must not lie in `spec.output.basePath`, nor `migration` beside it: the documents of both are \
                           applied by hand only";
            self.conflict(&day2_path, &day2, message);
        }
        if day2 == migrations {
            let message = "must have another name than `migration`, the directory of the migrations beside it";
            self.conflict(&day2_path, &day2, message);
        }
        (base_ok && day2_ok).then_some(Output {
            base,
            day2,
            migrations,
            namespace: given.namespace.unwrap_or(true),
        })
    }
}

/// The directory of the migrations, beside that of the other documents that are applied by hand.
#[must_use]
pub fn migrations(day2: &str) -> String {
    match day2.rsplit_once('/') {
        Some((parent, _)) => format!("{parent}/migration"),
        None => "migration".to_owned(),
    }
}

/// The minor version of the operator; the newest one where none is given, or one that is refused.
pub(super) fn minor(spec: &Spec) -> u32 {
    operator_of(spec).unwrap_or(NEWEST_OPERATOR).1
}

/// The operator's version, when it is one; what is wrong with it is reported where it stands.
pub(super) fn operator_of(spec: &Spec) -> Option<(u32, u32)> {
    let given = spec.operator.as_ref()?.version.as_deref()?;
    operator_version(given).ok()
}

/// A version `1.N` or `1.N.P` of the operator.
pub(super) fn operator_version(text: &str) -> Result<(u32, u32), Refusal> {
    let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    match numbers.as_deref() {
        Some([major, minor] | [major, minor, _])
            if (*major, *minor) >= OLDEST_OPERATOR && *major == 1 =>
        {
            Ok((*major, *minor))
        }
        _ => Err(Refusal::new(
            "must be a CNPG version from 1.26 on, such as `1.30`",
        )),
    }
}

/// A user name of HTTP basic authentication: a colon would end it.
fn registry_user(text: &str) -> Result<String, Refusal> {
    if text.is_empty() || text.contains(':') || text.chars().any(char::is_control) {
        return Err(Refusal::new(
            "must not be empty and must not contain a colon or control characters",
        ));
    }
    Ok(text.to_owned())
}

/// A registry's password is an opaque string; tokens of clouds are long, and
/// some are JSON over several lines.
fn registry_password(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() || text.contains('\0') {
        return Err(Refusal::new(
            "must not be empty and must not contain a NUL character",
        ));
    }
    Ok(())
}
