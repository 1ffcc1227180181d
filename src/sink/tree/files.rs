//! From the placed documents to the files of one stack.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::Body;
use super::generator;
use super::policy::{Encrypting, Rules};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::place::Placed;
use crate::plan::File;
use crate::sink::history::History;
use crate::validate::{Encryption, Stack};

/// The name references of CNPG, which kustomize does not know by itself. Without `.yaml`: kpt would
/// take it for a resource without an `apiVersion`, and refuse it.
pub(crate) const CONFIG: (&str, &str) =
    ("cnpg.kustomizeconfig", include_str!("cnpg.kustomizeconfig"));

/// The files of one stack.
pub struct Files {
    /// The value of the ownership annotation.
    pub(super) owner: String,
    /// The directory of what is applied, and that of what is applied by hand.
    pub(super) roots: [String; 3],
    /// The files by path.
    pub(super) bodies: BTreeMap<String, Body>,
    /// What earlier documents are held against.
    pub(super) history: History,
    /// How what holds secrets is encrypted, and the rules that have a say in it.
    pub(super) encryption: Encryption,
    pub(super) rules: Option<Rules>,
    /// Whether it is encrypted.
    pub(super) encrypted: bool,
}

impl Files {
    /// The files of these documents.
    pub(crate) fn new(
        placed: Vec<Placed>,
        stack: &Stack,
        encrypting: Encrypting,
        out: &mut Diagnostics,
    ) -> Option<Self> {
        let history = History::new(&placed);
        let base = &stack.output.base;
        let mut files: BTreeMap<String, Body> = BTreeMap::new();
        let mut generated = Generated::default();
        for document in placed {
            match generator::path(document.file) {
                Some(path) => {
                    let body = generated.take(path, &document, out)?;
                    files.insert(format!("{base}/{path}"), body);
                }
                None => push(&mut files, document),
            }
        }
        generated.complete(&format!("{base}/kustomization.yaml"), base, &mut files);
        files.insert(format!("{base}/{}", CONFIG.0), Body::Config(CONFIG.1));
        Some(Self {
            owner: stack.owner(),
            roots: stack.output.roots().map(str::to_owned),
            bodies: files,
            history,
            encryption: stack.encryption.clone(),
            encrypted: encrypting.on,
            rules: encrypting.rules,
        })
    }

    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.bodies.keys().map(String::as_str)
    }

    /// The directories that the stack has files in.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.roots.iter().map(String::as_str)
    }

    /// Who they belong to.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Where kustomization.yaml is, which says whose the files without annotations are.
    pub(super) fn kustomization(&self) -> String {
        let [base, ..] = &self.roots;
        format!("{base}/kustomization.yaml")
    }
}

fn push(files: &mut BTreeMap<String, Body>, document: Placed) {
    let body = files
        .entry(document.path.clone())
        .or_insert_with(|| Body::Documents(Vec::new()));
    if let Body::Documents(documents) = body {
        documents.push(document);
    }
}

/// The Secrets that are generated, and the documents that they stand for.
#[derive(Default)]
struct Generated {
    entries: Vec<Value>,
    replaced: Vec<String>,
}

impl Generated {
    /// Only a patch of the user can make a Secret that an env file cannot hold.
    fn take(&mut self, path: &str, document: &Placed, out: &mut Diagnostics) -> Option<Body> {
        match generator::generated(path, &document.value) {
            Ok((body, entry)) => {
                self.entries.push(entry);
                self.replaced.push(document.path.clone());
                Some(body)
            }
            Err(reason) => {
                let message = format!(
                    "the Secret of {path} cannot be written as that file, after the patches: {reason}"
                );
                let error = Diagnostic::general(Severity::Error, Code::InvalidPatch, message);
                out.push(error);
                None
            }
        }
    }

    /// Makes kustomization.yaml generate the Secrets in place of listing their documents.
    fn complete(self, path: &str, base: &str, files: &mut BTreeMap<String, Body>) {
        let Some(Body::Documents(documents)) = files.get_mut(path) else {
            return;
        };
        let found = documents.iter_mut().find(|d| d.file == File::Kustomization);
        let Some(map) = found.and_then(|document| document.value.as_object_mut()) else {
            return;
        };
        map.insert("configurations".to_owned(), json!([CONFIG.0]));
        map.insert("secretGenerator".to_owned(), Value::Array(self.entries));
        if let Some(Value::Array(listed)) = map.get_mut("resources") {
            let is_replaced = |entry: &Value| {
                let path = format!("{base}/{}", entry.as_str().unwrap_or_default());
                self.replaced.contains(&path)
            };
            listed.retain(|entry| !is_replaced(entry));
        }
    }
}
