//! Finds one name in a short list as typed: the same name, the only one with this prefix, or the
//! nearest within a few slips.

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
}
