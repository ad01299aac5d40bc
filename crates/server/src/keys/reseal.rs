//! Re-encrypts the texts of staff with the newest office key, so that an older one can be
//! destroyed. Works in small atomic steps: after an interruption, what was done stays done and is
//! skipped the next time.

use casework::ledger::LedgerSource;
use casework::{counter, survey};
use domain::SubmissionId;
use domain::submission::KeyId;
use office::second_factor::bound_to;
use office::summaries::SEALED_AS;
use store::{LedgerKind, OfficeStore, SealedKind, SealedText, StoreFault};
use vault::event_cipher::{EventCipher, Resealed, SealPlace, key_of};

/// Texts read and written at a time; each is below 40 KB.
const TEXTS_AT_ONCE: u32 = 500;

/// How many texts there were, by outcome.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResealCounts {
    pub(super) anew: u64,
    /// Already encrypted with the newest key, or written in the meantime.
    pub(super) newest: u64,
    /// No key opens them; they stay as they are.
    pub(super) closed: u64,
}

/// Re-encrypts all texts with the newest key. `on_progress` is called with the number of
/// texts processed so far.
pub(super) async fn reseal(
    store: &impl OfficeStore,
    cipher: &EventCipher,
    mut on_progress: impl FnMut(u64),
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
            on_progress(counts.anew + counts.newest + counts.closed);
        }
    }
    Ok(counts)
}

/// Calls `work` with every text; memory use is bounded by one page of texts.
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

/// How many texts are encrypted with a key.
pub(super) async fn sealed_with(store: &impl OfficeStore, key: KeyId) -> Result<u64, StoreFault> {
    let mut count = 0;
    each_text(store, |_, text| count += u64::from(key_of(&text.sealed) == Some(key))).await?;
    Ok(count)
}

/// The place that a text is cryptographically bound to; `None` if the row is damaged.
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
        SealedKind::Act(LedgerKind::Survey) => {
            SealPlace::event(survey::ledger::SurveyLedger::SEALED_TO, *number)
        }
        SealedKind::Act(LedgerKind::Counter) => {
            SealPlace::event(counter::ledger::CounterLedger::SEALED_TO, *number)
        }
        SealedKind::View => SealPlace::view(std::str::from_utf8(owner).ok()?, *number),
        SealedKind::SecondFactor => SealPlace::event(bound_to(std::str::from_utf8(owner).ok()?), 0),
    })
}
