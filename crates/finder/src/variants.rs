//! The words of the index that a typed word may mean, and how likely each is.

use crate::index::Index;
use crate::slips::{SLIPS_MAX, Slips};
use crate::words::{WORD_BYTES_MAX, has_digit, stem};

/// Most words that one prefix is expanded to. A single letter begins more words than that, and says
/// nothing yet.
const BEGINNING_WORDS_MAX: usize = 256;
/// Most words that slips may lead to.
const GUESSES_MAX: usize = 48;
/// Shortest word, in bytes, that may be unfinished although it is not the last.
const UNFINISHED_BYTES_MIN: usize = 3;
/// Shortest half, in bytes, of two words written as one.
const HALF_BYTES_MIN: usize = 3;

/// Shortest unfinished word, in bytes, in which a slip is tolerated.
const UNFINISHED_GUESS_BYTES_MIN: usize = 5;
/// A word of at least this many bytes with which only words begin that at most
/// [`RARE_DOCUMENTS_MAX`] documents use may be a slip, as "advis" for "advance". A word that the
/// index has, in any form, is taken as typed: "barking" is not "parking".
const RARE_BYTES_MIN: usize = 5;
const RARE_DOCUMENTS_MAX: usize = 2;

/// How a typed word matches a known one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meeting {
    /// They are the same word.
    Same,
    /// The known word is another form of it, such as a plural.
    Form,
    /// The known word begins with it.
    Beginning,
    /// They differ by this many slips (typing errors).
    Slips(u8),
}

/// A word of the index that a typed word may mean.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    /// Index of the word among all words.
    pub(crate) number: usize,
    /// Similarity, from 0 to 1.
    pub(crate) likeness: f32,
    pub(crate) meeting: Meeting,
    pub(crate) word: String,
}

/// Slips that are tolerated if no other word is similar, by the length of the typed word in bytes.
fn forgiven_at_last(bytes: usize) -> usize {
    if bytes <= 4 { 1 } else { SLIPS_MAX }
}

impl Variant {
    /// How much of the typed word counts as matched. An unfinished word matches fully if the known
    /// one begins with it.
    pub(crate) fn sureness(&self) -> f32 {
        if matches!(self.meeting, Meeting::Slips(_)) { self.likeness.max(0.6) } else { 1.0 }
    }
}

/// Slips that are tolerated by the length of the typed word in bytes.
fn forgiven(bytes: usize) -> usize {
    match bytes {
        0..=3 => 0,
        4..=7 => 1,
        _ => SLIPS_MAX,
    }
}

/// Whether a word was typed that begins this variant, which is hardly used, so that the typed word
/// may be a slip for another.
fn is_rare_beginning(index: Index<'_>, variant: &Variant) -> bool {
    if variant.meeting != Meeting::Beginning {
        return false;
    }
    index.list(variant.number).map(|documents| documents.count).sum::<usize>() <= RARE_DOCUMENTS_MAX
}

/// The variants of a word; empty if nothing in the index is similar. `is_typing` says that it is
/// the last word, which may be unfinished. A number has no variant but itself: 211 is not 911, and
/// 2025 is neither 2005 nor the beginning of a phone number.
pub(crate) fn variants_of(index: Index<'_>, word: &str, is_typing: bool) -> Vec<Variant> {
    let mut variants = forms(index, word);
    if has_digit(word) {
        return variants;
    }
    if is_typing || (variants.is_empty() && word.len() >= UNFINISHED_BYTES_MIN) {
        beginnings(index, word, &mut variants);
    }
    if variants.is_empty() {
        guesses(index, word, forgiven(word.len()), is_typing, &mut variants);
    }
    if word.len() >= RARE_BYTES_MIN
        && !variants.is_empty()
        && variants.iter().all(|variant| is_rare_beginning(index, variant))
    {
        let sure = variants.len();
        guesses(index, word, 1, false, &mut variants);
        variants.iter_mut().skip(sure).for_each(|variant| variant.likeness *= 0.7);
    }
    if variants.is_empty() && word.len() >= 3 {
        guesses(index, word, forgiven_at_last(word.len()), is_typing, &mut variants);
        variants.iter_mut().for_each(|variant| variant.likeness *= 0.8);
    }
    variants
}

/// Whether a word, or a form of it, is in the index.
pub(crate) fn is_known(index: Index<'_>, word: &str) -> bool {
    !forms(index, word).is_empty()
}

/// Whether exactly this word is in the index.
pub(crate) fn has_word(index: Index<'_>, word: &str) -> bool {
    index.words_from(word.as_bytes()).next().is_some_and(|found| found.word() == word.as_bytes())
}

/// Two known words that a typed word consists of, as "fireban". `None` if it does not.
pub(crate) fn halves<'w>(index: Index<'_>, word: &'w str) -> Option<(&'w str, &'w str)> {
    let splits = (HALF_BYTES_MIN..word.len().saturating_sub(HALF_BYTES_MIN - 1))
        .filter(|&at| word.is_char_boundary(at) && !is_in_number(word, at))
        .map(|at| word.split_at(at));
    splits.into_iter().find(|(one, other)| is_known(index, one) && is_known(index, other))
}

/// Whether a place in a word lies between two digits.
fn is_in_number(word: &str, at: usize) -> bool {
    word.as_bytes()[at - 1..].iter().take(2).all(u8::is_ascii_digit)
}

/// The word itself and its other forms.
fn forms(index: Index<'_>, word: &str) -> Vec<Variant> {
    let wanted = stem(word);
    // Stemming never changes any but the last letter of a stem.
    let mut end = wanted.len().saturating_sub(1).max(wanted.len().min(2)).min(word.len());
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    let common = &word[..end];
    let mut found = Vec::new();
    let mut words = index.words_from(common.as_bytes());
    while let Some(known) = words.next() {
        let Some(text) =
            std::str::from_utf8(known.word()).ok().filter(|text| text.starts_with(common))
        else {
            break;
        };
        if text == word {
            found.push(Variant {
                number: known.number,
                likeness: 1.0,
                meeting: Meeting::Same,
                word: text.into(),
            });
        } else if text.len() <= word.len() + 5 && stem(text) == wanted {
            found.push(Variant {
                number: known.number,
                likeness: 0.9,
                meeting: Meeting::Form,
                word: text.into(),
            });
        }
    }
    found
}

fn beginnings(index: Index<'_>, word: &str, variants: &mut Vec<Variant>) {
    let mut words = index.words_from(word.as_bytes());
    let mut count = 0;
    while let Some(known) = words.next() {
        if !known.word().starts_with(word.as_bytes()) || count == BEGINNING_WORDS_MAX {
            break;
        }
        let Ok(text) = std::str::from_utf8(known.word()) else { break };
        if !variants.iter().take(8).any(|variant| variant.number == known.number) {
            let share = word.len() as f32 / text.len() as f32;
            variants.push(Variant {
                number: known.number,
                likeness: 0.5 + 0.45 * share,
                meeting: Meeting::Beginning,
                word: text.into(),
            });
        }
        count += 1;
    }
}

/// Words within `most` slips. For an unfinished word, also those that begin within them.
fn guesses(
    index: Index<'_>,
    word: &str,
    most: usize,
    is_typing: bool,
    variants: &mut Vec<Variant>,
) {
    if most == 0 {
        return;
    }
    let is_typing = is_typing && word.len() >= UNFINISHED_GUESS_BYTES_MIN;
    let mut slips = Slips::of(word, most);
    // Letters of the last word that were consumed; whether the last of them was a dead end; the
    // slips of its best prefix, by length.
    let (mut taken, mut is_dead) = (0, false);
    let mut begun = [u8::MAX; WORD_BYTES_MAX + 1];
    let mut words = index.words_from(b"");
    while let Some(known) = words.next() {
        if is_dead && known.shared >= taken {
            continue;
        }
        let letters = known.word();
        let from = known.shared.min(taken);
        (taken, is_dead) = (letters.len(), false);
        for (depth, &letter) in letters.iter().enumerate().skip(from) {
            let is_alive = slips.take(depth, letter);
            begun[depth + 1] =
                begun[depth].min(slips.met_at(depth + 1).map_or(u8::MAX, |slips| slips as u8));
            if !is_alive {
                (taken, is_dead) = (depth + 1, true);
                break;
            }
        }
        let whole = if is_dead { None } else { slips.met_at(taken).map(|slips| slips as u8) };
        let beginning = Some(begun[taken]).filter(|&slips| is_typing && slips != u8::MAX);
        let Some(count) = whole.or(beginning) else { continue };
        let Ok(text) = std::str::from_utf8(letters) else { continue };
        if has_digit(text) {
            continue;
        }
        let likeness = [0.9, 0.72, 0.5][usize::from(count).min(SLIPS_MAX)];
        let first = if letters.first() == word.as_bytes().first() { 1.0 } else { 0.85 };
        let share = if whole.is_some() {
            1.0
        } else {
            0.4 + 0.5 * word.len() as f32 / text.len().max(word.len()) as f32
        };
        variants.push(Variant {
            number: known.number,
            likeness: likeness * first * share,
            meeting: Meeting::Slips(count),
            word: text.into(),
        });
        // A prefix that matched is matched by all words that continue from it, dead end or not.
        is_dead &= begun[taken] == u8::MAX;
        if variants.len() == GUESSES_MAX {
            break;
        }
    }
}

#[cfg(test)]
mod tests;
