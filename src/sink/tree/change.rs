//! What there is to do in the output directory. Finding it out changes nothing.

use std::io;

use serde_json::Value;

use super::body::Body;
use super::diff;
use super::disk::{Found, Root};
use super::existing::{Existing, documents};
use super::files::Files;
use super::policy::Policy;
use super::sealing::{self, Content, Sealing};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::inventory::Identity;
use crate::sink::history;
use crate::sink::seal::{Sealer, encrypted_for, encryption_ends};
use crate::sink::secret::is_secret;
use crate::spec::{SecretsMode, Uncomparable};
use crate::world::World;

/// The bits of a mode that let anybody but the owner in.
const OTHERS: u32 = 0o077;

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is not there yet.
    Create,
    /// It holds something else.
    Update,
    /// Others can read it, and it holds secrets.
    Restrict,
    /// It is not wanted any more.
    Remove,
}

/// One file that is not as it should be.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its path below the output directory.
    pub path: String,
    /// What is done to it.
    pub kind: Kind,
    /// What it holds then.
    pub bytes: Vec<u8>,
    /// Whether only its owner may read it.
    pub secret: bool,
    /// What changes, for people; empty unless it was asked for. No secret stands in it.
    pub diff: String,
}

/// What there is to do for one stack.
#[derive(Debug, Default)]
pub struct Prepared {
    /// The files that change, in the order in which they have to.
    pub changes: Vec<Change>,
    /// How many are as they should be.
    pub unchanged: usize,
    /// How many hold secrets that everybody can read who can read the file.
    pub readable: usize,
}

/// What is wanted besides the files themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Removes files of the stack that are no longer wanted.
    pub prune: bool,
    /// Nothing will be written; says what would change.
    pub check: bool,
    /// What happens to an encrypted file that no key opens, whatever the stack says.
    pub uncomparable: Option<Uncomparable>,
}

/// Finds out what there is to do. No directory is an empty one.
pub fn prepare(
    files: &Files,
    root: Option<&Root>,
    options: Options,
    world: &World<'_>,
    out: &mut Diagnostics,
) -> Prepared {
    let existing = match Existing::new(root, files) {
        Ok(existing) => existing,
        Err(error) => {
            unreadable(&error, out);
            return Prepared::default();
        }
    };
    let uncomparable = options
        .uncomparable
        .unwrap_or(files.encryption.uncomparable);
    let sealing = Sealing {
        policy: Policy {
            encryption: &files.encryption,
            rules: files.rules.as_ref(),
        },
        sealer: Sealer::new(world, uncomparable),
    };
    let mut work = Work {
        files,
        existing,
        sealing,
        options,
        prepared: Prepared::default(),
        gone: Vec::new(),
        out,
    };
    let kustomization = work.kustomization();
    for (path, body) in &files.bodies {
        let marked = kustomization
            .as_ref()
            .filter(|_| *path == files.kustomization());
        work.file(path, marked.unwrap_or(body));
    }
    work.stale();
    work.out.extend(files.history.vanished(work.gone.iter()));
    work.summary();
    work.prepared.sort(&files.kustomization());
    work.prepared
}

impl Prepared {
    /// A file that is generated from goes before kustomization.yaml, which says whose it is, and a
    /// new one comes after it: so whatever moment a run is killed in, the next one knows its files.
    fn sort(&mut self, kustomization: &str) {
        self.changes.sort_by_key(|change| match change.kind {
            Kind::Remove => 0,
            _ if change.path == kustomization => 1,
            _ => 2,
        });
    }

    /// Removes what is not wanted. Not beside other work in the same directory: directories that
    /// become empty go too.
    ///
    /// # Errors
    ///
    /// When a file cannot be removed; those before it are gone then.
    pub fn remove(&self, root: &Root) -> io::Result<()> {
        let mut removed = self.changes.iter().filter(|c| c.kind == Kind::Remove);
        removed.try_for_each(|change| root.remove(&change.path))
    }

    /// Writes everything else.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; those before it are written then.
    pub fn write(&self, root: &Root) -> io::Result<()> {
        for change in &self.changes {
            match change.kind {
                Kind::Create | Kind::Update => {
                    root.write(&change.path, &change.bytes, change.secret)?;
                }
                Kind::Restrict => root.restrict(&change.path)?,
                Kind::Remove => {}
            }
        }
        Ok(())
    }
}

fn unreadable(error: &io::Error, out: &mut Diagnostics) {
    let message = format!("the output directory: {error}");
    let error = Diagnostic::general(Severity::Error, Code::UnreadableFile, message);
    out.push(error);
}

/// The changes as they come together.
struct Work<'a> {
    files: &'a Files,
    existing: Existing<'a>,
    sealing: Sealing<'a>,
    options: Options,
    prepared: Prepared,
    /// Documents of earlier runs that are not among the new ones.
    gone: Vec<Value>,
    out: &'a mut Diagnostics,
}

impl Work<'_> {
    /// The Kustomization, if files stay that only it can say are the stack's: `--prune` in a later run
    /// has to know them.
    fn kustomization(&mut self) -> Option<Body> {
        if self.options.prune {
            return None;
        }
        let stale = self.existing.stale_listed(self.files);
        let body = self.files.bodies.get(&self.files.kustomization())?;
        (!stale.is_empty()).then(|| body.clone().with_stale_files(&stale))
    }

    /// One wanted file.
    fn file(&mut self, path: &str, body: &Body) {
        let found = match self.existing.read(path) {
            Ok(found) => found,
            Err(error) => return unreadable(&error, self.out),
        };
        let old = found.as_ref().map(|found| found.bytes.as_slice());
        let Some(bytes) = self.content(path, body, old) else {
            return;
        };
        let secret = self.is_secret(body);
        let kind = match &found {
            None => Kind::Create,
            Some(found) if found.bytes == bytes => {
                let open = secret && found.mode & OTHERS != 0;
                // Git keeps no such modes, so a fresh checkout would never pass a check for them.
                if !open || self.options.check {
                    self.prepared.unchanged += 1;
                    return;
                }
                Kind::Restrict
            }
            Some(found) if !self.existing.is_ours(path, &found.bytes) => {
                return self.foreign(path);
            }
            Some(found) => {
                self.compare(found, body);
                Kind::Update
            }
        };
        self.change(path, kind, old, bytes, secret);
    }

    fn is_sealed(&self, body: &Body) -> bool {
        self.files.encrypted && body.is_sealable()
    }

    /// Whether only the owner may read a file.
    fn is_secret(&self, body: &Body) -> bool {
        body.is_secret() || self.is_sealed(body)
    }

    /// What a file is to hold; none after an error.
    fn content(&mut self, path: &str, body: &Body, old: Option<&[u8]>) -> Option<Vec<u8>> {
        if self.is_sealed(body) {
            return match self.sealing.content(path, body, old) {
                Ok(Content::Kept) => old.map(<[u8]>::to_vec),
                Ok(Content::New(text)) => Some(text.into_bytes()),
                Err(error) => {
                    self.out.push(error);
                    None
                }
            };
        }
        self.prepared.readable += usize::from(body.holds_secrets());
        let never = self.files.encryption.mode == SecretsMode::Never;
        if !never && old.is_some_and(|old| body.is_secret() && sealing::is_sealed(body, old)) {
            self.out.push(encryption_ends(path));
            return None;
        }
        Some(body.plain().into_bytes())
    }

    /// What there is to say about the secrets of all files together.
    fn summary(&mut self) {
        if self.files.encrypted {
            // What is rendered from need not lie beside what is rendered.
            self.out.forget(Code::PlaintextPassword);
        }
        if self.out.has_errors() {
            return; // nothing is written
        }
        let never = self.files.encryption.mode == SecretsMode::Never;
        if self.files.encrypted {
            let sealed = self
                .files
                .bodies
                .iter()
                .filter(|(_, body)| body.is_sealable());
            let names = self.sealing.policy.names(sealed);
            self.out.push(encrypted_for(names));
        } else if self.prepared.readable > 0 && !never {
            let message = format!(
                "secrets are written as plain text, readable by everyone who can read the repository ({} of the files): keep \
                 these out of Git, or have them encrypted by naming recipients with `spec.secrets.age` \
                 (`spec.secrets.mode: never` says that this is meant)",
                self.prepared.readable
            );
            let warning = Diagnostic::general(Severity::Warning, Code::PlaintextSecret, message);
            self.out.push(warning);
        }
    }

    fn change(&mut self, path: &str, kind: Kind, old: Option<&[u8]>, bytes: Vec<u8>, secret: bool) {
        let diff = if self.options.check {
            diff::diff(path, kind, old, &bytes, secret)
        } else {
            String::new()
        };
        self.prepared.changes.push(Change {
            path: path.to_owned(),
            kind,
            bytes,
            secret,
            diff,
        });
    }

    fn foreign(&mut self, path: &str) {
        let message = format!(
            "{path} is there already and does not belong to the stack {}, so it is not overwritten; move it away, or \
             give the stack directories of its own with `spec.output`",
            self.files.owner
        );
        let error = Diagnostic::general(Severity::Error, Code::ForeignFile, message);
        self.out.push(error);
    }

    /// Holds the documents of an earlier run against the new ones.
    fn compare(&mut self, found: &Found, body: &Body) {
        let Body::Documents(new) = body else { return };
        for old in documents(&found.bytes).unwrap_or_default() {
            let identity = Identity::of(&old);
            match new.iter().find(|d| Identity::of(&d.value) == identity) {
                Some(document) => {
                    let moved = self.files.history.archive_moved(&old, document);
                    self.out.extend(moved);
                }
                None => self.gone.push(old),
            }
        }
    }

    /// The files of the stack that are not wanted any more.
    fn stale(&mut self) {
        for path in self.existing.others(self.files) {
            self.stale_file(&path);
        }
    }

    fn stale_file(&mut self, path: &str) {
        let bytes = match self.existing.read(path) {
            Ok(Some(found)) => found.bytes,
            Ok(None) => return,
            Err(error) => return unreadable(&error, self.out),
        };
        if !self.existing.is_ours(path, &bytes) {
            return;
        }
        let documents = self.existing.owned_documents(&bytes).unwrap_or_default();
        let shared: Vec<Diagnostic> = documents.iter().filter_map(history::kept_shared).collect();
        let is_secret = documents.is_empty() || documents.iter().any(is_secret);
        self.gone.extend(documents);
        if !shared.is_empty() {
            self.out.extend(shared);
        } else if self.options.prune {
            self.change(path, Kind::Remove, Some(&bytes), Vec::new(), is_secret);
        } else if self.files.encrypted && is_secret && !sealing::looks_sealed(&bytes) {
            let message = format!(
                "{path} is not generated any more and holds secrets as plain text beside what is encrypted; `--prune` \
                 removes it"
            );
            let error = Diagnostic::general(Severity::Error, Code::ReadableSecret, message);
            self.out.push(error);
        } else {
            let message = format!("{path} is not generated any more; `--prune` removes it");
            let warning = Diagnostic::general(Severity::Warning, Code::StaleFile, message);
            self.out.push(warning);
        }
    }
}
