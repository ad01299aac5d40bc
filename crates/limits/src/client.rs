//! Determines the client's address behind proxies. Which share an address counts against is decided
//! in [`crate::shares`].

mod hops;
mod proxies;

pub use proxies::TrustedProxies;

use hops::{forwarded, x_forwarded_for};
use http::HeaderMap;
use std::net::IpAddr;

/// The client's address: the peer, or, if the peer is a trusted proxy, the rightmost hop that is
/// not one. What a client writes into the headers itself is left of what the first trusted proxy
/// adds, and is never reached.
///
/// `X-Forwarded-For` and `Forwarded` (RFC 7239) are both read. A proxy that writes one of them may
/// pass on the other as the client wrote it, and the server cannot know which. If they disagree,
/// the peer's own address is returned, so that a forged header cannot choose its rate-limit share.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: TrustedProxies) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.has(peer) {
        return peer;
    }
    let (listed, forwarded_by) = (x_forwarded_for(headers), forwarded(headers));
    match (listed.is_empty(), forwarded_by.is_empty()) {
        (true, true) => peer,
        (false, true) => client(peer, &listed, trusted),
        (true, false) => client(peer, &forwarded_by, trusted),
        (false, false) => {
            let of_list = client(peer, &listed, trusted);
            if of_list == client(peer, &forwarded_by, trusted) { of_list } else { peer }
        }
    }
}

/// Walks from the peer outwards over trusted proxies. A hop that is not an address ends the walk at
/// the proxy that reported it.
fn client(peer: IpAddr, hops: &[Option<IpAddr>], trusted: TrustedProxies) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Some(hop) = *hop else { return nearest };
        nearest = hop;
        if !trusted.has(hop) {
            return nearest;
        }
    }
    nearest
}

/// Whether the peer is a trusted proxy and reports that its client connected over HTTPS.
pub fn is_encrypted(peer: IpAddr, headers: &HeaderMap, trusted: TrustedProxies) -> bool {
    let says_https = headers
        .get_all("x-forwarded-proto")
        .iter()
        .next_back()
        .and_then(|line| line.to_str().ok()?.rsplit(',').next())
        .is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
    trusted.has(peer.to_canonical()) && (says_https || hops::is_forwarded_encrypted(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[(&'static str, &str)], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        address("10.0.0.1".parse().unwrap(), &headers, TrustedProxies::parse(trusted).unwrap())
            .to_string()
    }

    #[test]
    fn a_forged_header_moves_nobody_out_of_their_share() {
        let check = |trusted: &str, header: &str, expected: &str| {
            assert_eq!(
                of(&[("x-forwarded-for", header)], trusted),
                expected,
                "{header} by {trusted}"
            )
        };
        check("", "1.2.3.4, 5.6.7.8", "10.0.0.1");
        check("10.0.0.2", "1.2.3.4, 5.6.7.8", "10.0.0.1");
        check("10.0.0.1", "1.2.3.4, 5.6.7.8", "5.6.7.8");
        check("10.0.0.1,5.6.7.8", "1.2.3.4, 5.6.7.8", "1.2.3.4");
        check("10.0.0.0/8, 5.6.0.0/16", "9.9.9.9, 1.2.3.4, 10.9.9.9, 5.6.7.8", "1.2.3.4");
        check("10.0.0.0/8", "10.1.1.1, 10.2.2.2", "10.1.1.1");
        check("10.0.0.1", "nonsense", "10.0.0.1");
        check("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1");
        check("10.0.0.1,5.6.7.8", "1.2.3.4, unknown, 5.6.7.8", "5.6.7.8");
        check("10.0.0.1", "1.2.3.4,", "10.0.0.1");
        check("10.0.0.1", "", "10.0.0.1");
        check("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7");
    }

    #[test]
    fn hops_are_read_with_ports_brackets_and_quotes() {
        let hops = [
            ("198.51.100.7:40001", "198.51.100.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:db8::1]\"", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("\"198.51.100.7:443\"", "198.51.100.7"),
            ("198.51.100.7:_hidden", "198.51.100.7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
        ];
        for (hop, expected) in hops {
            assert_eq!(
                of(&[("x-forwarded-for", &format!("1.2.3.4, {hop}"))], "10.0.0.1"),
                expected
            );
            let quoted = format!("for=1.2.3.4, for=\"{}\";proto=https", hop.trim_matches('"'));
            assert_eq!(of(&[("forwarded", &quoted)], "10.0.0.1"), expected, "{quoted}");
        }
    }

    #[test]
    fn lines_are_one_list_and_one_that_is_not_text_hides_none_before_it() {
        let lines = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "5.6.7.8")];
        assert_eq!(of(&lines, "10.0.0.1"), "5.6.7.8");
        // If the second line were skipped, the client's own line would count as the last.
        let hidden = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "\u{ff}, 5.6.7.8")];
        assert_eq!(of(&hidden, "10.0.0.1"), "5.6.7.8");
        let hidden = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "\u{ff}")];
        assert_eq!(of(&hidden, "10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn of_two_headers_that_disagree_one_is_forged_and_neither_is_believed() {
        let both = |listed, forwarded_by| {
            of(&[("x-forwarded-for", listed), ("forwarded", forwarded_by)], "10.0.0.1")
        };
        assert_eq!(both("5.6.7.8", "for=5.6.7.8"), "5.6.7.8");
        assert_eq!(both("5.6.7.8", "for=1.2.3.4"), "10.0.0.1");
        assert_eq!(both("1.2.3.4", "for=5.6.7.8"), "10.0.0.1");
    }

    #[test]
    fn only_a_trusted_proxy_says_that_the_way_was_encrypted() {
        let said = |name: &'static str, value: &'static str, trusted: &str| {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            is_encrypted(
                "10.0.0.1".parse().unwrap(),
                &headers,
                TrustedProxies::parse(trusted).unwrap(),
            )
        };
        assert!(
            said("x-forwarded-proto", "https", "10.0.0.1")
                && said("forwarded", "for=1.2.3.4;Proto=HTTPS", "10.0.0.0/24")
        );
        assert!(
            !said("x-forwarded-proto", "https", "")
                && !said("x-forwarded-proto", "https", "10.0.0.2")
        );
        assert!(
            said("x-forwarded-proto", "HTTPS", "10.0.0.1")
                && said("x-forwarded-proto", "http, https", "10.0.0.1")
                && !said("x-forwarded-proto", "https, http", "10.0.0.1")
        );
        assert!(
            !said("x-forwarded-proto", "http", "10.0.0.1")
                && !said("forwarded", "for=1.2.3.4;proto=https, for=5.6.7.8", "10.0.0.1")
        );
    }
}
