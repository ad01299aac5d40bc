//! Mail that no person wrote: out-of-office messages, bounces, newsletters, and our own mail that
//! comes back. It must be recognized before anything is answered: two programs that answer each
//! other never stop (RFC 3834).

/// What kind of mail a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailNature {
    /// A person wrote it, and may be answered.
    Person,
    /// A person may have written it, but it must not be answered: it has no sender, or asks for no
    /// answer.
    Unanswered,
    /// A program wrote it: an absence, a newsletter, a list.
    Automatic,
    /// It says what became of a message that was sent from here (RFC 3464).
    Bounce(Bounce),
    /// It was sent from here.
    Own,
    /// It cannot be read as a message at all.
    Unreadable,
}

/// What a mail server says about a message that was sent from here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounce {
    /// It did not arrive and never will. False for a delay, and for a report that it arrived.
    pub has_failed: bool,
    /// What the other mail server said, in one line.
    pub why: String,
    /// Where the message that it is about may be named: `Message-ID`s and addresses.
    pub names: Vec<String>,
}

/// Longest reason that is stored of a bounce, in characters.
const WHY_CHARS_MAX: usize = 300;
/// Lines of a report that are looked at.
const LINES_MAX: usize = 500;
/// Names of the message that bounced that are looked at.
const NAMES_MAX: usize = 20;
/// `Received` lines after which a message goes in circles (RFC 5321 says at least a hundred for
/// relays; ordinary mail has ten).
const HOPS_MAX: usize = 60;
/// `Precedence` of mail that no person wrote to this address.
const PRECEDENCES: [&str; 4] = ["bulk", "junk", "list", "auto_reply"];
/// Names of mail programs that announce bounces.
const DAEMONS: [&str; 3] = ["mailer-daemon", "postmaster", "mail-daemon"];

/// The headers of a message: names in lower case, values unfolded, both bounded.
#[derive(Debug, Clone, Default)]
pub struct MailHeaders(pub Vec<(String, String)>);

impl MailHeaders {
    /// The first value of a header, trimmed.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter().filter(|(of, _)| of == name);
        all.next().map(|(_, value)| value.trim())
    }

    /// All values of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.trim())
    }

    fn has_any(&self, names: &[&str]) -> bool {
        self.0.iter().any(|(of, _)| names.contains(&of.as_str()))
    }
}

/// The parts of a delivery report (RFC 3464), as text.
#[derive(Debug, Clone, Default)]
pub struct DeliveryReport {
    /// The part `message/delivery-status`.
    pub status: Option<String>,
    /// The message that it is about, or its headers.
    pub original: Option<String>,
}

/// What a message is. `from` is its sender's address; `own` are the addresses that this
/// municipality sends from and reads.
pub fn nature_of(
    headers: &MailHeaders,
    report: &DeliveryReport,
    from: Option<&str>,
    own: &[String],
) -> MailNature {
    let return_path = headers.get("return-path").map(|path| path.trim_matches(['<', '>', ' ']));
    let is_daemon = from.is_some_and(|from| {
        let local = from.split('@').next().unwrap_or_default();
        DAEMONS.iter().any(|daemon| local.eq_ignore_ascii_case(daemon))
    });
    if report.status.is_some() || is_failure(headers) && (return_path == Some("") || is_daemon) {
        return MailNature::Bounce(bounce_of(headers, report));
    }
    if from.is_some_and(|from| is_own(from, own)) || headers.all("received").count() > HOPS_MAX {
        return MailNature::Own;
    }
    if is_automatic(headers) || is_daemon {
        return MailNature::Automatic;
    }
    let asks_for_none = headers
        .get("x-auto-response-suppress")
        .is_some_and(|value| !value.eq_ignore_ascii_case("none"));
    if from.is_none() || return_path == Some("") || asks_for_none || is_no_reply(from) {
        return MailNature::Unanswered;
    }
    MailNature::Person
}

/// Whether a program says that it wrote the message.
fn is_automatic(headers: &MailHeaders) -> bool {
    let first_word =
        |value: &str| value.split([';', ' ', '(']).next().unwrap_or_default().to_lowercase();
    let submitted = headers.get("auto-submitted").map(first_word);
    let precedence = headers.get("precedence").map(first_word).unwrap_or_default();
    submitted.is_some_and(|word| word != "no")
        || PRECEDENCES.contains(&precedence.as_str())
        || headers.has_any(&["x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply-from"])
        || headers.0.iter().any(|(name, _)| name.starts_with("list-"))
        || headers.get("x-failed-recipients").is_some()
}

/// Whether an address says that it takes no answers.
pub(crate) fn is_no_reply(from: Option<&str>) -> bool {
    let local = from.and_then(|from| from.split('@').next()).unwrap_or_default().to_lowercase();
    let bare: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    ["noreply", "donotreply", "nepasrepondre"].iter().any(|name| bare.starts_with(name))
}

/// Whether an address is one of ours, whatever stands after a plus sign.
pub(crate) fn is_own(address: &str, own: &[String]) -> bool {
    own.iter().any(|of| without_tag(of) == without_tag(address))
}

/// An address in lower case, without a plus sign and what stands after it: of one person.
pub(crate) fn without_tag(address: &str) -> String {
    let (local, host) = address.rsplit_once('@').unwrap_or((address, ""));
    format!("{}@{host}", local.split('+').next().unwrap_or_default()).to_lowercase()
}

/// Mail servers from before RFC 3464, and Exim beside it, name who was not reached.
fn is_failure(headers: &MailHeaders) -> bool {
    headers.get("x-failed-recipients").is_some()
}

fn bounce_of(headers: &MailHeaders, report: &DeliveryReport) -> Bounce {
    let mut bounce = Bounce { has_failed: is_failure(headers), ..Bounce::default() };
    let (mut status, mut diagnostic) = (String::new(), String::new());
    for line in unfolded(report.status.as_deref().unwrap_or_default()) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "action" => bounce.has_failed |= value.to_ascii_lowercase().starts_with("failed"),
            "status" if status.is_empty() => status = value.into(),
            "diagnostic-code" if diagnostic.is_empty() => {
                diagnostic = value.split_once(';').map_or(value, |(_, said)| said).trim().into();
            }
            _ => {}
        }
    }
    let said =
        if diagnostic.contains(&status) { diagnostic } else { format!("{status} {diagnostic}") };
    bounce.why = one_line(&said);
    let original = report.original.as_deref().unwrap_or_default();
    let named = unfolded(original).into_iter().filter(|line| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        matches!(name.as_str(), "message-id" | "reply-to" | "return-path")
    });
    bounce.names = named.take(NAMES_MAX).collect();
    bounce
}

/// The lines of headers, each in one piece.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(LINES_MAX) {
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push(line.into()),
        }
    }
    lines
}

fn one_line(words: &str) -> String {
    let words = words.split(|c: char| c.is_control() || c.is_whitespace());
    let line: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    line.join(" ").chars().take(WHY_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> MailHeaders {
        MailHeaders(lines.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    fn check(lines: &[(&str, &str)], from: &str, expected: &MailNature) {
        let own = ["Hub@town.example".to_string()];
        let from = Some(from).filter(|from| !from.is_empty());
        let nature = nature_of(&headers(lines), &DeliveryReport::default(), from, &own);
        assert_eq!(&nature, expected, "{lines:?} {from:?}");
    }

    #[test]
    fn what_no_person_wrote_is_recognized_by_any_of_its_marks() {
        let jane = "jane@example.org";
        for line in [
            ("auto-submitted", "auto-replied (vacation)"),
            ("auto-submitted", "auto-generated"),
            ("precedence", "bulk"),
            ("precedence", "Auto_Reply"),
            ("list-id", "<news.example.org>"),
            ("list-unsubscribe", "<mailto:x@example.org>"),
            ("x-autoreply", "yes"),
        ] {
            check(&[line], jane, &MailNature::Automatic);
        }
        check(&[], "MAILER-DAEMON@example.org", &MailNature::Automatic);
        for line in
            [("auto-submitted", "no"), ("precedence", "first-class"), ("subject", "List-Id")]
        {
            check(&[line], jane, &MailNature::Person);
        }
    }

    #[test]
    fn what_must_not_be_answered_is_still_read() {
        let jane = "jane@example.org";
        check(&[("return-path", "<>")], jane, &MailNature::Unanswered);
        check(&[("return-path", "<jane@example.org>")], jane, &MailNature::Person);
        check(&[("x-auto-response-suppress", "All")], jane, &MailNature::Unanswered);
        check(&[], "no-reply@shop.example", &MailNature::Unanswered);
        check(&[], "", &MailNature::Unanswered);
    }

    #[test]
    fn our_own_mail_and_mail_in_circles_goes_no_further() {
        check(&[], "hub+0123@TOWN.example", &MailNature::Own);
        check(&[], "hub@other.example", &MailNature::Person);
        let hops = vec![("received", "from a by b"); HOPS_MAX + 1];
        check(&hops, "jane@example.org", &MailNature::Own);
    }

    fn bounced(status: &str, original: &str) -> Bounce {
        let report =
            DeliveryReport { status: Some(status.into()), original: Some(original.into()) };
        let from = Some("mailer-daemon@mx.example");
        match nature_of(&MailHeaders::default(), &report, from, &[]) {
            MailNature::Bounce(bounce) => bounce,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_report_says_whether_it_failed_why_and_of_which_message() {
        let status = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.ca\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1\n <a@b.ca> no\u{7} such user";
        let original = "Received: x\nMessage-ID:\n <reply.abc@town.example>\nSubject: y\n";
        let bounce = bounced(status, original);
        assert!(bounce.has_failed);
        assert_eq!(bounce.why, "550 5.1.1 <a@b.ca> no such user");
        assert_eq!(bounce.names, ["Message-ID: <reply.abc@town.example>"]);
        let delayed = bounced("Action: delayed\nStatus: 4.4.1", "");
        assert!(!delayed.has_failed && delayed.why == "4.4.1", "{delayed:?}");
        assert!(!bounced("Action: delivered\nStatus: 2.0.0", "").has_failed);
        let long = bounced(&format!("Action: failed\nDiagnostic-Code: {}", "x".repeat(9_000)), "");
        assert_eq!(long.why.chars().count(), WHY_CHARS_MAX);
        let many = bounced("", &"Message-ID: <a@b>\n".repeat(10_000));
        assert_eq!(many.names.len(), NAMES_MAX);
    }

    #[test]
    fn a_bounce_in_no_format_is_known_by_whom_it_did_not_reach() {
        let lines = [("return-path", "<>"), ("x-failed-recipients", "a@b.ca")];
        let nature =
            nature_of(&headers(&lines), &DeliveryReport::default(), Some("mailer-daemon@x"), &[]);
        assert!(
            matches!(nature, MailNature::Bounce(Bounce { has_failed: true, .. })),
            "{nature:?}"
        );
        check(&[("x-failed-recipients", "a@b.ca")], "jane@example.org", &MailNature::Automatic);
    }
}
