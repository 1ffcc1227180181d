//! A NetworkPolicy that lets only those in that have to reach the instances.
//!
//! Which ports CNPG needs: <https://cloudnative-pg.io/documentation/current/networking/>. Egress is not
//! restricted: backups, DNS and extensions need what only the user knows.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::Linking;
use crate::meta::{self, Meta};
use crate::plan::{Document, File};
use crate::validate::{IstioMode, Stack};

const POSTGRES: u16 = 5432;
const STATUS: u16 = 8000;
const METRICS: u16 = 9187;
/// The port of ztunnel, through which everything arrives in ambient mode.
const HBONE: u16 = 15008;

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    if !stack.links.network_policy {
        return;
    }
    let policy = NetworkPolicy {
        metadata: Meta::new(stack, &stack.cluster).build(),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(instances(stack)),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(rules(stack)),
            egress: None,
        }),
    };
    linking
        .documents
        .push(Document::new(File::NetworkPolicy, &policy));
}

/// The instances and the operator's job pods, which have no role; not the poolers.
fn instances(stack: &Stack) -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels([("cnpg.io/cluster", stack.cluster.as_str())])),
        match_expressions: Some(vec![LabelSelectorRequirement {
            key: "cnpg.io/podRole".to_owned(),
            operator: "NotIn".to_owned(),
            values: Some(vec!["pooler".to_owned()]),
        }]),
    }
}

fn rules(stack: &Stack) -> Vec<NetworkPolicyIngressRule> {
    let operator = NetworkPolicyPeer {
        pod_selector: Some(selector([("app.kubernetes.io/name", "cloudnative-pg")])),
        ..namespace(&stack.operator.namespace)
    };
    let cluster = NetworkPolicyPeer {
        pod_selector: Some(selector([("cnpg.io/cluster", stack.cluster.as_str())])),
        ..NetworkPolicyPeer::default()
    };
    let mut rules = vec![
        rule(vec![operator], &[STATUS, POSTGRES]),
        rule(vec![cluster], &[POSTGRES, STATUS]),
        rule(vec![own_jobs(stack)], &[POSTGRES]),
    ];
    let prometheus = stack
        .links
        .prometheus
        .as_ref()
        .and_then(|link| link.namespace.as_deref());
    rules.extend(prometheus.map(|name| rule(vec![namespace(name)], &[METRICS])));
    let apps: BTreeSet<&str> = stack
        .links
        .backend_db
        .iter()
        .map(|app| app.namespace.as_str())
        .collect();
    if !apps.is_empty() {
        rules.push(rule(apps.into_iter().map(namespace).collect(), &[POSTGRES]));
    }
    if stack.links.istio == Some(IstioMode::Ambient) {
        // From anywhere: the policy sees ztunnel, and who is behind it is for the mesh to check.
        rules.push(NetworkPolicyIngressRule {
            from: None,
            ports: Some(vec![port(HBONE)]),
        });
    }
    rules
}

fn own_jobs(stack: &Stack) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        pod_selector: Some(LabelSelector {
            match_labels: Some(labels([(
                "app.kubernetes.io/instance",
                stack.cluster.as_str(),
            )])),
            match_expressions: Some(vec![LabelSelectorRequirement {
                key: meta::JOB.to_owned(),
                operator: "Exists".to_owned(),
                values: None,
            }]),
        }),
        ..NetworkPolicyPeer::default()
    }
}

/// Every namespace has its name as a label:
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name>.
fn namespace(name: &str) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        namespace_selector: Some(selector([("kubernetes.io/metadata.name", name)])),
        ..NetworkPolicyPeer::default()
    }
}

fn labels<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

fn selector<const N: usize>(pairs: [(&str, &str); N]) -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels(pairs)),
        match_expressions: None,
    }
}

fn rule(from: Vec<NetworkPolicyPeer>, ports: &[u16]) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule {
        from: Some(from),
        ports: Some(ports.iter().map(|number| port(*number)).collect()),
    }
}

fn port(number: u16) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(i32::from(number))),
        protocol: Some("TCP".to_owned()),
        end_port: None,
    }
}
