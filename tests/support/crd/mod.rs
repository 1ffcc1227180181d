//! Checks a generated resource the way the API server would on create, without one.
//!
//! * [`Crds::check`]: a custom resource against the schema and the CEL rules of its CRD,
//! * [`round_trip`]: a CNPG resource through the types of the CNPG crate,
//! * [`check_core`]: a resource that Kubernetes brings itself, through its type.
//!
//! Each returns every violation with its path; an empty list means that the resource holds.
//!
//! Stricter than the API server on purpose: a field that it would drop without a word (an unknown
//! one, a null, a `status`) is a violation here, because a generator must not write what nobody
//! reads. Not checked: what needs a cluster (admission webhooks, quotas, references) and the cost
//! limits of CEL.

#![allow(
    dead_code,
    unused_imports,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "test support: each test binary uses a part of it, a broken CRD ends the test, and where the CRDs are \
              is a matter of the machine"
)]

mod cel;
mod core;
mod meta;
mod scalar;
mod schema;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kube_cel::CompiledSchema;
use serde_json::Value;

pub(crate) use self::cel::{Rule, When};
pub(crate) use self::core::{check_core, round_trip};

/// Why nothing was held against a schema.
pub(crate) const ABSENT: &str =
    "../shared/crds is not there, and CNPG_STACK_CRDS names no directory";

/// Group, version and kind.
type Gvk = (String, String, String);

/// One served version of a CRD.
struct Kind {
    /// `openAPIV3Schema` as written.
    schema: Value,
    /// The CEL rules of the schema, compiled.
    rules: CompiledSchema,
    /// Whether its resources live in a namespace.
    namespaced: bool,
    /// Whether `status` is a subresource, so that a create drops it.
    status_subresource: bool,
}

/// The CRDs of a directory; a clone shares them.
#[derive(Clone)]
pub(crate) struct Crds {
    kinds: Arc<BTreeMap<Gvk, Kind>>,
}

impl Crds {
    /// Every CRD in the directory that `CNPG_STACK_CRDS` names, or else in `../shared/crds`; `None` only if
    /// nobody named a directory and that one is not there.
    ///
    /// They are read once in a process.
    ///
    /// # Panics
    ///
    /// If the directory is there but cannot be read, holds no CRD, or holds one with a schema
    /// keyword that this module does not check: passing over those would be a silent skip.
    pub(crate) fn load() -> Option<Self> {
        static SHARED: OnceLock<Option<Crds>> = OnceLock::new();
        let find = || match std::env::var_os("CNPG_STACK_CRDS") {
            Some(named) => {
                let crds = Self::load_from(Path::new(&named));
                assert!(
                    crds.is_some(),
                    "CNPG_STACK_CRDS names {}, which is not there",
                    named.display()
                );
                crds
            }
            None => Self::load_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/crds")),
        };
        SHARED.get_or_init(find).clone()
    }

    /// [`Crds::load`] from another directory.
    pub(crate) fn load_from(directory: &Path) -> Option<Self> {
        if !directory
            .try_exists()
            .expect("the CRD directory can be looked at")
        {
            return None;
        }
        let mut kinds = BTreeMap::new();
        for file in yaml_files(directory) {
            let text = fs::read_to_string(&file).expect("a CRD file can be read");
            if !text.contains("CustomResourceDefinition") {
                continue;
            }
            let documents: Vec<Value> = serde_saphyr::from_multiple(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for document in &documents {
                add_versions(&mut kinds, document, &file);
            }
        }
        assert!(!kinds.is_empty(), "no CRD in {}", directory.display());
        Some(Self {
            kinds: Arc::new(kinds),
        })
    }

    /// Every violation of `object`, empty if it holds.
    ///
    /// The order is the API server's: metadata, schema defaults, schema, CEL. A kind without a CRD
    /// is a violation.
    pub(crate) fn check(&self, object: &Value) -> Vec<String> {
        let gvk = gvk(object);
        let Some(kind) = self.kinds.get(&gvk) else {
            let (group, version, kind) = gvk;
            return vec![format!("no CRD for kind `{kind}` of `{group}/{version}`")];
        };
        let mut findings = meta::check(object, meta::Name::Subdomain);
        let namespace = object.pointer("/metadata/namespace");
        if !kind.namespaced && namespace.is_some() {
            findings.push("metadata.namespace: the kind is cluster-scoped".to_owned());
        }
        if kind.status_subresource && object.get("status").is_some() {
            findings.push("status: the API server drops it on create".to_owned());
        }
        let object = schema::with_defaults(&kind.schema, object);
        findings.extend(schema::check(&kind.schema, &object));
        findings.extend(cel::check(&kind.rules, &object));
        findings
    }

    /// Whether a CRD for the kind of `object` was loaded.
    pub(crate) fn knows(&self, object: &Value) -> bool {
        self.kinds.contains_key(&gvk(object))
    }

    /// Group, version and kind of every CRD that was loaded, in order.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Gvk> {
        self.kinds.keys()
    }

    /// Every CEL rule of every CRD, those that do not compile included.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        self.kinds
            .iter()
            .flat_map(|((_, _, kind), entry)| cel::inventory(kind, &entry.rules))
            .collect()
    }
}

/// The YAML files under `directory`, in the order of their paths.
fn yaml_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("a CRD directory can be listed") {
        let path = entry.expect("a CRD directory can be listed").path();
        if path.is_dir() {
            files.extend(yaml_files(&path));
        } else if path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Adds every served version of `document` to `kinds`, if it is a CRD.
fn add_versions(kinds: &mut BTreeMap<Gvk, Kind>, document: &Value, file: &Path) {
    if text(document, "/kind") != "CustomResourceDefinition" {
        return;
    }
    let versions = document
        .pointer("/spec/versions")
        .and_then(Value::as_array)
        .unwrap_or_else(|| panic!("{}: a CRD without versions", file.display()));
    for version in versions {
        if version.get("served") != Some(&Value::Bool(true)) {
            continue;
        }
        let gvk = (
            text(document, "/spec/group"),
            text(version, "/name"),
            text(document, "/spec/names/kind"),
        );
        let kind = new_kind(document, version, file);
        // The plugin's manifest carries its CRD a second time.
        if let Some(known) = kinds.get(&gvk) {
            let same = known.schema == kind.schema;
            assert!(same, "{}: a second, other CRD for {gvk:?}", file.display());
            continue;
        }
        kinds.insert(gvk, kind);
    }
}

/// One version of the CRD `document`, compiled.
fn new_kind(document: &Value, version: &Value, file: &Path) -> Kind {
    let schema = version
        .pointer("/schema/openAPIV3Schema")
        .unwrap_or_else(|| panic!("{}: a version without a schema", file.display()))
        .clone();
    let gaps = schema::unchecked(&schema);
    assert!(gaps.is_empty(), "{}: not checked: {gaps:?}", file.display());
    Kind {
        rules: kube_cel::compile_schema(&schema),
        namespaced: text(document, "/spec/scope") == "Namespaced",
        status_subresource: version.pointer("/subresources/status").is_some(),
        schema,
    }
}

/// Group, version and kind of a resource; the core group is empty.
fn gvk(object: &Value) -> Gvk {
    let api_version = text(object, "/apiVersion");
    let (group, version) = api_version
        .split_once('/')
        .unwrap_or(("", api_version.as_str()));
    (group.to_owned(), version.to_owned(), text(object, "/kind"))
}

/// The string at `pointer`, empty if there is none.
fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// `path` with the field `name` appended.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else if name.contains(['.', '/', ' ']) || name.is_empty() {
        format!("{path}[{name:?}]")
    } else {
        format!("{path}.{name}")
    }
}
