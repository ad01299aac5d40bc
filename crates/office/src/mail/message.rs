//! The message of a reply: the same bytes at every attempt, so that a mail server which receives it
//! twice can recognize it. Of the person's input only their e-mail address enters a header, and
//! only after it was parsed as one.

use super::answers::{AnswerAddress, id_and_place, tracking_code};
use super::confirmation::{self, ConfirmationFacts};
use casework::case::CaseEvent;
use casework::inquiry::Inquiry;
use casework::team::day::TeamDay;
use domain::Language;
use domain::contact::EmailAddress;
use domain::hours::Date;
use domain::inquiry::ReplyTo;
use domain::municipality::Municipality;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{Address, Message};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::{Duration, SystemTime};
use vault::keys::Keys;

/// What every message of a municipality has.
pub(super) struct Letterhead<'a> {
    pub(super) from: &'a Mailbox,
    pub(super) public_url: &'a str,
    pub(super) municipality: &'a Municipality,
    /// The mailbox in which answers are read; `None` if there is none.
    pub(super) answers: Option<&'a AnswerAddress>,
    pub(super) keys: &'a Keys,
}

/// The message about event `number`, a reply or an email that is confirmed; `None` if the person's
/// address is not valid.
pub(super) fn message(
    inquiry: &Inquiry,
    number: u32,
    letterhead: &Letterhead<'_>,
) -> Option<Message> {
    let Letterhead { from, public_url, municipality, answers, keys } = letterhead;
    let entry = inquiry.entries.iter().find(|entry| entry.number == number)?;
    let ReplyTo::Email(to) = &inquiry.said.reply_to else { return None };
    let to = address(to)?;
    let language = inquiry.said.language;
    let name = from.name.clone().unwrap_or_else(|| municipality.formal_name.get(language).into());
    let (id, answer_to) = id_and_place(*answers, (keys, from), inquiry, number);
    let subject = match (&entry.event, language) {
        (CaseEvent::Emailed { .. }, _) => confirmation::subject(language, inquiry),
        (_, Language::English) => format!("Your question {}", inquiry.reference),
        (_, Language::French) => format!("Votre question {}", inquiry.reference),
    };
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(name), from.email.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(subject)
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(entry.at_ms))
        .message_id(Some(id))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN);
    if let Some(answer_to) = answer_to {
        let envelope = Envelope::new(Some(answer_to.clone()), vec![to]).ok()?;
        builder = builder.reply_to(Mailbox::new(None, answer_to)).envelope(envelope);
    }
    let (builder, body) = match &entry.event {
        CaseEvent::Replied(reply) => {
            let is_read = answers.is_some();
            let body = body(inquiry, &reply.text, public_url, is_read, municipality);
            (after(builder, answered_email(inquiry)), body)
        }
        CaseEvent::Emailed { message_id, has_files, .. } => {
            let facts = ConfirmationFacts {
                tracking_code: tracking_code(keys, inquiry.id),
                has_files: *has_files,
                public_url,
                municipality,
            };
            let builder = builder.header(AutoSubmitted).header(SuppressAnswers);
            (after(builder, message_id.as_deref()), confirmation::body(inquiry, &facts))
        }
        _ => return None,
    };
    builder.body(body).ok()
}

/// The email with which the inquiry began, if it did.
fn answered_email(inquiry: &Inquiry) -> Option<&str> {
    inquiry.entries.iter().find_map(|entry| match &entry.event {
        CaseEvent::Emailed { message_id, .. } => message_id.as_deref(),
        _ => None,
    })
}

/// As an answer to another message.
fn after(builder: MessageBuilder, message_id: Option<&str>) -> MessageBuilder {
    match message_id {
        Some(id) => builder.in_reply_to(id.into()).references(id.into()),
        None => builder,
    }
}

/// Says that a program wrote the message, so that no other program answers it (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

/// The same for Exchange.
#[derive(Debug, Clone)]
struct SuppressAnswers;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-replied".into())
    }
}

impl Header for SuppressAnswers {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "All".into())
    }
}

/// The message in the morning to a colleague, in both languages: how much waits for them.
pub(super) fn staff_message(
    to: &EmailAddress,
    (from, public_url): (&Mailbox, &str),
    municipality: &Municipality,
    (today, day): (Date, TeamDay),
) -> Option<Message> {
    let name = municipality.formal_name.get(Language::English);
    let name = from.name.clone().unwrap_or_else(|| name.into());
    let id = Sha256::digest(format!("{today} {}", to.as_str()));
    let id = format!("<day.{}@{}>", hex::encode(&id[..16]), from.email.domain());
    let builder = Message::builder()
        .from(Mailbox::new(Some(name), from.email.clone()))
        .to(Mailbox::new(None, address(to)?))
        .subject(format!("Your inquiries today / Vos demandes aujourd’hui ({today})"))
        .message_id(Some(id))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN);
    builder.body(staff_body(public_url, day)).ok()
}

fn staff_body(public_url: &str, day: TeamDay) -> String {
    let waiting = [
        (day.overdue, "Assigned to you and overdue:", "Les vôtres en retard\u{a0}:"),
        (day.given, "Given to you:", "Vous ont été attribuées\u{a0}:"),
        (day.asked, "Questions to your department:", "Questions à votre service\u{a0}:"),
        (day.follow_up, "To follow up today:", "À suivre aujourd’hui\u{a0}:"),
    ];
    let (mut english, mut french) = (String::new(), String::new());
    for (count, in_english, in_french) in waiting.into_iter().filter(|(count, ..)| *count > 0) {
        english.push_str(&format!("{in_english} {count}\n"));
        french.push_str(&format!("{in_french} {count}\n"));
    }
    format!(
        "{english}\nOpen the inbox: {public_url}/office\n\
         Stop these emails: {public_url}/office/daily-email\n\n\
         {french}\nOuvrir la boîte de réception\u{a0}: {public_url}/office\n\
         Ne plus recevoir ces courriels\u{a0}: {public_url}/office/daily-email\n"
    )
}

/// A `Message-ID` that reveals nothing about the inquiry and is the same at every attempt.
pub(super) fn message_id(inquiry: &Inquiry, number: u32, from: &Mailbox) -> String {
    let digest = Sha256::digest([inquiry.id.as_bytes().as_slice(), &number.to_be_bytes()].concat());
    format!("<reply.{}@{}>", hex::encode(&digest[..16]), from.email.domain())
}

/// The words of a reply. `is_read`: answers to it are read.
pub(super) fn body(
    inquiry: &Inquiry,
    text: &str,
    public_url: &str,
    is_read: bool,
    municipality: &Municipality,
) -> String {
    let (language, reference) = (inquiry.said.language, &inquiry.reference);
    let (who, phone) = (municipality.formal_name.get(language), &municipality.contact.phone);
    let has_code = inquiry.case.has_tracking_code();
    let number = match language {
        Language::English => format!("Reference number: {reference}"),
        Language::French => format!("Numéro de référence : {reference}"),
    };
    let follow = match language {
        _ if !has_code => String::new(),
        Language::English => format!(
            "Check your question or add to it with this number and your tracking code:\n\
             {public_url}/status\n\
             Once it is closed, the same page asks how we did.\n"
        ),
        Language::French => format!(
            "Suivez votre question ou ajoutez-y un mot avec ce numéro et votre code de suivi :\n\
             {public_url}/fr/status\n\
             Une fois la question terminée, la même page demande votre avis.\n"
        ),
    };
    let answer = match (is_read, language) {
        (true, Language::English) => format!(
            "To add something, reply to this email. We see the names of files, not what is in\n\
             them. You can also call {phone}.\n"
        ),
        (true, Language::French) => format!(
            "Pour ajouter un mot, répondez à ce courriel. Nous voyons le nom des fichiers, mais\n\
             pas leur contenu. Vous pouvez aussi appeler le {phone}.\n"
        ),
        (false, Language::English) => format!(
            "Please do not reply: this mailbox is not monitored.\n\
             To ask again, call {phone} or go to:\n\
             {public_url}/ask\n"
        ),
        (false, Language::French) => format!(
            "Ne répondez pas à ce courriel : cette boîte n’est pas surveillée.\n\
             Pour poser une autre question, appelez le {phone} ou allez à :\n\
             {public_url}/fr/ask\n"
        ),
    };
    format!("{text}\n\n{who}\n\n{number}\n{follow}\n{answer}")
}

/// The address to write to, by the rules of the form. `None` if no mail server takes it.
fn address(to: &EmailAddress) -> Option<Address> {
    to.as_str().parse().ok().filter(|_| to.can_be_written_to())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daily_email_has_numbers_in_both_languages_and_nothing_of_a_person() {
        let day = TeamDay { given: 2, overdue: 1, asked: 0, follow_up: 0 };
        let body = staff_body("https://hub.example", day).replace('\u{a0}', " ");
        assert!(
            body.starts_with("Assigned to you and overdue: 1\nGiven to you: 2\n\nOpen the inbox")
        );
        assert!(body.contains("Vous ont été attribuées : 2") && !body.contains("Questions"));
        assert!(body.contains("https://hub.example/office/daily-email"));
        let from: Mailbox = "City <office@hub.example>".parse().unwrap();
        let to = EmailAddress::typed("bo@hub.example").unwrap();
        let town = crate::form::tests::pine_harbour();
        let of = |day| {
            let from = (&from, "https://hub.example");
            staff_message(&to, from, town.municipality(), (day, TeamDay::default())).unwrap()
        };
        let id = |day: &str| {
            let text = String::from_utf8(of(Date::parse(day).unwrap()).formatted()).unwrap();
            text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_string()
        };
        assert_eq!(id("2026-12-01"), id("2026-12-01"));
        assert_ne!(id("2026-12-01"), id("2026-12-02"));
    }
    use casework::case::{Case, CaseEntry, CaseReply, ReplyMethod};
    use casework::channel::InquiryChannel;
    use domain::SubmissionId;
    use domain::inquiry::ValidInquiry;

    fn written(to: &str, name: &str, text: &str, language: Language) -> Option<String> {
        written_after(&[], (to, name, text, language))
    }

    fn keys() -> Keys {
        let dir = tempfile::tempdir().unwrap();
        Keys::open(dir.path(), false).unwrap().0
    }

    /// The reply to an inquiry with these events.
    fn written_after(events: &[CaseEvent], said: (&str, &str, &str, Language)) -> Option<String> {
        written_as(events, said, 3, None)
    }

    /// The message about an event of an inquiry with these events and a reply as the third.
    fn written_as(
        events: &[CaseEvent],
        (to, name, text, language): (&str, &str, &str, Language),
        number: u32,
        answers: Option<&AnswerAddress>,
    ) -> Option<String> {
        let id = SubmissionId::from_parts(1, [7; 10]);
        let said = ValidInquiry {
            service: None,
            hub: None,
            message: "When?".into(),
            name: Some(name.into()),
            reply_to: ReplyTo::Email(to.to_string().try_into().unwrap()),
            language,
            notice_version: 1,
        };
        let reply = CaseReply {
            text: text.into(),
            way: ReplyMethod::Email,
            service: None,
            catalogue_version: 1,
            is_asking: false,
            template: None,
        };
        let entry = CaseEntry {
            number: 3,
            at_ms: 1_790_000_000_000,
            who: "ann".into(),
            event: CaseEvent::Replied(reply),
        };
        let (mut case, mut entries) = (Case::new(0, "Tax".into(), None), Vec::new());
        for (event, number) in events.iter().zip(1..) {
            let (at_ms, who) = (0, "ann".into());
            let entry = CaseEntry { number, at_ms, who, event: event.clone() };
            case.take(&entry);
            entries.push(entry);
        }
        entries.push(entry);
        let received = Inquiry::received(id, 0, said, "Tax".into());
        let inquiry = Inquiry { case, entries, ..received };
        let catalogue = crate::form::tests::pine_harbour();
        let letterhead = Letterhead {
            from: &"office@hub.example.org".parse().unwrap(),
            public_url: "https://hub.example.org",
            municipality: catalogue.municipality(),
            answers,
            keys: &keys(),
        };
        let message = message(&inquiry, number, &letterhead)?;
        Some(String::from_utf8(message.formatted()).unwrap())
    }

    fn headers(message: &str) -> Vec<&str> {
        let (head, _) = message.split_once("\r\n\r\n").unwrap();
        head.lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(':').unwrap().0)
            .collect()
    }

    #[test]
    fn what_the_form_takes_can_be_written_to() {
        let name = "n".repeat(64);
        for typed in [
            "jane@example.org,",
            "o’brien+hub@mail.example.org",
            "mailto:jane.doe@example.org?subject=x",
            "Jane <j_d-1@ex-ample.org>",
            "é@exemple.ca",
            "jane@école.example",
            &format!("{name}@example.org"),
            "!#$%&'*+-/=?^_`{|}~@example.org",
        ] {
            let to = EmailAddress::typed(typed).unwrap();
            assert!(address(&to).is_some(), "{typed}");
        }
        for stored in ["jane@example.org,", "jane@localhost", "a@-b.ca"] {
            let to = EmailAddress::try_from(stored.to_string()).unwrap();
            assert_eq!(address(&to), None, "{stored}");
        }
    }

    #[test]
    fn it_is_the_same_at_every_attempt_and_has_no_header_too_many() {
        let write = || written("jane@example.org", "Jane", "Thursday.", Language::English).unwrap();
        assert_eq!(write(), write());
        assert_eq!(
            headers(&write()),
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding"
            ]
        );
        assert!(
            write().contains("Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"),
            "when it was written, not when it is sent: {}",
            write()
        );
        assert!(
            write().contains("From: \"Township of Pine Harbour\" <office@hub.example.org>\r\n"),
            "{}",
            write()
        );
    }

    #[test]
    fn it_says_the_reference_the_status_page_and_that_nobody_reads_an_answer() {
        let english = written("jane@example.org", "", "Thursday.", Language::English).unwrap();
        for words in [
            "Subject: Your question ",
            "Thursday.\r\n",
            "Reference number: ",
            "hub.example.org/status",
            "is not monitored",
            "555-555-0100",
            "/ask",
        ] {
            assert!(english.contains(words), "{words}\n{english}");
        }
    }

    #[test]
    fn who_called_has_no_tracking_code_and_is_not_sent_to_the_status_page() {
        let call = CaseEvent::Recorded { channel: InquiryChannel::Phone, is_answered: false };
        for language in [Language::English, Language::French] {
            let said = ("jane@example.org", "", "Thursday.", language);
            let to_caller = written_after(std::slice::from_ref(&call), said).unwrap();
            assert!(written_after(&[], said).unwrap().contains("/status"));
            assert!(!to_caller.contains("/status") && !to_caller.contains("code"), "{to_caller}");
            assert!(to_caller.contains("/ask"), "{to_caller}");
        }
    }

    #[test]
    fn where_a_mailbox_is_read_an_answer_and_a_bounce_name_the_inquiry() {
        let answers =
            AnswerAddress { address: "hub@hub.example.org".parse().unwrap(), has_plus: true };
        let emailed = CaseEvent::Emailed {
            message_id: Some("<1@example.org>".into()),
            is_confirmed: true,
            has_files: true,
        };
        let of = |number, language, answers| {
            let said = ("jane@example.org", "", "Thursday.", language);
            written_as(std::slice::from_ref(&emailed), said, number, answers).unwrap()
        };
        for (language, words) in [
            (Language::English, ["We received your email", "Reference number:", "reply to this"]),
            (Language::French, ["re=C3=A7u votre courriel", "Code de suivi", "pondez"]),
        ] {
            let confirmed = of(1, language, Some(&answers));
            for words in words.iter().chain(&[
                "Auto-Submitted: auto-replied\r\n",
                "In-Reply-To: <1@example.org>\r\n",
                "Reply-To: hub+",
                "/status",
            ]) {
                assert!(confirmed.contains(words), "{words}\n{confirmed}");
            }
            assert!(
                !confirmed.contains("When?"),
                "nothing of it is sent to who may not have asked"
            );
        }
        let reply = of(3, Language::English, Some(&answers));
        assert!(!reply.contains("Auto-Submitted") && !reply.contains("not monitored"), "{reply}");
        assert!(reply.contains("In-Reply-To: <1@example.org>\r\n"), "{reply}");
        assert!(reply.contains("Message-ID: <reply."), "{reply}");
        let plain = AnswerAddress { has_plus: false, ..answers.clone() };
        assert!(of(3, Language::English, Some(&plain)).contains("Reply-To: hub@hub.example.org"));
        assert!(!of(3, Language::English, None).contains("\nReply-To"));
    }

    #[test]
    fn nothing_that_anybody_writes_adds_a_header_or_a_person() {
        let plain = written("jane@example.org", "Jane", "Hello.", Language::English).unwrap();
        for evil in [
            "Jane\r\nBcc: x@evil.example",
            "\r\n\r\nHello",
            "x\nSubject: other",
            "\u{202e}Jane\0",
            "Bcc: x@evil.example\r\n.\r\nMAIL FROM:<x>",
        ] {
            for (name, text) in [(evil, "Hello."), ("Jane", evil)] {
                let message = written("jane@example.org", name, text, Language::English).unwrap();
                assert_eq!(headers(&message), headers(&plain), "{evil:?}");
            }
            assert_eq!(
                written(&format!("{evil}@example.org"), "Jane", "Hello.", Language::English),
                None,
                "{evil:?}"
            );
        }
        for address in [
            "a@example.org, b@example.org",
            "<a@example.org>",
            "a@example.org>\r\nRCPT TO:<b@example.org",
            "a b@example.org",
            "@example.org",
        ] {
            assert_eq!(written(address, "Jane", "Hello.", Language::English), None, "{address:?}");
        }
    }
}
