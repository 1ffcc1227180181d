//! The encrypted form of a file of the tree.

use serde_json::Value;

use super::body::Body;
use super::policy::{By, Policy, fault};
use super::program::{self, Form};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::krm::{Limits, yaml};
use crate::sink::seal::{Lock, Sealer, Settled, uncomparable};
use crate::sops::{Metadata, dotenv, json};
use crate::spec::Uncomparable;

/// What becomes of a file.
pub(super) enum Content {
    /// It stays as it is.
    Kept,
    /// It holds this.
    New(String),
}

/// Encrypts the files of one stack.
pub(super) struct Sealing<'a> {
    pub(super) policy: Policy<'a>,
    pub(super) sealer: Sealer<'a>,
}

impl Sealing<'_> {
    /// The encrypted form of a file that may be there already. Every value is known to be encrypted.
    pub(super) fn content(
        &self,
        path: &str,
        body: &Body,
        old: Option<&[u8]>,
    ) -> Result<Content, Diagnostic> {
        let by = self.policy.by(path, body);
        let by = by.map_err(|reason| readable(path, &reason))?;
        let plain = value(body).map_err(|reason| readable(path, &reason))?;
        let form = form(body);
        let existing = old.and_then(|bytes| parse(std::str::from_utf8(bytes).ok()?, form));
        let (sealed, text, lock) = match by {
            By::Us(lock) => match self.sealer.settle(&plain, existing.as_ref(), &lock, path)? {
                Settled::Kept => return Ok(Content::Kept),
                Settled::Sealed(sealed) => {
                    let text = write(&sealed, form).map_err(|reason| readable(path, &reason))?;
                    (sealed, text, lock)
                }
            },
            By::Program(lock) => {
                let text = self.by_program(path, body, &lock)?;
                let sealed = parse(&text, form)
                    .ok_or_else(|| readable(path, "`sops` printed what cannot be read"))?;
                if self.stays(path, &sealed, existing.as_ref(), old, &plain, form)? {
                    return Ok(Content::Kept);
                }
                (sealed, text, lock)
            }
        };
        match fault(&sealed, body, &lock.selection) {
            Some(reason) => Err(readable(path, &self.policy.blame(&reason))),
            None => Ok(Content::New(text)),
        }
    }

    fn by_program(&self, path: &str, body: &Body, lock: &Lock) -> Result<String, Diagnostic> {
        let Some(rules) = self.policy.rules else {
            return Err(readable(path, "there is no rule for it"));
        };
        let target = rules.path(path);
        program::encrypt(
            &body.plain(),
            form(body),
            &rules.file,
            &target,
            &lock.selection,
            lock.mac_only,
        )
        .map_err(|reason| readable(path, &reason))
    }

    /// Whether a file stays that `sops` encrypted: for the same keys, and with the same values.
    fn stays(
        &self,
        path: &str,
        fresh: &Value,
        existing: Option<&Value>,
        old: Option<&[u8]>,
        plain: &Value,
        form: Form,
    ) -> Result<bool, Diagnostic> {
        let (Some(existing), Some(old)) = (existing, old) else {
            return Ok(false);
        };
        if keys(fresh) != keys(existing) {
            return Ok(false);
        }
        let text = String::from_utf8_lossy(old);
        match program::decrypt(&text, form) {
            Ok(text) => Ok(parse(&text, form).as_ref() == Some(plain)),
            Err(reason) => match self.sealer.uncomparable {
                Uncomparable::Error => Err(uncomparable(path, &reason)),
                Uncomparable::Keep => Ok(true),
                Uncomparable::Reencrypt => Ok(false),
            },
        }
    }
}

/// What a document is encrypted with, for comparing.
fn keys(document: &Value) -> Option<String> {
    let metadata = Metadata::of(document)?.ok()?;
    let Metadata {
        recipients,
        other_keys,
        groups,
        selection,
        mac_only,
        ..
    } = metadata;
    Some(format!(
        "{recipients:?} {other_keys:?} {groups} {selection} {mac_only}"
    ))
}

/// The form of a file's content.
fn form(body: &Body) -> Form {
    match body {
        Body::Env(_) => Form::Dotenv,
        Body::Json(_) => Form::Json,
        Body::Documents(_) | Body::Config(_) => Form::Yaml,
    }
}

/// What is encrypted, as a document.
fn value(body: &Body) -> Result<Value, String> {
    match body {
        Body::Documents(documents) => match &documents[..] {
            [document] => Ok(document.value.clone()),
            // The layout gives every Secret a file of its own.
            _ => Err("it holds several documents; please report this".to_owned()),
        },
        Body::Env(variables) => Ok(variables
            .iter()
            .map(|(key, value)| (key.clone(), Value::from(value.as_str())))
            .collect()),
        Body::Json(text) => {
            serde_json::from_str(text).map_err(|_| "it is no JSON, after the patches".to_owned())
        }
        Body::Config(_) => Err("it holds no secret; please report this".to_owned()),
    }
}

/// Reads a file as a document.
pub(super) fn parse(text: &str, form: Form) -> Option<Value> {
    match form {
        Form::Yaml => yaml::parse_within(text, &Limits::OUTPUT).ok(),
        Form::Dotenv => dotenv::read(text).ok(),
        Form::Json => serde_json::from_str(text).ok(),
    }
}

/// Whether a file is encrypted.
pub(super) fn is_sealed(body: &Body, bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).ok();
    let document = text.and_then(|text| parse(text, form(body)));
    document.is_some_and(|document| Metadata::of(&document).is_some())
}

/// Whether a file of any form is encrypted.
pub(super) fn looks_sealed(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let forms = [Form::Yaml, Form::Dotenv, Form::Json];
    let documents = forms.iter().filter_map(|form| parse(&text, *form));
    documents
        .filter(Value::is_object)
        .any(|document| Metadata::of(&document).is_some())
}

fn write(sealed: &Value, form: Form) -> Result<String, String> {
    match form {
        Form::Yaml => Ok(yaml::to_string(sealed)),
        Form::Dotenv => dotenv::write(sealed),
        Form::Json => Ok(json::write(sealed)),
    }
}

fn readable(path: &str, reason: &str) -> Diagnostic {
    let message = format!("{path} cannot be encrypted: {reason}");
    Diagnostic::general(Severity::Error, Code::ReadableSecret, message)
}

#[cfg(test)]
mod tests {
    use super::{Form, parse};

    /// Found by the fuzz target `sops`: a readable float came out one bit off, and the MAC did not match. Held by the
    /// feature `float_roundtrip` of `serde_json`.
    #[test]
    fn floats_in_json_are_read_to_the_last_bit() {
        let float = -666_448_391_035.105_3;
        let read = parse(&format!("{{\n\t\"a\": {float}\n}}"), Form::Json).unwrap();
        assert_eq!(
            read["a"].as_f64().map(f64::to_bits),
            Some(f64::to_bits(float))
        );
        assert_eq!(parse("a: b", Form::Json), None);
    }
}
