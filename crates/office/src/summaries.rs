//! The stored summaries of settled inquiries: encrypted with the office's key, and bound to the
//! inquiry that they are of.

use casework::settled::{SettledFile, SettledInquiry, SharedTexts};
use store::SettledRow;
use vault::event_cipher::EventCipher;

/// The number that a summary is encrypted under: events are numbered from one.
pub const SEALED_AS: u32 = 0;

/// Decrypts a stored summary; `None` if no key opens it, it does not match the row's last event, or
/// a newer server wrote it in another form.
pub(crate) fn read_summary(
    row: &SettledRow,
    cipher: &EventCipher,
    texts: &mut SharedTexts,
) -> Option<SettledInquiry> {
    let file: SettledFile = cipher.open(row.id, SEALED_AS, &row.sealed)?;
    (file.last_event == row.last_event).then(|| SettledInquiry::of_file(row.id, file, texts))
}

/// Encrypts a summary to be stored.
pub(crate) fn summary_row(settled: &SettledInquiry, cipher: &EventCipher) -> SettledRow {
    SettledRow {
        id: settled.id,
        last_event: settled.last_event,
        sealed: cipher.seal(settled.id, SEALED_AS, &settled.file()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use casework::case::CaseOutcome;
    use casework::channel::InquiryChannel;
    use casework::promise::PromiseState;
    use casework::settled::contact_hash;
    use domain::{Language, SubmissionId};

    fn settled() -> SettledInquiry {
        let mut texts = SharedTexts::default();
        SettledInquiry {
            id: SubmissionId::from_parts(1, [1; 10]),
            received_at_ms: 5,
            closed_ms: Some(9),
            first_reply_ms: None,
            department: texts.of("Roads"),
            service: Some(texts.of("dog-licence")),
            hub: None,
            assignee: Some(texts.of("ann")),
            language: Language::French,
            reply: texts.of("email"),
            channel: InquiryChannel::Letter,
            promise: PromiseState::Late,
            outcome: Some(CaseOutcome::Done),
            replied_minutes: None,
            closed_minutes: Some(7),
            contact: contact_hash("jane@example.org"),
            last_event: 3,
            added: Some([SubmissionId::from_parts(1, [4; 10])].into()),
            marks: None,
        }
    }

    #[test]
    fn it_reads_back_by_the_same_key_in_the_same_place_only() {
        let (cipher, other) = (EventCipher::new([1; 32], []), EventCipher::new([2; 32], []));
        let row = summary_row(&settled(), &cipher);
        let mut texts = SharedTexts::default();
        assert_eq!(read_summary(&row, &cipher, &mut texts), Some(settled()));
        assert_eq!(read_summary(&row, &other, &mut texts), None);
        let moved = SettledRow { id: SubmissionId::from_parts(1, [2; 10]), ..row.clone() };
        assert_eq!(read_summary(&moved, &cipher, &mut texts), None);
        let older = SettledRow { last_event: 4, ..row.clone() };
        assert_eq!(
            read_summary(&older, &cipher, &mut texts),
            None,
            "an older one was put in its place"
        );
        assert!(!String::from_utf8_lossy(&row.sealed).contains("Roads"));
    }
}
