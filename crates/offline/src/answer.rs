//! What an answer from the network means. Nothing but a believable receipt lets a parcel go.

use crate::outbox::places_of;
use crate::parcel::{Attention, Head};
use crate::ports::Exchange;
use crate::receipt::{is_genuine, is_signed, names};
use domain::SubmissionId;
use domain::submission::{Countersignature, Receipt, Refusal, Verdict, Verdicts, VerifyingKey};

/// What is known of one parcel after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Received(Receipt),
    NeedsAttention(Attention),
    /// Nothing was learnt, or the server said "later": send it again.
    Again,
}

/// What an exchange means as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The server spoke about each parcel.
    Spoken(Vec<(SubmissionId, Fate)>),
    /// Something in the batch was not acceptable, and it is not known what: send fewer at a time.
    Divide,
    /// Wait, as long as the server asked for if it did.
    Later { retry_after_s: Option<u64>, why: Obstacle },
}

/// What stands between the device and the server, for the person to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// No answer came.
    NoAnswer,
    /// Something answered that is not the server: a sign-in page of a hotel or library, a proxy.
    NotTheServer,
    /// The server is there and asks to wait.
    Busy,
}

/// Takes those out of an answer that need another id.
pub(crate) fn take_those_without_room(meaning: &mut Meaning) -> Vec<SubmissionId> {
    let Meaning::Spoken(fates) = meaning else { return Vec::new() };
    let is_one =
        |fate: &Fate| *fate == Fate::NeedsAttention(Attention::Refused(Refusal::ReferenceFull));
    fates.extract_if(.., |(_, fate)| is_one(fate)).map(|(id, _)| id).collect()
}

/// Reads an exchange about some parcels. `heads` are those that were sent, in order.
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

/// A status alone never lets a parcel go. Those that blame the content divide the batch until one
/// parcel is left, which then needs a person; all others only postpone.
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

/// Whether what follows the verdicts signs all of them.
fn is_countersigned(body: &[u8], rest: &[u8], keys: &[VerifyingKey]) -> bool {
    let verdicts = &body[..body.len() - rest.len()];
    let is_by = |Countersignature { signer, signature }| {
        is_signed(&Countersignature::signed_bytes(verdicts), signer, signature, keys)
    };
    postcard::from_bytes(rest).is_ok_and(is_by)
}

/// Verdicts stand in the order of what was sent, or in any other.
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
