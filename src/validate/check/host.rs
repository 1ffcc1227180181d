//! Servers that are reached over the network.

use std::net::IpAddr;

use super::{Refusal, name};

/// Checks the host of a server: a name or an address, and nothing that libpq would read as something else (a
/// list of hosts, the directory of a socket).
///
/// # Errors
/// Refuses what is neither an IP address nor a DNS name in lower case.
pub fn host(value: &str) -> Result<String, Refusal> {
    if value.parse::<IpAddr>().is_ok() || name::dns1123_subdomain(value).is_ok() {
        return Ok(value.to_owned());
    }
    let message = "must be a host name or an IP address alone, such as `db.example.com` or `192.0.2.7`: no port, no \
                   URL, no list, no directory of a socket, and a name in lower case";
    let bare = value
        .trim_start_matches('[')
        .trim_end_matches([']', '.'])
        .to_ascii_lowercase();
    let fits =
        bare != value && (bare.parse::<IpAddr>().is_ok() || name::dns1123_subdomain(&bare).is_ok());
    Err(Refusal::new(message).propose(fits.then_some(bare)))
}

/// Whether a host is a Service of a Cluster or of its poolers, by one of the names that it has inside the Kubernetes cluster.
#[must_use]
pub fn is_service_of(host: &str, cluster: &str, namespace: &str) -> bool {
    let mut labels = host.split('.');
    let service = labels.next().and_then(|label| label.strip_prefix(cluster));
    let is_ours = matches!(
        service,
        Some("-rw" | "-ro" | "-r" | "-pooler-rw" | "-pooler-ro")
    );
    is_ours && labels.next().is_none_or(|n| n == namespace)
}
