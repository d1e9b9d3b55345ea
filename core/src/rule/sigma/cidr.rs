//! `cidr`: the text of a network → [`Network`].

use crate::rule::condition::Network;
use std::net::{IpAddr, Ipv6Addr};

/// The network, or what is wrong with it. An address without prefix is a network of itself alone.
pub(super) fn network(text: &str) -> Result<Network, String> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let form = || "expected a network such as `10.0.0.0/8` or `2001:db8::/32`".to_owned();
    let address: IpAddr = address.parse().map_err(|_| form())?;
    let (address, bits): (Ipv6Addr, u8) = match address {
        IpAddr::V4(address) => (address.to_ipv6_mapped(), 32),
        IpAddr::V6(address) => (address, 128),
    };
    let prefix = match prefix {
        None => bits,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => digits.parse().map_err(|_| form())?,
        Some(_) => return Err(form()),
    };
    if prefix > bits {
        return Err(format!("the prefix is too long (limit {bits}, got {prefix})"));
    }
    let prefix = 128 - bits + prefix;
    let kept = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or_default();
    if address.to_bits() & !kept != 0 {
        return Err("bits behind the prefix are set: shorten the address, or lengthen the prefix".to_owned());
    }
    Ok(Network { address, prefix })
}
