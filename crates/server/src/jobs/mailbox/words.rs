//! What of an email becomes the words of an inquiry, in pieces that fit.

use domain::Language;
use domain::inquiry::MESSAGE_CHARS_MAX;
use mailbox::reading::{Attachment, IncomingMail};

/// Pieces of one email: the question and what is added to it. What is read of an email fits.
pub(super) const PIECES_MAX: usize = 6;

/// The words of a new question, with its subject.
pub(super) fn question(mail: &IncomingMail, language: Language) -> String {
    let has_subject = !mail.subject.is_empty() && !mail.text.starts_with(&mail.subject);
    let subject = has_subject.then(|| mail.subject.clone());
    joined([subject, Some(mail.text.clone()), notes(mail, language)])
}

/// The words of an answer, `text` being what is new in it. `other` is its sender, if that is not
/// the person who asked.
pub(super) fn answer(
    mail: &IncomingMail,
    text: &str,
    other: Option<&str>,
    language: Language,
) -> String {
    let from = other.map(|address| match language {
        Language::English => format!("From {address}:"),
        Language::French => format!("De {address}\u{a0}:"),
    });
    joined([from, Some(text.into()), notes(mail, language)])
}

fn joined(parts: [Option<String>; 3]) -> String {
    let parts = parts.into_iter().flatten().filter(|part| !part.trim().is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What staff must know of what is not there.
fn notes(mail: &IncomingMail, language: Language) -> Option<String> {
    let mut notes = Vec::new();
    if mail.is_cut {
        notes.push(match language {
            Language::English => "[The email is longer. All of it is in the mailbox.]".to_string(),
            Language::French => {
                "[Le courriel est plus long. Il est en entier dans la boîte de courriel.]".into()
            }
        });
    }
    if !mail.attachments.is_empty() {
        let mut files: Vec<String> =
            mail.attachments.iter().map(|file| named(file, language)).collect();
        let more = mail.attachments_left_out;
        if more > 0 {
            files.push(format!("+ {more}"));
        }
        let files = files.join(", ");
        notes.push(match language {
            Language::English => format!("[Files, only in the mailbox: {files}]"),
            Language::French => {
                format!("[Fichiers, seulement dans la boîte de courriel\u{a0}: {files}]")
            }
        });
    }
    (!notes.is_empty()).then(|| notes.join("\n"))
}

fn named(file: &Attachment, language: Language) -> String {
    let name = match (file.name.is_empty(), language) {
        (false, _) => file.name.as_str(),
        (true, Language::English) => "without a name",
        (true, Language::French) => "sans nom",
    };
    let tenths = file.bytes.saturating_add(50_000) / 100_000;
    match (tenths, language) {
        (0, Language::English) => format!("{name} ({} KB)", file.bytes.div_ceil(1_000)),
        (0, Language::French) => format!("{name} ({}\u{a0}ko)", file.bytes.div_ceil(1_000)),
        (_, Language::English) => format!("{name} ({}.{} MB)", tenths / 10, tenths % 10),
        (_, Language::French) => format!("{name} ({},{}\u{a0}Mo)", tenths / 10, tenths % 10),
    }
}

/// How far before the end of a piece a word may begin that goes to the next one. So each piece but
/// the last is almost full, and what is read of an email fits into [`PIECES_MAX`].
const WORD_CHARS_MAX: usize = 200;

/// The words in pieces that a question or an addition can hold, cut between words.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let (mut pieces, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() && pieces.len() < PIECES_MAX {
        let end = rest.char_indices().nth(MESSAGE_CHARS_MAX).map_or(rest.len(), |(at, _)| at);
        let piece = &rest[..end];
        let is_near = |at: &usize| piece[*at..].chars().count() <= WORD_CHARS_MAX;
        let word = piece.rfind(char::is_whitespace).filter(|at| end < rest.len() && is_near(at));
        let (piece, after) = rest.split_at(word.unwrap_or(end));
        if !piece.trim().is_empty() {
            pieces.push(piece.trim().to_string());
        }
        rest = after.trim_start();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailbox::reading::{FetchedMail, TEXT_CHARS_MAX, read_mail};

    fn mail(text: &str) -> IncomingMail {
        let bytes = format!("From: a@b.ca\r\nSubject: Lamp\r\n\r\n{text}").into_bytes();
        let size = bytes.len() as u64;
        read_mail(&FetchedMail { bytes, size, attachments: Vec::new(), texts: 0 }, &[])
    }

    #[test]
    fn all_that_is_read_of_an_email_fits_into_its_pieces() {
        let mut mail = mail(&"mot été ".repeat(10_000));
        mail.attachments = vec![Attachment { name: "n".repeat(100), bytes: 25_600_000 }; 20];
        assert!(mail.is_cut && mail.text.chars().count() <= TEXT_CHARS_MAX);
        let pieces = pieces(&question(&mail, Language::French));
        assert!(pieces.len() <= PIECES_MAX && pieces.len() > 1);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= MESSAGE_CHARS_MAX));
        let said = pieces.join(" ");
        assert!(said.contains("plus long") && said.ends_with("(25,6\u{a0}Mo)]"), "{said}");
        assert_eq!(super::pieces(" \n "), Vec::<String>::new());
        assert_eq!(super::pieces(&"x".repeat(9_000)).len(), 3);
    }

    #[test]
    fn words_as_long_as_half_a_piece_fill_the_pieces_and_nothing_is_lost() {
        for word in ["é".repeat(2_010), "x".repeat(3_790), "y".repeat(3_810)] {
            let mut mail = mail(&format!("{word} ").repeat(9));
            mail.attachments = vec![Attachment { name: "n".repeat(100), bytes: 25_600_000 }; 20];
            let words = question(&mail, Language::English);
            assert!(mail.is_cut && words.ends_with("(25.6 MB)]"));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            let kept: usize = pieces(&words).iter().map(|piece| letters(piece.as_str())).sum();
            assert_eq!(kept, letters(&words), "{}", &word[..2]);
        }
    }

    #[test]
    fn the_subject_and_an_unexpected_sender_are_said_once() {
        let mail = mail("The lamp is broken.");
        assert_eq!(question(&mail, Language::English), "Lamp\n\nThe lamp is broken.");
        let other = answer(&mail, "Yes.", Some("joe@b.ca"), Language::English);
        assert_eq!(other, "From joe@b.ca:\n\nYes.");
        assert_eq!(answer(&mail, "Yes.", None, Language::English), "Yes.");
    }
}
