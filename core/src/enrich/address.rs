//! From where: what `sourceIPAddress` is. It holds an address, a service's name, a marker of AWS or a masked address.

use serde::Serialize;
use std::net::IpAddr;

/// What stands in `sourceIPAddress`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AddressKind {
    /// An IPv4 or IPv6 address.
    Ip,
    /// The service that made the call for someone.
    Service,
    /// `AWS Internal`: AWS made the call itself.
    AwsInternal,
    /// Something else: an address that was masked, or is none.
    Label,
    /// Nothing.
    Unknown,
}

/// Tells them apart.
pub(crate) fn kind_of(address: Option<&str>) -> AddressKind {
    let Some(address) = address else {
        return AddressKind::Unknown;
    };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    if address.parse::<IpAddr>().is_ok() {
        AddressKind::Ip
    } else if address == "AWS Internal" || address.starts_with("AWS Internal/") {
        AddressKind::AwsInternal
    } else if (address.ends_with(".amazonaws.com") || address.ends_with(".amazonaws.com.cn"))
        && address.bytes().all(is_host)
    {
        AddressKind::Service
    } else {
        AddressKind::Label
    }
}
