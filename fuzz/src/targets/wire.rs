//! Any bytes as a `ResourceList`, or as the items of one that is otherwise fine.
//!
//! The first byte chooses what the others are: the whole list, its items in one of the styles that orchestrators
//! send, or numbers of lines out of which items are put together.

use std::fmt::Write as _;

use cnpg_stack::krm::{Field, Head, Item, ResourceList, agreement};
use cnpg_stack::world::World;
use cnpg_stack::{EXIT_DONE, Outcome};

use super::{Finding, ensure};
use crate::support::wire::cut_results;

/// The head of a list.
const HEAD: &str = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n";

/// A stack without mistakes and warnings.
const CONFIG: &str = "functionConfig:
  apiVersion: cnpgstack.io/v1alpha1
  kind: CnpgStack
  metadata:
    name: shop
  spec:
    namespace: storefront
    psqlVersion: \"17.5\"
    adminUser: keeper
    adminPasswordFrom: {secretRef: {name: keeper-login}}
";

/// The same as JSON.
const JSON_CONFIG: &str = r#""functionConfig":{"apiVersion":"cnpgstack.io/v1alpha1","kind":"CnpgStack","metadata":{"name":"shop"},"spec":{"namespace":"storefront","psqlVersion":"17.5","adminUser":"keeper","adminPasswordFrom":{"secretRef":{"name":"keeper-login"}}}}"#;

/// The pieces of lines; each byte of an input is one of them, or the indentation of a new line.
const PIECES: [&str; 64] = [
    "- ",
    "-",
    "? ",
    ": ",
    "apiVersion: v1",
    "kind: ConfigMap",
    "kind: ",
    "metadata:",
    "name: a",
    "namespace: b",
    "namespace: storefront",
    "annotations:",
    "cnpgstack.io/stack: shop.storefront",
    "data:",
    "key: ",
    "\"quoted\"",
    "'single'",
    "\"",
    "'",
    "|",
    ">-",
    "|2",
    "# comment",
    " #",
    "&a ",
    "*a",
    "!!str ",
    "!t ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "---",
    "...",
    "\t",
    "  ",
    " ",
    "null",
    "~",
    "\\",
    "\u{feff}",
    "\u{85}",
    "é",
    "%YAML 1.2",
    "items:",
    "results:",
    "functionConfig:",
    "<<: ",
    "kind: Cluster",
    "apiVersion: postgresql.cnpg.io/v1",
    "name: cluster-storefront",
    "kind: Namespace",
    "name: storefront",
    "internal.config.kubernetes.io/path: a.yaml",
    "internal.config.kubernetes.io/index: '0'",
    "\r\n",
    "\n",
    "a: b",
    "text",
    "0",
    "---\n",
    "  - x",
    "a:\n",
];

/// Runs the function on what the bytes stand for.
pub(crate) fn check(bytes: &[u8]) -> Finding {
    let (mode, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let list = match mode % 6 {
        0 => rest.to_vec(),
        1 => [HEAD.as_bytes(), b"items:\n", rest, b"\n", CONFIG.as_bytes()].concat(),
        2 => [CONFIG.as_bytes(), HEAD.as_bytes(), b"items:\n", rest].concat(),
        3 => [
            br#"{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":["#,
            rest,
            b"],",
            JSON_CONFIG.as_bytes(),
            b"}",
        ]
        .concat(),
        4 => format!("{HEAD}items:\n{}\n{CONFIG}", lines(rest)).into_bytes(),
        _ => format!("{}{}", lines(rest), CONFIG).into_bytes(),
    };
    one(&list).map_err(|wrong| format!("{wrong}\n--- of\n{}", String::from_utf8_lossy(&list)))
}

/// The lines that bytes stand for: below 64 a piece, up to 128 a new line with an indentation.
fn lines(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let number = usize::from(*byte);
        match PIECES.get(number) {
            Some(piece) => text.push_str(piece),
            // Writing to a string cannot fail.
            None => drop(write!(text, "\n{:1$}", "", number % 10)),
        }
    }
    text
}

/// Everything that is to hold for one input.
fn one(input: &[u8]) -> Finding {
    ensure(agreement::of(input) != Some(false), || {
        "the line splitter and the event parser find different things".to_owned()
    })?;
    let before = match ResourceList::read(input.to_vec()) {
        Ok(list) => list,
        Err(error) => return one_line(&format!("{error:#}")),
    };
    if std::str::from_utf8(input).is_ok_and(agreement::is_strict) {
        heads_hold(&before)?;
    }
    let outcome = match run(input) {
        Ok(outcome) => outcome,
        Err(error) => return one_line(&error),
    };
    outcome
        .diagnostics()
        .iter()
        .try_for_each(|diagnostic| one_line(&diagnostic.to_string()))?;
    let mut output = Vec::new();
    if let Err(error) = outcome.write(&mut output) {
        ensure(output.is_empty(), || {
            "half a list, and then an error".to_owned()
        })?;
        return one_line(&format!("{error:#}"));
    }
    let after = ResourceList::read(output.clone()).map_err(|error| {
        format!(
            "the output cannot be read: {error:#}\n{}",
            String::from_utf8_lossy(&output)
        )
    })?;
    if outcome.exit_code() == EXIT_DONE {
        foreign_items_stay(&before, &after)?;
        twice_is_once(&output)
    } else {
        nothing_but_results(input, &output)?;
        let texts = |list: &ResourceList| -> Vec<String> {
            list.items()
                .map(|item| item.text().trim_end().to_owned())
                .collect()
        };
        ensure(texts(&before) == texts(&after), || {
            "an error changed the items".to_owned()
        })
    }
}

/// The function on some bytes, in a world without variables and files.
fn run(input: &[u8]) -> Result<Outcome, String> {
    cnpg_stack::run(input.to_vec(), &World::of(&|_| None)).map_err(|error| format!("{error:#}"))
}

/// A message is a line.
fn one_line(message: &str) -> Finding {
    ensure(!message.chars().any(char::is_control), || {
        format!("a control character in {message:?}")
    })
}

/// No head by lines says anything that parsing contradicts, as long as the list is one by the strict rules of YAML.
fn heads_hold(list: &ResourceList) -> Finding {
    for item in list.items().chain(list.function_config()) {
        let Ok(value) = item.parse() else { continue };
        let (scanned, parsed) = (item.head(), Head::of(&value));
        let pairs = [
            (&scanned.api_version, &parsed.api_version),
            (&scanned.kind, &parsed.kind),
            (&scanned.name, &parsed.name),
            (&scanned.namespace, &parsed.namespace),
            (&scanned.path, &parsed.path),
            (&scanned.index, &parsed.index),
            (&scanned.stack, &parsed.stack),
        ];
        let wrong = pairs
            .into_iter()
            .find(|(scanned, parsed)| **scanned != Field::Unsure && scanned != parsed);
        ensure(wrong.is_none(), || {
            format!("a head that is not that of its item: {wrong:?}")
        })?;
    }
    Ok(())
}

/// What stands in every item that the stack owns, plans or shares with other stacks.
const MARKS: [&str; 4] = [
    "cnpgstack.io/stack",
    "storefront",
    "kustomization.yaml",
    "cnpg-controller-manager-config",
];

/// Whether an item is none of those, and stands by itself: one that leans on an anchor of an item that goes is
/// written out in full.
fn is_foreign(item: Item<'_>) -> bool {
    let is_marked = |text: &str| MARKS.iter().any(|mark| text.contains(mark));
    match item.parse() {
        Ok(value) => !item.text().contains('*') && !is_marked(&value.to_string()),
        Err(_) => !item.text().contains(['*', '\\']) && !is_marked(item.text()),
    }
}

/// The items of others leave as they came, in their order.
fn foreign_items_stay(before: &ResourceList, after: &ResourceList) -> Finding {
    let mut kept = after.items().map(|item| item.text().trim_end());
    let mut foreign = before
        .items()
        .filter(|item| is_foreign(*item))
        .map(|item| item.text().trim_end());
    let lost = foreign.find(|item| !kept.any(|kept| kept == *item));
    ensure(lost.is_none(), || {
        format!("an item is gone, changed or moved: {lost:?}")
    })
}

/// A second run on the output changes nothing but adds its results.
fn twice_is_once(once: &[u8]) -> Finding {
    let again = run(once).map_err(|error| format!("the second run: {error}"))?;
    let mut twice = Vec::new();
    again
        .write(&mut twice)
        .map_err(|error| format!("the second run: {error:#}"))?;
    ensure(again.exit_code() == EXIT_DONE, || {
        let said: Vec<String> = again
            .diagnostics()
            .iter()
            .map(ToString::to_string)
            .collect();
        format!("the second run fails: {}", said.join("\n"))
    })?;
    let has_results = again.diagnostics().iter().next().is_some();
    let same = if has_results {
        nothing_but_results(once, &twice).is_ok()
    } else {
        once == twice
    };
    ensure(same, || {
        format!(
            "the second run changes\n{}\n--- to\n{}",
            String::from_utf8_lossy(once),
            String::from_utf8_lossy(&twice)
        )
    })
}

/// The output is the input with results added in one place.
fn nothing_but_results(input: &[u8], output: &[u8]) -> Finding {
    let start = input
        .iter()
        .zip(output)
        .take_while(|(one, other)| one == other)
        .count();
    let rest = input.get(start..).unwrap_or_default();
    let tail = rest
        .iter()
        .rev()
        .zip(output.iter().skip(start).rev())
        .take_while(|(one, other)| one == other)
        .count();
    let gone = rest.get(..rest.len() - tail).unwrap_or_default();
    // An empty list in the place of results makes room for them.
    let is_room = gone.len() <= "results: null".len() + 8;
    ensure(is_room, || {
        let (rest, _) = cut_results(&String::from_utf8_lossy(output));
        format!("an error changed the list to\n{rest}")
    })
}
