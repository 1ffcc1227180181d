//! How large, deep and numerous what is read may be.
//!
//! They are values that the ends hand in, never globals: the same input with the same limits has the same answer.

use std::fmt;

use serde_saphyr::Budget;
use serde_saphyr::budget::BudgetBreach;

/// How deep the depth may be set: what a thread with a stack of [`STACK`] can read, change and write, in a
/// build without optimisation too (a test does it). Those who call themselves once for each level are the
/// reader of values, both writers, and whatever drops or compares a value.
pub const DEEPEST: usize = 240;

/// The stack of the threads that work on values, in bytes. The main thread has 8 MiB on every Linux.
pub const STACK: usize = 8 << 20;

/// How large the size may be set, in bytes: more than a machine that builds manifests can be taken to have, with
/// the copies at work.
pub const LARGEST: usize = 4 << 30;

/// How large the numbers of nodes, aliases and documents may be set.
pub const MOST: usize = 100_000_000;

/// How much text may come out of aliases for each node that may, in bytes.
const TEXT_PER_NODE: usize = 1 << 10;

/// What is read is refused beyond these. Each has a flag of the program, which the refusal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all input of a run together, standard input and files: `--max-size`. The default is 256 MiB:
    /// nearly four times a list of 100,000 items, with which the function takes 97 MiB.
    pub size: usize,
    /// Levels of lists and mappings in each other, in one document: `--max-depth`. The default is 64, more
    /// than twice what the deepest CRDs take.
    pub depth: usize,
    /// Values in one item of a list, or in all documents of one file: scalars with their keys, lists and
    /// mappings: `--max-nodes`. The default is 500,000, about what a file of 10 MB holds, and a stack with
    /// 10,000 databases a third of it.
    pub nodes: usize,
    /// Anchors, and aliases of them, in one item or file: `--max-aliases`. The default is 2,000.
    pub aliases: usize,
    /// Values that come out of aliases, in one item or file, and, by the KiB, the text in them:
    /// `--max-expansion`. The default is 10,000: what somebody writes with anchors by hand comes to
    /// hundreds, what somebody wants to do harm with to millions.
    pub expansion: usize,
    /// Documents in one file: `--max-documents`. The default is 100,000.
    pub documents: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 256 << 20,
            depth: 64,
            nodes: 500_000,
            aliases: 2_000,
            expansion: 10_000,
            documents: 100_000,
        }
    }
}

impl Limits {
    /// The limits for text of our own making: values that were read, with what a patch or the stack adds.
    pub(crate) const OWN: Self = Self {
        size: usize::MAX,
        depth: DEEPEST + 10,
        nodes: usize::MAX,
        aliases: MOST,
        expansion: MOST,
        documents: MOST,
    };

    /// The limits for files of an output directory: what was written there has to be known again, whatever
    /// the limits were, and what somebody else put there must do no harm.
    pub(crate) const OUTPUT: Self = Self {
        size: 64 << 20,
        depth: DEEPEST + 10,
        nodes: MOST,
        aliases: 2_000,
        expansion: 10_000,
        documents: 100_000,
    };

    /// The limits for a list as a whole, which holds what its items hold together, two levels up.
    pub(super) fn for_list(self) -> Self {
        Self {
            depth: self.depth + 2,
            nodes: usize::MAX,
            ..self
        }
    }

    /// The limits as the reader of values takes them, for a text of so many bytes.
    pub(super) fn budget(&self, length: usize, documents: usize) -> Budget {
        let mut budget = Budget::default();
        budget.max_nodes = self.nodes;
        // An event for each node, one for the end of each collection, and two for each document.
        budget.max_events = usize::MAX;
        budget.max_depth = self.depth;
        budget.flow_nesting_limit = budget.flow_nesting_limit.max(self.depth + 1);
        budget.max_aliases = self.aliases;
        budget.max_anchors = self.aliases;
        budget.max_recorded_anchor_events = self.expansion;
        budget.max_merge_keys = self.aliases;
        // Text that stands there is bounded by the length; an escape can hold half as much again. What is beyond
        // comes out of aliases and tags.
        budget.max_total_scalar_bytes = length
            .saturating_mul(2)
            .saturating_add(self.expansion.saturating_mul(TEXT_PER_NODE));
        budget.max_documents = documents;
        budget.enforce_alias_anchor_ratio = false;
        budget
    }

    /// What a breach of [`Self::budget`] comes to, with the flag that moves the limit.
    pub(super) fn breached(&self, breach: &BudgetBreach) -> String {
        match breach {
            BudgetBreach::Depth { .. } => self.too_deep(),
            BudgetBreach::Nodes { .. } => over("values", self.nodes, "--max-nodes"),
            BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } => {
                over("anchors or aliases", self.aliases, "--max-aliases")
            }
            BudgetBreach::MergeKeys { .. } => over("merge keys", self.aliases, "--max-aliases"),
            BudgetBreach::Documents { .. } => over("documents", self.documents, "--max-documents"),
            BudgetBreach::RecordedAnchorEvents { .. }
            | BudgetBreach::RecordedAnchorBytes { .. }
            | BudgetBreach::ScalarBytes { .. } => self.too_expansive(),
            _ => "not valid YAML".to_owned(),
        }
    }

    /// What is said about collections that lie too deep in each other.
    pub(super) fn too_deep(&self) -> String {
        over("levels of lists and mappings", self.depth, "--max-depth")
    }

    /// What is said about aliases that stand for too much.
    pub(super) fn too_expansive(&self) -> String {
        let text = Bytes(self.expansion.saturating_mul(TEXT_PER_NODE));
        format!(
            "its aliases stand for more than {} values or {text} of text; --max-expansion raises the limit",
            self.expansion
        )
    }

    /// What is said about input that is too large.
    #[must_use]
    pub fn too_large(&self) -> String {
        format!(
            "more than {} of input; --max-size raises the limit",
            Bytes(self.size)
        )
    }
}

fn over(what: &str, limit: usize, flag: &str) -> String {
    format!("more than {limit} {what}; {flag} raises the limit")
}

/// A number of bytes as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("GiB", 30_u32), ("MiB", 20), ("KiB", 10)];
        let whole = |(_, shift): &&(&str, u32)| self.0 > 0 && self.0.is_multiple_of(1 << shift);
        match units.iter().find(whole) {
            Some((unit, shift)) => write!(f, "{} {unit}", self.0 >> shift),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_bytes_has_the_largest_unit_without_a_fraction() {
        let cases = [
            (0, "0 bytes"),
            (1_000, "1000 bytes"),
            (1_536, "1536 bytes"),
            (2_048, "2 KiB"),
            (256 << 20, "256 MiB"),
            (4 << 30, "4 GiB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
    }
}
