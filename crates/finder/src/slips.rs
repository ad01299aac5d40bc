//! The distance between a typed word and a known one: insertions, deletions, substitutions and
//! swapped neighbours count as one slip (typing error) each (optimal string alignment). It is
//! computed letter by letter, so that words with the same beginning share the work.
//!
//! A bit-parallel automaton (Wu and Manber 1992, with the swap of Hyyrö 2003): bit `i` of row `k`
//! says that the first `i` letters of the typed word were matched with at most `k` slips. Words
//! have at most 31 bytes, so a row is one 32-bit number.

use crate::words::WORD_BYTES_MAX;

/// Most slips that are ever tolerated in one word.
pub(crate) const SLIPS_MAX: usize = 2;

type SlipRows = [u32; SLIPS_MAX + 1];

/// The automaton for one typed word.
pub(crate) struct Slips {
    /// For each byte, bit `i + 1` is set if the typed word has it at `i`.
    places: [u32; 256],
    most: usize,
    whole: u32,
    /// The rows after each letter of the known word, and its letters.
    rows: [SlipRows; WORD_BYTES_MAX + 1],
    letters: [u8; WORD_BYTES_MAX + 1],
}

impl Slips {
    /// An automaton for a typed word of at most 31 bytes that tolerates at most `most` slips.
    pub(crate) fn of(typed: &str, most: usize) -> Self {
        let typed = &typed.as_bytes()[..typed.len().min(WORD_BYTES_MAX)];
        let mut places = [0; 256];
        for (at, &byte) in typed.iter().enumerate() {
            places[usize::from(byte)] |= 2 << at;
        }
        let mut rows = [[0; SLIPS_MAX + 1]; WORD_BYTES_MAX + 1];
        rows[0] = [0b1, 0b11, 0b111];
        Self {
            places,
            most: most.min(SLIPS_MAX),
            whole: 1 << typed.len(),
            rows,
            letters: [0; WORD_BYTES_MAX + 1],
        }
    }

    /// Consumes the letter at `depth` (from 0) of a known word whose earlier letters were consumed.
    /// False if no word that begins so can match.
    pub(crate) fn take(&mut self, depth: usize, letter: u8) -> bool {
        let here = self.places[usize::from(letter)];
        let last = self.rows[depth];
        let mut rows = [last[0] << 1 & here, 0, 0];
        for slips in 1..=self.most {
            let same = last[slips] << 1 & here;
            let inserted = last[slips - 1];
            let changed = last[slips - 1] << 1;
            let left_out = rows[slips - 1] << 1;
            let swapped = match depth {
                0 => 0,
                _ => {
                    self.rows[depth - 1][slips - 1] << 2
                        & here << 1
                        & self.places[usize::from(self.letters[depth])]
                }
            };
            rows[slips] = (same | inserted | changed | left_out | swapped)
                & (self.whole << 1).wrapping_sub(1);
        }
        self.rows[depth + 1] = rows;
        self.letters[depth + 1] = letter;
        rows[self.most] != 0
    }

    /// The slips after `depth` letters, if the whole typed word was matched. `None` if it has too
    /// many.
    pub(crate) fn met_at(&self, depth: usize) -> Option<usize> {
        (0..=self.most).find(|&slips| self.rows[depth][slips] & self.whole != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(typed: &str, known: &str, most: usize) -> Option<usize> {
        let mut automaton = Slips::of(typed, most);
        for (depth, &letter) in known.as_bytes().iter().enumerate() {
            if !automaton.take(depth, letter) {
                return None;
            }
        }
        automaton.met_at(known.len())
    }

    /// The textbook table, as an independent reference.
    fn distance(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                        let mut least = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            least = least.min(table[i - 2][j - 2] + 1);
                        }
                        least
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    #[test]
    fn each_slip_of_the_hand_is_one() {
        for (typed, meant) in [
            ("licene", "licence"),
            ("liccence", "licence"),
            ("licemce", "licence"),
            ("lcience", "licence"),
            ("ilcence", "licence"),
        ] {
            assert_eq!(slips(typed, meant, 2), Some(1), "{typed}");
        }
        assert_eq!(slips("garbage", "garage", 1), Some(1));
        assert_eq!(slips("garbage", "carriage", 2), None);
        assert_eq!(slips("", "ab", 1), None);
    }

    #[test]
    fn it_counts_as_the_textbook_does() {
        let mut seed = 7_u64;
        let mut next = |of: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed % of
        };
        for _ in 0..50_000 {
            let mut word = |least: u64| {
                (0..least + next(7)).map(|_| b"abc"[next(3) as usize]).collect::<Vec<u8>>()
            };
            let (a, b) = (word(1), word(1));
            let (typed, known) = (
                std::str::from_utf8(&a).unwrap_or_default(),
                std::str::from_utf8(&b).unwrap_or_default(),
            );
            let true_distance = distance(&a, &b);
            for most in 0..=SLIPS_MAX {
                assert_eq!(
                    slips(typed, known, most),
                    Some(true_distance).filter(|&slips| slips <= most),
                    "{typed} {known} {most}"
                );
            }
        }
    }
}
