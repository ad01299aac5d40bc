//! The proxies in front of this server whose forwarding headers are trusted.

use ipnet::IpNet;
use std::net::IpAddr;

/// Addresses and networks. Parsed once at start-up and leaked for the life of the process, so that
/// the value is `Copy`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrustedProxies(&'static [IpNet]);

impl TrustedProxies {
    /// Parses a comma-separated list, as in `127.0.0.1,10.0.0.0/8,::1`; an empty one trusts no
    /// proxy. Errors say what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let networks: Vec<IpNet> = parts.map(network).collect::<Result<_, _>>()?;
        Ok(Self(Box::leak(networks.into_boxed_slice())))
    }

    /// Whether no proxy is trusted.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address belongs to a trusted proxy.
    pub fn has(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn network(part: &str) -> Result<IpNet, String> {
    if part.parse::<u64>().is_ok() {
        return Err(format!(
            "--trusted-proxies takes the addresses of proxies, no longer how many there are: instead of {part} write where they connect from, as in \
             --trusted-proxies 127.0.0.1 for a proxy on this machine, or --trusted-proxies 10.0.0.0/8,2001:db8::/32 for networks."
        ));
    }
    let alone = part.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network = alone.or_else(|_| part.parse::<IpNet>());
    let network = network.map_err(|_| format!("“{part}” is neither an address nor a network; write as in --trusted-proxies 127.0.0.1,10.0.0.0/8,::1."))?;
    // Trusting every address would let any client claim any address.
    if network.prefix_len() == 0 {
        return Err(format!(
            "{part} would trust everyone, so that anyone could say to come from anywhere. Write the addresses of the proxies."
        ));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_trusted_and_nothing_beside_them() {
        let trusted = TrustedProxies::parse("127.0.0.1, 10.0.0.0/8,::1,2001:db8::/32").unwrap();
        for address in ["127.0.0.1", "10.9.8.7", "::1", "2001:db8:1::2", "::ffff:10.0.0.1"] {
            assert!(trusted.has(address.parse().unwrap()), "{address}");
        }
        for address in ["127.0.0.2", "11.0.0.0", "::2", "2001:db9::1"] {
            assert!(!trusted.has(address.parse().unwrap()), "{address}");
        }
        assert!(!TrustedProxies::default().has("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_count_as_before_is_refused_with_what_to_write() {
        let said = TrustedProxies::parse("1").unwrap_err();
        assert!(
            said.contains("instead of 1") && said.contains("--trusted-proxies 127.0.0.1"),
            "{said}"
        );
        for wrong in [
            "proxy.example.org",
            "10.0.0.0/33",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.1:80",
            "127.0.0.1;::1",
        ] {
            assert!(TrustedProxies::parse(wrong).is_err(), "{wrong}");
        }
        assert!(TrustedProxies::parse("").is_ok());
    }
}
