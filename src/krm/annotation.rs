//! The annotations that orchestrators put on items while a function runs.
//!
//! The specification reserves the prefix `internal.config.kubernetes.io/`. Tools still send older
//! twins of three of them, and a list that carries both spellings with different values is refused by
//! kyaml, so a function changes neither.

/// The slash path of the file that an item belongs to.
pub const PATH: &str = "internal.config.kubernetes.io/path";
/// The position of an item within its file, as a string; absent means zero.
pub const INDEX: &str = "internal.config.kubernetes.io/index";
/// The older spelling of [`PATH`].
pub const LEGACY_PATH: &str = "config.kubernetes.io/path";
/// The older spelling of [`INDEX`].
pub const LEGACY_INDEX: &str = "config.kubernetes.io/index";
/// The older spelling of kyaml's number for an item, `internal.config.kubernetes.io/id`.
pub const LEGACY_ID: &str = "config.k8s.io/id";
/// The identity under which kustomize tracks an item while it transforms it.
pub const KUSTOMIZE_ID: &str = "kustomize.config.k8s.io/id";
/// The directory of the package that kpt read an item from.
pub const PACKAGE_PATH: &str = "internal.config.kubernetes.io/package-path";
/// The stack that an item was generated for.
pub const STACK: &str = "cnpgstack.io/stack";
/// The prefix that the specification reserves for orchestrators.
pub const INTERNAL_PREFIX: &str = "internal.config.kubernetes.io/";

/// Whether an annotation belongs to the orchestrator: it must survive on an item that came in, and it
/// says nothing about the object that is applied.
#[must_use]
pub fn is_orchestrator_key(key: &str) -> bool {
    const OTHERS: [&str; 4] = [LEGACY_PATH, LEGACY_INDEX, LEGACY_ID, KUSTOMIZE_ID];
    key.starts_with(INTERNAL_PREFIX) || OTHERS.contains(&key)
}
