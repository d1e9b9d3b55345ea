//! `cidr`: the text of a network → [`Network`].

use super::Mistake;
use crate::rule::condition::Network;
use crate::rule::diagnostic::{Code, quoted};
use std::net::{IpAddr, Ipv6Addr};

/// The network, or what is wrong with it. An address without prefix is a network of itself alone.
pub(super) fn network(text: &str) -> Result<Network, Mistake> {
    let wrong = |message: String, help: String| Mistake::new(0, Code::SigmaValue, message, help);
    let form = || {
        let help = "write a network as in `10.0.0.0/8` or `2001:db8::/32`";
        wrong(format!("{} is not a network of addresses", quoted(text)), help.to_owned())
    };
    let (address, digits) = match text.split_once('/') {
        Some((address, digits)) => (address, Some(digits)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| form())?;
    let (mapped, bits): (Ipv6Addr, u8) = match address {
        IpAddr::V4(address) => (address.to_ipv6_mapped(), 32),
        IpAddr::V6(address) => (address, 128),
    };
    let prefix = match digits {
        None => bits,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => digits.parse().map_err(|_| form())?,
        Some(_) => return Err(form()),
    };
    if prefix > bits {
        let message = format!("the prefix of {} is too long (limit {bits}, got {prefix})", quoted(text));
        return Err(wrong(message, "without a prefix it is one address".to_owned()));
    }
    let network = Network { address: mapped, prefix: 128 - bits + prefix };
    let first = Ipv6Addr::from_bits(mapped.to_bits() & network.mask());
    if first != mapped {
        let shown = if address.is_ipv4() { first.to_canonical() } else { IpAddr::V6(first) };
        let message = format!("in {} bits behind the prefix are set", quoted(text));
        return Err(wrong(message, format!("the network that holds it is `{shown}/{prefix}`")));
    }
    Ok(network)
}
