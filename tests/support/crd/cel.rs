//! The CEL rules of a CRD (`x-kubernetes-validations`).

use kube_cel::{CompiledSchema, ErrorKind, ValidationError, Validator};
use serde_json::Value;

/// Rules that `kube-cel` cannot run, with the reason why that is accepted.
///
/// A rule that is not in this table and cannot be compiled or evaluated is a violation. Empty: every
/// rule of the CRDs at hand compiles, and the self-tests see each of them both hold and fail.
const EXCEPTIONS: &[(&str, &str)] = &[];

thread_local! {
    /// The evaluator; registering its functions is what takes time.
    static VALIDATOR: Validator = Validator::new();
}

/// When a rule applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// On every write.
    Always,
    /// On update only: it refers to `oldSelf`.
    Update,
    /// Never: it does not compile, for this reason.
    Broken(String),
}

/// One rule of a CRD.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The kind that it belongs to.
    pub(crate) kind: String,
    /// The path that it stands at; `[]` for items, `*` for the values of a map.
    pub(crate) path: String,
    /// The expression.
    pub(crate) text: String,
    /// What the API server says when it does not hold.
    pub(crate) message: String,
    /// When it applies.
    pub(crate) when: When,
}

/// Every rule that does not hold for `object`, or cannot be evaluated on it.
///
/// Rules on `oldSelf` are passed over, as on create.
pub(crate) fn check(rules: &CompiledSchema, object: &Value) -> Vec<String> {
    let result = VALIDATOR.with(|validator| validator.validate_compiled(rules, object, None));
    let Err(errors) = result else {
        return Vec::new();
    };
    errors.iter().filter_map(finding).collect()
}

/// One violation in words; `None` if the rule is in [`EXCEPTIONS`].
fn finding(error: &ValidationError) -> Option<String> {
    let (path, rule, message) = (&error.field_path, &error.rule, &error.message);
    if error.kind == ErrorKind::ValidationFailure {
        return Some(format!("{path}: {message} (CEL rule `{rule}`)"));
    }
    let excused = EXCEPTIONS.iter().any(|(known, _)| known == rule);
    (!excused).then(|| format!("{path}: the CEL rule `{rule}` cannot be evaluated: {message}"))
}

/// Every rule in the compiled schema of `kind`.
pub(crate) fn inventory(kind: &str, rules: &CompiledSchema) -> Vec<Rule> {
    let mut found = Vec::new();
    collect(kind, rules, "", &mut found);
    found.sort_by(|a, b| (&a.path, &a.text).cmp(&(&b.path, &b.text)));
    found
}

/// Adds the rules at `path` and below to `found`.
fn collect(kind: &str, node: &CompiledSchema, path: &str, found: &mut Vec<Rule>) {
    for entry in &node.validations {
        let (rule, message, when) = match entry {
            Ok(compiled) if compiled.is_transition_rule => {
                (&compiled.rule.rule, &compiled.rule.message, When::Update)
            }
            Ok(compiled) => (&compiled.rule.rule, &compiled.rule.message, When::Always),
            Err(error) => (&String::new(), &None, When::Broken(error.to_string())),
        };
        found.push(Rule {
            kind: kind.to_owned(),
            path: path.to_owned(),
            text: rule.clone(),
            message: message.clone().unwrap_or_default(),
            when,
        });
    }
    for (name, child) in &node.properties {
        collect(kind, child, &super::join(path, name), found);
    }
    if let Some(items) = &node.items {
        collect(kind, items, &format!("{path}[]"), found);
    }
    if let Some(values) = &node.additional_properties {
        collect(kind, values, &super::join(path, "*"), found);
    }
    for branch in node.all_of.iter().chain(&node.any_of).chain(&node.one_of) {
        collect(kind, branch, path, found);
    }
}
