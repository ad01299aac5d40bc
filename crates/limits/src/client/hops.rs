//! Parses the hops that proxies report, leftmost first. Any part may be forged. What is not an
//! address becomes [`None`]; leaving it out would shift the others into its place.

use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The most hops that are read, from the right: no real set-up has so many proxies in a row, so
/// what is further left is the client's.
const HOPS_MAX: usize = 16;

/// The addresses of all `X-Forwarded-For` lines, as one list.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let mut hops: Vec<Option<IpAddr>> = Vec::new();
    for line in lines(headers, "x-forwarded-for").iter().rev() {
        hops.extend(line.rsplit(',').take(HOPS_MAX.saturating_sub(hops.len())).map(hop));
    }
    hops.reverse();
    hops
}

/// The `for` parameter of each element of `Forwarded`. An element without one is an unknown hop.
pub(super) fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let said = elements(headers);
    let kept = said.len().saturating_sub(HOPS_MAX);
    said[kept..].iter().map(|element| parameter(element, "for").and_then(hop)).collect()
}

/// Whether the last proxy reports that its client connected over HTTPS.
pub(super) fn is_forwarded_encrypted(headers: &HeaderMap) -> bool {
    let said = elements(headers);
    said.last()
        .and_then(|element| parameter(element, "proto"))
        .is_some_and(|proto| unquoted(proto).eq_ignore_ascii_case("https"))
}

/// The lines of a header. Bytes that are not UTF-8 are replaced by characters that no address
/// contains.
fn lines(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

/// The elements of all `Forwarded` lines. A line with an unclosed quote becomes one element, from
/// which nothing can be parsed.
fn elements(headers: &HeaderMap) -> Vec<String> {
    lines(headers, "forwarded").iter().flat_map(|line| split(line, ',')).collect()
}

/// The value of a parameter of an element; `None` if it is absent or occurs more than once.
fn parameter<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let mut values = element
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(of, _)| of.trim().eq_ignore_ascii_case(name));
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// Splits at separators outside of quotes.
fn split(line: &str, separator: char) -> Vec<String> {
    let (mut parts, mut is_quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        is_quoted ^= letter == '"';
        match parts.last_mut() {
            Some(last) if letter != separator || is_quoted => last.push(letter),
            _ => parts.push(String::new()),
        }
    }
    parts
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// Parses an address as proxies write it: alone, with a port, in brackets, or in quotes. A port may
/// be a number or a name that hides it (RFC 7239, section 6.2).
fn hop(text: &str) -> Option<IpAddr> {
    let text = unquoted(text);
    let hidden_port = text.rsplit_once(":_").filter(|(_, port)| is_hidden_name(port));
    let text = hidden_port.map_or(text, |(address, _)| address);
    let alone = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let in_brackets = || {
        text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok().filter(IpAddr::is_ipv6)
    };
    alone().or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

fn is_hidden_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hops(line: &str) -> Vec<Option<String>> {
        let headers = HeaderMap::from_iter([("forwarded".parse().unwrap(), line.parse().unwrap())]);
        forwarded(&headers).into_iter().map(|hop| hop.map(|hop| hop.to_string())).collect()
    }

    #[test]
    fn what_is_no_address_keeps_its_place() {
        for text in [
            "",
            " ",
            "unknown",
            "_hidden",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.4:",
            "1.2.3.4:99999",
            "[1.2.3.4]",
            "[::1",
            "::1]",
            "[[::1]]",
            "\"",
            "1.2.3.4\u{fffd}",
            "٣.٣.٣.٣",
            "%5B::1%5D",
        ] {
            assert_eq!(hop(text), None, "{text}");
        }
        for text in ["1.2.3.4:_port", "\"1.2.3.4:_p-1\"", "\"1.2.3.4:443\"", " 1.2.3.4 "] {
            assert_eq!(hop(text), "1.2.3.4".parse().ok(), "{text}");
        }
        assert_eq!(hop("\"[2001:db8::1]:_web\""), "2001:db8::1".parse().ok());
        assert_eq!((hop("1.2.3.4:_"), hop("1.2.3.4:_a b"), hop("unknown:_x")), (None, None, None));
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().unwrap(),
            "a, 1.2.3.4, , \"[::1]:5\"".parse().unwrap(),
        )]);
        assert_eq!(
            x_forwarded_for(&headers),
            [None, "1.2.3.4".parse().ok(), None, "::1".parse().ok()]
        );
    }

    #[test]
    fn a_line_of_a_million_hops_is_read_from_its_end() {
        let long = format!("{}5.6.7.8", "1.2.3.4,".repeat(100_000));
        let headers =
            HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), long.parse().unwrap())]);
        assert_eq!(x_forwarded_for(&headers).len(), HOPS_MAX);
        assert_eq!(x_forwarded_for(&headers).last(), Some(&"5.6.7.8".parse().ok()));
    }

    #[test]
    fn a_comma_in_quotes_makes_no_hop_and_quotes_that_do_not_end_say_nothing() {
        let some = |text: &str| Some(text.to_string());
        assert_eq!(
            hops("for=1.2.3.4;by=\"a,for=9.9.9.9\", For=\"[2001:db8::1]:80\""),
            [some("1.2.3.4"), some("2001:db8::1")]
        );
        assert_eq!(hops("for=\"1.2.3.4, for=9.9.9.9"), [None]);
        assert_eq!(hops("for=1.2.3.4;for=9.9.9.9"), [None], "said twice is not said");
        assert_eq!(hops("proto=https, for=_x"), [None, None]);
    }
}
