//! Which files of a tree are encrypted, and for whom: `spec.secrets` and the rules of `.sops.yaml`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use super::body::{Body, VALUES};
use super::generator;
use crate::place::Layout;
use crate::plan::File;
use crate::sink::seal::Lock;
use crate::sops::config::{Config, Rule};
use crate::sops::{self, Recipient, Selection};
use crate::spec::SecretsMode;
use crate::validate::{Encryption, Stack};

/// The rules of a `.sops.yaml`.
#[derive(Debug)]
pub struct Rules {
    /// Where the file is.
    pub file: PathBuf,
    /// The path from its directory down to the output directory, with a slash at the end, or empty.
    pub prefix: String,
    /// The path from the output directory down to its directory, likewise.
    pub inside: String,
    /// What it says.
    pub config: Config,
}

impl Rules {
    /// The path of a file of the tree from the directory of the rules.
    pub(super) fn path(&self, path: &str) -> String {
        let below = path.strip_prefix(&self.inside).unwrap_or(path);
        format!("{}{below}", self.prefix)
    }
}

/// Finds the rules for the files below a directory of the output.
pub type FindRules<'a> = &'a (dyn Fn(&str) -> Result<Option<Rules>, String> + Sync);

/// Whether the files of a stack are encrypted, and the rules that have a say in it.
#[derive(Debug, Default)]
pub struct Encrypting {
    pub(super) on: bool,
    pub(super) rules: Option<Rules>,
}

impl Encrypting {
    /// Of a stack, and the documents of its Secrets with the files that they would have if they
    /// were encrypted.
    ///
    /// # Errors
    ///
    /// When the rules cannot be read.
    pub(crate) fn find(
        stack: &Stack,
        secrets: &[(File, String)],
        find: FindRules<'_>,
    ) -> Result<Self, String> {
        let base = &stack.output.base;
        let rules = match stack.encryption.mode {
            SecretsMode::Never => None,
            _ => find(&format!("{base}/secret"))?,
        };
        let policy = Policy {
            encryption: &stack.encryption,
            rules: rules.as_ref(),
        };
        let mut paths = secrets
            .iter()
            .map(|(file, path)| match generator::path(*file) {
                Some(generated) => format!("{base}/{generated}"),
                None => path.clone(),
            });
        let on = policy.is_on(&mut paths);
        Ok(Self { on, rules })
    }

    /// Which documents share a file.
    pub(crate) fn layout(&self) -> Layout {
        if self.on {
            Layout::SecretsApart
        } else {
            Layout::Shared
        }
    }
}

/// Who encrypts a file.
#[derive(Debug)]
pub(super) enum By {
    /// This program, for age recipients.
    Us(Lock),
    /// The program `sops`, which knows the services that hold other keys.
    Program(Lock),
}

/// How the files of one stack are encrypted.
#[derive(Debug)]
pub(super) struct Policy<'a> {
    pub(super) encryption: &'a Encryption,
    pub(super) rules: Option<&'a Rules>,
}

impl Policy<'_> {
    /// Whether files are encrypted at all. A `.sops.yaml` that is about none of them asks for nothing.
    fn is_on(&self, secret_paths: &mut impl Iterator<Item = String>) -> bool {
        match self.encryption.mode {
            SecretsMode::Never => false,
            SecretsMode::Always => true,
            SecretsMode::Auto => {
                !self.encryption.recipients.is_empty()
                    || secret_paths.any(|path| self.rule(&path).is_some())
            }
        }
    }

    fn rule(&self, path: &str) -> Option<&Rule> {
        let rules = self.rules?;
        rules.config.rule(&rules.path(path))
    }

    /// How a file is encrypted; the error says why it cannot be.
    pub(super) fn by(&self, path: &str, body: &Body) -> Result<By, String> {
        let own = &self.encryption.recipients;
        let default = |recipients: BTreeSet<Recipient>| match body {
            Body::Documents(_) => Lock::document(recipients),
            _ => Lock::whole(recipients),
        };
        let Some(rule) = self.rule(path) else {
            if own.is_empty() {
                return Err(self.nobody());
            }
            return Ok(By::Us(default(own.clone())));
        };
        let recipients = recipients(rule)?;
        if !own.is_empty() && (rule.other_keys || *own != recipients) {
            return Err(format!(
                "the rule of {} for it has other keys than `spec.secrets.age`",
                self.shown()
            ));
        }
        let mut lock = default(recipients);
        if let Some(selection) = &rule.selection {
            lock.selection = selection.clone();
        }
        if !matches!(body, Body::Documents(_)) {
            lock.mac_only = rule.mac_only.unwrap_or_default();
        }
        if rule.other_keys || rule.groups > 1 {
            return Ok(By::Program(lock));
        }
        if lock.recipients.is_empty() {
            return Err(format!("the rule of {} for it names no key", self.shown()));
        }
        Ok(By::Us(lock))
    }

    /// Who can decrypt these files, for messages.
    pub(super) fn names<'b>(
        &self,
        files: impl Iterator<Item = (&'b String, &'b Body)>,
    ) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (path, body) in files {
            match self.by(path, body) {
                Ok(By::Us(lock)) => names.extend(lock.names().into_iter().map(ToOwned::to_owned)),
                Ok(By::Program(_)) => {
                    names.insert(format!("the keys of {}", self.shown()));
                }
                Err(_) => {}
            }
        }
        names
    }

    fn nobody(&self) -> String {
        match self.rules {
            Some(_) => format!(
                "no rule of {} is for it; add one, or name the recipients with `spec.secrets.age`",
                self.shown()
            ),
            None => "nobody is named who could decrypt it; name the recipients with `spec.secrets.age`, or with a \
                     rule in .sops.yaml"
                .to_owned(),
        }
    }

    /// Why a file came out wrong, with the file whose rule did it.
    pub(super) fn blame(&self, reason: &str) -> String {
        match self.rules {
            Some(_) => format!("the rule of {}: {reason}", self.shown()),
            None => reason.to_owned(),
        }
    }

    /// The file of the rules, for messages.
    fn shown(&self) -> String {
        let file = self.rules.map(|rules| rules.file.display().to_string());
        file.unwrap_or_default()
    }
}

fn recipients(rule: &Rule) -> Result<BTreeSet<Recipient>, String> {
    let parsed = rule.age.iter().map(|text| Recipient::parse(text));
    let parsed: Result<_, _> = parsed.collect();
    parsed.map_err(|reason| format!("a recipient of its rule {reason}"))
}

/// What is wrong with an encrypted file: every value has to be encrypted, and nothing else.
pub(super) fn fault(sealed: &Value, body: &Body, selection: &Selection) -> Option<String> {
    let holds_values = |pointer: &str| match body {
        Body::Documents(_) => VALUES.iter().any(|field| {
            let rest = pointer
                .strip_prefix('/')
                .and_then(|p| p.strip_prefix(field));
            rest.is_some_and(|rest| rest.starts_with('/'))
        }),
        _ => true,
    };
    let readable = sops::readable_pointers(sealed);
    if let Some(pointer) = readable.iter().find(|pointer| holds_values(pointer)) {
        return Some(format!("`{selection}` leaves {pointer} readable"));
    }
    let hidden = sops::sealed_pointers(sealed);
    let pointer = hidden.iter().find(|pointer| !holds_values(pointer))?;
    Some(format!(
        "`{selection}` encrypts {pointer}, which kustomize and Kubernetes have to read"
    ))
}
