//! Who did what with what was received: entries that each carry the hash of the one before, so that none can be
//! changed or taken out of the middle without showing.

pub mod head;

use domain::MunicipalityId;
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 of an entry and all before it.
pub type Link = [u8; 32];
/// What the first entry follows.
pub const BEGINNING: Link = [0; 32];

/// Letters without those that look alike (Crockford's base 32), small.
const ALIAS_LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 80 bits: no two entries ever have one name, and nobody finds one by trying.
const ALIAS_LETTER_COUNT: usize = 16;
/// Letters of the whole name, with what stands before them.
pub const ALIAS_CHARS: usize = 2 + ALIAS_LETTER_COUNT;

/// A new name for an entry, as in `e-7q3mx9tbka0w4d5z`. It is random: only the store knows whose it is.
pub(crate) fn fresh_alias() -> String {
    let letters = crate::keys::random::<ALIAS_LETTER_COUNT>()
        .map(|byte| char::from(ALIAS_LETTERS[usize::from(byte % 32)]));
    std::iter::once("e-".to_string()).chain(letters.map(String::from)).collect()
}

/// One entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// From one on, without gaps.
    pub number: u64,
    /// Milliseconds since 1970 by the clock of the machine that did it.
    pub at_ms: u64,
    /// The person at the keys.
    pub who: String,
    /// The command.
    pub what: String,
    /// How many of what, and why. An entry of a person is named by its alias, which the store forgets with the entry.
    pub detail: String,
    pub previous: Link,
    pub hash: Link,
}

impl AuditEntry {
    /// The entry that follows one with this number and hash.
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

    /// Over a text that ends in zero, the previous hash, number and time (8 bytes each, big endian), and the texts, each
    /// after its length (8 bytes): municipality, who, what, detail.
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

/// Where the entries do not hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// This number should come next.
    Missing(u64),
    /// This entry is not what was written.
    Changed(u64),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Missing(number) => write!(f, "entry {number} of the audit is missing"),
            Broken::Changed(number) => write!(
                f,
                "entry {number} of the audit is not what was written, or the one before it is not"
            ),
        }
    }
}

/// How far a chain has been followed.
#[derive(Debug, Clone)]
pub struct Chain {
    municipality: MunicipalityId,
    pub number: u64,
    pub hash: Link,
}

impl Chain {
    pub fn new(municipality: MunicipalityId) -> Self {
        Self { municipality, number: 0, hash: BEGINNING }
    }

    /// Takes the next entry, if it is the next.
    pub fn follow(&mut self, entry: &AuditEntry) -> Result<(), Broken> {
        let number = self.number + 1;
        if entry.number != number {
            return Err(Broken::Missing(number));
        }
        if entry.previous != self.hash || entry.hash != entry.hash_of(&self.municipality) {
            return Err(Broken::Changed(number));
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

    fn check(entries: &[AuditEntry]) -> Result<u64, Broken> {
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
            // From one text to the next.
            |entry| (entry.who, entry.what) = ("anne".into(), "rase".into()),
            |entry| entry.previous = BEGINNING,
        ];
        for change in changes {
            let mut entries = chain();
            change(&mut entries[1]);
            assert_eq!(check(&entries), Err(Broken::Changed(2)));
            // With a hash that fits again, the next one shows it.
            entries[1].hash = entries[1].hash_of(&municipality());
            assert!(check(&entries).is_err());
        }
        let (mut without, mut swapped) = (chain(), chain());
        without.remove(2);
        swapped.swap(1, 2);
        assert_eq!(
            (check(&without), check(&swapped)),
            (Err(Broken::Missing(3)), Err(Broken::Missing(2)))
        );
        let mut of_another = Chain::new(MunicipalityId::parse("y").unwrap());
        assert_eq!(of_another.follow(&chain()[0]), Err(Broken::Changed(1)));
    }
}
