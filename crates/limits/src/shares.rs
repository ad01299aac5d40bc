//! Decides whose share an address counts against. Every limit of this server uses this module and
//! nothing else, so that all limits identify a client in the same way.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv6Addr};

/// Prefix lengths of the IPv6 networks that count as one, with the number of shares of each. A
/// household has a network of 64 bits, or one of 56 or 48 bits that contains many of those (RFC
/// 6177): a client with 256 or 65,536 networks gets a few shares, not one for each.
const WIDTHS: [(u8, u32); 3] = [(64, 1), (56, 2), (48, 4)];
/// Prefix lengths of a region, which is roughly what a provider has: 65,536 addresses of IPv4, or a
/// network of 32 bits of IPv6. There are few enough of either to track all of them.
const REGION_WIDTHS: (u8, u8) = (16, 32);
/// Shares of a region: as many as the widest network has.
pub const REGION_SHARES: u32 = 4;

/// Returns the networks that an address belongs to, from the narrowest to the widest, with the
/// number of shares of each. An IPv4 address is its only network; an IPv6 address has three, as in
/// [`WIDTHS`].
pub fn shares_of(address: IpAddr) -> Vec<(IpNet, u32)> {
    match address.to_canonical() {
        IpAddr::V4(address) => vec![(IpNet::from(IpAddr::V4(address)), 1)],
        address => WIDTHS.map(|(width, shares)| (network(address, width), shares)).into(),
    }
}

/// Returns the region of an address. Used while there are too many networks to track individually.
pub fn region_of(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(address) => network(IpAddr::V4(address), REGION_WIDTHS.0),
        address => network(address, REGION_WIDTHS.1),
    }
}

/// Returns the network by which connections are compared to find who holds the most: 256 addresses
/// of IPv4, or the widest IPv6 network that has a share.
pub fn neighbourhood_of(widest: IpNet) -> IpNet {
    match widest {
        IpNet::V4(address) => network(address.addr().into(), 24),
        widest => widest,
    }
}

/// Returns the network of `width` bits that contains an address.
fn network(address: IpAddr, width: u8) -> IpNet {
    match address {
        IpAddr::V4(address) => Ipv4Net::new_assert(address, width).trunc().into(),
        IpAddr::V6(address) => Ipv6Net::new_assert(address, width).trunc().into(),
    }
}

/// One address from each of `count` /64 networks, all within one network of `width` bits: senders
/// for tests, here and in other crates. Panics if there are not that many.
pub fn addresses_within(width: u8, count: u128) -> impl Iterator<Item = IpAddr> {
    assert!(count <= 1 << (64 - width));
    (0..count)
        .map(|number| IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8_0001 << 80 | number << 64 | 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_a_few_networks_each_with_its_shares() {
        let shares = |text: &str| {
            shares_of(text.parse().unwrap())
                .into_iter()
                .map(|(network, shares)| format!("{network} x{shares}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shares("2001:db8:1:207::9"),
            ["2001:db8:1:207::/64 x1", "2001:db8:1:200::/56 x2", "2001:db8:1::/48 x4"]
        );
        assert_eq!(shares("198.51.100.7"), ["198.51.100.7/32 x1"]);
        assert_eq!(
            shares("::ffff:198.51.100.7"),
            shares("198.51.100.7"),
            "one address in two ways of writing is one"
        );
    }

    #[test]
    fn a_region_is_what_a_provider_has() {
        let region = |text: &str| region_of(text.parse().unwrap()).to_string();
        assert_eq!(
            (region("2001:db8:1:207::9"), region("198.51.100.7"), region("::ffff:198.51.100.7")),
            ("2001:db8::/32".into(), "198.51.0.0/16".into(), "198.51.0.0/16".into())
        );
    }
}
