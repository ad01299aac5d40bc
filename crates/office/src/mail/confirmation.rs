//! The words of the one automatic answer to an email: that it was received, by when the reply is
//! promised, and how to follow it. It repeats nothing of what was sent, because the sender's
//! address may be that of someone else.

use casework::clock::Due;
use casework::inquiry::Inquiry;
use domain::Language;
use domain::municipality::Municipality;
use domain::status::secret_text;
use wording::full_date;

/// What the confirmation says beside the inquiry.
pub(super) struct ConfirmationFacts<'a> {
    pub(super) tracking_code: [u8; 16],
    pub(super) has_files: bool,
    pub(super) public_url: &'a str,
    pub(super) municipality: &'a Municipality,
}

pub(super) fn subject(language: Language, inquiry: &Inquiry) -> String {
    match language {
        Language::English => format!("We received your question {}", inquiry.reference),
        Language::French => format!("Nous avons reçu votre question {}", inquiry.reference),
    }
}

pub(super) fn body(inquiry: &Inquiry, facts: &ConfirmationFacts<'_>) -> String {
    let ConfirmationFacts { public_url, municipality, .. } = facts;
    let (language, reference) = (inquiry.said.language, &inquiry.reference);
    let (who, phone) = (municipality.formal_name.get(language), &municipality.contact.phone);
    let code = secret_text(&facts.tracking_code);
    let (promise, files) = (promised(language, inquiry.first_reply), files(language, facts));
    match language {
        Language::English => format!(
            "We received your email. {promise}\n\n\
             {files}\
             {who}\n\n\
             Reference number: {reference}\n\
             Tracking code: {code}\n\
             Check your question with both:\n\
             {public_url}/status\n\n\
             To add something, reply to this email. You can also call {phone}.\n\
             This message was sent automatically.\n"
        ),
        Language::French => format!(
            "Nous avons reçu votre courriel. {promise}\n\n\
             {files}\
             {who}\n\n\
             Numéro de référence\u{a0}: {reference}\n\
             Code de suivi\u{a0}: {code}\n\
             Suivez votre question avec les deux\u{a0}:\n\
             {public_url}/fr/status\n\n\
             Pour ajouter un mot, répondez à ce courriel. Vous pouvez aussi appeler le {phone}.\n\
             Ce message a été envoyé automatiquement.\n"
        ),
    }
}

fn promised(language: Language, due: Due) -> String {
    match (due, language) {
        (Due::At(moment), Language::English) => {
            format!("You will have a reply by {}.", full_date(language, moment.date))
        }
        (Due::At(moment), Language::French) => {
            format!("Vous aurez une réponse d’ici le {}.", full_date(language, moment.date))
        }
        (_, Language::English) => "We will reply as soon as we can.".into(),
        (_, Language::French) => "Nous vous répondrons dès que possible.".into(),
    }
}

fn files(language: Language, facts: &ConfirmationFacts<'_>) -> &'static str {
    match (facts.has_files, language) {
        (false, _) => "",
        (true, Language::English) => {
            "We see the names of your files, but not what is in them. If they matter, reply and\n\
             tell us what they show.\n\n"
        }
        (true, Language::French) => {
            "Nous voyons le nom de vos fichiers, mais pas leur contenu. S’il importe, répondez et\n\
             dites-nous ce qu’ils montrent.\n\n"
        }
    }
}
