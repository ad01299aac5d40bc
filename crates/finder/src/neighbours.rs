//! Questions about another municipality: "garbage day in Peterborough". What is done there is
//! theirs, whatever it is. A street, or where a person comes from, is not such a question.

use crate::words::{is_chatter, searchable, words_of};

/// Words that say where, folded.
const IN: &[&str] = &["in", "a", "au", "aux", "dans"];
/// Words before "in" that say where a person is or was, and not what they ask about.
const LIVES: &[&str] = &[
    "am",
    "born",
    "demeure",
    "demeurons",
    "habite",
    "habitons",
    "live",
    "lived",
    "lives",
    "living",
    "ne",
    "nee",
    "reside",
    "stay",
    "staying",
    "vis",
    "vit",
    "vivons",
    "work",
    "working",
    "works",
    "travaille",
];
/// Words after a name that make it the name of something else.
const OF_OTHER_NAMES: &[&str] = &[
    "a",
    "ave",
    "avenue",
    "blvd",
    "boulevard",
    "canal",
    "cres",
    "crescent",
    "drive",
    "highway",
    "hwy",
    "lake",
    "lane",
    "rd",
    "resident",
    "residents",
    "river",
    "road",
    "st",
    "star",
    "street",
    "to",
    "trail",
    "vers",
];
/// Words before a name that make it the name of something else, or of a person.
const BEFORE_OTHER_NAMES: &[&str] = &[
    "avenue",
    "boulevard",
    "chemin",
    "conseiller",
    "conseillere",
    "councillor",
    "highway",
    "lac",
    "lake",
    "maire",
    "mayor",
    "mr",
    "mrs",
    "riviere",
    "route",
    "rue",
];

/// The place that a question asks about, if it is one that these names name; its words, folded.
/// A name such as "in Durham" counts where it is typed so. Where the names have the place alone
/// too, as "Peterborough", it also counts at the beginning or the end of a question.
pub(crate) fn place_asked_about(names: &[&str], question: &str) -> Option<Vec<String>> {
    let typed = searchable(question);
    let typed: Vec<&str> = words_of(&typed).collect();
    let folded: Vec<String> = names.iter().map(|name| searchable(name)).collect();
    let names: Vec<Vec<&str>> = folded.iter().map(|name| words_of(name).collect()).collect();
    let places = names.iter().filter_map(|name| match name.as_slice() {
        [first, place @ ..] if !place.is_empty() && IN.contains(first) => Some(place),
        _ => None,
    });
    places
        .filter(|place| {
            let stands_alone = names.iter().any(|name| name == place);
            (0..typed.len()).any(|at| is_asked_about(&typed, at, place, stands_alone))
        })
        .map(|place| place.iter().map(|word| (*word).into()).collect())
        .next()
}

/// Whether a name in the data names a place, as "in Peterborough" does.
pub(crate) fn is_place(name: &str) -> bool {
    ["in ", "à ", "dans "].iter().any(|begin| name.starts_with(begin))
}

/// Whether a place stands at `at`, and as the place that the question is about.
fn is_asked_about(typed: &[&str], at: usize, place: &[&str], stands_alone: bool) -> bool {
    let Some(rest) = typed[at..].strip_prefix(place) else { return false };
    if rest.first().is_some_and(|after| OF_OTHER_NAMES.contains(after))
        || typed[..at].last().is_some_and(|before| BEFORE_OTHER_NAMES.contains(before))
    {
        return false;
    }
    match typed[..at] {
        [.., before, word] if IN.contains(&word) => !LIVES.contains(&before),
        [word] if IN.contains(&word) => true,
        [] => stands_alone,
        [.., word] => stands_alone && rest.is_empty() && !is_chatter(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_asked_about_and_not_where_somebody_is_from_nor_a_street() {
        let names = ["City of Oshawa", "in Oshawa", "Oshawa", "à Oshawa", "in Durham"];
        for (question, place) in [
            ("bus in Oshawa", Some("oshawa")),
            ("Garbage day, OSHAWA?", Some("oshawa")),
            ("oshawa garbage day", Some("oshawa")),
            ("autobus à Oshawa", Some("oshawa")),
            ("in oshawa", Some("oshawa")),
            ("daycare in Durham", Some("durham")),
            ("I live in Oshawa, may I register too", None),
            ("moved here from Oshawa", None),
            ("ride to Oshawa", None),
            ("pothole in Durham Street", None),
            ("parking on Durham", None),
            ("durham parking", None),
            ("Oshawa residents at the library", None),
            ("Oshawa to Lindsay bus", None),
            ("nid-de-poule rue Oshawa", None),
            ("councillor Oshawa", None),
            ("in", None),
            ("", None),
        ] {
            let found = place_asked_about(&names, question);
            assert_eq!(found.map(|words| words.join(" ")).as_deref(), place, "{question}");
        }
    }
}
