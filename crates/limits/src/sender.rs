//! Identifies senders within one day without storing who they are: keyed hashes of the networks
//! that an address belongs to.

use super::shares::shares_of;
use ipnet::IpNet;
use std::net::IpAddr;
use vault::SenderTag;
use vault::keys::Keys;

/// Shares of all email addresses of one host together. A provider of mailboxes has many people.
const HOST_SHARES: u32 = 16;

/// A day in milliseconds.
pub const DAY_MS: u64 = 86_400_000;
/// Prefix length of the IPv6 network whose tag is stored with a submission: narrow enough to
/// contain few neighbours, wide enough that a sender who changes addresses still appears as one.
const KEPT_WIDTH: u8 = 56;

/// The sender of a request as the budgets and the store identify it. Without the keys, no address
/// can be derived from it. The tags of one sender on two days cannot be linked.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Days since 1970-01-01 (UTC).
    pub day: u64,
    /// Tags of its networks from the narrowest to the widest, with the number of shares of each.
    pub networks: Vec<(SenderTag, u32)>,
    /// The tag that is stored with each submission.
    pub tag: SenderTag,
}

impl Sender {
    /// Derives the sender of a request from the client's address and the time (milliseconds since
    /// 1970).
    pub fn of(keys: &Keys, address: IpAddr, now_ms: u64) -> Self {
        let day = now_ms / DAY_MS;
        let networks = shares_of(address);
        let kept = networks
            .iter()
            .find(|(network, _)| network.prefix_len() == KEPT_WIDTH)
            .or(networks.first())
            .map(|(network, _)| *network);
        let tag = |network: IpNet| keys.sender_tag(day, &network.to_string());
        let tag_kept = tag(kept.unwrap_or_else(|| address.into()));
        Self {
            day,
            networks: networks
                .into_iter()
                .map(|(network, shares)| (tag(network), shares))
                .collect(),
            tag: tag_kept,
        }
    }

    /// Derives the sender of an email from its address, which is what the email claims.
    pub fn of_mail(keys: &Keys, address: &str, now_ms: u64) -> Self {
        let day = now_ms / DAY_MS;
        let address = address.to_lowercase();
        let host = address.rsplit_once('@').map_or("", |(_, host)| host);
        // No network is written in this form.
        let tag = keys.sender_tag(day, &format!("mail {address}"));
        let of_host = keys.sender_tag(day, &format!("mail @{host}"));
        Self { day, networks: vec![(tag, 1), (of_host, HOST_SHARES)], tag }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_a_sender_in_any_case_and_its_host_another() {
        let dir = tempfile::tempdir().unwrap();
        let (keys, _) = Keys::open(dir.path(), false).unwrap();
        let of = |address: &str| Sender::of_mail(&keys, address, 5 * DAY_MS);
        assert_eq!(of("Jane@A.example").tag, of("jane@a.example").tag);
        assert_ne!(of("jane@a.example").tag, of("joe@a.example").tag);
        assert_eq!(of("jane@a.example").networks[1], of("joe@a.example").networks[1]);
        assert_ne!(of("@a.example").tag, of("jane@a.example").tag);
    }

    #[test]
    fn a_tag_is_one_sender_on_one_day() {
        let dir = tempfile::tempdir().unwrap();
        let (keys, _) = Keys::open(dir.path(), false).unwrap();
        let tag = |address: &str, day: u64| {
            Sender::of(&keys, address.parse().unwrap(), day * DAY_MS + 5).tag
        };
        assert_eq!(tag("198.51.100.7", 20_000), tag("::ffff:198.51.100.7", 20_000));
        assert_ne!(tag("198.51.100.7", 20_000), tag("198.51.100.8", 20_000));
        assert_ne!(
            tag("198.51.100.7", 20_000),
            tag("198.51.100.7", 20_001),
            "days cannot be linked"
        );
        assert_eq!(
            tag("2001:db8:0:107::1", 20_000),
            tag("2001:db8:0:1ff:9::2", 20_000),
            "one who hops within a house's network is one"
        );
        assert_ne!(tag("2001:db8:0:107::1", 20_000), tag("2001:db8:0:207::1", 20_000));
    }
}
