//! Reads the bytes of a message. Whatever they are, this ends, takes bounded memory, and returns
//! something: at worst a message that cannot be read.

use crate::automatic::{DeliveryReport, MailHeaders, MailNature, is_no_reply, is_own, nature_of};
use crate::html::text_of_html;
use domain::text::tidied;
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

/// Bytes of a message that are read. Text comes first in what mail programs write, so that of a
/// message with photos the text is read and the photos are not.
pub const READ_BYTES_MAX: usize = 512 * 1024;
/// Parts of a message that are looked at.
const PARTS_MAX: usize = 200;
/// Attachments that are named; the others are counted.
const NAMED_MAX: usize = 20;
/// Headers that are looked at, and the characters of each.
const HEADERS_MAX: usize = 300;
const HEADER_CHARS_MAX: usize = 4_000;
/// Characters of text that are used: a long letter. The rest is in the mailbox.
pub const TEXT_CHARS_MAX: usize = 18_000;
/// Characters of a subject.
const SUBJECT_CHARS_MAX: usize = 200;
/// Characters of an attachment's name.
const NAME_CHARS_MAX: usize = 100;
/// Recipients and answered messages that are looked at.
const ADDRESSES_MAX: usize = 50;
/// Longest address, in bytes (RFC 5321).
const ADDRESS_BYTES_MAX: usize = 254;
/// Stack of the thread that reads a message. The parser ends nested messages one inside the other,
/// and [`READ_BYTES_MAX`] have room for thousands of them.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// A file that came with a message. Its content is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its size in bytes, as far as it is known.
    pub bytes: u64,
}

/// A message as the mailbox has it.
#[derive(Debug, Clone, Default)]
pub struct FetchedMail {
    /// Its beginning, at most [`READ_BYTES_MAX`].
    pub bytes: Vec<u8>,
    /// The size of all of it, in bytes.
    pub size: u64,
    /// Its attachments as the mail server lists them, if `bytes` is not all of it.
    pub attachments: Vec<Attachment>,
    /// How many texts it has as the mail server lists them, if `bytes` is not all of it; 0 if that
    /// is not known.
    pub texts: usize,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMail {
    /// What kind of mail it is.
    pub nature: MailNature,
    /// The sender's address, in lower case; `None` if there is none.
    pub from: Option<String>,
    /// The sender's name; empty if there is none.
    pub name: String,
    /// The address to answer to: the sender's, or `Reply-To`, unless that is ours or takes no
    /// answers.
    pub answer_to: Option<String>,
    /// Addresses to which it was sent, and the messages that it answers, newest first: where a
    /// token may be.
    pub names: Vec<String>,
    /// Its `Message-ID`, with brackets; `None` if there is none.
    pub message_id: Option<String>,
    /// Its subject, in one line.
    pub subject: String,
    /// When it was sent by its own account, in ms since 1970; 0 if it does not say.
    pub sent_ms: u64,
    /// Its text.
    pub text: String,
    /// Files that came with it, at most a few.
    pub attachments: Vec<Attachment>,
    /// How many more there are.
    pub attachments_left_out: usize,
    /// Not all of its text was read.
    pub is_cut: bool,
    /// A hash that is the same whenever the same message is read, and differs for any other.
    pub identity: [u8; 32],
}

impl IncomingMail {
    fn unreadable(fetched: &FetchedMail) -> Self {
        Self {
            nature: MailNature::Unreadable,
            from: None,
            name: String::new(),
            answer_to: None,
            names: Vec::new(),
            message_id: None,
            subject: String::new(),
            sent_ms: 0,
            text: String::new(),
            attachments: Vec::new(),
            attachments_left_out: 0,
            is_cut: false,
            identity: Sha256::digest(&fetched.bytes).into(),
        }
    }
}

/// Reads a message on a thread of its own, so that nothing in it can end the program. `own` are the
/// addresses that this municipality sends from and reads. `None` if there is no thread to be had
/// now: it may be read later. Blocks for some milliseconds.
pub fn read_safely(fetched: FetchedMail, own: &[String]) -> Option<IncomingMail> {
    let own = own.to_vec();
    let unreadable = IncomingMail::unreadable(&fetched);
    let reader = std::thread::Builder::new().stack_size(STACK_BYTES);
    let thread = reader.spawn(move || read_mail(&fetched, &own)).ok()?;
    Some(thread.join().unwrap_or(unreadable))
}

/// Reads a message. `own` are the addresses that this municipality sends from and reads.
pub fn read_mail(fetched: &FetchedMail, own: &[String]) -> IncomingMail {
    let bytes = &fetched.bytes[..fetched.bytes.len().min(READ_BYTES_MAX)];
    let Some(message) = MessageParser::default().parse(bytes) else {
        return IncomingMail::unreadable(fetched);
    };
    let headers = headers_of(&message);
    let is_partial = fetched.size > bytes.len() as u64;
    let from = message.from().and_then(first_address);
    let reply_to = message.reply_to().and_then(first_address);
    let reply_to = reply_to.filter(|to| !is_own(to, own) && !is_no_reply(Some(to.as_str())));
    let answer_to = reply_to.or_else(|| from.clone());
    let name = message.from().and_then(|from| from.first()).and_then(|from| from.name());
    let (text, is_long) = shortened(&text_of(&message), TEXT_CHARS_MAX);
    let (attachments, attachments_left_out) = attachments_of(&message, fetched, is_partial);
    let subject = one_line(message.subject().unwrap_or_default(), SUBJECT_CHARS_MAX);
    let nature = nature_of(&headers, &report_of(&message, bytes), from.as_deref(), own);
    let message_id = headers.get("message-id").and_then(message_id_of);
    let sent_ms = message.date().map_or(0, |date| {
        u64::try_from(date.to_timestamp().clamp(0, 9_000_000_000)).unwrap_or(0) * 1_000
    });
    let identity = identity_of(&headers, &text, fetched);
    IncomingMail {
        nature,
        name: one_line(name.unwrap_or_default(), NAME_CHARS_MAX),
        names: names_of(&headers),
        is_cut: is_long || is_partial && has_cut_text(&message, bytes.len(), fetched.texts),
        from,
        answer_to,
        message_id,
        subject,
        sent_ms,
        text,
        attachments,
        attachments_left_out,
        identity,
    }
}

fn headers_of(message: &Message<'_>) -> MailHeaders {
    let line = |(name, value): (&str, &str)| {
        let value: String = value.chars().take(HEADER_CHARS_MAX).collect();
        (name.to_ascii_lowercase(), value.replace(['\r', '\n'], " ").trim().to_string())
    };
    MailHeaders(message.headers_raw().take(HEADERS_MAX).map(line).collect())
}

fn first_address(address: &Address<'_>) -> Option<String> {
    let first = address.first()?.address()?.trim().to_lowercase();
    let is_plain = !first.contains(|c: char| c.is_control() || c.is_whitespace());
    (is_plain && first.contains('@') && first.len() <= ADDRESS_BYTES_MAX).then_some(first)
}

/// Addresses to which it was sent, and messages that it answers, newest first.
fn names_of(headers: &MailHeaders) -> Vec<String> {
    let to = ["to", "delivered-to", "x-original-to", "envelope-to", "cc"]
        .iter()
        .flat_map(|name| headers.all(name).map(String::from).collect::<Vec<_>>());
    let answered = headers.get("in-reply-to").into_iter().map(String::from);
    let references = headers.get("references").unwrap_or_default().split_whitespace().rev();
    answered.chain(to).chain(references.map(String::from)).take(ADDRESSES_MAX).collect()
}

/// The id in angle brackets, unless a header could not hold it.
fn message_id_of(raw: &str) -> Option<String> {
    let inner = raw.split_once('<')?.1.split_once('>')?.0;
    let is_plain = inner.len() <= 200 && inner.bytes().all(|byte| byte.is_ascii_graphic());
    (is_plain && inner.contains('@')).then(|| format!("<{inner}>"))
}

/// The text of a message: that of its parts that are text, or else made of its HTML.
fn text_of(message: &Message<'_>) -> String {
    let part = |part: &MessagePart<'_>| match &part.body {
        PartType::Text(text) => text.trim().to_string(),
        PartType::Html(html) => text_of_html(html),
        _ => String::new(),
    };
    let joined = |parts: Vec<&MessagePart<'_>>| {
        let texts = parts.into_iter().take(PARTS_MAX).map(part);
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    };
    let ids = |ids: &[usize]| ids.iter().filter_map(|id| message.parts.get(*id)).collect();
    let text = tidied(&joined(ids(&message.text_body)));
    if text.is_empty() { tidied(&joined(ids(&message.html_body))) } else { text }
}

/// Cut at the end of a word, and whether it was cut.
fn shortened(text: &str, chars_max: usize) -> (String, bool) {
    match text.char_indices().nth(chars_max) {
        None => (text.into(), false),
        Some((end, _)) => {
            let cut = &text[..end];
            let word = cut.rfind(char::is_whitespace).filter(|at| at + 200 > cut.len());
            (cut[..word.unwrap_or(cut.len())].trim_end().into(), true)
        }
    }
}

/// Whether the end of what was read is inside a text that people read, or one of all its `texts`
/// comes later.
fn has_cut_text(message: &Message<'_>, read: usize, texts: usize) -> bool {
    let is_text = |part: &&MessagePart<'_>| {
        let is_file = part.content_disposition().is_some_and(|of| of.is_attachment());
        // The parser takes a file that was cut for a text.
        let kind = part.content_type();
        let is_file = is_file || kind.is_some_and(|of| !of.ctype().eq_ignore_ascii_case("text"));
        matches!(part.body, PartType::Text(_) | PartType::Html(_)) && !is_file
    };
    if message.parts.iter().filter(is_text).count() < texts {
        return true;
    }
    let bodies = message.text_body.iter().chain(&message.html_body);
    let ends = bodies.filter_map(|id| message.parts.get(*id)).map(|part| part.offset_end);
    let is_at_end = |end: usize| end + 2 >= read;
    let ends: Vec<usize> = ends.collect();
    ends.is_empty() || ends.into_iter().any(is_at_end)
}

fn attachments_of(
    message: &Message<'_>,
    fetched: &FetchedMail,
    is_partial: bool,
) -> (Vec<Attachment>, usize) {
    let is_listed = is_partial && !fetched.attachments.is_empty();
    let all: Vec<Attachment> = if is_listed {
        fetched.attachments.iter().take(PARTS_MAX).cloned().collect()
    } else {
        message.attachments().take(PARTS_MAX).map(attachment).collect()
    };
    let left_out = all.len().saturating_sub(NAMED_MAX);
    let named = all
        .into_iter()
        .take(NAMED_MAX)
        .map(|file| Attachment { name: one_line(&file.name, NAME_CHARS_MAX), ..file });
    (named.collect(), left_out)
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    Attachment {
        name: part.attachment_name().unwrap_or_default().into(),
        bytes: match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.len(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.len(),
            PartType::Message(message) => message.raw_message.len(),
            PartType::Multipart(_) => 0,
        } as u64,
    }
}

/// The parts of a delivery report, if the message is one.
fn report_of(message: &Message<'_>, bytes: &[u8]) -> DeliveryReport {
    let mut report = DeliveryReport::default();
    for part in message.parts.iter().take(PARTS_MAX) {
        let Some(kind) = part.content_type() else { continue };
        let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
        let raw = || {
            let (from, to) = (part.offset_body, part.offset_end);
            let raw = bytes.get(from..to.max(from)).unwrap_or_default();
            let start = &raw[..raw.len().min(64 * 1024)];
            String::from_utf8_lossy(start).into_owned()
        };
        match (kind.ctype().to_ascii_lowercase().as_str(), subtype.as_str()) {
            ("message", "delivery-status" | "global-delivery-status") => {
                report.status.get_or_insert_with(raw);
            }
            ("message", "rfc822" | "global") | ("text", "rfc822-headers") => {
                report.original.get_or_insert_with(raw);
            }
            _ => {}
        }
    }
    report
}

/// The same message may be delivered twice with other `Received` headers, and two messages may
/// have one `Message-ID`.
fn identity_of(headers: &MailHeaders, text: &str, fetched: &FetchedMail) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in ["message-id", "from", "date", "subject"] {
        let value = headers.get(name).unwrap_or_default();
        hash.update((value.len() as u64).to_be_bytes());
        hash.update(value.as_bytes());
    }
    hash.update(text.as_bytes());
    if text.is_empty() {
        hash.update(fetched.size.to_be_bytes());
    }
    hash.finalize().into()
}

fn one_line(text: &str, chars_max: usize) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    tidied(&line).chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "hub@town.example";

    fn read(message: &str) -> IncomingMail {
        read_bytes(message.replace('\n', "\r\n").into_bytes())
    }

    fn read_bytes(bytes: Vec<u8>) -> IncomingMail {
        let size = bytes.len() as u64;
        let bytes = bytes[..bytes.len().min(READ_BYTES_MAX)].to_vec();
        read_safely(FetchedMail { bytes, size, attachments: Vec::new(), texts: 0 }, &[OWN.into()])
            .unwrap()
    }

    fn plain(head: &str, body: &str) -> String {
        format!("From: Jane <Jane@Example.org>\nTo: hub@town.example\n{head}\n{body}")
    }

    #[test]
    fn a_message_is_read_with_its_sender_subject_and_words() {
        let mail = read(&plain(
            "Subject: =?utf-8?q?Caf=C3=A9?=\nMessage-ID: <1@example.org>\nDate: Mon, 30 Nov 2026 12:00:00 -0500\nReply-To: box@example.org\nReferences: <a@b> <c@d>\nIn-Reply-To: <c@d>\n",
            "When?\n-- \nJane\n",
        ));
        assert_eq!(mail.nature, MailNature::Person);
        assert_eq!(mail.from.as_deref(), Some("jane@example.org"));
        assert_eq!(mail.answer_to.as_deref(), Some("box@example.org"));
        assert_eq!((mail.name.as_str(), mail.subject.as_str()), ("Jane", "Café"));
        assert_eq!(mail.sent_ms, 1_796_058_000_000);
        assert_eq!(mail.message_id.as_deref(), Some("<1@example.org>"));
        assert_eq!(mail.names[0], "<c@d>");
        assert!(mail.names.contains(&OWN.to_string()) && mail.names.contains(&"<a@b>".into()));
        assert!(mail.text.starts_with("When?") && !mail.is_cut, "{}", mail.text);
    }

    #[test]
    fn the_text_is_taken_before_the_html_and_files_are_named_and_not_read() {
        let parts = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=A\n";
        let body = "--A\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nD=E9j=E0\n--B\nContent-Type: text/html\n\n<script>evil()</script><p>HTML</p>\n--B--\n--A\nContent-Type: image/jpeg; name=\"a/../photo.jpg\"\nContent-Disposition: attachment; filename=\"photo\u{202e}gpj.exe\"\nContent-Transfer-Encoding: base64\n\nAAAAAAAA\n--A--\n";
        let mail = read(&plain(parts, body));
        assert_eq!(mail.text, "Déjà");
        assert_eq!(mail.attachments.len(), 1, "{:?}", mail.attachments);
        assert_eq!(
            (mail.attachments[0].name.as_str(), mail.attachments[0].bytes),
            ("photogpj.exe", 6)
        );
        let only =
            read(&plain("Content-Type: text/html\n", "<style>evil</style><p>Hello <b>you</b></p>"));
        assert_eq!(only.text, "Hello you");
    }

    #[test]
    fn a_charset_that_lies_or_does_not_exist_loses_no_message() {
        for charset in ["utf-8", "utf-7", "us-ascii", "x-none", "utf-16", "iso-2022-jp", "\"", ""] {
            let head = format!("Content-Type: text/plain; charset={charset}\n");
            let mut bytes = plain(&head, "Hello ").replace('\n', "\r\n").into_bytes();
            bytes.extend([0xff, 0xfe, 0xe9, 0x00, 0x1b, b'$', b'B', 0x80]);
            let mail = read_bytes(bytes);
            assert_eq!(mail.nature, MailNature::Person, "{charset}");
            assert!(!mail.text.is_empty(), "{charset}");
            assert!(!mail.text.contains('\0') && !mail.text.contains('\u{1b}'), "{:?}", mail.text);
        }
    }

    #[test]
    fn no_header_of_a_stranger_gets_into_ours() {
        let mail = read(&plain("Message-ID: <a\n b@c>\nSubject: x\n\ty\u{7}\n", "x"));
        assert_eq!((mail.message_id, mail.subject.as_str()), (None, "x y"));
        for wrong in ["<a@b\u{e9}>", "<>", "a@b", "<no-at>", &format!("<{}@b>", "x".repeat(300))] {
            assert_eq!(message_id_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_answer_goes_to_no_address_that_is_ours_takes_none_or_is_none() {
        for wrong in ["Hub+x@town.example", "no-reply@shop.example", "jane"] {
            let mail = read(&plain(&format!("Reply-To: {wrong}\n"), "x"));
            assert_eq!(mail.answer_to.as_deref(), Some("jane@example.org"), "{wrong}");
        }
        let long = format!("Reply-To: {}@b.example\n", "x".repeat(300));
        assert_eq!(read(&plain(&long, "x")).answer_to.as_deref(), Some("jane@example.org"));
    }

    #[test]
    fn nested_huge_and_broken_messages_end() {
        let mut deep = String::from("From: a@b.ca\nContent-Type: message/rfc822\n\n");
        deep.push_str(&"Content-Type: message/rfc822\n\n".repeat(READ_BYTES_MAX / 30));
        read(&deep);
        let mut parts = plain("Content-Type: multipart/mixed; boundary=0\n", "");
        (0..40_000).for_each(|at| {
            parts.push_str(&format!(
                "\n--{at}\nContent-Type: multipart/mixed; boundary={}\n",
                at + 1
            ));
        });
        read(&parts);
        let digest = "Content-Type: multipart/digest; boundary=x\n\n--x\n\n".repeat(9_000);
        read(&plain("", &digest));
        let many =
            plain("Content-Type: multipart/mixed; boundary=x\n", &"--x\n\na\n".repeat(60_000));
        assert!(read(&many).attachments.len() <= NAMED_MAX);
        let huge = read(&plain(&format!("X-A: {}\n", "y".repeat(900_000)), "lost"));
        assert!(huge.is_cut || huge.nature == MailNature::Unreadable, "{:?}", huge.nature);
        let to = read(&plain(&format!("Cc: {}\n", "a@b.ca, ".repeat(50_000)), "Hello"));
        assert!(
            to.names.len() <= ADDRESSES_MAX && to.names.iter().all(|n| n.len() <= HEADER_CHARS_MAX)
        );
        let long = read(&plain("", &"word ".repeat(50_000)));
        assert!(long.is_cut && long.text.chars().count() <= TEXT_CHARS_MAX);
        assert!(long.text.ends_with("word"), "cut between words");
    }

    #[test]
    fn random_bytes_and_damaged_messages_never_end_the_program() {
        let mut seed = 7_u64;
        let mut next = move || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        let whole = plain(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\nDate: x\n",
            "--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <a@b>\n\n--x--\n",
        );
        for _ in 0..3_000 {
            let mut bytes = whole.clone().into_bytes();
            for _ in 0..1 + next() % 20 {
                let at = next() % bytes.len();
                match next() % 3 {
                    0 => bytes[at] = next() as u8,
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, b"\r\n:;=<>\"-"[next() % 9]),
                }
            }
            let size = bytes.len() as u64;
            let fetched = FetchedMail { bytes, size, attachments: Vec::new(), texts: 0 };
            // A panic of the parser is caught by `read_safely`, and found here.
            read_mail(&fetched, &[]);
        }
        assert_eq!(read_bytes(Vec::new()).nature, MailNature::Unreadable);
    }

    #[test]
    fn a_bounce_names_the_message_that_did_not_arrive() {
        let mail = read(
            "From: MAILER-DAEMON@mx.example\nTo: hub+x@town.example\nReturn-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nIt failed.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <reply.abc@town.example>\nSubject: y\n\nz\n--x--\n",
        );
        let MailNature::Bounce(bounce) = &mail.nature else { panic!("{:?}", mail.nature) };
        assert!(bounce.has_failed && bounce.why.contains("550 no such user"), "{bounce:?}");
        assert!(bounce.names.iter().any(|name| name.contains("reply.abc")), "{bounce:?}");
        assert!(mail.names.iter().any(|name| name.contains("hub+x")));
    }

    #[test]
    fn the_same_message_has_one_identity_and_any_other_another() {
        let message = plain("Message-ID: <1@a>\nReceived: one\n", "When?");
        let again = plain("Message-ID: <1@a>\nReceived: two\nDelivered-To: x\n", "When?");
        assert_eq!(read(&message).identity, read(&again).identity);
        let other = plain("Message-ID: <1@a>\n", "Where?");
        let unnamed = plain("", "When?");
        for of in [&other, &unnamed] {
            assert_ne!(read(&message).identity, read(of).identity);
        }
        assert_eq!(read(&unnamed).identity, read(&unnamed).identity);
    }

    #[test]
    fn of_a_large_message_the_text_is_read_and_its_files_are_as_the_server_lists_them() {
        let head = plain(
            "Content-Type: multipart/mixed; boundary=A\n",
            "--A\n\nHere is a photo.\n--A\nContent-Type: image/jpeg; name=a.jpg\nContent-Transfer-Encoding: base64\n\n",
        );
        let mut bytes = head.replace('\n', "\r\n").into_bytes();
        bytes.resize(READ_BYTES_MAX, b'A');
        let listed = Attachment { name: "a.jpg".into(), bytes: 22_000_000 };
        let attachments = vec![listed.clone()];
        let fetched = FetchedMail { bytes, size: 30_000_000, attachments, texts: 1 };
        let with_more = FetchedMail { texts: 2, ..fetched.clone() };
        let mail = read_safely(fetched, &[]).unwrap();
        assert_eq!(mail.text, "Here is a photo.");
        assert!(!mail.is_cut, "all of its words were read");
        assert_eq!(mail.attachments, [listed]);
        let mail = read_safely(with_more, &[]).unwrap();
        assert!(mail.is_cut, "a text after the photo was not read");
    }
}
