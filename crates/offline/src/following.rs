//! Follows a device's own questions: which to ask the server about, and what the person has not
//! read yet. Stores stages and times only; replies never stay on a device.

use crate::parcel::Head;
use domain::status::{InquiryStage, Status};
use domain::submission::Kind;

/// The most questions that are followed: the newest. A person has a few.
pub const FOLLOWED_MAX: usize = 20;
/// The least time between two rounds of asking, in milliseconds. Replies take hours.
pub const ROUND_MS: u64 = 5 * 60 * 1_000;
/// How long after its end a question may be opened again, in milliseconds: thirty days.
const REOPENED_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// What a device remembers of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedStatus {
    /// The stages at the last answer of the server.
    pub status: Status,
    /// Up to which time of the server's clock the person has read the replies.
    pub seen_ms: u64,
}

impl FollowedStatus {
    /// Serializes to postcard: the status, as it was stored before replies were followed, and the
    /// rest after it.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(&(&self.status, self.seen_ms)).unwrap_or_default()
    }

    /// Parses what is stored. `None` if it is damaged. A status that was stored alone was on the
    /// screen, so its replies were read.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (status, rest) = postcard::take_from_bytes::<Status>(bytes).ok()?;
        let seen_ms = postcard::from_bytes(rest).unwrap_or(u64::MAX);
        Some(Self { status, seen_ms })
    }

    /// The same after another answer of the server; `is_read` if a person sees it.
    pub fn after(before: Option<&Self>, status: Status, is_read: bool) -> Self {
        let read_now = replied_ms(&status).filter(|_| is_read).unwrap_or(0);
        let read_before = before.map_or(0, |before| match before.seen_ms {
            u64::MAX => replied_ms(&before.status).unwrap_or(0),
            seen_ms => seen_ms,
        });
        Self { status, seen_ms: read_now.max(read_before) }
    }

    /// The stage that it has reached.
    pub fn stage(&self) -> InquiryStage {
        self.status.stages.last().map_or(InquiryStage::Received, |(stage, _)| *stage)
    }

    /// Whether a reply has arrived that the person has not read.
    pub fn has_news(&self) -> bool {
        replied_ms(&self.status).is_some_and(|at_ms| at_ms > self.seen_ms)
    }

    /// Whether there is a reply, and the person has read it.
    pub fn is_read(&self) -> bool {
        self.stage() >= InquiryStage::Answered && !self.has_news()
    }

    /// Whether nothing more is expected at `now_ms`: it was closed, and not opened again for weeks.
    pub fn is_over(&self, now_ms: u64) -> bool {
        self.status.stages.last().is_some_and(|(stage, at_ms)| {
            *stage == InquiryStage::Closed && now_ms.saturating_sub(*at_ms) > REOPENED_MS
        })
    }
}

/// The time of the newest reply.
fn replied_ms(status: &Status) -> Option<u64> {
    let is_reply = |stage: &&(InquiryStage, u64)| stage.0 == InquiryStage::Answered;
    status.stages.iter().rev().find(is_reply).map(|(_, at_ms)| *at_ms)
}

/// The questions of this device that are followed, newest first. The store lists the oldest first.
pub fn followed(heads: &[Head]) -> impl Iterator<Item = &Head> {
    heads
        .iter()
        .rev()
        .filter(|head| head.kind == Kind::Inquiry && head.receipt().is_some() && !head.is_carried())
        .take(FOLLOWED_MAX)
}

/// What was added to the question with this tracking code and has not arrived, oldest first.
/// `secret_of` returns the code of a head, which may be in memory only.
pub fn unsent_additions(
    heads: &[Head],
    secret: [u8; 16],
    secret_of: impl Fn(&Head) -> [u8; 16],
) -> Vec<Head> {
    let is_meant = |head: &&Head| {
        head.kind == Kind::Addition && head.receipt().is_none() && secret_of(head) == secret
    };
    heads.iter().filter(is_meant).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parcel::{HEAD_FORMAT, ParcelState};
    use domain::SubmissionId;
    use domain::reference::Reference;
    use domain::submission::{BodyHash, KeyId, Receipt};

    fn id(number: u8) -> SubmissionId {
        SubmissionId::from_parts(1, [number; 10])
    }

    fn status(stages: &[(InquiryStage, u64)]) -> Status {
        Status { reference: Reference::of(id(7)), kind: Kind::Inquiry, stages: stages.to_vec() }
    }

    const RECEIVED: (InquiryStage, u64) = (InquiryStage::Received, 10);
    const ANSWERED: (InquiryStage, u64) = (InquiryStage::Answered, 20);
    const CLOSED: (InquiryStage, u64) = (InquiryStage::Closed, 30);

    #[test]
    fn a_reply_is_news_until_a_person_has_seen_it_and_the_next_one_is_news_again() {
        let asked = FollowedStatus::after(None, status(&[RECEIVED]), false);
        assert!(!asked.has_news() && asked.stage() == InquiryStage::Received);
        let arrived = FollowedStatus::after(Some(&asked), status(&[RECEIVED, ANSWERED]), false);
        assert!(arrived.has_news() && !arrived.is_over(u64::MAX));
        let closed =
            FollowedStatus::after(Some(&arrived), status(&[RECEIVED, ANSWERED, CLOSED]), false);
        assert!(closed.has_news() && !closed.is_over(30 + REOPENED_MS));
        assert!(closed.is_over(31 + REOPENED_MS));
        let read = FollowedStatus::after(Some(&closed), closed.status.clone(), true);
        assert!(!read.has_news());
        let again = status(&[RECEIVED, ANSWERED, CLOSED, (InquiryStage::Answered, 40)]);
        assert!(FollowedStatus::after(Some(&read), again, false).has_news());
    }

    #[test]
    fn what_is_stored_reads_back_and_an_older_note_was_on_the_screen() {
        let news = FollowedStatus::after(None, status(&[RECEIVED, ANSWERED]), false);
        assert_eq!(FollowedStatus::read(&news.to_bytes()), Some(news));
        let older = postcard::to_allocvec(&status(&[RECEIVED, ANSWERED])).unwrap();
        let older = FollowedStatus::read(&older).unwrap();
        assert!(!older.has_news());
        let next = status(&[RECEIVED, ANSWERED, (InquiryStage::Answered, 40)]);
        assert!(FollowedStatus::after(Some(&older), next, false).has_news());
        assert_eq!(FollowedStatus::read(b"\xff"), None);
    }

    fn head(number: u8, kind: Kind, secret: u8, is_received: bool) -> Head {
        let receipt = Receipt {
            id: id(number),
            body: BodyHash([0; 32]),
            received_at_ms: 1,
            epoch: [0; 16],
            signer: KeyId([0; 8]),
            signature: ([0; 32], [0; 32]),
        };
        let mut head = Head {
            format: HEAD_FORMAT,
            id: id(number),
            kind,
            order: number.into(),
            kept_at_ms: 0,
            size: 0,
            body: BodyHash([0; 32]),
            secret: [secret; 16],
            state: ParcelState::Waiting { attempts: 0 },
        };
        if is_received {
            head.receive(receipt);
        }
        head
    }

    #[test]
    fn what_was_added_to_a_question_is_shown_until_it_has_arrived() {
        let heads = [
            head(1, Kind::Inquiry, 9, false),
            head(2, Kind::Addition, 9, true),
            head(3, Kind::Addition, 9, false),
            head(4, Kind::Addition, 8, false),
            head(5, Kind::Addition, 0, false),
        ];
        let ids = |secret_of: fn(&Head) -> [u8; 16]| -> Vec<SubmissionId> {
            let unsent = unsent_additions(&heads, [9; 16], secret_of);
            unsent.iter().map(|head| head.id).collect()
        };
        assert_eq!(ids(|head| head.secret), [id(3)]);
        let in_memory = |head: &Head| if head.is_carried() { [9; 16] } else { head.secret };
        assert_eq!(ids(in_memory), [id(3), id(5)], "on a shared device");
    }

    #[test]
    fn only_own_questions_that_arrived_are_followed_and_no_more_than_the_limit() {
        let heads = [
            head(1, Kind::Inquiry, 9, true),
            head(2, Kind::Inquiry, 9, false),
            head(3, Kind::Feedback, 9, true),
            head(4, Kind::Inquiry, 0, true),
            head(5, Kind::Inquiry, 9, true),
        ];
        let ids: Vec<_> = followed(&heads).map(|head| head.id).collect();
        assert_eq!(ids, [id(5), id(1)]);
        let many: Vec<_> = (0..40).map(|number| head(number, Kind::Inquiry, 9, true)).collect();
        assert_eq!(followed(&many).count(), FOLLOWED_MAX);
    }
}
