//! Interprets an answer from the network. Only a verified receipt lets a parcel leave the queue.

use crate::outbox::places_of;
use crate::parcel::{Attention, Head};
use crate::ports::Exchange;
use crate::receipt::{is_genuine, is_signed, names};
use domain::SubmissionId;
use domain::submission::{Countersignature, Receipt, Refusal, Verdict, Verdicts, VerifyingKey};

/// What an answer says about one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server has it; the receipt was verified.
    Received(Receipt),
    /// A person has to decide.
    NeedsAttention(Attention),
    /// Nothing was learnt, or the server said "later": send it again.
    Again,
}

/// What an exchange means as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The server answered for each parcel.
    Spoken(Vec<(SubmissionId, Fate)>),
    /// Something in the batch was refused, and it is not known what: send fewer at a time.
    Divide,
    /// Wait, for as long as the server asked if it did.
    Later {
        /// Seconds to wait, if the server named them.
        retry_after_s: Option<u64>,
        /// What is in the way.
        why: Obstacle,
    },
}

/// What keeps the device from reaching the server, for the person to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// No answer came.
    NoAnswer,
    /// Something answered that is not the server: the sign-in page of a hotel or library, or a
    /// proxy.
    NotTheServer,
    /// The server is reachable and asks to wait.
    Busy,
}

/// Removes from an answer the parcels that need another id, and returns their ids.
pub(crate) fn take_those_without_room(meaning: &mut Meaning) -> Vec<SubmissionId> {
    let Meaning::Spoken(fates) = meaning else { return Vec::new() };
    let is_one =
        |fate: &Fate| *fate == Fate::NeedsAttention(Attention::Refused(Refusal::ReferenceFull));
    fates.extract_if(.., |(_, fate)| is_one(fate)).map(|(id, _)| id).collect()
}

/// Interprets an exchange. `heads` are those of the parcels that were sent, in order; `keys` verify
/// the receipts.
pub fn read(exchange: &Exchange, heads: &[Head], keys: &[VerifyingKey]) -> Meaning {
    match exchange {
        Exchange::NoAnswer => later(None, Obstacle::NoAnswer),
        Exchange::Answered { status: 200, body, .. } => {
            match postcard::take_from_bytes::<Verdicts>(body) {
                Ok((verdicts, rest)) => Meaning::Spoken(fates(
                    heads,
                    verdicts,
                    is_countersigned(body, rest, keys),
                    keys,
                )),
                Err(_) => later(None, Obstacle::NotTheServer),
            }
        }
        Exchange::Answered { status, retry_after_s, .. } => {
            by_status(*status, *retry_after_s, heads)
        }
    }
}

/// An HTTP status alone never lets a parcel leave the queue. A status that blames the content
/// divides the batch until one parcel is left, which then needs a person; all others only postpone.
fn by_status(status: u16, retry_after_s: Option<u64>, heads: &[Head]) -> Meaning {
    let blames_content = matches!(status, 400 | 409 | 410 | 413 | 415 | 422);
    match (blames_content, heads) {
        (true, [only]) => {
            Meaning::Spoken(vec![(only.id, Fate::NeedsAttention(Attention::Status(status)))])
        }
        (true, _) => Meaning::Divide,
        (false, _) => later(
            retry_after_s,
            if matches!(status, 429 | 500 | 502..=504) {
                Obstacle::Busy
            } else {
                Obstacle::NotTheServer
            },
        ),
    }
}

fn later(retry_after_s: Option<u64>, why: Obstacle) -> Meaning {
    Meaning::Later { retry_after_s, why }
}

/// Whether the bytes behind the verdicts are a valid signature over all of them.
fn is_countersigned(body: &[u8], rest: &[u8], keys: &[VerifyingKey]) -> bool {
    let verdicts = &body[..body.len() - rest.len()];
    let is_by = |Countersignature { signer, signature }| {
        is_signed(&Countersignature::signed_bytes(verdicts), signer, signature, keys)
    };
    postcard::from_bytes(rest).is_ok_and(is_by)
}

/// Matches verdicts to the heads that were sent. The verdicts may come in any order.
fn fates(
    heads: &[Head],
    Verdicts { mut verdicts }: Verdicts,
    is_countersigned: bool,
    keys: &[VerifyingKey],
) -> Vec<(SubmissionId, Fate)> {
    let places = places_of(heads.iter().map(|head| head.id), verdicts.len(), &|at| verdicts[at].0);
    let mut verdict_at = |at: usize| std::mem::replace(&mut verdicts[at].1, Verdict::Later);
    heads
        .iter()
        .zip(places)
        .map(|(head, place)| {
            (head.id, fate(head, place.map(&mut verdict_at), is_countersigned, keys))
        })
        .collect()
}

fn fate(
    head: &Head,
    verdict: Option<Verdict>,
    is_countersigned: bool,
    keys: &[VerifyingKey],
) -> Fate {
    match verdict {
        Some(Verdict::Received(receipt))
            if names(&receipt, head.id, head.body)
                && (is_countersigned || is_genuine(&receipt, keys)) =>
        {
            Fate::Received(receipt)
        }
        Some(Verdict::Refused(refusal)) => Fate::NeedsAttention(Attention::Refused(refusal)),
        Some(Verdict::Received(_) | Verdict::Later) | None => Fate::Again,
    }
}
