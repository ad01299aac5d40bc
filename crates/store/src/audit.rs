//! The audit log: who did what with the submissions. Each entry carries the hash of the one before,
//! so that a change or a deletion in the middle is detected.

pub mod head;

use domain::MunicipalityId;
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 of an entry, which covers all entries before it.
pub type Link = [u8; 32];
/// The `previous` of the first entry.
pub const BEGINNING: Link = [0; 32];

/// Crockford's base 32 in lower case: no letters that look alike.
const ALIAS_LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 80 random bits: aliases do not collide and cannot be guessed.
const ALIAS_LETTER_COUNT: usize = 16;
/// Length of an alias, with its prefix, in characters.
pub const ALIAS_CHARS: usize = 2 + ALIAS_LETTER_COUNT;

/// Generates an alias for a submission, as in `e-7q3mx9tbka0w4d5z`. It is random: only the store
/// knows which submission it names.
pub(crate) fn fresh_alias() -> String {
    let letters = vault::random::<ALIAS_LETTER_COUNT>()
        .map(|byte| char::from(ALIAS_LETTERS[usize::from(byte % 32)]));
    std::iter::once("e-".to_string()).chain(letters.map(String::from)).collect()
}

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 without gaps.
    pub number: u64,
    /// When it was done, in milliseconds since 1970, by the clock of the machine that did it.
    pub at_ms: u64,
    /// The person who gave the command.
    pub who: String,
    /// The command.
    pub what: String,
    /// What it was done to, how much of it, and why. A submission is named by its alias, which the
    /// store deletes together with the submission.
    pub detail: String,
    /// The hash of the entry before; [`BEGINNING`] for the first.
    pub previous: Link,
    /// The hash of this entry.
    pub hash: Link,
}

impl AuditEntry {
    /// Creates the entry that follows one with this number and hash. The texts are who, what and
    /// detail.
    pub fn after(
        last: (u64, Link),
        municipality: &MunicipalityId,
        at_ms: u64,
        [who, what, detail]: [&str; 3],
    ) -> Self {
        let (number, previous) = (last.0 + 1, last.1);
        let mut entry = Self {
            number,
            at_ms,
            who: who.into(),
            what: what.into(),
            detail: detail.into(),
            previous,
            hash: BEGINNING,
        };
        entry.hash = entry.hash_of(municipality);
        entry
    }

    /// The hash of a constant ending in a zero byte, the previous hash, number and time (8 bytes
    /// each, big endian), and the texts municipality, who, what and detail, each preceded by its
    /// length in bytes (8 bytes, big endian).
    fn hash_of(&self, municipality: &MunicipalityId) -> Link {
        let mut hash = Sha256::new();
        hash.update(b"community-hub audit 1\0");
        hash.update(self.previous);
        hash.update(self.number.to_be_bytes());
        hash.update(self.at_ms.to_be_bytes());
        for text in [municipality.as_str(), &self.who, &self.what, &self.detail] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenChain {
    /// The entry with this number is absent.
    Missing(u64),
    /// This entry differs from what was written, or the one before it does.
    Changed(u64),
}

impl fmt::Display for BrokenChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BrokenChain::Missing(number) => write!(f, "entry {number} of the audit is missing"),
            BrokenChain::Changed(number) => write!(
                f,
                "entry {number} of the audit is not what was written, or the one before it is not"
            ),
        }
    }
}

/// The state of checking a chain, entry by entry.
#[derive(Debug, Clone)]
pub struct Chain {
    municipality: MunicipalityId,
    /// The number of the last entry checked; 0 before the first.
    pub number: u64,
    /// Its hash.
    pub hash: Link,
}

impl Chain {
    /// Starts before the first entry.
    pub fn new(municipality: MunicipalityId) -> Self {
        Self { municipality, number: 0, hash: BEGINNING }
    }

    /// Checks the next entry and advances to it; on an error the state does not change.
    pub fn follow(&mut self, entry: &AuditEntry) -> Result<(), BrokenChain> {
        let number = self.number + 1;
        if entry.number != number {
            return Err(BrokenChain::Missing(number));
        }
        if entry.previous != self.hash || entry.hash != entry.hash_of(&self.municipality) {
            return Err(BrokenChain::Changed(number));
        }
        (self.number, self.hash) = (number, entry.hash);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn municipality() -> MunicipalityId {
        MunicipalityId::parse("x").unwrap()
    }

    fn chain() -> Vec<AuditEntry> {
        let mut last = (0, BEGINNING);
        let mut next = |at_ms| {
            let entry =
                AuditEntry::after(last, &municipality(), at_ms, ["ann", "erase", "1 entry"]);
            last = (entry.number, entry.hash);
            entry
        };
        (1..=4).map(&mut next).collect()
    }

    fn check(entries: &[AuditEntry]) -> Result<u64, BrokenChain> {
        let mut chain = Chain::new(municipality());
        entries.iter().try_for_each(|entry| chain.follow(entry)).map(|()| chain.number)
    }

    #[test]
    fn what_was_written_holds_together() {
        assert_eq!(check(&chain()), Ok(4));
        assert_eq!(check(&[]), Ok(0));
    }

    #[test]
    fn no_entry_can_be_changed_taken_out_or_moved() {
        let changes: [fn(&mut AuditEntry); 6] = [
            |entry| entry.at_ms += 1,
            |entry| entry.who = "bob".into(),
            |entry| entry.what.push('d'),
            |entry| entry.detail = "2 entries".into(),
            // Moves letters from one text to the next.
            |entry| (entry.who, entry.what) = ("anne".into(), "rase".into()),
            |entry| entry.previous = BEGINNING,
        ];
        for change in changes {
            let mut entries = chain();
            change(&mut entries[1]);
            assert_eq!(check(&entries), Err(BrokenChain::Changed(2)));
            // Even with its own hash recomputed, the next entry no longer matches.
            entries[1].hash = entries[1].hash_of(&municipality());
            assert!(check(&entries).is_err());
        }
        let (mut without, mut swapped) = (chain(), chain());
        without.remove(2);
        swapped.swap(1, 2);
        assert_eq!(
            (check(&without), check(&swapped)),
            (Err(BrokenChain::Missing(3)), Err(BrokenChain::Missing(2)))
        );
        let mut of_another = Chain::new(MunicipalityId::parse("y").unwrap());
        assert_eq!(of_another.follow(&chain()[0]), Err(BrokenChain::Changed(1)));
    }
}
