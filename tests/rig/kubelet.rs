//! What the kubelet does with a Pod, as flags and files for podman.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use serde_json::Value;

use super::server::open;

/// `$(NAME)` and `$$` as Kubernetes expands them; earlier variables are known.
pub(crate) fn expanded(value: &str, known: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        out += before;
        let reference = after
            .strip_prefix('(')
            .and_then(|tail| tail.split_once(')'));
        rest = if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            tail
        } else if let Some((name, tail)) = reference {
            match known.iter().rev().find(|(known, _)| known == name) {
                Some((_, value)) => out += value,
                None => out += &format!("$({name})"),
            }
            tail
        } else {
            out.push('$');
            after
        };
    }
    out + rest
}

/// A file as the kubelet projects it: a Secret's belongs to the group of `fsGroup`.
pub(crate) fn write(path: &Path, text: &str, secret: bool) {
    fs::write(path, text).expect("it is new");
    if secret && chown(path, None, Some(26)).is_ok() {
        open(path, 0o440);
    } else {
        open(path, 0o444);
    }
}

/// The security contexts as flags of podman; what the restricted standard asks for must be there.
pub(crate) fn security(pod: &Value, container: &Value) -> Vec<String> {
    let (outer, inner) = (&pod["securityContext"], &container["securityContext"]);
    assert_eq!(outer["runAsNonRoot"], true);
    assert_eq!(outer["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(inner["allowPrivilegeEscalation"], false);
    assert_eq!(inner["capabilities"]["drop"], serde_json::json!(["ALL"]));
    assert_eq!(inner["readOnlyRootFilesystem"], true);
    assert_eq!(pod["automountServiceAccountToken"], false);
    vec![
        "--user".to_owned(),
        format!("{}:{}", outer["runAsUser"], outer["runAsGroup"]),
        "--group-add".to_owned(),
        outer["fsGroup"].to_string(),
        "--read-only".to_owned(),
        "--read-only-tmpfs=false".to_owned(),
        "--cap-drop".to_owned(),
        "all".to_owned(),
        "--security-opt".to_owned(),
        "no-new-privileges".to_owned(),
    ]
}
