//! Names, keys and label values as Kubernetes takes them.
//!
//! The rules are those of `k8s.io/apimachinery/pkg/api/validate/content` and `pkg/util/validation`; their user
//! documentation is the page "Object Names and IDs" and the page "Labels and Selectors" of kubernetes.io.

use super::{Refusal, require};

/// The longest label of a DNS name, and so the longest name of a Service, a namespace or a label value.
pub const LABEL_MAX: usize = 63;

/// The longest DNS name, and so the longest name of most objects and of a data key.
pub const SUBDOMAIN_MAX: usize = 253;

checked_text! {
    /// An "RFC 1123 label name": `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63 characters.
    DnsLabel
}

checked_text! {
    /// An "RFC 1035 label name": `[a-z]([-a-z0-9]*[a-z0-9])?`, at most 63 characters or fewer.
    Dns1035Label
}

checked_text! {
    /// A "DNS subdomain name": RFC 1123 labels joined by dots, at most 253 characters in all.
    DnsSubdomain
}

checked_text! {
    /// A label key: an optional DNS subdomain and `/`, then at most 63 of `[A-Za-z0-9._-]`.
    LabelKey
}

checked_text! {
    /// A label value: empty, or at most 63 of `[A-Za-z0-9._-]` with a letter or digit at either end.
    LabelValue
}

checked_text! {
    /// The name of an environment variable: `[A-Za-z_][A-Za-z0-9_]*`.
    EnvName
}

checked_text! {
    /// A key in the data of a ConfigMap or Secret: at most 253 of `[-._a-zA-Z0-9]`, not `.` and not `..*`.
    ConfigKey
}

/// Label domains that belong to somebody: the domain (its subdomains count too), and what would go wrong.
const OWNED_DOMAINS: &[(&str, &str)] = &[
    (
        "cnpg.io",
        "CloudNativePG finds its pods, volumes and Secrets by them",
    ),
    ("cnpgstack.io", "cnpg-stack finds what it has made by them"),
    (
        "app.kubernetes.io",
        "cnpg-stack and CloudNativePG set them, and Argo CD tracks by app.kubernetes.io/instance",
    ),
    (
        "argoproj.io",
        "Argo CD would take what the operator makes for its own and prune it",
    ),
    (
        "toolkit.fluxcd.io",
        "Flux would take what the operator makes for its own and prune it",
    ),
    (
        "batch.kubernetes.io",
        "the API server sets them on the pods of a Job and refuses others",
    ),
];

/// Plain label keys that belong to somebody, and what would go wrong.
const OWNED_KEYS: &[(&str, &str)] = &[
    (
        "role",
        "CloudNativePG marks primary and replica pods with it",
    ),
    (
        "job-name",
        "the API server sets it on the pods of a Job and refuses another value",
    ),
    (
        "controller-uid",
        "the API server sets it on the pods of a Job and refuses another value",
    ),
    ("pod-template-hash", "a Deployment sets it on its pods"),
];

fn is_lower_or_digit(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Whether the text is not empty, has `edge` characters at both ends, and `edge` or `inner` ones between.
fn has_shape(text: &str, edge: fn(u8) -> bool, inner: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let edged = |byte: Option<&u8>| byte.is_some_and(|b| edge(*b));
    edged(bytes.first())
        && edged(bytes.last())
        && bytes.iter().all(|b| edge(*b) || inner.contains(b))
}

/// Whether the text is a DNS-1123 label, whatever its length.
pub(super) fn is_label(text: &str) -> bool {
    has_shape(text, is_lower_or_digit, b"-")
}

/// Whether the text is a DNS-1123 subdomain, whatever its length.
///
/// Kubernetes puts no limit on the single labels of a subdomain, and neither does this.
pub(super) fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

/// Whether the text is what a label value, and the name part of a label key, consist of.
fn is_label_text(text: &str) -> bool {
    text.len() <= LABEL_MAX && has_shape(text, |b| b.is_ascii_alphanumeric(), b"-_.")
}

/// The nearest name that would be accepted: lower case, with `-` for every run of other characters.
fn nearest(text: &str, max: usize, dots: bool) -> Option<String> {
    let kept = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || (dots && c == '.');
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|c| !kept(c))
        .filter(|w| !w.is_empty())
        .collect();
    let name = words.join("-");
    let fine = name.len() <= max && name != text && is_subdomain(&name);
    fine.then_some(name)
}

/// Checks a name of which Kubernetes makes a DNS label: a namespace, a workload's container.
///
/// # Errors
/// Refuses what is not a DNS-1123 label of at most 63 characters.
pub fn dns1123_label(value: &str) -> Result<DnsLabel, Refusal> {
    dns1123_label_within(value, LABEL_MAX)
}

/// The same with a tighter limit, for a name that others are derived from.
///
/// # Errors
/// Refuses what is not a DNS-1123 label of at most `max` characters.
pub fn dns1123_label_within(value: &str, max: usize) -> Result<DnsLabel, Refusal> {
    if is_label(value) && value.len() <= max {
        return Ok(DnsLabel(value.to_owned()));
    }
    let message = format!(
        "must be a DNS label: at most {max} of a-z, 0-9 and -, with a letter or digit at both ends \
         (Kubernetes: RFC 1123 label name)"
    );
    Err(Refusal::new(message).propose(nearest(value, max, false)))
}

/// Checks the name of an object for which Kubernetes asks for a DNS subdomain, which is most of them.
///
/// # Errors
/// Refuses what is not a DNS-1123 subdomain of at most 253 characters.
pub fn dns1123_subdomain(value: &str) -> Result<DnsSubdomain, Refusal> {
    if is_subdomain(value) && value.len() <= SUBDOMAIN_MAX {
        return Ok(DnsSubdomain(value.to_owned()));
    }
    let message = "must be a DNS name: at most 253 of a-z, 0-9, - and ., with a letter or digit at both ends \
                   and around every dot (Kubernetes: DNS subdomain name)";
    Err(Refusal::new(message).propose(nearest(value, SUBDOMAIN_MAX, true)))
}

/// Checks the name of a Service, or of a Cluster (CloudNativePG: at most 50 characters).
///
/// # Errors
/// Refuses what is not a DNS-1035 label of at most `max` characters.
pub fn dns1035_label(value: &str, max: usize) -> Result<Dns1035Label, Refusal> {
    let starts = |text: &str| text.starts_with(|c: char| c.is_ascii_lowercase());
    if is_label(value) && starts(value) && value.len() <= max {
        return Ok(Dns1035Label(value.to_owned()));
    }
    let message = format!(
        "must be a DNS label that starts with a letter: at most {max} of a-z, 0-9 and -, \
         with a letter or digit at the end (Kubernetes: RFC 1035 label name)"
    );
    let proposed = nearest(value, max, false).filter(|name| starts(name));
    Err(Refusal::new(message).propose(proposed))
}

/// Checks the key of a label.
///
/// # Errors
/// Refuses what is not a qualified name with an optional DNS prefix.
pub fn label_key(value: &str) -> Result<LabelKey, Refusal> {
    let (prefix, name) = match value.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, value),
    };
    let prefixed = prefix.is_none_or(|p| is_subdomain(p) && p.len() <= SUBDOMAIN_MAX);
    require(
        prefixed && is_label_text(name),
        "must be a label key: at most 63 of A-Z, a-z, 0-9, -, _ and ., with a letter or digit at both ends, \
         and before it, if wanted, a DNS name and / (Kubernetes: label syntax)",
    )?;
    Ok(LabelKey(value.to_owned()))
}

/// Checks the value of a label.
///
/// # Errors
/// Refuses what is longer than 63 characters or has others than letters, digits, `-`, `_` and `.`.
pub fn label_value(value: &str) -> Result<LabelValue, Refusal> {
    require(
        value.is_empty() || is_label_text(value),
        "must be a label value: empty, or at most 63 of A-Z, a-z, 0-9, -, _ and ., with a letter or digit at \
         both ends (Kubernetes: label syntax)",
    )?;
    Ok(LabelValue(value.to_owned()))
}

/// Checks the key of a label that goes onto every resource and every pod of the stack.
///
/// # Errors
/// Refuses what is no label key, and the keys that the operator, Kubernetes, Argo CD or Flux act upon.
pub fn custom_label_key(value: &str) -> Result<LabelKey, Refusal> {
    let key = label_key(value)?;
    if let Some((prefix, _)) = value.split_once('/')
        && let Some((domain, why)) = OWNED_DOMAINS.iter().find(|(d, _)| is_within(prefix, d))
    {
        return Err(Refusal::new(format!(
            "must not be a key of {domain} ({why}); a key of your own domain is fine"
        )));
    }
    match OWNED_KEYS.iter().find(|(owned, _)| *owned == value) {
        Some((owned, why)) => Err(Refusal::new(format!(
            "must not be {owned} ({why}); a key of your own domain is fine"
        ))),
        None => Ok(key),
    }
}

/// Whether a DNS name is the domain or below it.
fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Checks the name of an environment variable that a value is read from.
///
/// # Errors
/// Refuses what no shell and no `kustomize --env` could set.
pub fn env_name(value: &str) -> Result<EnvName, Refusal> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    require(
        value.bytes().all(word) && value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'),
        "must be the name of an environment variable: letters, digits and _, not starting with a digit \
         (POSIX, and C identifiers in Kubernetes)",
    )?;
    Ok(EnvName(value.to_owned()))
}

/// Checks a key in the data of a ConfigMap or Secret.
///
/// # Errors
/// Refuses what could not be the name of a file in the mounted volume.
pub fn config_key(value: &str) -> Result<ConfigKey, Refusal> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let shaped = !value.is_empty() && value.len() <= SUBDOMAIN_MAX && value.bytes().all(allowed);
    require(
        shaped && value != "." && !value.starts_with(".."),
        "must be a data key: at most 253 of A-Z, a-z, 0-9, -, _ and ., neither . nor starting with .. \
         (Kubernetes: ConfigMap and Secret keys)",
    )?;
    Ok(ConfigKey(value.to_owned()))
}
