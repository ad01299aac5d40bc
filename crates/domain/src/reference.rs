//! The short reference number that a person can read out on the phone.

use crate::ids::SubmissionId;
use crate::text::runs_of;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Crockford's base 32 without Z: without I, L, O, U and Z no letter is mistaken for another, and
/// 31 is a prime.
const LETTERS: &[u8; 31] = b"0123456789ABCDEFGHJKMNPQRSTVWXY";
const BASE: u64 = LETTERS.len() as u64;
/// Letters of the reference number without its check character: about 39 bits.
const LETTERS_COUNT: usize = 8;

/// A reference number: eight letters and a check character, as in `7Q3M-X9TB-E`. Computed from the
/// submission's id, so that it is known before anything is sent and is the same on every copy.
/// Several submissions can share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference(u64);

impl Reference {
    /// Computes the reference number from the last 40 bits of the id, which are random.
    pub fn of(id: SubmissionId) -> Self {
        let number = id.as_bytes()[11..].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        Self(number % BASE.pow(LETTERS_COUNT as u32))
    }

    /// The last five bytes of all ids that have this reference number: one value, or two, because
    /// 40 bits are slightly more than the letters hold.
    pub fn endings(self) -> impl Iterator<Item = [u8; 5]> {
        let numbers = [self.0, self.0 + BASE.pow(LETTERS_COUNT as u32)]
            .into_iter()
            .filter(|number| *number < 1 << 40);
        numbers.map(|number| {
            let [_, _, _, ending @ ..] = number.to_be_bytes();
            ending
        })
    }

    /// Parses a reference number as people type and paste it: in any case, in any groups, with
    /// anything around it, O for 0, I and L for 1, Z for 2. `None` if it is too short or too long,
    /// contains another letter, or its check character does not match.
    pub fn parse(text: &str) -> Option<Self> {
        runs_of(text, LETTERS_COUNT + 1).iter().find_map(|run| Self::of_letters(run))
    }

    fn of_letters(run: &str) -> Option<Self> {
        let values: Option<Vec<u64>> = run.chars().map(value_of).collect();
        let (check, values) = values.as_deref().and_then(<[u64]>::split_last)?;
        let number = values.iter().fold(0, |sum, value| sum * BASE + value);
        (check_of(number) == *check).then_some(Self(number))
    }
}

/// The value of a letter as people type it, 0 to 30; `None` if it is not in the alphabet.
pub(crate) fn value_of(letter: char) -> Option<u64> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        other => other,
    };
    LETTERS.iter().position(|&b| b as char == letter).map(|at| at as u64)
}

/// The letter for a value below 31.
pub(crate) fn letter(value: u64) -> char {
    LETTERS[value as usize % LETTERS.len()] as char
}

/// The value of the letter at an index counted from the right.
fn digit(number: u64, place: usize) -> u64 {
    number / BASE.pow(place as u32) % BASE
}

/// A weighted sum modulo a prime: one wrong letter, or two swapped neighbours, always changes it.
fn check_of(number: u64) -> u64 {
    (0..LETTERS_COUNT).map(|place| (place as u64 + 1) * digit(number, place)).sum::<u64>() % BASE
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..LETTERS_COUNT).rev() {
            let letter = LETTERS[digit(self.0, place) as usize] as char;
            write!(f, "{letter}")?;
            if place == 4 {
                f.write_str("-")?;
            }
        }
        write!(f, "-{}", LETTERS[check_of(self.0) as usize] as char)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(random: u8) -> Reference {
        Reference::of(SubmissionId::from_parts(0, [random, 7, 99, 250, 13, 5, 201, 77, 31, random]))
    }

    #[test]
    fn the_example_that_people_are_shown_is_one() {
        assert!(Reference::parse("7Q3M-X9TB-E").is_some());
        assert_eq!(Reference::parse("7Q3M-X9TB-K"), None);
    }

    #[test]
    fn a_reference_reads_back_as_people_type_it() {
        let reference = reference(180);
        let text = reference.to_string();
        assert_eq!(text.len(), 11);
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', " "),
            text.replace('-', ""),
            text.replace('0', "o").replace('1', "l"),
            format!("{text}."),
            format!("“{text}”,"),
            format!("Reference: {text}"),
            format!("Numéro de référence : {text}.\r\n"),
            format!("REFERENCE {} please", text.to_lowercase()),
            format!("\u{202d}{}\u{202c}", text.replace('-', "\u{2011}")),
            text.replace('-', "\u{a0}–\u{a0}"),
            text.replace('-', "\u{200b}"),
            text.chars().filter_map(|c| char::from_u32(c as u32 + 0xfee0)).collect(),
            format!("{text}.0001 2aff 1011 1213 1415 1617 1819 1af0"),
        ] {
            assert_eq!(Reference::parse(&typed), Some(reference), "{typed}");
        }
    }

    #[test]
    fn ids_are_found_by_how_they_end() {
        for last in [[0; 5], [255; 5], [198, 150, 0, 0, 1], [7, 99, 250, 13, 5]] {
            let mut random = [9; 10];
            random[5..].copy_from_slice(&last);
            let reference = Reference::of(SubmissionId::from_parts(1, random));
            let endings: Vec<[u8; 5]> = reference.endings().collect();
            assert!(endings.contains(&last), "{last:?}");
            for ending in endings {
                random[5..].copy_from_slice(&ending);
                assert_eq!(Reference::of(SubmissionId::from_parts(2, random)), reference);
            }
        }
    }

    #[test]
    fn one_wrong_letter_or_two_swapped_are_noticed() {
        for random in 0..=255 {
            let text: Vec<char> =
                reference(random).to_string().chars().filter(|c| *c != '-').collect();
            for at in 0..text.len() {
                for &letter in LETTERS {
                    let mut wrong = text.clone();
                    wrong[at] = letter as char;
                    assert!(
                        wrong == text
                            || Reference::parse(&wrong.iter().collect::<String>()).is_none()
                    );
                }
                if at + 1 < text.len() && text[at] != text[at + 1] {
                    let mut swapped = text.clone();
                    swapped.swap(at, at + 1);
                    assert_eq!(Reference::parse(&swapped.iter().collect::<String>()), None);
                }
            }
        }
    }
}
