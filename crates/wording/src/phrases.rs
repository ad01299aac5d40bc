//! Sentences with variable parts.

use super::{Wording, day, time};
use domain::Language;
use domain::hours::{DayState, Moment, OpenState};
use domain::inquiry::{InquiryField, InquiryProblem};
use domain::submission::Refusal;

fn is_french(language: Language) -> bool {
    language == Language::French
}

/// "3 results".
pub fn results_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 result".into(),
        (Language::English, _) => format!("{count} results"),
        (Language::French, 0 | 1) => format!("{count} résultat"),
        (Language::French, _) => format!("{count} résultats"),
    }
}

/// "12 services".
pub fn services_count(language: Language, count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    let _ = language;
    format!("{count} service{plural}")
}

/// "2 messages that waited here are believed lost".
pub fn lost_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 message that waited here is believed lost".into(),
        (Language::English, _) => format!("{count} messages that waited here are believed lost"),
        (Language::French, 1) => "1 message qui attendait ici semble perdu".into(),
        (Language::French, _) => format!("{count} messages qui attendaient ici semblent perdus"),
    }
}

/// "Starting over in 12 seconds".
pub fn seconds_left(language: Language, seconds: u32) -> String {
    let plural = if seconds == 1 { "" } else { "s" };
    match language {
        Language::English => format!("Starting over in {seconds} second{plural}"),
        Language::French => format!("Retour au début dans {seconds} seconde{plural}"),
    }
}

/// "Open until 4:30 pm", "Closed. Opens Monday at 8:30 am": the most prominent line on a location's
/// page.
pub fn open_state(language: Language, open: &OpenState, now: Moment) -> String {
    let words = Wording::in_language(language);
    match open.state {
        DayState::Unknown => words.hours_unknown.into(),
        DayState::Open { until, closes_soon } => {
            let until = time(language, until);
            let soon = if closes_soon { format!(", {}", words.closes_soon) } else { String::new() };
            if is_french(language) {
                format!("Ouvert jusqu'à {until}{soon}")
            } else {
                format!("Open until {until}{soon}")
            }
        }
        DayState::Closed { opens: None } => words.closed.into(),
        DayState::Closed { opens: Some(opens) } => {
            format!("{} {}", words.closed, opens_at(language, opens, now))
        }
    }
}

fn opens_at(language: Language, opens: Moment, now: Moment) -> String {
    let at = time(language, opens.minute);
    let days = opens.date.days_since_1970() - now.date.days_since_1970();
    let name = super::weekday(language, opens.date.weekday());
    match (language, days) {
        (Language::English, 0) => format!("Opens today at {at}"),
        (Language::English, 1) => format!("Opens tomorrow at {at}"),
        (Language::English, 2..=6) => format!("Opens {name} at {at}"),
        (Language::English, _) => format!("Opens {} at {at}", day(language, opens.date)),
        (Language::French, 0) => format!("Ouvre aujourd'hui à {at}"),
        (Language::French, 1) => format!("Ouvre demain à {at}"),
        (Language::French, 2..=6) => format!("Ouvre {name} à {at}"),
        (Language::French, _) => format!("Ouvre le {} à {at}", day(language, opens.date)),
    }
}

/// "12 km", "under 1 km": as precise as a straight line between the centres of communities can be.
pub fn distance(language: Language, metres: f64) -> String {
    match (language, (metres / 1_000.0).round() as u32) {
        (Language::English, 0) => "under 1 km".into(),
        (Language::French, 0) => "moins de 1 km".into(),
        (_, km) => format!("{km} km"),
    }
}

/// "3 things to do".
pub fn things_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 thing to do".into(),
        (Language::English, _) => format!("{count} things to do"),
        (Language::French, 1) => "1 chose à faire".into(),
        (Language::French, _) => format!("{count} choses à faire"),
    }
}

/// "My trip: 3 things to do".
pub fn trip_count(language: Language, count: usize) -> String {
    let mine = if is_french(language) { "Ma sortie : " } else { "My trip: " };
    format!("{mine}{}", things_count(language, count))
}

/// "One place does all 3, today". `all` is the number of errands on the list, `things` of those
/// that can be done.
pub fn trip_answer(
    language: Language,
    places: usize,
    things: usize,
    all: usize,
    when: &str,
) -> String {
    match (language, places, things) {
        (Language::English, 1.., _) if things < all => {
            format!("{things} of {all} can be done, {when}")
        }
        (Language::French, 1.., _) if things < all => {
            format!("{things} sur {all} possible, {when}")
        }
        (Language::English, 0, _) => format!("No place is open for this, {when}"),
        (Language::English, 1, 1) => format!("Where to go, {when}"),
        (Language::English, 1, _) => format!("One place does all {things}, {when}"),
        (Language::English, _, _) => {
            format!("{places} places do all {things}, {when}; fewer do not")
        }
        (Language::French, 0, _) => format!("Aucun lieu n'est ouvert pour ceci, {when}"),
        (Language::French, 1, 1) => format!("Où aller, {when}"),
        (Language::French, 1, _) => format!("Un seul lieu fait les {things}, {when}"),
        (Language::French, _, _) => format!("{places} lieux font les {things}, {when}; pas moins"),
    }
}

/// "$5.50"; "5,50 $".
pub fn money(language: Language, cents: u64) -> String {
    let (dollars, rest) = (cents / 100, cents % 100);
    match (language, rest) {
        (Language::English, 0) => format!("${dollars}"),
        (Language::English, _) => format!("${dollars}.{rest:02}"),
        (Language::French, 0) => format!("{dollars}\u{a0}$"),
        (Language::French, _) => format!("{dollars},{rest:02}\u{a0}$"),
    }
}

/// The sum of the known fees, and for how many errands the fee is unknown.
pub fn fee_total(language: Language, known: &str, unknown: usize, all: usize) -> String {
    match (language, unknown) {
        (Language::English, 0) => format!("Together: {known}"),
        (Language::English, _) if unknown == all => {
            "Together: not known. Ask before you go.".into()
        }
        (Language::English, _) => format!(
            "Together: {known}, and what is not one known amount for {unknown} of {all}. Ask before you go."
        ),
        (Language::French, 0) => format!("En tout : {known}"),
        (Language::French, _) if unknown == all => {
            "En tout : non connu. Demandez avant de partir.".into()
        }
        (Language::French, _) => format!(
            "En tout : {known}, plus ce qui n'est pas un montant connu pour {unknown} sur {all}. Demandez avant de partir."
        ),
    }
}

/// What is wrong with a field of the question, and what to do.
pub fn inquiry_fault(language: Language, field: InquiryField, problem: InquiryProblem) -> String {
    let french = is_french(language);
    let pick = |english: &str, of_french: &str| {
        if french { of_french.to_string() } else { english.to_string() }
    };
    match (field, problem) {
        (InquiryField::Message, InquiryProblem::Missing) => {
            pick("Write your question.", "Écrivez votre question.")
        }
        (InquiryField::Contact, _) => {
            pick("Choose how we should answer.", "Choisissez comment nous devons répondre.")
        }
        (InquiryField::Phone, InquiryProblem::Missing) => pick(
            "Write your phone number, or choose another way.",
            "Indiquez votre numéro de téléphone ou choisissez un autre moyen.",
        ),
        (InquiryField::Email, InquiryProblem::Missing) => pick(
            "Write your e-mail address, or choose another way.",
            "Indiquez votre adresse de courriel ou choisissez un autre moyen.",
        ),
        (InquiryField::Phone, _) => pick(
            "Write the phone number with its area code, as in 705-324-9411.",
            "Indiquez le numéro avec l'indicatif régional, comme 705-324-9411.",
        ),
        (InquiryField::Email, _) => pick(
            "Write the e-mail address in full, as in name@example.ca.",
            "Indiquez l'adresse de courriel au complet, comme nom@exemple.ca.",
        ),
        (_, InquiryProblem::TooLong { by }) if french => {
            format!("Raccourcissez de {by} caractères.")
        }
        (_, InquiryProblem::TooLong { by }) => format!("Shorten this by {by} characters."),
        (_, _) => pick("Please check this.", "Veuillez vérifier ceci."),
    }
}

/// "Question 3 of 12".
pub fn question_of(language: Language, at: usize, count: usize) -> String {
    if is_french(language) {
        format!("Question {at} sur {count}")
    } else {
        format!("Question {at} of {count}")
    }
}

/// "One visitor in 5 is asked".
pub fn every_kth(language: Language, every: u32) -> String {
    match (language, every) {
        (Language::English, 1) => "Every visitor is asked".into(),
        (Language::French, 1) => "Chaque visiteur est sollicité".into(),
        (Language::English, _) => format!("One visitor in {every} is asked"),
        (Language::French, _) => format!("Un visiteur sur {every} est sollicité"),
    }
}

/// How many characters may still be typed.
pub fn characters_left(language: Language, left: usize) -> String {
    if is_french(language) {
        format!("{left} caractères restants")
    } else {
        format!("{left} characters left")
    }
}

/// How many characters a text must lose.
pub fn too_long_by(language: Language, by: usize) -> String {
    if is_french(language) {
        format!("Raccourcissez de {by} caractères.")
    } else {
        format!("Shorten this by {by} characters.")
    }
}

/// When a message was stored on this device.
pub fn kept_on(language: Language, at: &str) -> String {
    if is_french(language) { format!("Gardé le {at}") } else { format!("Kept {at}") }
}

/// When the server received a message.
pub fn received_on(language: Language, at: &str) -> String {
    if is_french(language) { format!("Reçu le {at}") } else { format!("Received {at}") }
}

/// "3 waiting".
pub fn waiting_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, _) => format!("{count} waiting"),
        (Language::French, _) => format!("{count} en attente"),
    }
}

/// The name of a button that shows all.
pub fn show_all(language: Language, count: usize) -> String {
    if is_french(language) { format!("Afficher les {count}") } else { format!("Show all {count}") }
}

/// How many entries of the store this version of the app cannot read.
pub fn unreadable_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 entry on this device cannot be read by this version of the app. It is left as it is.".into(),
        (Language::English, _) => format!("{count} entries on this device cannot be read by this version of the app. They are left as they are."),
        (Language::French, 1) => "1 élément de cet appareil ne peut être lu par cette version de l'application. Il est laissé tel quel.".into(),
        (Language::French, _) => {
            format!("{count} éléments de cet appareil ne peuvent être lus par cette version de l'application. Ils sont laissés tels quels.")
        }
    }
}

/// The sealed copy of a message is gone: what the person can do.
pub fn copy_missing(language: Language) -> &'static str {
    pick(
        language,
        "Its sealed copy is no longer on this device. Please ask again.",
        "Sa copie scellée n'est plus sur cet appareil. Veuillez refaire la demande.",
    )
}

/// The server answered a message with an HTTP status that is no receipt: what the person can do.
pub fn status_refused(language: Language, status: u16) -> String {
    if is_french(language) {
        format!(
            "Le serveur de la Ville ne l'a pas accepté (réponse {status}). L'élément reste ici; réessayez plus tard ou appelez."
        )
    } else {
        format!(
            "The City's server did not take it (answer {status}). It stays here; try again later, or call."
        )
    }
}

/// Why the server refused a message, and what the person can do.
pub fn refused(language: Language, refusal: Refusal) -> &'static str {
    let pick = |english, french| pick(language, english, french);
    match refusal {
        Refusal::OtherContentUnderThisId => pick(
            "The City already has another message under this reference. Both are kept; please call.",
            "La Ville a déjà un autre message sous cette référence. Les deux sont gardés; veuillez appeler.",
        ),
        Refusal::ReferenceFull => pick(
            "The City’s server has too many messages with this reference number. Please call, or ask again.",
            "Le serveur de la Ville a trop de messages portant ce numéro de référence. Veuillez appeler ou refaire la demande.",
        ),
        Refusal::Erased => pick(
            "It was erased at your request and stays erased.",
            "Il a été effacé à votre demande et le reste.",
        ),
        Refusal::UnknownKey => pick(
            "It was sealed with a key that the City no longer has. Please ask again.",
            "Il a été scellé avec une clé que la Ville n'a plus. Veuillez refaire la demande.",
        ),
        Refusal::DoesNotOpen => pick(
            "It arrived damaged. Try again; if that does not help, please ask again.",
            "Il est arrivé endommagé. Réessayez; sinon, veuillez refaire la demande.",
        ),
        Refusal::NotValid => pick(
            "The City's server found something in it that it cannot take. Please call, or ask again.",
            "Le serveur de la Ville y a trouvé quelque chose qu'il ne peut accepter. Veuillez appeler ou refaire la demande.",
        ),
        Refusal::OtherMunicipality => pick(
            "It is for another municipality than this server's.",
            "Il est destiné à une autre municipalité que celle de ce serveur.",
        ),
        Refusal::NewerFormat => pick(
            "This app is newer than the City's server. Try again in some days.",
            "Cette application est plus récente que le serveur de la Ville. Réessayez dans quelques jours.",
        ),
        Refusal::TooLarge => pick(
            "It is too long for the City's server. Please shorten it and ask again.",
            "Il est trop long pour le serveur de la Ville. Veuillez le raccourcir et refaire la demande.",
        ),
    }
}

/// One of two texts.
fn pick(language: Language, english: &'static str, french: &'static str) -> &'static str {
    if is_french(language) { french } else { english }
}

#[cfg(test)]
mod tests;
