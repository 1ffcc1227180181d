//! Which values of a document are encrypted.

use std::fmt;

use regex::Regex;
use serde_json::{Map, Value};

use super::pattern;

/// The options of metadata blocks and creation rules; at most one may be set.
const OPTIONS: [&str; 4] = [
    "encrypted_regex",
    "encrypted_suffix",
    "unencrypted_regex",
    "unencrypted_suffix",
];
/// The options that look at comments, which are not read here.
const COMMENT_OPTIONS: [&str; 2] = ["encrypted_comment_regex", "unencrypted_comment_regex"];
/// The rule for Secrets of Kubernetes.
const SECRET_DATA: &str = "^(data|stringData)$";

/// The rule that says which values of a document are encrypted.
///
/// It is asked of every key on the way to a value, not only of the last one.
#[derive(Debug, Clone)]
pub struct Selection {
    option: &'static str,
    text: String,
    test: Test,
}

/// How one key is tested.
#[derive(Debug, Clone)]
enum Test {
    /// By the pattern that stands in the rule.
    Regex(Regex),
    /// By the text that stands in the rule.
    Suffix,
    /// As [`SECRET_DATA`] says, without an engine for it.
    SecretData,
}

impl Selection {
    /// The rule for Secrets of Kubernetes: everything under `data` and `stringData`.
    #[must_use]
    pub fn secret_data() -> Self {
        Self {
            option: "encrypted_regex",
            text: SECRET_DATA.to_owned(),
            test: Test::SecretData,
        }
    }

    /// What SOPS does when nothing is said: everything except keys that end in `_unencrypted`.
    #[must_use]
    pub fn everything() -> Self {
        Self::suffix("unencrypted_suffix", "_unencrypted")
    }

    /// Takes the rule out of a metadata block or a creation rule; `None` when there is none.
    ///
    /// # Errors
    ///
    /// If there are several rules, a pattern that cannot be read, or a rule about comments.
    pub fn read(entries: &Map<String, Value>) -> Result<Option<Self>, String> {
        for option in COMMENT_OPTIONS {
            if text_of(entries, option)?.is_some() {
                return Err(format!("`{option}` is not supported"));
            }
        }
        let mut found = None;
        for option in OPTIONS {
            let Some(text) = text_of(entries, option)? else {
                continue;
            };
            let selection = Self::new(option, text)?;
            if let Some(first) = found.replace(selection) {
                return Err(format!(
                    "`{}` and `{option}` must not be set together",
                    first.option
                ));
            }
        }
        Ok(found)
    }

    /// Whether the value under these keys is encrypted. Lists on the way add no keys.
    #[must_use]
    pub fn selects(&self, path: &[&str]) -> bool {
        let any = path.iter().any(|key| self.matches(key));
        any != self.option.starts_with("unencrypted")
    }

    /// The option of the metadata block, and what stands there.
    #[must_use]
    pub fn entry(&self) -> (&'static str, &str) {
        (self.option, &self.text)
    }

    /// The rule with a pattern or a suffix.
    fn new(option: &'static str, text: &str) -> Result<Self, String> {
        if option == "encrypted_regex" && text == SECRET_DATA {
            return Ok(Self::secret_data());
        }
        if option.ends_with("_suffix") {
            return Ok(Self::suffix(option, text));
        }
        let regex = pattern::compile(text).map_err(|reason| format!("`{option}` {reason}"))?;
        Ok(Self {
            option,
            text: text.to_owned(),
            test: Test::Regex(regex),
        })
    }

    /// The rule with a suffix.
    fn suffix(option: &'static str, text: &str) -> Self {
        Self {
            option,
            text: text.to_owned(),
            test: Test::Suffix,
        }
    }

    /// Whether the pattern or suffix fits one key.
    fn matches(&self, key: &str) -> bool {
        match &self.test {
            Test::Regex(regex) => regex.is_match(key),
            Test::Suffix => key.ends_with(&self.text),
            Test::SecretData => matches!(key, "data" | "stringData"),
        }
    }
}

/// The text of an option. An empty one is none, as in SOPS.
fn text_of<'a>(entries: &'a Map<String, Value>, option: &str) -> Result<Option<&'a str>, String> {
    match entries.get(option) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(format!("`{option}` must be a string")),
    }
}

impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        self.entry() == other.entry()
    }
}

impl Eq for Selection {}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.option, self.text)
    }
}
