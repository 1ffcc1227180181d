//! Rules of `spec.availability` about the nodes that instances run on.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{name, scheduling};
use super::labels::NODEPOOL_KEY;
use super::{AntiAffinity, Checker, TopologySpread};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, Spec, TaintEffect, Toleration, TolerationOperator, WhenUnsatisfiable};

/// What CNPG tells places apart by when nothing is given.
pub(super) const HOSTNAME: &str = "kubernetes.io/hostname";

impl Checker<'_> {
    pub(super) fn anti_affinity(
        &mut self,
        given: &spec::AntiAffinity,
        path: &FieldPath,
    ) -> Option<AntiAffinity> {
        if given.enabled == Some(false) {
            let fields = [
                ("type", given.kind.is_some()),
                ("topologyKey", given.topology_key.is_some()),
            ];
            let message = "must not be set with `enabled: false`: it would have no effect";
            self.idle(path, &fields, message);
            return Some(AntiAffinity::Off);
        }
        let default = HOSTNAME.to_owned();
        let key = given.topology_key.as_ref().unwrap_or(&default);
        let checked = scheduling::topology_key(key);
        let key = self.accept(Code::InvalidLabel, &path.key("topologyKey"), key, checked);
        Some(AntiAffinity::On {
            kind: given.kind.unwrap_or_default(),
            topology_key: key?,
        })
    }

    /// Kubernetes: `validateTopologySpreadConstraints` of
    /// <https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go>.
    pub(super) fn topology_spread(
        &mut self,
        given: &spec::Availability,
        path: &FieldPath,
    ) -> Vec<TopologySpread> {
        let mut seen = BTreeSet::new();
        let entries = given.topology_spread.as_deref().unwrap_or_default();
        let mut checked = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let path = path.index(index);
            let (Some(key), Some(when)) = (&entry.topology_key, entry.when_unsatisfiable) else {
                self.spread(entry, "", WhenUnsatisfiable::DoNotSchedule, &path);
                continue;
            };
            checked.extend(self.spread(entry, key, when, &path));
            if !seen.insert((key.clone(), when)) {
                let message = "must differ from the entries before it in `topologyKey` or `whenUnsatisfiable` (Kubernetes refuses it)";
                self.out.error(Code::DuplicateEntry, &path, message);
            }
        }
        checked
    }

    fn spread(
        &mut self,
        entry: &spec::TopologySpread,
        key: &str,
        when: WhenUnsatisfiable,
        path: &FieldPath,
    ) -> Option<TopologySpread> {
        let max_skew = self.bounded(path, ("maxSkew", Some(entry.max_skew.unwrap_or(1)), 1));
        let min_domains = self.bounded(path, ("minDomains", entry.min_domains, 1));
        if entry.min_domains.is_some() && when == WhenUnsatisfiable::ScheduleAnyway {
            let message =
                "must not be set with `whenUnsatisfiable: ScheduleAnyway` (Kubernetes refuses it)";
            self.out
                .error(Code::Conflict, &path.key("minDomains"), message);
        }
        let given = entry.topology_key.as_ref()?;
        let checked = scheduling::topology_key(key);
        let key = self.accept(Code::InvalidLabel, &path.key("topologyKey"), given, checked);
        Some(TopologySpread {
            topology_key: key?,
            max_skew: max_skew?,
            when_unsatisfiable: when,
            min_domains,
            node_affinity_policy: entry.node_affinity_policy,
            node_taints_policy: entry.node_taints_policy,
        })
    }

    /// Webhook: `validateTolerations`, which is what Kubernetes says.
    pub(super) fn tolerations(
        &mut self,
        given: &spec::Availability,
        path: &FieldPath,
    ) -> Vec<Toleration> {
        let entries = given.tolerations.clone().unwrap_or_default();
        for (index, entry) in entries.iter().enumerate() {
            let path = path.index(index);
            self.toleration(entry, &path);
            if entries.iter().take(index).any(|other| other == entry) {
                let message = "must not be the same as an entry before it";
                self.out.error(Code::DuplicateEntry, &path, message);
            }
        }
        entries
    }

    fn toleration(&mut self, entry: &Toleration, path: &FieldPath) {
        let exists = entry.operator == Some(TolerationOperator::Exists);
        let key = entry.key.as_deref().unwrap_or_default();
        if !key.is_empty() {
            let checked = name::label_key(key);
            self.accept(Code::InvalidLabel, &path.key("key"), key, checked);
        } else if !exists {
            let message =
                "must be set, unless `operator` is `Exists`, which then tolerates every taint";
            self.out
                .error(Code::MissingField, &path.key("key"), message);
        }
        let value = entry.value.as_deref().unwrap_or_default();
        if exists && !value.is_empty() {
            let message = "must not be set with `operator: Exists` (Kubernetes refuses it)";
            self.conflict(&path.key("value"), value, message);
        } else {
            let checked = name::label_value(value);
            self.accept(Code::InvalidLabel, &path.key("value"), value, checked);
        }
        if let Some(seconds) = entry.toleration_seconds
            && entry.effect != Some(TaintEffect::NoExecute)
        {
            let message = "must not be set unless `effect` is `NoExecute` (Kubernetes refuses it)";
            let path = path.key("tolerationSeconds");
            self.wrong_number(Code::Conflict, &path, seconds, message);
        }
    }

    pub(super) fn node_selector(
        &mut self,
        spec: &Spec,
        given: &spec::Availability,
        path: &FieldPath,
    ) -> BTreeMap<String, String> {
        let labels = given.node_selector.clone().unwrap_or_default();
        for (key, value) in &labels {
            let below = path.key(key);
            self.accept(Code::InvalidLabel, &below, key, name::label_key(key));
            self.accept(Code::InvalidLabel, &below, value, name::label_value(value));
            let pool = spec.nodepool_key.as_deref().unwrap_or(NODEPOOL_KEY);
            if spec.nodepool.is_some() && pool == key {
                let message =
                    "must not be set: `spec.nodepool` is compared with this label already";
                self.conflict(&below, value, message);
            }
        }
        labels
    }
}
