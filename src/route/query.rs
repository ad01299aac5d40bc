//! The query of an address: its encoding, and lists and filters in it.

use domain::catalogue::Audience;
use domain::trip::{ERRANDS_MAX, Errand};
use domain::{CategoryId, HubId};
use finder::{AUDIENCES, FacetFilter, FacetWay};

/// The value of a name in a query. `None` if it is not there.
pub(super) fn value<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The decoded pairs of a query (`application/x-www-form-urlencoded`, URL Standard). A part without
/// `=` is skipped.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let split =
        |pair: &str| pair.split_once('=').map(|(name, value)| (decoded(name), decoded(value)));
    query.split('&').filter_map(split).collect()
}

/// Percent-encodes the UTF-8 bytes of a text for a query; a space becomes `+`.
pub(super) fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b' ' => "+".to_string(),
        b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => (b as char).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// Reverses [`encoded`]. A `%` without two hexadecimal digits stays as it is; invalid UTF-8 becomes
/// U+FFFD. Never panics.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let escaped = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the search filter from the query parameters. Values that are not known are ignored.
pub(super) fn filter_of(query: &[(String, String)]) -> FacetFilter {
    FacetFilter {
        topic: value(query, "topic").and_then(|id| CategoryId::parse(id).ok()),
        audience: value(query, "for").and_then(audience_of),
        way: value(query, "how").and_then(way_of),
        hub: value(query, "at").and_then(|id| HubId::parse(id).ok()),
    }
}

/// The filter as further parameters of a query, each with a leading `&`.
pub(super) fn filter_text(filter: &FacetFilter) -> String {
    let topic = filter.topic.as_ref().map(|id| format!("&topic={id}"));
    let audience = filter.audience.map(|audience| format!("&for={}", audience_value(audience)));
    let way = filter.way.map(|way| format!("&how={}", way_value(way)));
    let hub = filter.hub.as_ref().map(|id| format!("&at={id}"));
    [topic, audience, way, hub].into_iter().flatten().collect()
}

pub(crate) fn audience_value(audience: Audience) -> &'static str {
    match audience {
        Audience::Resident => "resident",
        Audience::Business => "business",
        Audience::Visitor => "visitor",
    }
}

pub(crate) fn audience_of(value: &str) -> Option<Audience> {
    AUDIENCES.into_iter().find(|&audience| audience_value(audience) == value)
}

pub(crate) fn way_value(way: FacetWay) -> &'static str {
    match way {
        FacetWay::Online => "online",
        FacetWay::Phone => "phone",
        FacetWay::InPerson => "in-person",
    }
}

pub(crate) fn way_of(value: &str) -> Option<FacetWay> {
    FacetWay::ALL.into_iter().find(|&way| way_value(way) == value)
}

/// The list of one trip as it is written in an address and in `localStorage`.
pub(crate) fn list_of_errands(errands: &[Errand]) -> String {
    errands.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Parses such a list. Skips what is not an errand and stops at `ERRANDS_MAX`.
pub(crate) fn read_list(text: &str) -> Vec<Errand> {
    text.split(',').filter_map(|errand| Errand::parse(errand).ok()).take(ERRANDS_MAX).collect()
}
