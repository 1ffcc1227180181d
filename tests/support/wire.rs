//! Looking at a `ResourceList` from outside, without the program's own reader.

use serde_json::Value;

/// The annotation that marks what a stack owns.
const OWNER: &str = "cnpgstack.io/stack";

/// The text of a list cut in two: without its `results`, and a document with the `results` alone.
///
/// In block style they are the lines below a `results:` in the first column, in flow style what
/// was put in behind the last key.
pub(crate) fn cut_results(text: &str) -> (String, String) {
    if let Some((head, tail)) = text.rsplit_once(",\"results\":[") {
        let (results, end) = tail.rsplit_once(']').unwrap_or((tail, ""));
        return (
            format!("{head}{end}"),
            format!("{{\"results\":[{results}]}}"),
        );
    }
    let (mut rest, mut results) = (String::new(), String::new());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let is_key = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '#' || c == '.');
        inside = if is_key {
            line.starts_with("results:")
        } else {
            inside
        };
        if inside { &mut results } else { &mut rest }.push_str(line);
    }
    (rest, results)
}

/// The value of a list; nothing when it is not YAML.
pub(crate) fn value(text: &str) -> Option<Value> {
    let mut budget = serde_saphyr::Budget::default();
    budget.max_nodes = usize::MAX;
    budget.max_events = usize::MAX;
    budget.max_depth = 1_000;
    budget.max_total_scalar_bytes = usize::MAX;
    let options = serde_saphyr::options! { budget: Some(budget), strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).ok()
}

/// The items of a list.
pub(crate) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.get("items")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The codes of the results.
pub(crate) fn codes(list: &Value) -> impl Iterator<Item = &str> {
    let results = list
        .get("results")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    results.filter_map(|result| result.pointer("/tags/code")?.as_str())
}

/// The stack that owns an item.
pub(crate) fn owner(item: &Value) -> Option<&str> {
    item.get("metadata")?
        .get("annotations")?
        .get(OWNER)?
        .as_str()
}

/// What an item is called in a message.
pub(crate) fn title(item: &Value) -> String {
    let text = |at: &str| {
        item.pointer(at)
            .and_then(Value::as_str)
            .unwrap_or("-")
            .to_owned()
    };
    format!(
        "{} {}/{}",
        text("/kind"),
        text("/metadata/namespace"),
        text("/metadata/name")
    )
}
