//! Changes to items that somebody else wrote.

use serde_json::Value;

use crate::diagnostic::FieldPath;

/// A change to an item that somebody else wrote. It travels with the plan and
/// is made by the sink, so that foreign items change in one place only.
#[derive(Debug, Clone)]
pub struct ItemPatch {
    /// API group of the item; empty for the core group.
    pub group: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// Its namespace; none for what has none.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What to do.
    pub change: ItemChange,
    /// The field that asks for it, for messages.
    pub path: FieldPath,
}

/// What is done to a foreign item.
#[derive(Debug, Clone)]
pub enum ItemChange {
    /// A deep merge.
    Merge(Value),
    /// A Secret as environment of its containers.
    EnvFrom {
        /// The Secret.
        secret: String,
        /// The container; all when none.
        container: Option<String>,
        /// Where the specification of its Pods stands.
        template: &'static [&'static str],
    },
}

impl ItemPatch {
    /// The item, for messages.
    #[must_use]
    pub fn described(&self) -> String {
        format!("{} \"{}\"", self.kind, self.name)
    }

    /// Its namespace, for messages; empty for what has none.
    #[must_use]
    pub fn in_namespace(&self) -> String {
        let namespace = self.namespace.as_ref();
        namespace.map_or_else(String::new, |namespace| {
            format!(" in namespace \"{namespace}\"")
        })
    }

    /// What somebody does by hand where the change cannot be made.
    #[must_use]
    pub fn by_hand(&self) -> String {
        match &self.change {
            ItemChange::Merge(merge) => format!("it needs {merge}"),
            ItemChange::EnvFrom { secret, .. } => {
                format!("its containers need `envFrom` with the Secret \"{secret}\"")
            }
        }
    }
}
