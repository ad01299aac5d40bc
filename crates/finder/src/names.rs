//! Finds the name in a short list that a person typed: the same name, the only one with this
//! prefix, or the nearest one within a few slips.

use crate::slips::{SLIPS_MAX, Slips};
use crate::words::{WORD_BYTES_MAX, has_digit};
use domain::text::folded;

/// Shortest prefix that identifies a name, in bytes.
const BEGINNING_BYTES_MIN: usize = 3;
/// One slip is tolerated in names of at least four bytes, two from eight on.
const BYTES_A_SLIP: usize = 4;

/// Index in `names` of the name that was typed. `None` if none is near, or if two are equally near.
pub fn name_of(names: &[&str], typed: &str) -> Option<usize> {
    let typed = folded(typed);
    let typed = typed.trim();
    let all: Vec<String> = names.iter().map(|name| folded(name)).collect();
    if let Some(same) = all.iter().position(|name| name.trim() == typed) {
        return Some(same);
    }
    let begins = |name: &String| typed.len() >= BEGINNING_BYTES_MIN && name.starts_with(typed);
    only(all.iter().enumerate().filter(|(_, name)| begins(name)).map(|(at, _)| at)).or_else(|| {
        let most = if has_digit(typed) { 0 } else { (typed.len() / BYTES_A_SLIP).min(SLIPS_MAX) };
        (1..=most).find_map(|slips| {
            only(
                all.iter()
                    .enumerate()
                    .filter(|(_, name)| is_within(name.trim(), typed, slips))
                    .map(|(at, _)| at),
            )
        })
    })
}

/// Index in `names` of the place inside an address, such as "26 Francis St, Fenelon Falls, ON". The
/// last name in it is the place: a street may bear the name of another town. `None` if there is no
/// name in it.
pub fn name_in(names: &[&str], typed: &str) -> Option<usize> {
    let text = words_of(typed);
    let ends = |name: &&str| {
        let name = words_of(name);
        let end = (0..text.len()).rev().find(|&end| text[..=end].ends_with(&name))?;
        (!name.is_empty()).then_some((end, name.len()))
    };
    let found = names.iter().enumerate().filter_map(|(at, name)| Some((ends(name)?, at)));
    found.max_by_key(|(place, _)| *place).map(|(_, at)| at).or_else(|| {
        let mut parts = typed.rsplit(',').filter(|part| !part.trim().is_empty());
        parts.find_map(|part| name_of(names, part))
    })
}

/// The words of an address, folded, without punctuation.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| letter.is_ascii_punctuation() || letter == ' ');
    words.filter(|word| !word.is_empty()).map(|word| folded(word).trim().into()).collect()
}

fn only(mut places: impl Iterator<Item = usize>) -> Option<usize> {
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn is_within(name: &str, typed: &str, slips: usize) -> bool {
    let fits = name.len() <= WORD_BYTES_MAX && typed.len() <= WORD_BYTES_MAX;
    let mut automaton = Slips::of(typed, slips);
    fits && name.bytes().enumerate().all(|(depth, letter)| automaton.take(depth, letter))
        && automaton.met_at(name.len()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_people_type_it_and_never_guessed_between_two() {
        let names = [
            "Fenelon Falls",
            "Kinmount",
            "Kirkfield",
            "Little Britain",
            "Norland",
            "Sturgeon Point",
        ];
        for (typed, found) in [
            ("fenelon falls", Some(0)),
            ("  Fénelon ", Some(0)),
            ("kinmout", Some(1)),
            ("kirkfeild", Some(2)),
            ("litle brittain", Some(3)),
            ("nor", Some(4)),
            ("ki", None),
            ("k", None),
            ("", None),
            ("Toronto", None),
            ("a very long text that is no name of any place at all", None),
        ] {
            assert_eq!(name_of(&names, typed), found, "{typed}");
        }
        assert_eq!(name_of(&["Highway 35", "Highway 7"], "highway 36"), None, "another number");
        assert_eq!(name_of(&["Burnt River", "Burnt Rock"], "burnt"), None, "two begin so");
    }

    #[test]
    fn the_place_inside_an_address_is_found_and_not_the_name_of_its_street() {
        let names = ["Fenelon Falls", "Lindsay", "Burnt River", "Ops", "Fenelon"];
        for (typed, found) in [
            ("26 Francis St, Fenelon Falls", Some(0)),
            ("26 francis st fenelon falls on k0m 1n0", Some(0)),
            ("Lindsay St. S., Fenelon Falls, Ontario", Some(0)),
            ("12 Peel Street, Lindsay, ON  K9V 3M2", Some(1)),
            ("12 Peel Street, Linsday", Some(1)),
            ("near burnt river.", Some(2)),
            ("12 Shops Road", None),
            ("26 Francis St", None),
            ("100 Queen St W, Toronto", None),
            (", ,", None),
            ("", None),
        ] {
            assert_eq!(name_in(&names, typed), found, "{typed}");
        }
    }
}
