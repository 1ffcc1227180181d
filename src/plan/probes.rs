//! The probes of the instances' Pods.

use k8s_crds_cloud_native_pg::{
    ClusterProbes, ClusterProbesLiveness, ClusterProbesLivenessIsolationCheck,
    ClusterProbesReadiness, ClusterProbesReadinessType as ReadinessType, ClusterProbesStartup,
    ClusterProbesStartupType as StartupType,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::filled;
use crate::spec::ProbeType;
use crate::validate::{IsolationCheck, Probe, Probes};

/// The probes, or none when all is left to CNPG.
pub(super) fn build(probes: &Probes) -> Option<ClusterProbes> {
    let check = probes.isolation_check.as_ref();
    let liveness = probes.liveness.as_ref().map(|probe| liveness(probe, check));
    filled::object(ClusterProbes {
        startup: probes
            .startup
            .as_ref()
            .map(startup)
            .and_then(filled::object),
        liveness: liveness.and_then(filled::object),
        readiness: probes
            .readiness
            .as_ref()
            .map(readiness)
            .and_then(filled::object),
    })
}

fn startup(probe: &Probe) -> ClusterProbesStartup {
    ClusterProbesStartup {
        r#type: probe.kind.map(|kind| match kind {
            ProbeType::PgIsready => StartupType::PgIsready,
            ProbeType::Query => StartupType::Query,
            ProbeType::Streaming => StartupType::Streaming,
        }),
        maximum_lag: probe.maximum_lag.clone().map(IntOrString::String),
        initial_delay_seconds: probe.initial_delay,
        period_seconds: probe.period,
        timeout_seconds: probe.timeout,
        failure_threshold: probe.failure_threshold,
        success_threshold: None,
        termination_grace_period_seconds: probe.grace_period,
    }
}

fn liveness(probe: &Probe, check: Option<&IsolationCheck>) -> ClusterProbesLiveness {
    ClusterProbesLiveness {
        initial_delay_seconds: probe.initial_delay,
        period_seconds: probe.period,
        timeout_seconds: probe.timeout,
        failure_threshold: probe.failure_threshold,
        success_threshold: None,
        termination_grace_period_seconds: probe.grace_period,
        isolation_check: check.and_then(|check| {
            filled::object(ClusterProbesLivenessIsolationCheck {
                enabled: check.enabled,
                request_timeout: check.request_timeout,
                connection_timeout: check.connection_timeout,
            })
        }),
    }
}

fn readiness(probe: &Probe) -> ClusterProbesReadiness {
    ClusterProbesReadiness {
        r#type: probe.kind.map(|kind| match kind {
            ProbeType::PgIsready => ReadinessType::PgIsready,
            ProbeType::Query => ReadinessType::Query,
            ProbeType::Streaming => ReadinessType::Streaming,
        }),
        maximum_lag: probe.maximum_lag.clone().map(IntOrString::String),
        initial_delay_seconds: probe.initial_delay,
        period_seconds: probe.period,
        timeout_seconds: probe.timeout,
        failure_threshold: probe.failure_threshold,
        success_threshold: probe.success_threshold,
        termination_grace_period_seconds: None,
    }
}
