//! `.sops.yaml`: the rules for files that are yet to be encrypted.
//!
//! Unknown keys are ignored, as SOPS ignores them. Other than SOPS, which looks at a rule when it comes
//! to it, mistakes in any rule are errors: a pattern that cannot be read would let a file fall to a
//! later rule, and be encrypted for others than its owner meant.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

use super::{Selection, pattern};

/// Where rules name keys that are not age keys.
const OTHER_KINDS: [&str; 7] = [
    "azure_keyvault",
    "gcp_kms",
    "hc_vault",
    "hc_vault_transit_uri",
    "hckms",
    "kms",
    "pgp",
];

/// A `.sops.yaml` file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    rules: Vec<(Option<Regex>, Rule)>,
}

/// How the files that a rule is for are encrypted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// The age recipients, as they are spelt there; they need not be ones that are supported here.
    pub age: BTreeSet<String>,
    /// Whether the rule names keys of other kinds.
    pub other_keys: bool,
    /// The number of key groups; 1 when they are not used.
    pub groups: usize,
    /// Which values are encrypted, if the rule says.
    pub selection: Option<Selection>,
    /// Whether the MAC leaves out the values that are not encrypted, if the rule says.
    pub mac_only: Option<bool>,
}

impl Config {
    /// Reads the parsed file.
    ///
    /// # Errors
    ///
    /// If it is not a map, or a rule cannot be read. The message names the number of the rule.
    pub fn parse(file: &Value) -> Result<Self, String> {
        let empty = Map::new();
        let entries = match file {
            Value::Null => &empty,
            file => file.as_object().ok_or("it is not a map")?,
        };
        let rules = match entries.get("creation_rules") {
            None | Some(Value::Null) => &[],
            Some(rules) => rules
                .as_array()
                .ok_or("`creation_rules` is not a list")?
                .as_slice(),
        };
        let rules = (1..)
            .zip(rules)
            .map(|(number, rule)| {
                Rule::parse(rule)
                    .map_err(|reason| format!("rule {number} of `creation_rules`: {reason}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// The first rule for a file, named by its path from the directory of the configuration, with
    /// slashes.
    #[must_use]
    pub fn rule(&self, path: &str) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|(regex, _)| regex.as_ref().is_none_or(|regex| regex.is_match(path)))
            .map(|(_, rule)| rule)
    }
}

impl Rule {
    /// Reads one rule, and the pattern for the files that it is for.
    fn parse(value: &Value) -> Result<(Option<Regex>, Self), String> {
        let entries = value.as_object().ok_or("it is not a map")?;
        let regex = match entries.get("path_regex") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => {
                Some(pattern::compile(text).map_err(|reason| format!("`path_regex` {reason}"))?)
            }
            Some(_) => return Err("`path_regex` is not a string".to_owned()),
        };
        let mut rule = Self {
            groups: 1,
            selection: Selection::read(entries)?,
            mac_only: switch(entries)?,
            ..Self::default()
        };
        rule.add_keys(entries)?;
        Ok((regex, rule))
    }

    /// Adds the keys of a rule. Where there are groups, SOPS looks only at these.
    fn add_keys(&mut self, entries: &Map<String, Value>) -> Result<(), String> {
        let groups = match entries.get("key_groups") {
            None | Some(Value::Null) => &[],
            Some(groups) => groups
                .as_array()
                .ok_or("`key_groups` is not a list")?
                .as_slice(),
        };
        if groups.is_empty() {
            return self.add_group(entries);
        }
        self.groups = groups.len();
        groups.iter().try_for_each(|group| self.add_merged(group))
    }

    /// Adds the keys of a group and of the groups that are merged into it.
    fn add_merged(&mut self, group: &Value) -> Result<(), String> {
        let group = group.as_object().ok_or("a key group is not a map")?;
        self.add_group(group)?;
        match group.get("merge") {
            None | Some(Value::Null) => Ok(()),
            Some(merged) => merged
                .as_array()
                .ok_or("`merge` is not a list")?
                .iter()
                .try_for_each(|group| self.add_merged(group)),
        }
    }

    /// Adds the keys of one group.
    fn add_group(&mut self, group: &Map<String, Value>) -> Result<(), String> {
        self.age.extend(recipients(group.get("age"))?);
        self.other_keys |= OTHER_KINDS
            .iter()
            .filter_map(|kind| group.get(*kind))
            .any(is_set);
        Ok(())
    }
}

/// Whether keys are named: not by an empty list or text.
fn is_set(keys: &Value) -> bool {
    match keys {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(is_set),
        _ => true,
    }
}

/// Recipients from a text with commas, or from a list of such texts.
fn recipients(value: Option<&Value>) -> Result<BTreeSet<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(BTreeSet::new()),
        Some(Value::String(text)) => Ok(text
            .split(',')
            .map(str::trim)
            .filter(|recipient| !recipient.is_empty())
            .map(str::to_owned)
            .collect()),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => items
            .iter()
            .map(|item| recipients(Some(item)))
            .try_fold(BTreeSet::new(), |mut all, some| {
                all.extend(some?);
                Ok(all)
            }),
        Some(_) => Err("`age` is neither a string nor a list of strings".to_owned()),
    }
}

/// `mac_only_encrypted`, if the rule says it.
fn switch(entries: &Map<String, Value>) -> Result<Option<bool>, String> {
    match entries.get("mac_only_encrypted") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(on)) => Ok(Some(*on)),
        Some(_) => Err("`mac_only_encrypted` is neither true nor false".to_owned()),
    }
}
