//! The query of an address: its encoding, and lists and filters in it.

use domain::address::{decoded, tidy_path};
use domain::catalogue::Audience;
use domain::trip::{ERRANDS_MAX, Errand};
use domain::{CategoryId, HubId};
use finder::{AUDIENCES, FacetFilter, FacetWay};

/// The name of a typed place in a query.
pub(crate) const NEAR: &str = "near";

/// The value of a name in a query. `None` if it is not there.
pub(super) fn value<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The id that a name in a query has, however it was typed or pasted. Empty if it is not there.
pub(super) fn id_text(query: &[(String, String)], name: &str) -> String {
    tidy_path(value(query, name).unwrap_or_default()).trim_start_matches('/').into()
}

/// The decoded pairs of a query (`application/x-www-form-urlencoded`, URL Standard). A part without
/// `=` is skipped.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let text = |encoded: &str| decoded(&encoded.replace('+', " "));
    let split = |pair: &str| pair.split_once('=').map(|(name, value)| (text(name), text(value)));
    query.split('&').filter_map(split).collect()
}

/// The place that an address names as the one to measure distances from, as it was typed. A form
/// sends it so where no script handles it.
pub(crate) fn near_of(query: &str) -> Option<String> {
    value(&pairs(query), NEAR).map(String::from)
}

/// Percent-encodes the UTF-8 bytes of a text for a query; a space becomes `+`.
pub(crate) fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b' ' => "+".to_string(),
        b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => (b as char).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// Reads the search filter from the query parameters. Values that are not known are ignored.
pub(super) fn filter_of(query: &[(String, String)]) -> FacetFilter {
    FacetFilter {
        topic: CategoryId::parse(&id_text(query, "topic")).ok(),
        audience: audience_of(&id_text(query, "for")),
        way: way_of(&id_text(query, "how")),
        hub: HubId::parse(&id_text(query, "at")).ok(),
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

/// The value of `for` in an address.
pub(crate) fn audience_value(audience: Audience) -> &'static str {
    match audience {
        Audience::Resident => "resident",
        Audience::Business => "business",
        Audience::Visitor => "visitor",
    }
}

/// `None` if it is not a value of `for`.
pub(crate) fn audience_of(value: &str) -> Option<Audience> {
    AUDIENCES.into_iter().find(|&audience| audience_value(audience) == value)
}

/// The value of `how` in an address.
pub(crate) fn way_value(way: FacetWay) -> &'static str {
    match way {
        FacetWay::Online => "online",
        FacetWay::Phone => "phone",
        FacetWay::InPerson => "in-person",
    }
}

/// `None` if it is not a value of `how`.
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
