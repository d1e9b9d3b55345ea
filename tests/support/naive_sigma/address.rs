//! `cidr`: a network of addresses, and whether a text is an address in it.

use std::net::IpAddr;

/// A network: the bits of its addresses that are fixed, as a text of `0` and `1`.
#[derive(Clone, Debug)]
pub(super) struct Network {
    is_v4: bool,
    prefix: String,
}

impl Network {
    /// Reads `address/length`; a bare address is the network of itself. Bits behind the prefix must be zero.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<usize>().map_err(|error| error.to_string())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| format!("`{address}` is no address"))?;
        let bits = bits(address);
        let length = length.unwrap_or(bits.len());
        match (bits.get(..length), bits.get(length..)) {
            (Some(prefix), Some(host)) if !host.contains('1') => {
                Ok(Self { is_v4: address.is_ipv4(), prefix: prefix.to_owned() })
            }
            (Some(_), _) => Err("bits behind the prefix".to_owned()),
            _ => Err("a prefix longer than an address".to_owned()),
        }
    }

    /// Both sides are compared as addresses; one of IPv6 that stands for one of IPv4 counts as that. What is no address
    /// is in no network.
    pub(super) fn holds(&self, text: &str) -> bool {
        text.parse::<IpAddr>().is_ok_and(|address| {
            let address = address.to_canonical();
            address.is_ipv4() == self.is_v4 && bits(address).starts_with(&self.prefix)
        })
    }
}

fn bits(address: IpAddr) -> String {
    let octets = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    octets.iter().map(|octet| format!("{octet:08b}")).collect()
}
