//! The SOPS reader: any document, and encrypted ones that somebody had their hands on.
//!
//! The first byte chooses what the others are: the text of a document in one of the three forms, changes of an
//! encrypted document or of its text, changes of an encrypted stack that goes through the function, or a document to
//! encrypt and open again.
//!
//! Nobody can encrypt a value with the data key of a sample. So whatever opens has to say what one of the samples
//! says, as far as the format protects it (`src/sops.rs` has the limits of the MAC): the same bytes in the same order,
//! and each decrypted value under the keys that it was encrypted for. Types, and the names of readable values, are free.

use std::sync::OnceLock;

use arbitrary::Unstructured;
use cnpg_stack::krm::yaml;
use cnpg_stack::sops::config::Config;
use cnpg_stack::sops::{self, Identities, Metadata, Opened, Recipient, Selection, dotenv, json};
use cnpg_stack::world::World;
use serde_json::{Value, json};

use super::{Finding, change, ensure};

/// A key that protects nothing.
const KEY_FILE: &str = include_str!("../../../tests/sops/throw-away.age");
const RECIPIENT: &str = "age1qn8l4efkeqpjpe2dgpzym749cq378f5zruy8ju75mnj7858jeugqtz3yeg";
const NOW: &str = "2026-11-22T10:56:45Z";

/// A list whose stack is encrypted.
const STACK: &str = include_str!("../../../tests/golden/sops/input.yaml");
/// Another, with a MAC over everything: the function refuses it, but it opens.
const WHOLE_MAC: &str = include_str!("../../../tests/golden/error-sops-whole-mac/input.yaml");
/// The passwords in it.
const PASSWORDS: &str = include_str!("../../../tests/golden/sops/secrets");

/// The encrypted documents, by the end of their names.
const SAMPLES: [(&str, &str); 4] = [
    ("yaml", include_str!("../../../tests/sops/by-sops.yaml")),
    ("yaml", include_str!("../../sealed/lists.yaml")),
    ("json", include_str!("../../sealed/whole.json")),
    ("env", include_str!("../../sealed/variables.env")),
];

/// An encrypted document, and what it says.
struct Sample {
    form: &'static str,
    text: &'static str,
    sealed: Value,
    said: Said,
}

/// What of a document is protected.
#[derive(PartialEq, Eq)]
struct Said {
    /// All values under the MAC, one after the other.
    covered: Vec<u8>,
    /// The keys above each decrypted value, as the format binds them, and its bytes.
    decrypted: Vec<(String, Vec<u8>)>,
}

/// Opens what the bytes stand for.
pub(crate) fn check(bytes: &[u8]) -> Finding {
    let (mode, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let form = ["yaml", "json", "env"]
        .get(usize::from(mode / 8 % 3))
        .copied()
        .unwrap_or_default();
    match mode % 8 {
        0 | 1 => any(form, rest),
        2 | 3 => changed(rest),
        4 => spliced(rest),
        5 => stack(rest),
        _ => round_trip(form, rest),
    }
}

/// The samples and their identity, read once.
fn samples() -> &'static (Vec<Sample>, Identities) {
    static SAMPLES_READ: OnceLock<(Vec<Sample>, Identities)> = OnceLock::new();
    SAMPLES_READ.get_or_init(|| {
        let identities = Identities::parse(KEY_FILE).unwrap_or_default();
        let mut texts: Vec<(&'static str, &'static str, Option<Value>)> = SAMPLES
            .iter()
            .map(|(form, text)| (*form, *text, read(form, text)))
            .collect();
        for list in [STACK, WHOLE_MAC] {
            let list = yaml::parse(list).ok();
            let stack = list.and_then(|list| list.get("functionConfig").cloned());
            texts.push(("yaml", "", stack));
        }
        let sample = |(form, text, sealed): (&'static str, &'static str, Option<Value>)| {
            let sealed = sealed?;
            let opened = sops::open(&sealed, &identities).ok()?;
            let said = said(&sealed, &opened)?;
            Some(Sample {
                form,
                text,
                sealed,
                said,
            })
        };
        let samples: Vec<Sample> = texts.into_iter().filter_map(sample).collect();
        assert_eq!(samples.len(), SAMPLES.len() + 2, "a sample does not open");
        (samples, identities)
    })
}

/// A document in one of the forms.
fn read(form: &str, text: &str) -> Option<Value> {
    match form {
        "env" => dotenv::read(text).ok(),
        "json" => serde_json::from_str(text).ok(),
        _ => yaml::parse(text).ok(),
    }
}

/// What of a document is protected, by its own metadata.
fn said(sealed: &Value, opened: &Opened) -> Option<Said> {
    let metadata = Metadata::of(sealed)?.ok()?;
    let mut said = Said {
        covered: Vec::new(),
        decrypted: Vec::new(),
    };
    for pointer in change::pointers(&opened.plain) {
        let value = opened
            .plain
            .pointer(&pointer)
            .filter(|value| !value.is_object() && !value.is_array() && !value.is_null());
        let Some(value) = value else { continue };
        let keys = keys(&opened.plain, &pointer);
        let path: Vec<&str> = keys.iter().map(String::as_str).collect();
        if metadata.selection.selects(&path) || !metadata.mac_only {
            said.covered.extend(encoded(value));
        }
        if opened.decrypted.contains(&pointer) {
            said.decrypted.push((keys.join(":"), encoded(value)));
        }
    }
    Some(said)
}

/// The keys of the maps on the way to a value.
fn keys(document: &Value, pointer: &str) -> Vec<String> {
    let (mut at, mut keys) = (Some(document), Vec::new());
    for step in pointer.split('/').skip(1) {
        let key = step.replace("~1", "/").replace("~0", "~");
        at = match at {
            Some(Value::Array(items)) => {
                key.parse::<usize>().ok().and_then(|index| items.get(index))
            }
            at => {
                keys.push(key.clone());
                at.and_then(|at| at.get(&key))
            }
        };
    }
    keys
}

/// A value as the MAC takes it.
fn encoded(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => integer.to_string(),
            None => number.as_f64().unwrap_or_default().to_string(),
        },
        _ => String::new(),
    }
    .into_bytes()
}

/// Whatever opens says what a sample says.
fn is_honest(document: &Value) -> Finding {
    let (samples, identities) = samples();
    let Ok(opened) = sops::open(document, identities) else {
        return Ok(());
    };
    let said = said(document, &opened).ok_or("a document opens and has no metadata")?;
    let fits = |sample: &Sample| {
        let known = |value| sample.said.decrypted.contains(value);
        sample.said.covered == said.covered && said.decrypted.iter().all(known)
    };
    ensure(samples.iter().any(fits), || {
        format!(
            "a changed document opens:\n{}\n--- as\n{}",
            yaml::to_string(document),
            opened.plain
        )
    })
}

/// Any text: everything that reads it.
fn any(form: &str, bytes: &[u8]) -> Finding {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(());
    };
    drop(Identities::parse(text));
    drop(Recipient::parse(text));
    let Some(document) = read(form, text) else {
        return Ok(());
    };
    drop(Config::parse(&document));
    let (seeming, sealed) = (
        sops::seeming_pointers(&document),
        sops::sealed_pointers(&document),
    );
    ensure(sealed.is_subset(&seeming), || {
        "a sealed value that does not seem one".to_owned()
    })?;
    is_honest(&document)
}

/// An encrypted document with changed values.
fn changed(bytes: &[u8]) -> Finding {
    let mut bytes = Unstructured::new(bytes);
    let Ok(sample) = bytes.choose(&samples().0) else {
        return Ok(());
    };
    let mut document = sample.sealed.clone();
    change::some(&mut bytes, &mut document);
    is_honest(&document)
}

/// An encrypted document with pieces of its text replaced, by others of it or by new ones.
fn spliced(bytes: &[u8]) -> Finding {
    let mut bytes = Unstructured::new(bytes);
    let Ok(sample) = bytes.choose(&samples().0) else {
        return Ok(());
    };
    let mut text = sample.text.as_bytes().to_vec();
    for _ in 0..8 {
        if bytes.is_empty() || splice(&mut bytes, &mut text).is_err() {
            break;
        }
    }
    let document = String::from_utf8(text)
        .ok()
        .and_then(|text| read(sample.form, &text));
    document.map_or(Ok(()), |document| is_honest(&document))
}

fn splice(bytes: &mut Unstructured<'_>, text: &mut Vec<u8>) -> arbitrary::Result<()> {
    let range = |bytes: &mut Unstructured<'_>, length: usize| {
        let start = bytes.int_in_range(0..=length)?;
        let end = bytes.int_in_range(start..=length.min(start + 200))?;
        Ok::<_, arbitrary::Error>(start..end)
    };
    let new = if bytes.arbitrary()? {
        let from = range(bytes, text.len())?;
        text.get(from).unwrap_or_default().to_vec()
    } else {
        let length = bytes.int_in_range(0..=8)?;
        bytes.bytes(length)?.to_vec()
    };
    let place = range(bytes, text.len())?;
    text.splice(place, new);
    Ok(())
}

/// An encrypted stack with changes: the function takes it or not, and shows no password.
fn stack(bytes: &[u8]) -> Finding {
    let Some(mut list) = yaml::parse(STACK).ok() else {
        return Err("the sample".to_owned());
    };
    if let Some(config) = list.get_mut("functionConfig") {
        change::some(&mut Unstructured::new(bytes), config);
        is_honest(config)?;
    }
    let env = |name: &str| (name == "SOPS_AGE_KEY").then(|| KEY_FILE.to_owned());
    let Ok(outcome) = cnpg_stack::run(yaml::to_string(&list).into_bytes(), &World::of(&env)) else {
        return Ok(());
    };
    let mut out = Vec::new();
    outcome
        .write(&mut out)
        .map_err(|error| format!("{error:#}"))?;
    let out = String::from_utf8(out).map_err(|error| error.to_string())?;
    let mut shown: Vec<String> = outcome
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    let list = yaml::parse(&out).map_err(|error| format!("the output: {error:#}\n{out}"))?;
    let items = list
        .get("items")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    shown.extend(
        items
            .filter(|item| item.get("kind") != Some(&json!("Secret")))
            .map(Value::to_string),
    );
    shown.extend(list.get("results").map(Value::to_string));
    let leak = shown.iter().find(|text| {
        PASSWORDS
            .lines()
            .any(|password| !password.is_empty() && text.contains(password))
    });
    ensure(leak.is_none(), || format!("a password in {leak:?}"))
}

/// What is sealed opens as it was, by way of each form.
fn round_trip(form: &str, bytes: &[u8]) -> Finding {
    let mut bytes = Unstructured::new(bytes);
    let Ok(Value::Object(mut plain)) = super::yaml::value(&mut bytes, 6) else {
        return Ok(());
    };
    plain.remove("sops");
    let plain = Value::Object(plain);
    let Ok(recipient) = Recipient::parse(RECIPIENT) else {
        return Err("the recipient".to_owned());
    };
    let selection = if bytes.arbitrary().unwrap_or_default() {
        Selection::secret_data()
    } else {
        Selection::everything()
    };
    let mac_only = bytes.arbitrary().unwrap_or_default();
    let Ok(sealed) = sops::seal(&plain, &[recipient], &selection, mac_only, NOW) else {
        return Ok(());
    };
    let text = match form {
        "env" => dotenv::write(&sealed).ok(),
        "json" => Some(json::write(&sealed)),
        _ => Some(yaml::to_string(&sealed)),
    };
    let Some(text) = text else { return Ok(()) };
    let again = read(form, &text).ok_or_else(|| format!("cannot be read again:\n{text}"))?;
    let opened =
        sops::open(&again, &samples().1).map_err(|fault| format!("{fault}\n--- of\n{text}"))?;
    ensure(is_like(&opened.plain, &plain), || {
        format!("{}\n--- is not\n{plain}\n--- by\n{text}", opened.plain)
    })
}

/// Whether two values are the same but for the types of numbers: in JSON of SOPS, `1e16` has no point and no exponent.
fn is_like(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_like(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.keys().eq(other.keys())
                && one
                    .values()
                    .zip(other.values())
                    .all(|(one, other)| is_like(one, other))
        }
        (Value::Number(_), Value::Number(_)) => encoded(one) == encoded(other),
        (one, other) => one == other,
    }
}
