//! `spec.availability.probes`: how Kubernetes finds out that an instance is well.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Amount;

/// The probes of the instances' Pods. What is left out is left to CNPG: every 10 seconds, with a timeout of 5.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Probes {
    /// When an instance counts as started. Until then the other probes rest.
    pub startup: Option<StartupProbe>,
    /// When an instance is killed.
    pub liveness: Option<LivenessProbe>,
    /// When an instance takes traffic and may become the primary.
    pub readiness: Option<ReadinessProbe>,
}

/// When an instance counts as started.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartupProbe {
    /// What is asked. Default `pg_isready`.
    #[serde(rename = "type")]
    pub kind: Option<ProbeType>,
    /// The most bytes that a standby may be behind, as a Kubernetes quantity. Only with `streaming`.
    pub maximum_lag: Option<Amount>,
    /// Seconds from the start of the container to the first probe. Default 0.
    pub initial_delay_seconds: Option<i64>,
    /// Seconds between two probes. Default 10.
    pub period_seconds: Option<i64>,
    /// Seconds that an answer may take. Default 5.
    pub timeout_seconds: Option<i64>,
    /// Failures after which the instance is killed. `startDelay` divided by `periodSeconds` when left out.
    pub failure_threshold: Option<i64>,
    /// Seconds that an instance has to stop after a failed probe. `stopDelay` when left out.
    pub termination_grace_period_seconds: Option<i64>,
}

/// When an instance is killed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LivenessProbe {
    /// Seconds from the start of the container to the first probe. Default 0.
    pub initial_delay_seconds: Option<i64>,
    /// Seconds between two probes. Default 10.
    pub period_seconds: Option<i64>,
    /// Seconds that an answer may take. Default 5.
    pub timeout_seconds: Option<i64>,
    /// Failures after which the instance is killed. Default 3.
    pub failure_threshold: Option<i64>,
    /// Seconds that an instance has to stop after a failed probe. `stopDelay` when left out.
    pub termination_grace_period_seconds: Option<i64>,
    /// Whether a primary that reaches neither the API server nor any other instance is stopped. CNPG 1.27 and up.
    pub isolation_check: Option<IsolationCheck>,
}

/// Whether a primary that is cut off is stopped.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IsolationCheck {
    /// Whether it is. Default true.
    pub enabled: Option<bool>,
    /// Milliseconds that an answer may take. Default 1000.
    pub request_timeout: Option<i64>,
    /// Milliseconds that a connection may take. Default 1000.
    pub connection_timeout: Option<i64>,
}

/// When an instance takes traffic.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadinessProbe {
    /// What is asked. Default `pg_isready`.
    #[serde(rename = "type")]
    pub kind: Option<ProbeType>,
    /// The most bytes that a standby may be behind, as a Kubernetes quantity. Only with `streaming`.
    pub maximum_lag: Option<Amount>,
    /// Seconds from the start of the container to the first probe. Default 0.
    pub initial_delay_seconds: Option<i64>,
    /// Seconds between two probes. Default 10.
    pub period_seconds: Option<i64>,
    /// Seconds that an answer may take. Default 5.
    pub timeout_seconds: Option<i64>,
    /// Failures after which the instance gets no traffic. Default 3.
    pub failure_threshold: Option<i64>,
    /// Successes after which it gets traffic again. Default 1.
    pub success_threshold: Option<i64>,
}

/// What a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ProbeType {
    /// Whether the server is there (`pg_isready`).
    PgIsready,
    /// Whether a query is answered.
    Query,
    /// Whether a standby streams from the primary.
    Streaming,
}
