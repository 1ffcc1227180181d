//! The Services of the Cluster, and the names that Services have in the namespace.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{cidr, name};
use super::instance::has_standbys;
use super::recovery::Recoveries;
use super::{AdditionalService, Checker, Pooler, Services, cluster_of};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{
    self, DefaultService, Endpoint, ExternalTrafficPolicy, SelectorType, ServiceType, Spec,
};

/// What the names of a Cluster's own Services end in; CNPG makes the last one only when it is told to
/// (`validateManagedServices` in `internal/webhook/v1/cluster_webhook.go`).
const OWN: [&str; 4] = ["rw", "ro", "r", "any"];

impl Checker<'_> {
    pub(super) fn services(&mut self, spec: &Spec, path: &FieldPath) -> Option<Services> {
        let given = spec.services.clone().unwrap_or_default();
        let path = path.key("services");
        let disabled = given.disabled_default_services.unwrap_or_default();
        let disabled = self.disabled(spec, &disabled, &path.key("disabledDefaultServices"));
        let path = path.key("additional");
        let additional = given.additional.unwrap_or_default();
        let additional: Vec<Option<AdditionalService>> = additional
            .iter()
            .enumerate()
            .map(|(index, given)| self.additional(spec, given, &path.index(index)))
            .collect();
        Some(Services {
            disabled,
            additional: additional.into_iter().collect::<Option<_>>()?,
        })
    }

    /// One that something of the stack connects to has to stay.
    fn disabled(
        &mut self,
        spec: &Spec,
        given: &[DefaultService],
        path: &FieldPath,
    ) -> BTreeSet<DefaultService> {
        let mut disabled = BTreeSet::new();
        for (index, service) in given.iter().enumerate() {
            let path = path.index(index);
            if !disabled.insert(*service) {
                let message = "must not be listed twice";
                self.out.error(Code::DuplicateEntry, &path, message);
                continue;
            }
            let (word, endpoint) = match service {
                DefaultService::R => ("r", Endpoint::R),
                DefaultService::Ro => ("ro", Endpoint::Ro),
            };
            let pooler = spec.pooler.as_ref().and_then(|pooler| pooler.ro.as_ref());
            if *service == DefaultService::Ro && pooler.is_some() {
                let message = "must stay: the pooler of `spec.pooler.ro` connects to it";
                self.conflict(&path, word, message);
            }
            let apps = spec
                .links
                .iter()
                .filter_map(|links| links.backend_db.as_ref());
            if let Some(at) = apps
                .flatten()
                .position(|app| app.endpoint == Some(endpoint))
            {
                let message =
                    format!("must stay: `spec.links.backendDb[{at}].endpoint` is this Service");
                self.conflict(&path, word, &message);
            }
        }
        disabled
    }

    fn additional(
        &mut self,
        spec: &Spec,
        given: &spec::AdditionalService,
        path: &FieldPath,
    ) -> Option<AdditionalService> {
        let kind = given.r#type.unwrap_or_default();
        self.only_with_type(given, kind, path);
        let check = |text: &str| {
            name::dns1035_label(text, name::LABEL_MAX).map(name::Dns1035Label::into_string)
        };
        let name = self.optional(
            Code::InvalidName,
            &path.key("name"),
            given.name.as_ref(),
            check,
        );
        if given.selector_type == Some(SelectorType::Ro) && !has_standbys(spec) {
            let message = "must not be ro with one instance: there is no standby behind it";
            self.conflict(&path.key("selectorType"), "ro", message);
        }
        let annotations = given.annotations.clone().unwrap_or_default();
        for key in annotations.keys() {
            let path = path.key("annotations").key(key);
            self.accept(Code::InvalidValue, &path, key, name::custom_label_key(key));
        }
        let labels = given.labels.clone().unwrap_or_default();
        self.labels(&labels, &path.key("labels"));
        let class = self.optional(
            Code::InvalidValue,
            &path.key("loadBalancerClass"),
            given.load_balancer_class.as_ref(),
            |text| name::label_key(text).map(name::LabelKey::into_string),
        );
        let service = AdditionalService {
            name: name?,
            selector: given.selector_type?,
            kind,
            annotations,
            labels,
            source_ranges: self.source_ranges(given, &path.key("loadBalancerSourceRanges")),
            port: self.service_port(&path.key("port"), given.port),
            node_port: self.service_port(&path.key("nodePort"), given.node_port),
            load_balancer_class: class,
            traffic: given.external_traffic_policy,
            update: given.update_strategy.unwrap_or_default(),
        };
        self.let_in(spec, &service, path);
        Some(service)
    }

    /// The API server refuses these fields with other types.
    fn only_with_type(
        &mut self,
        given: &spec::AdditionalService,
        kind: ServiceType,
        path: &FieldPath,
    ) {
        let balancer = [
            (
                "loadBalancerSourceRanges",
                given.load_balancer_source_ranges.is_some(),
            ),
            ("loadBalancerClass", given.load_balancer_class.is_some()),
        ];
        let outside = [
            ("nodePort", given.node_port.is_some()),
            (
                "externalTrafficPolicy",
                given.external_traffic_policy.is_some(),
            ),
        ];
        if kind != ServiceType::LoadBalancer {
            let message = "must not be set without `type: LoadBalancer`";
            self.idle(path, &balancer, message);
        }
        if kind == ServiceType::ClusterIP {
            let message = "must not be set without `type: NodePort` or `LoadBalancer`";
            self.idle(path, &outside, message);
        }
    }

    fn source_ranges(&mut self, given: &spec::AdditionalService, path: &FieldPath) -> Vec<String> {
        let ranges = given
            .load_balancer_source_ranges
            .as_deref()
            .unwrap_or_default();
        let ranges = ranges.iter().enumerate().filter_map(|(index, range)| {
            let path = path.index(index);
            self.accept(Code::InvalidValue, &path, range, cidr::cidr(range))
        });
        ranges.collect()
    }

    fn service_port(&mut self, path: &FieldPath, given: Option<i64>) -> Option<u16> {
        let given = given?;
        let port = u16::try_from(given).ok().filter(|port| *port > 0);
        if port.is_none() {
            let message = "must be from 1 to 65535";
            let error = Diagnostic::at(Severity::Error, Code::InvalidValue, path, message);
            self.out.push(error.value(given));
        }
        port
    }

    /// A policy sees the client's address only where nodes keep it.
    fn let_in(&mut self, spec: &Spec, service: &AdditionalService, path: &FieldPath) {
        let policy = spec.network_policy.unwrap_or_default();
        if !policy || service.kind == ServiceType::ClusterIP {
            return;
        }
        let local = service.traffic == Some(ExternalTrafficPolicy::Local);
        let known = !service.source_ranges.is_empty();
        if !(local && known) {
            let message = "is not reached from outside with `spec.networkPolicy`, which lets in the addresses of \
                           `loadBalancerSourceRanges`, and sees them only with `externalTrafficPolicy: Local`; for other \
                           clients add a NetworkPolicy of your own";
            self.out.push(
                Diagnostic::at(Severity::Warning, Code::UnreachableService, path, message)
                    .value(service.name.as_str()),
            );
        }
    }

    /// No two Services of the namespace may have one name, whichever object they come from; and no Pooler may
    /// be named like a Cluster.
    pub(super) fn service_names(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        poolers: &[Pooler],
        recoveries: &Recoveries,
    ) {
        let live = cluster_of(spec);
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        let mut take = |cluster: &str| {
            for service in OWN {
                let whose = format!("CNPG's own for the Cluster {cluster}");
                taken.insert(format!("{cluster}-{service}"), whose);
            }
        };
        take(&live);
        take(&recoveries.restore.cluster);
        for (index, restored) in recoveries.pitr_clusters.iter().enumerate() {
            let cluster = &restored.cluster;
            take(cluster);
            let clash = |pooler: &&Pooler| {
                let service = pooler.name.strip_prefix(cluster.as_str());
                let service = service.and_then(|rest| rest.strip_prefix('-'));
                pooler.name == *cluster || service.is_some_and(|rest| OWN.contains(&rest))
            };
            if let Some(pooler) = poolers.iter().find(clash) {
                let message = format!(
                    "must be another name: the Cluster {cluster} or a Service of it would be named like the pooler {}",
                    pooler.name
                );
                let path = path.key("pitrClusters").index(index).key("name");
                self.out.error(Code::Conflict, &path, message);
            }
        }
        for pooler in poolers {
            taken.insert(pooler.name.clone(), format!("the pooler {}", pooler.name));
        }
        self.additional_names(spec, path, taken);
    }

    fn additional_names(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        mut taken: BTreeMap<String, String>,
    ) {
        let given = spec.services.as_ref();
        let given = given.and_then(|services| services.additional.as_ref());
        let path = path.key("services").key("additional");
        for (index, service) in given.into_iter().flatten().enumerate() {
            let Some(name) = &service.name else { continue };
            let path = path.index(index).key("name");
            if let Some(whose) = taken.get(name) {
                let message = format!("must be another name: this Service is {whose}");
                self.conflict(&path, name, &message);
            }
            let own = format!("the one of `spec.services.additional[{index}]`");
            taken.entry(name.clone()).or_insert(own);
        }
    }
}
