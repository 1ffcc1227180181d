//! A NetworkPolicy that lets only those in that have to reach the instances, and one for each pooler.
//!
//! Which ports CNPG needs: <https://cloudnative-pg.io/documentation/current/networking/>. Egress is not
//! restricted: backups, DNS and extensions need what only the user knows.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::Linking;
use crate::meta::{self, Meta};
use crate::plan::pooler::NAME_LABEL;
use crate::plan::{Document, File};
use crate::validate::{BackendDb, IstioMode, Pooler, Stack};

const POSTGRES: u16 = 5432;
const STATUS: u16 = 8000;
const METRICS: u16 = 9187;
const POOLER_METRICS: u16 = 9127;
/// The port of ztunnel, through which everything arrives in ambient mode.
const HBONE: u16 = 15008;

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    if !stack.links.network_policy {
        return;
    }
    let mut add = |name: &str, pods: LabelSelector, rules: Vec<NetworkPolicyIngressRule>| {
        let policy = NetworkPolicy {
            metadata: Meta::new(stack, name).build(),
            spec: Some(NetworkPolicySpec {
                pod_selector: Some(pods),
                policy_types: Some(vec!["Ingress".to_owned()]),
                // None lets nobody in.
                ingress: (!rules.is_empty()).then_some(rules),
                egress: None,
            }),
        };
        linking
            .documents
            .push(Document::new(File::NetworkPolicy, &policy));
    };
    add(&stack.cluster, instances(stack), rules(stack));
    for pooler in &stack.poolers {
        let pods = selector([(NAME_LABEL, pooler.name.as_str())]);
        add(&pooler.name, pods, pooler_rules(stack, pooler));
    }
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
    rules.extend(prometheus(stack, METRICS));
    rules.extend(apps(stack, |app| !app.endpoint.is_pooler()));
    rules.extend(outside(stack));
    rules.extend(mesh(stack));
    rules
}

/// The instances let the poolers in as Pods of the cluster.
fn pooler_rules(stack: &Stack, pooler: &Pooler) -> Vec<NetworkPolicyIngressRule> {
    let apps = apps(stack, |app| app.endpoint == pooler.endpoint);
    let prometheus = prometheus(stack, POOLER_METRICS);
    [prometheus, apps, mesh(stack)]
        .into_iter()
        .flatten()
        .collect()
}

fn prometheus(stack: &Stack, metrics: u16) -> Option<NetworkPolicyIngressRule> {
    let link = stack.links.prometheus.as_ref()?;
    let name = link.namespace.as_deref()?;
    Some(rule(vec![namespace(name)], &[metrics]))
}

/// The namespaces of the applications that connect here.
fn apps(stack: &Stack, here: impl Fn(&BackendDb) -> bool) -> Option<NetworkPolicyIngressRule> {
    let apps = stack.links.backend_db.iter().filter(|app| here(app));
    let names: BTreeSet<&str> = apps.map(|app| app.namespace.as_str()).collect();
    (!names.is_empty()).then(|| rule(names.into_iter().map(namespace).collect(), &[POSTGRES]))
}

/// The clients of load balancers. Where nodes hide the client's address, the validation has warned.
fn outside(stack: &Stack) -> Option<NetworkPolicyIngressRule> {
    let services = stack.services.additional.iter();
    let ranges: BTreeSet<&String> = services
        .flat_map(|service| &service.source_ranges)
        .collect();
    let peer = |range: &String| NetworkPolicyPeer {
        ip_block: Some(IPBlock {
            cidr: range.clone(),
            except: None,
        }),
        ..NetworkPolicyPeer::default()
    };
    (!ranges.is_empty()).then(|| rule(ranges.into_iter().map(peer).collect(), &[POSTGRES]))
}

/// From anywhere: the policy sees ztunnel, and who is behind it is for the mesh to check.
fn mesh(stack: &Stack) -> Option<NetworkPolicyIngressRule> {
    let ambient = stack.links.istio == Some(IstioMode::Ambient);
    ambient.then(|| NetworkPolicyIngressRule {
        from: None,
        ports: Some(vec![port(HBONE)]),
    })
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
