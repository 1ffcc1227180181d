//! What is already among the items that concerns the stack.
//!
//! There may be ten thousand foreign items, and parsing them would cost more than
//! everything else together. So items are chosen by their heads, which are found
//! by looking at lines, and only the chosen ones are parsed.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::krm::annotation::{LEGACY_PATH, PATH};
use crate::krm::{Field, Head, ResourceList};
use crate::meta::OWNER;
use crate::spec::{GROUP, KIND};

/// An item of the input that was parsed.
#[derive(Debug, Clone)]
pub struct Existing {
    /// Its position among the items.
    pub position: usize,
    /// Who it is.
    pub identity: Identity,
    /// Its parsed value.
    pub value: Value,
    /// Whether it lies in another package than the stack: kpt sends those of all
    /// sub-packages along, and a path is relative to the package.
    pub elsewhere: bool,
}

impl Existing {
    /// The value of the ownership annotation.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.annotation(OWNER)
    }

    /// The path of its file in the package of the stack, where the orchestrator says so.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        let path = self.annotation(PATH).or(self.annotation(LEGACY_PATH));
        path.filter(|_| !self.elsewhere)
    }

    /// The value of an annotation.
    #[must_use]
    pub fn annotation(&self, key: &str) -> Option<&str> {
        let annotations = self.value.get("metadata")?.get("annotations")?;
        annotations.get(key)?.as_str()
    }
}

/// The values of Secrets, by the names of the Secrets.
pub type Secrets = BTreeMap<String, BTreeMap<String, String>>;

/// What makes two documents the same object, whatever its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace; none for objects outside namespaces.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl Identity {
    /// The identity of a value; what it lacks is empty.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let text = |at: &str| {
            value
                .pointer(at)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
        };
        Self {
            group: group(&text("/apiVersion").unwrap_or_default()).to_owned(),
            kind: text("/kind").unwrap_or_default(),
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name").unwrap_or_default(),
        }
    }

    /// Whether an item with this head may be the object.
    #[must_use]
    pub fn may_be(&self, head: &Head<'_>) -> bool {
        may(&head.kind, |kind| kind == self.kind)
            && may(&head.name, |name| name == self.name)
            && may(&head.api_version, |version| group(version) == self.group)
    }
}

/// The group of an `apiVersion`.
fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether a field of a head may satisfy a test, as far as it is known.
pub fn may(field: &Field<'_>, test: impl Fn(&str) -> bool) -> bool {
    match field {
        Field::Known(text) => test(text),
        Field::Absent => false,
        Field::Unsure => true,
    }
}

/// The items of a list, by their heads.
pub struct Inventory<'a> {
    list: &'a ResourceList,
    heads: Vec<Head<'a>>,
    package: Option<String>,
}

impl<'a> Inventory<'a> {
    /// Looks at every item once. One that its lines do not tell enough about
    /// (flow style, anchors) is parsed for its head.
    #[must_use]
    pub fn new(list: &'a ResourceList) -> Self {
        let config = list.function_config();
        let package = config.and_then(|c| c.head().package.known().map(ToOwned::to_owned));
        let heads = list.items().map(|item| {
            let head = item.head();
            match head.is_unsure().then(|| item.parse()) {
                Some(Ok(value)) => Head::of(&value).into_owned(),
                _ => head,
            }
        });
        Self {
            list,
            heads: heads.collect(),
            package,
        }
    }

    /// The list itself.
    #[must_use]
    pub fn list(&self) -> &'a ResourceList {
        self.list
    }

    /// The heads of the items, in their order.
    pub fn heads(&self) -> impl Iterator<Item = &Head<'a>> {
        self.heads.iter()
    }

    /// Whether an item lies in another package than the stack.
    #[must_use]
    pub fn is_elsewhere(&self, head: &Head<'_>) -> bool {
        matches!((head.package.known(), &self.package), (Some(one), Some(other)) if one != other)
    }

    /// Parses the items that the test on their heads chooses. An item that cannot
    /// be parsed is an error: it might be the one that matters.
    pub fn select(
        &self,
        wanted: impl Fn(&Head<'_>) -> bool,
        out: &mut Diagnostics,
    ) -> Vec<Existing> {
        let heads = self.heads.iter().enumerate();
        let chosen = heads.filter(|(_, head)| wanted(head));
        chosen
            .filter_map(|(position, head)| self.parse(position, self.is_elsewhere(head), out))
            .collect()
    }

    fn parse(&self, position: usize, elsewhere: bool, out: &mut Diagnostics) -> Option<Existing> {
        match self.list.item(position)?.parse() {
            Ok(value) => Some(Existing {
                position,
                identity: Identity::of(&value),
                value,
                elsewhere,
            }),
            Err(error) => {
                let message =
                    format!("item {position} of the ResourceList cannot be read: {error:#}");
                out.push(Diagnostic::general(
                    Severity::Error,
                    Code::UnreadableItem,
                    message,
                ));
                None
            }
        }
    }

    /// The decoded values of the Secrets with these names in a namespace.
    #[must_use]
    pub fn secrets(&self, namespace: &str, names: &[&str], out: &mut Diagnostics) -> Secrets {
        let names: BTreeSet<&str> = names.iter().copied().collect();
        let wanted = |head: &Head<'_>| {
            may(&head.kind, |kind| kind == "Secret") && may(&head.name, |name| names.contains(name))
        };
        let found = self.select(wanted, out).into_iter().filter(|item| {
            item.identity.kind == "Secret"
                && item.identity.namespace.as_deref() == Some(namespace)
                // The values of a SOPS-encrypted Secret are ciphertext, nothing to build upon.
                && item.value.get("sops").is_none()
        });
        found
            .map(|item| (item.identity.name.clone(), secret_values(&item.value)))
            .collect()
    }

    /// The Barman IDs of the Backups with these names in a namespace, as far as they have one.
    #[must_use]
    pub fn backups(
        &self,
        namespace: &str,
        names: &[&str],
        out: &mut Diagnostics,
    ) -> BTreeMap<String, String> {
        let wanted = |head: &Head<'_>| {
            may(&head.kind, |kind| kind == "Backup")
                && may(&head.name, |name| names.contains(&name))
        };
        let found = self.select(wanted, out).into_iter().filter(|item| {
            item.identity.group == "postgresql.cnpg.io"
                && item.identity.kind == "Backup"
                && item.identity.namespace.as_deref() == Some(namespace)
        });
        found
            .filter_map(|item| {
                let id = item.value.pointer("/status/backupId")?.as_str()?;
                Some((item.identity.name.clone(), id.to_owned()))
            })
            .collect()
    }

    /// Reports two stacks of one namespace: the Cluster is named after it.
    pub fn one_stack_per_namespace(&self, namespace: &str, name: &str, out: &mut Diagnostics) {
        let is_stack = |head: &Head<'_>| may(&head.kind, |kind| kind == KIND);
        let is_self = |head: &Head<'_>| head.name.known() == Some(name);
        if let [] | [true] = self
            .heads()
            .filter(|h| is_stack(h))
            .map(is_self)
            .collect::<Vec<_>>()[..]
        {
            return;
        }
        let claims = |item: &Existing| {
            item.identity.group == GROUP
                && item
                    .value
                    .pointer("/spec/namespace")
                    .and_then(Value::as_str)
                    == Some(namespace)
        };
        let stacks = self.select(is_stack, out).into_iter().filter(claims);
        let mut names: Vec<String> = stacks.map(|item| item.identity.name).collect();
        // Orchestrators send the functionConfig among the items too, but need not.
        if !names.iter().any(|other| other == name) {
            names.insert(0, name.to_owned());
        }
        if names.len() > 1 {
            let message = format!(
                "the namespace \"{namespace}\" is claimed by {} {KIND} documents: {}; a namespace has one stack",
                names.len(),
                names.join(", ")
            );
            out.push(Diagnostic::general(
                Severity::Error,
                Code::TwoStacks,
                message,
            ));
        }
    }
}

fn secret_values(secret: &Value) -> BTreeMap<String, String> {
    let field = |name: &str| {
        secret
            .get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let decoded = field("data").into_iter().filter_map(|(key, value)| {
        let bytes = STANDARD.decode(value.as_str()?.trim()).ok()?;
        Some((key, String::from_utf8(bytes).ok()?))
    });
    let plain = field("stringData")
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())));
    // The API server lets `stringData` win.
    decoded.chain(plain).collect()
}
