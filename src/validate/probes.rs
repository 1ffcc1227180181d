//! The probes of the instances' Pods.

use super::check::{Refusal, quantity, scheduling};
use super::{Checker, IsolationCheck, Probe, Probes};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, Amount, ProbeType};

/// The first operator whose primaries look whether they are cut off
/// (<https://cloudnative-pg.io/documentation/current/release_notes/v1.27/>).
const ISOLATION_CHECK: (u32, u32) = (1, 27);

/// A number of a probe: its field, what was given, the least that Kubernetes takes.
type Number = (&'static str, Option<i64>, i32);

impl Checker<'_> {
    pub(super) fn probes(
        &mut self,
        given: Option<&spec::Probes>,
        operator: Option<(u32, u32)>,
        path: &FieldPath,
    ) -> Probes {
        let Some(given) = given else {
            return Probes::default();
        };
        let liveness = given.liveness.as_ref();
        let check = liveness.and_then(|probe| probe.isolation_check.as_ref());
        Probes {
            startup: given
                .startup
                .as_ref()
                .map(|probe| self.startup(probe, &path.key("startup"))),
            liveness: liveness.map(|probe| self.liveness(probe, &path.key("liveness"))),
            isolation_check: check.map(|check| {
                self.isolation_check(check, operator, &path.key("liveness").key("isolationCheck"))
            }),
            readiness: given
                .readiness
                .as_ref()
                .map(|probe| self.readiness(probe, &path.key("readiness"))),
        }
    }

    fn startup(&mut self, given: &spec::StartupProbe, path: &FieldPath) -> Probe {
        Probe {
            kind: given.kind,
            maximum_lag: self.maximum_lag(given.kind, given.maximum_lag.as_ref(), path),
            initial_delay: self.bounded(
                path,
                ("initialDelaySeconds", given.initial_delay_seconds, 0),
            ),
            period: self.bounded(path, ("periodSeconds", given.period_seconds, 1)),
            timeout: self.bounded(path, ("timeoutSeconds", given.timeout_seconds, 1)),
            failure_threshold: self.bounded(path, ("failureThreshold", given.failure_threshold, 1)),
            success_threshold: None,
            grace_period: self.grace(path, given.termination_grace_period_seconds),
        }
    }

    fn liveness(&mut self, given: &spec::LivenessProbe, path: &FieldPath) -> Probe {
        Probe {
            initial_delay: self.bounded(
                path,
                ("initialDelaySeconds", given.initial_delay_seconds, 0),
            ),
            period: self.bounded(path, ("periodSeconds", given.period_seconds, 1)),
            timeout: self.bounded(path, ("timeoutSeconds", given.timeout_seconds, 1)),
            failure_threshold: self.bounded(path, ("failureThreshold", given.failure_threshold, 1)),
            grace_period: self.grace(path, given.termination_grace_period_seconds),
            ..Probe::default()
        }
    }

    /// Kubernetes refuses `terminationGracePeriodSeconds` here, so there is no such field.
    fn readiness(&mut self, given: &spec::ReadinessProbe, path: &FieldPath) -> Probe {
        Probe {
            kind: given.kind,
            maximum_lag: self.maximum_lag(given.kind, given.maximum_lag.as_ref(), path),
            initial_delay: self.bounded(
                path,
                ("initialDelaySeconds", given.initial_delay_seconds, 0),
            ),
            period: self.bounded(path, ("periodSeconds", given.period_seconds, 1)),
            timeout: self.bounded(path, ("timeoutSeconds", given.timeout_seconds, 1)),
            failure_threshold: self.bounded(path, ("failureThreshold", given.failure_threshold, 1)),
            success_threshold: self.bounded(path, ("successThreshold", given.success_threshold, 1)),
            grace_period: None,
        }
    }

    /// The operator looks at the lag of a standby that streams, and of no other
    /// (<https://cloudnative-pg.io/documentation/current/instance_manager/#readiness-probe-strategy>).
    fn maximum_lag(
        &mut self,
        kind: Option<ProbeType>,
        given: Option<&Amount>,
        path: &FieldPath,
    ) -> Option<String> {
        let path = path.key("maximumLag");
        let lag = self.amount(&path, given, quantity::positive)?;
        if kind != Some(ProbeType::Streaming) {
            let message = "must not be set unless `type` is `streaming`: it would have no effect";
            self.conflict(&path, &lag.canonical(), message);
        }
        Some(lag.canonical())
    }

    fn isolation_check(
        &mut self,
        given: &spec::IsolationCheck,
        operator: Option<(u32, u32)>,
        path: &FieldPath,
    ) -> IsolationCheck {
        if operator.is_some_and(|version| version < ISOLATION_CHECK) {
            let message = "must not be set for a CNPG older than 1.27, which does not know it (`spec.operator.version`)";
            self.out.error(Code::Conflict, path, message);
        }
        if given.enabled == Some(false) {
            let fields = [
                ("requestTimeout", given.request_timeout.is_some()),
                ("connectionTimeout", given.connection_timeout.is_some()),
            ];
            let message = "must not be set with `enabled: false`: it would have no effect";
            self.idle(path, &fields, message);
        }
        let request = self.bounded(path, ("requestTimeout", given.request_timeout, 1));
        let connection = self.bounded(path, ("connectionTimeout", given.connection_timeout, 1));
        IsolationCheck {
            enabled: given.enabled,
            request_timeout: request.map(i64::from),
            connection_timeout: connection.map(i64::from),
        }
    }

    /// Kubernetes wants at least a second (`validateProbe` of its API).
    fn grace(&mut self, path: &FieldPath, given: Option<i64>) -> Option<i64> {
        self.bounded(path, ("terminationGracePeriodSeconds", given, 1))
            .map(i64::from)
    }

    /// A number within the bounds of its field; none after reporting another.
    pub(super) fn bounded(&mut self, path: &FieldPath, number: Number) -> Option<i32> {
        let (field, given, least) = number;
        let given = given?;
        let path = path.key(field);
        match scheduling::number(given, least) {
            Ok(number) => Some(number),
            // What would have no effect is not asked to be right as well.
            Err(_) if self.out.covers(&path) => None,
            Err(Refusal { message, .. }) => {
                self.wrong_number(Code::InvalidValue, &path, given, message);
                None
            }
        }
    }

    /// An error about a number.
    pub(super) fn wrong_number(
        &mut self,
        code: Code,
        path: &FieldPath,
        number: i64,
        message: impl Into<String>,
    ) {
        let error = Diagnostic::at(Severity::Error, code, path, message);
        self.out.push(error.value(number));
    }
}
