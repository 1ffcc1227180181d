//! The server of a container registry, as the key of a `kubernetes.io/dockerconfigjson` Secret.

use super::{Refusal, require};

checked_text! {
    /// A registry server: `host`, optionally with `:port` and with a `/path`.
    Server
}

/// The key of Docker Hub, the one server that is written as a URL (Kubernetes: "Pull an Image from a Private
/// Registry").
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Checks a registry server.
///
/// # Errors
/// Refuses a scheme, a user, a tag, and whatever is no host with an optional port and path.
pub fn server(value: &str) -> Result<Server, Refusal> {
    if value == DOCKER_HUB {
        return Ok(Server(value.to_owned()));
    }
    if let Some((_, rest)) = value.split_once("://") {
        let bare = rest.trim_end_matches('/');
        let proposed = is_server(bare).then(|| bare.to_owned());
        let message = "must be a server without a scheme such as https:// (https://index.docker.io/v1/ is the \
                       only exception)";
        return Err(Refusal::new(message).propose(proposed));
    }
    require(
        is_server(value),
        "must be a registry server: a host name or address, optionally followed by :port and /path, at most 253 \
         characters",
    )?;
    Ok(Server(value.to_owned()))
}

fn is_server(value: &str) -> bool {
    let (host, path) = match value.split_once('/') {
        Some((host, path)) => (host, Some(path)),
        None => (value, None),
    };
    let segment = |s: &str| {
        !matches!(s, "" | "." | "..")
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    value.len() <= 253 && is_host_port(host) && path.is_none_or(|p| p.split('/').all(segment))
}

/// Whether a text is a host name, an IPv4 address or an IPv6 address in brackets, with an optional port.
pub(super) fn is_host_port(text: &str) -> bool {
    let after_bracket = text.rfind(']').unwrap_or(0);
    let colon = text.rfind(':').filter(|at| *at >= after_bracket);
    match colon.and_then(|at| text.split_at_checked(at)) {
        Some((host, port)) => is_host(host) && is_port(port.trim_start_matches(':')),
        None => is_host(text),
    }
}

fn is_port(text: &str) -> bool {
    let number = text.parse::<u16>();
    text.bytes().all(|b| b.is_ascii_digit()) && number.is_ok_and(|port| port > 0)
}

fn is_host(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    // A host name is compared without regard to case; the label rule is the one of Kubernetes.
    super::name::is_subdomain(&text.to_ascii_lowercase())
}
