//! Ranges of addresses.

use std::net::IpAddr;

use super::Refusal;

/// Checks a range of addresses in CIDR notation, as the API server takes it in `loadBalancerSourceRanges` and in
/// an `ipBlock` (`ValidateCIDR` of `k8s.io/apimachinery`). Bits behind the prefix are refused: it warns of them,
/// and what is meant is not clear.
///
/// # Errors
/// Refuses what is no address, `/` and the length of a prefix.
pub fn cidr(value: &str) -> Result<String, Refusal> {
    let message =
        "must be a range of addresses in CIDR notation, such as `192.0.2.0/24` or `2001:db8::/32`";
    let refusal = || Refusal::new(message);
    if let Ok(address) = value.parse::<IpAddr>() {
        return Err(refusal().propose(Some(format!("{address}/{}", width(address)))));
    }
    let (address, length) = value.split_once('/').ok_or_else(refusal)?;
    let address: IpAddr = address.parse().map_err(|_| refusal())?;
    let bits: u32 = length.parse().map_err(|_| refusal())?;
    if bits.to_string() != length || bits > width(address) {
        return Err(refusal());
    }
    let network = format!("{}/{bits}", network(address, bits));
    if network == value {
        return Ok(network);
    }
    Err(Refusal::new(format!(
        "{message}, with zeros behind the prefix and in the shortest spelling"
    ))
    .propose(Some(network)))
}

/// How many bits an address has.
const fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The first address of a network.
fn network(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or_default();
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}
