//! Sealing anew what the office wrote, so that an old key of the office can be destroyed. In small steps, each whole: what was
//! done before an interruption stands, and is passed over the next time.

use crate::counter;
use crate::ledger::Ledger;
use crate::office::event_cipher::{EventCipher, Resealed, SealPlace, key_of};
use crate::office::second_factor::bound_to;
use crate::office::settled::SEALED_AS;
use crate::store::{Book, OfficeStore, SealedKind, SealedText, StoreFault};
use crate::survey;
use domain::SubmissionId;
use domain::submission::KeyId;

/// Texts read and written at a time: each is below 40 KB.
const TEXTS_AT_ONCE: u32 = 500;

/// How many texts there were, by what became of them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResealCounts {
    pub(super) anew: u64,
    /// Sealed with the newest key already, or written meanwhile.
    pub(super) newest: u64,
    /// No key opens them; they stay as they are.
    pub(super) closed: u64,
}

/// Seals all texts with the newest key. `told` hears how many were looked at, step by step.
pub(super) async fn reseal(
    store: &impl OfficeStore,
    cipher: &EventCipher,
    mut told: impl FnMut(u64),
) -> Result<ResealCounts, StoreFault> {
    let mut counts = ResealCounts::default();
    for kind in SealedKind::ALL {
        let mut after: Option<SealedText> = None;
        loop {
            let texts = store.sealed_texts(kind, after.as_ref(), TEXTS_AT_ONCE).await?;
            let Some(last) = texts.last() else { break };
            after = Some(last.clone());
            let mut anew = Vec::new();
            for text in texts {
                match place_of(kind, &text)
                    .map_or(Resealed::Closed, |place| cipher.reseal(&place, &text.sealed))
                {
                    Resealed::Newest => counts.newest += 1,
                    Resealed::Closed => counts.closed += 1,
                    Resealed::Anew(sealed) => anew.push((text, sealed)),
                }
            }
            if !anew.is_empty() {
                counts.anew += store.reseal(kind, &anew).await?;
            }
            told(counts.anew + counts.newest + counts.closed);
        }
    }
    Ok(counts)
}

/// Goes through all texts, in memory bounded by a step.
pub(super) async fn each_text(
    store: &impl OfficeStore,
    mut work: impl FnMut(SealedKind, &SealedText),
) -> Result<(), StoreFault> {
    for kind in SealedKind::ALL {
        let mut after: Option<SealedText> = None;
        loop {
            let texts = store.sealed_texts(kind, after.as_ref(), TEXTS_AT_ONCE).await?;
            let Some(last) = texts.last() else { break };
            texts.iter().for_each(|text| work(kind, text));
            after = Some(last.clone());
        }
    }
    Ok(())
}

/// How many texts are sealed with a key.
pub(super) async fn sealed_with(store: &impl OfficeStore, key: KeyId) -> Result<u64, StoreFault> {
    let mut count = 0;
    each_text(store, |_, text| count += u64::from(key_of(&text.sealed) == Some(key))).await?;
    Ok(count)
}

/// Where a text is bound to; `None` where the row is damaged.
pub(super) fn place_of(
    kind: SealedKind,
    SealedText { owner, number, .. }: &SealedText,
) -> Option<SealPlace> {
    Some(match kind {
        SealedKind::Event => {
            SealPlace::event(SubmissionId::from_bytes(owner.as_slice().try_into().ok()?), *number)
        }
        SealedKind::Settled => {
            SealPlace::event(SubmissionId::from_bytes(owner.as_slice().try_into().ok()?), SEALED_AS)
        }
        SealedKind::Act(Book::Survey) => {
            SealPlace::event(survey::ledger::Ledger::SEALED_TO, *number)
        }
        SealedKind::Act(Book::Counter) => {
            SealPlace::event(counter::ledger::Ledger::SEALED_TO, *number)
        }
        SealedKind::View => SealPlace::view(std::str::from_utf8(owner).ok()?, *number),
        SealedKind::SecondFactor => SealPlace::event(bound_to(std::str::from_utf8(owner).ok()?), 0),
    })
}
