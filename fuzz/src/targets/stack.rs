//! A `CnpgStack` to its documents.
//!
//! The first byte chooses what the others are: a seed for a valid stack (`tests/support/stacks.rs`), the same
//! with changes, the full sample with changes, or the text of a `spec`.

use std::path::PathBuf;
use std::sync::OnceLock;

use arbitrary::Unstructured;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cnpg_stack::EXIT_DONE;
use cnpg_stack::krm::yaml;
use cnpg_stack::world::World;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::{Finding, change, ensure};
use crate::support::admission::{findings, how};
use crate::support::crd::Crds;
use crate::support::stacks::{PASSWORD, environment, items, stack};
use crate::support::wire;

/// A stack with every field.
const FULL: &str = include_str!("../../../fn-config/full.yaml");

/// The fields that hold secrets, by the last word of their paths.
const SECRETS: [&str; 9] = [
    "adminPassword",
    "password",
    "accessKey",
    "secretKey",
    "sessionToken",
    "applicationCredentials",
    "connectionString",
    "storageKey",
    "storageSasToken",
];

/// How many bytes are a seed.
const SEED: usize = 32;

/// Runs the function on the stack that the bytes stand for.
pub(crate) fn check(bytes: &[u8]) -> Finding {
    let (mode, rest) = bytes.split_first().unwrap_or((&0, &[]));
    // So many bytes are seeds enough, and the others change the stack that comes of them.
    let (numbers, changes) = rest.split_at(rest.len().min(8));
    let config = match mode % 4 {
        0 => valid(rest),
        1 => changed(valid(numbers), changes),
        2 => yaml::parse(FULL).ok().map(|full| changed_by(full, rest)),
        _ => of_text(rest),
    };
    let Some(config) = config else { return Ok(()) };
    let block = mode & 0x40 == 0;
    one(&config, block).map_err(|wrong| format!("{wrong}\n--- of\n{}", yaml::to_string(&config)))
}

/// A valid stack that these bytes are the seed of. Bytes in the place of the random numbers themselves do not do:
/// where they end zeros follow, and some strategies wait for another number.
fn valid(numbers: &[u8]) -> Option<Value> {
    let mut seed = [0; SEED];
    seed.iter_mut()
        .zip(numbers)
        .for_each(|(to, from)| *to = *from);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    stack()
        .new_tree(&mut runner)
        .ok()
        .map(|tree| tree.current())
}

fn changed(value: Option<Value>, changes: &[u8]) -> Option<Value> {
    value.map(|value| changed_by(value, changes))
}

fn changed_by(mut value: Value, changes: &[u8]) -> Value {
    change::some(&mut Unstructured::new(changes), &mut value);
    value
}

/// A stack with the spec that stands there.
fn of_text(text: &[u8]) -> Option<Value> {
    let spec = yaml::parse(std::str::from_utf8(text).ok()?).ok()?;
    Some(
        json!({"apiVersion": "cnpgstack.io/v1alpha1", "kind": "CnpgStack", "metadata": {"name": "shop"}, "spec": spec}),
    )
}

/// Everything that is to hold for one stack.
fn one(config: &Value, block: bool) -> Finding {
    let mut items = items(config);
    items.push(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "foreign"}}));
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": config,
    });
    let text = if block {
        yaml::to_string(&list)
    } else {
        yaml::to_json(&list)
    };
    // A stack that is no mapping makes the whole list unreadable.
    let Some(run) = run(&text)? else {
        return Ok(());
    };
    let secretive = sentinels_are_secrets(config, "");
    if secretive {
        run.said
            .iter()
            .try_for_each(|line| without_sentinel(line))?;
    }
    if run.code != EXIT_DONE {
        return Ok(());
    }
    let again = self::run(&run.text)?.ok_or("the second run cannot read the first")?;
    // For somebody else's key, that asks for other bytes each time.
    let anew = config.pointer("/spec/secrets/whenUncomparable") == Some(&json!("reencrypt"));
    ensure(
        again.text == run.text || (anew && again.code == EXIT_DONE),
        || {
            format!(
                "the second run changes\n{}\n--- to\n{}",
                run.text, again.text
            )
        },
    )?;
    let list = if block {
        yaml::parse(&run.text).map_err(|error| format!("{error:#}"))
    } else {
        serde_json::from_str(&run.text).map_err(|error| error.to_string())
    };
    let list = list.map_err(|error| format!("the output: {error}\n{}", run.text))?;
    for item in wire::items(&list).filter(|item| wire::owner(item).is_some()) {
        if secretive {
            without_sentinel(&without_values(item).to_string())?;
        }
        // The user's own patches may make anything of a document, and what is encrypted is nothing that is applied.
        if config.pointer("/spec/patches").is_none() && item.get("sops").is_none() {
            let found = findings(&how(item), item, crds());
            ensure(found.is_empty(), || {
                format!("{found:#?}\n--- in\n{}", yaml::to_string(item))
            })?;
        }
    }
    Ok(())
}

/// What a run came to.
struct Run {
    code: u8,
    said: Vec<String>,
    /// The list without its results.
    text: String,
}

/// The function on a list, in a world whose other variables all hold the sentinel. None if the list cannot be read.
fn run(list: &str) -> Result<Option<Run>, String> {
    let env = |name: &str| {
        let is_key = name.starts_with("SOPS") || name.starts_with("XDG") || name == "HOME";
        environment(name).or_else(|| (!is_key).then(|| PASSWORD.to_owned()))
    };
    let Ok(outcome) = cnpg_stack::run(list.as_bytes().to_vec(), &World::of(&env)) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    outcome
        .write(&mut bytes)
        .map_err(|error| format!("{error:#}"))?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let said: Vec<String> = outcome
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    let lines = said.iter().all(|line| !line.contains(char::is_control));
    ensure(lines, || format!("a control character in {said:?}"))?;
    Ok(Some(Run {
        code: outcome.exit_code(),
        said,
        text: wire::cut_results(&text).0,
    }))
}

/// The CRDs of the operators, which are not part of the repository.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "where they are is said by the environment, and that they are not there is said aloud"
)]
pub(crate) fn crds() -> Option<&'static Crds> {
    static CRDS: OnceLock<Option<Crds>> = OnceLock::new();
    let load = || {
        let beside = || PathBuf::from(crate::ROOT).join("../shared/crds");
        let directory = std::env::var_os("CNPG_STACK_CRDS").map_or_else(beside, PathBuf::from);
        let crds = Crds::load_from(&directory);
        if crds.is_none() {
            eprintln!(
                "NOT CHECKED against CRDs: {} is not there; CNPG_STACK_CRDS names another directory",
                directory.display()
            );
        }
        crds
    };
    CRDS.get_or_init(load).as_ref()
}

/// Whether the sentinel stands in secret fields only: changes may have put it anywhere.
fn sentinels_are_secrets(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(entries) => entries
            .iter()
            .all(|(key, value)| !key.contains(PASSWORD) && sentinels_are_secrets(value, key)),
        Value::Array(items) => items.iter().all(|item| sentinels_are_secrets(item, "")),
        Value::String(text) => SECRETS.contains(&name) || !text.contains(PASSWORD),
        _ => true,
    }
}

/// An item without what belongs into a Secret.
fn without_values(item: &Value) -> Value {
    let mut item = item.clone();
    if item["kind"] == "Secret"
        && let Some(entries) = item.as_object_mut()
    {
        entries.remove("data");
        entries.remove("stringData");
    }
    item
}

/// The sentinel stands nowhere in a text: not as it is, not in base64, and not in base64 of base64, as pull secrets
/// have it. In URLs it would stand as it is.
fn without_sentinel(text: &str) -> Finding {
    static NEEDLES: OnceLock<Vec<String>> = OnceLock::new();
    let needles = NEEDLES.get_or_init(|| {
        let once = in_base64(PASSWORD);
        let twice: Vec<String> = once.iter().flat_map(|text| in_base64(text)).collect();
        [vec![PASSWORD.to_owned()], once, twice].concat()
    });
    let found = needles.iter().any(|needle| text.contains(needle));
    ensure(!found, || format!("a secret in {text}"))
}

/// What of the base64 of a longer text comes of a word in it alone, by where the word starts.
fn in_base64(word: &str) -> Vec<String> {
    let at = |before: usize| {
        let text = STANDARD.encode([vec![0; before], word.as_bytes().to_vec()].concat());
        let (start, end) = ((before * 8).div_ceil(6), (before + word.len()) * 8 / 6);
        text.get(start..end).unwrap_or_default().to_owned()
    };
    (0..3).map(at).collect()
}
