//! Sentences with variable parts.

use super::{Wording, day, time};
use domain::Language;
use domain::catalogue::{Offering, Payment};
use domain::hours::{DayState, Moment, OpenState};
use domain::inquiry::{InquiryField, InquiryProblem};
use domain::provenance::SourceDate;
use domain::submission::Refusal;
use domain::trip::StopReason;

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
    match (language, count) {
        (_, 1) | (Language::French, 0) => format!("{count} service"),
        (_, _) => format!("{count} services"),
    }
}

/// "640 MB", "10 GB"; "640 Mo", "10 Go".
pub fn bytes_count(language: Language, bytes: f64) -> String {
    let (count, unit) = if bytes < 1e9 { (bytes / 1e6, "M") } else { (bytes / 1e9, "G") };
    let byte = if is_french(language) { "o" } else { "B" };
    format!("{}\u{a0}{unit}{byte}", count.floor())
}

/// "2 unsent messages may be lost".
pub fn lost_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 unsent message may be lost".into(),
        (Language::English, _) => format!("{count} unsent messages may be lost"),
        (Language::French, 0 | 1) => format!("{count} message non envoyé est peut-être perdu"),
        (Language::French, _) => format!("{count} messages non envoyés sont peut-être perdus"),
    }
}

/// "Starting over in 12 seconds".
pub fn seconds_left(language: Language, seconds: u32) -> String {
    match (language, seconds) {
        (Language::English, 1) => "Starting over in 1 second".into(),
        (Language::English, _) => format!("Starting over in {seconds} seconds"),
        (Language::French, 0 | 1) => format!("Retour au début dans {seconds} seconde"),
        (Language::French, _) => format!("Retour au début dans {seconds} secondes"),
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
                format!("Ouvert jusqu’à {until}{soon}")
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

/// "May be closed for Christmas Day. Call first.": a holiday on which nobody has confirmed that a
/// location is open.
pub fn may_be_closed(language: Language, holiday: &str) -> String {
    super::fill(Wording::in_language(language).may_be_closed, &[("holiday", holiday)])
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
        (Language::French, 0) => format!("Ouvre aujourd’hui à {at}"),
        (Language::French, 1) => format!("Ouvre demain à {at}"),
        (Language::French, 2..=6) => format!("Ouvre {name} à {at}"),
        (Language::French, _) => format!("Ouvre le {} à {at}", day(language, opens.date)),
    }
}

/// "12 km", "under 1 km": as precise as a straight line between the centres of communities can be.
pub fn distance(language: Language, metres: f64) -> String {
    match (language, (metres / 1_000.0).round() as u32) {
        (Language::English, 0) => "under 1 km".into(),
        (Language::French, 0) => "moins de 1 km".into(),
        (_, km) => format!("{km} km"),
    }
}

/// "3 things to do".
pub fn things_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 thing to do".into(),
        (Language::English, _) => format!("{count} things to do"),
        (Language::French, 0 | 1) => format!("{count} chose à faire"),
        (Language::French, _) => format!("{count} choses à faire"),
    }
}

/// "My trip: 3 things to do".
pub fn trip_count(language: Language, count: usize) -> String {
    let things = things_count(language, count);
    if is_french(language) {
        format!("Ma sortie : {things}")
    } else {
        format!("My trip: {things}")
    }
}

/// "You need only one stop, today". `all` is the number of errands on the list, `things` of
/// those that can be done.
pub fn trip_answer(
    language: Language,
    places: usize,
    things: usize,
    all: usize,
    when: &str,
) -> String {
    match (language, places, things) {
        (Language::English, 0, _) => format!("No location is open for this, {when}"),
        (Language::French, 0, _) => format!("Aucun point de service ouvert pour ceci, {when}"),
        (Language::English, _, _) if things < all => {
            format!("You can do {things} of {all}, {when}")
        }
        (Language::French, _, _) if things < all => {
            format!("Vous pouvez en faire {things} sur {all}, {when}")
        }
        (Language::English, 1, 1) => format!("Where to go, {when}"),
        (Language::English, 1, _) => format!("You need only one stop, {when}"),
        (Language::English, _, _) => format!("You need {places} stops, {when}"),
        (Language::French, 1, 1) => format!("Où aller, {when}"),
        (Language::French, 1, _) => format!("Un seul arrêt suffit, {when}"),
        (Language::French, _, _) => format!("Il faut {places} arrêts, {when}"),
    }
}

/// Why a trip goes to a location, where the person does `things` of the list.
pub fn trip_reason(language: Language, why: StopReason, things: usize) -> String {
    let these = match (language, things) {
        (Language::English, 1) => "this".into(),
        (Language::English, _) => format!("these {things} things"),
        (Language::French, 1) => "ceci".into(),
        (Language::French, _) => format!("ces {things} choses"),
    };
    match (language, why) {
        (Language::English, StopReason::Only) => {
            format!("The only location that does {these} and is open that day.")
        }
        (Language::English, StopReason::Nearest) => {
            format!("The nearest that does {these} and is open that day.")
        }
        (Language::English, StopReason::Largest) => {
            "Others do this too; this one offers the most. Enter where you are to find the nearest."
                .into()
        }
        (Language::English, StopReason::HoursUnknown) => {
            "We don’t know if it’s open that day. Call first.".into()
        }
        (Language::French, StopReason::Only) => {
            format!("Le seul point de service qui fait {these} et ouvre ce jour-là.")
        }
        (Language::French, StopReason::Nearest) => {
            format!("Le point de service le plus proche qui fait {these} et ouvre ce jour-là.")
        }
        (Language::French, StopReason::Largest) => {
            "D’autres le font aussi; celui-ci en fait le plus. Indiquez où vous êtes pour trouver le plus proche.".into()
        }
        (Language::French, StopReason::HoursUnknown) => {
            "Nous ignorons s’il est ouvert ce jour-là. Appelez d’abord.".into()
        }
    }
}

/// "12 km nearer.", "3 km farther.": another location, compared with a stop of a trip.
pub fn distance_compared(language: Language, metres_farther: i64) -> String {
    let km = (metres_farther.unsigned_abs() + 500) / 1_000;
    match (language, km, metres_farther < 0) {
        (Language::English, 0, _) => "About as near.".into(),
        (Language::English, _, true) => format!("{km} km nearer."),
        (Language::English, _, false) => format!("{km} km farther."),
        (Language::French, 0, _) => "À peu près aussi proche.".into(),
        (Language::French, _, true) => format!("Plus proche de {km} km."),
        (Language::French, _, false) => format!("Plus loin de {km} km."),
    }
}

/// "Only on Monday, Thursday. By appointment. Call first.": the conditions under which a location
/// does a task. Empty if there are none. The note of the record is not part of it.
pub fn offering_terms(language: Language, offering: &Offering) -> String {
    let words = Wording::in_language(language);
    let mut terms: Vec<String> = Vec::new();
    if !offering.days.is_empty() {
        let days: Vec<&str> =
            offering.days.iter().map(|&day| super::weekday(language, day)).collect();
        terms.push(super::fill(words.only_on, &[("days", &days.join(", "))]));
    }
    if offering.by_appointment {
        terms.push(words.by_appointment_call.into());
    }
    if !offering.payments.is_empty() {
        let payments = payment_names(language, &offering.payments);
        terms.push(super::fill(words.payment_by, &[("payments", &payments)]));
    }
    terms.join(" ")
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

/// What a sum of fees does not contain.
#[derive(Debug, Clone, Copy)]
pub struct FeesMissing {
    /// Errands without a known fee.
    pub unknown: usize,
    /// Errands with several amounts, of which the lowest is in the sum.
    pub varying: usize,
    /// All errands.
    pub all: usize,
}

/// "At least $5; 1 of 3 fees unknown": the sum of the known fees, and what it does not contain.
/// `known` is empty if the sum is nothing and varies.
pub fn fee_total(language: Language, known: &str, missing: FeesMissing) -> String {
    let FeesMissing { unknown, varying, all } = missing;
    match (language, unknown, varying) {
        (Language::English, 0, 0) => format!("{known} in total"),
        (Language::English, 0, _) if known.is_empty() => "It depends on your case.".into(),
        (Language::English, 0, _) => format!("At least {known}; it depends on your case."),
        (Language::English, ..) if unknown == all => "Not known. Call before you go.".into(),
        (Language::English, ..) => {
            format!("At least {known}; {unknown} of {all} fees unknown. Call before you go.")
        }
        (Language::French, 0, 0) => format!("{known} en tout"),
        (Language::French, 0, _) if known.is_empty() => "Selon votre cas.".into(),
        (Language::French, 0, _) => format!("Au moins {known}, selon votre cas."),
        (Language::French, ..) if unknown == all => {
            "Inconnu. Appelez avant de vous déplacer.".into()
        }
        (Language::French, ..) => format!(
            "Au moins {known}; frais inconnus\u{a0}: {unknown} sur {all}. Appelez avant de vous déplacer."
        ),
    }
}

/// "cash, debit".
pub fn payment_names(language: Language, payments: &[Payment]) -> String {
    let name = |payment: &Payment| {
        let [english, french] = match payment {
            Payment::Cash => ["cash", "comptant"],
            Payment::Cheque => ["cheque", "chèque"],
            Payment::Debit => ["debit", "débit"],
            Payment::CreditCard => ["credit card", "carte de crédit"],
        };
        if is_french(language) { french } else { english }
    };
    payments.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Which facts about a service are not known.
#[derive(Debug, Clone, Copy)]
pub struct FactGaps {
    /// What to bring.
    pub documents: bool,
    /// What it costs.
    pub cost: bool,
    /// How long it takes.
    pub time: bool,
}

/// "We don’t have the cost or how long it takes yet. Call", to be followed by a phone number.
/// `None` if everything is known.
pub fn unknown_facts(language: Language, gaps: FactGaps) -> Option<String> {
    let french = is_french(language);
    let names = if french {
        ["ce qu’il faut apporter", "le coût", "le délai"]
    } else {
        ["what to bring", "the cost", "how long it takes"]
    };
    let missing: Vec<&str> = [gaps.documents, gaps.cost, gaps.time]
        .into_iter()
        .zip(names)
        .filter_map(|(is_missing, name)| is_missing.then_some(name))
        .collect();
    let (last, before) = missing.split_last()?;
    let joined = match (before.is_empty(), french) {
        (true, _) => last.to_string(),
        (false, true) => [&before.join(", "), " et ", last].concat(),
        (false, false) => [&before.join(", "), " or ", last].concat(),
    };
    Some(if french {
        format!("Nous ignorons encore {joined}. Appelez le")
    } else {
        format!("We don’t have {joined} yet. Call")
    })
}

/// "Not confirmed since 2023. Call": below an answer, to be followed by a phone number. `since` is
/// the date of the source.
pub fn answer_call(language: Language, is_certain: bool, since: Option<SourceDate>) -> String {
    match (language, is_certain, since) {
        (Language::English, true, _) => "Questions? Call".into(),
        (Language::French, true, _) => "Des questions? Appelez le".into(),
        (Language::English, _, None) => "Not confirmed. Call".into(),
        (Language::French, _, None) => "Non confirmé. Appelez le".into(),
        (Language::English, _, Some(since)) => format!("Not confirmed since {}. Call", since.year),
        (Language::French, _, Some(since)) => {
            format!("Non confirmé depuis {}. Appelez le", since.year)
        }
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
            pick("Choose how we should reply.", "Choisissez comment nous devons vous répondre.")
        }
        (InquiryField::Phone, InquiryProblem::Missing) => pick(
            "Enter your phone number, or choose another way to reply.",
            "Entrez votre numéro de téléphone ou choisissez un autre moyen.",
        ),
        (InquiryField::Email, InquiryProblem::Missing) => pick(
            "Enter your email address, or choose another way to reply.",
            "Entrez votre adresse courriel ou choisissez un autre moyen.",
        ),
        (InquiryField::Phone, _) => pick(
            "Include the area code, such as 705-324-9411.",
            "Ajoutez l’indicatif régional, par exemple 705-324-9411.",
        ),
        (InquiryField::Email, _) => pick(
            "Enter the full email address, such as name@example.ca.",
            "Entrez l’adresse courriel au complet, par exemple nom@exemple.ca.",
        ),
        (_, InquiryProblem::TooLong { by }) => too_long_by(language, by),
        (_, _) => pick("Please check this.", "Vérifiez ceci."),
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

/// Within how many working hours the City means to reply to a question.
pub fn reply_within(language: Language, hours: u32) -> String {
    match (language, hours) {
        (Language::English, 1) => {
            "We aim to reply within 1 working hour after we receive it.".into()
        }
        (Language::English, _) => {
            format!("We aim to reply within {hours} working hours after we receive it.")
        }
        (Language::French, 0 | 1) => format!(
            "Notre objectif\u{a0}: vous répondre en {hours} heure ouvrable après la réception."
        ),
        (Language::French, _) => format!(
            "Notre objectif\u{a0}: vous répondre en {hours} heures ouvrables après la réception."
        ),
    }
}

/// "One visitor in 5 is invited".
pub fn every_kth(language: Language, every: u32) -> String {
    match (language, every) {
        (Language::English, 1) => "Every visitor is invited".into(),
        (Language::French, 1) => "On invite chaque visiteur".into(),
        (Language::English, _) => format!("One visitor in {every} is invited"),
        (Language::French, _) => format!("On invite un visiteur sur {every}"),
    }
}

/// How many characters may still be typed.
pub fn characters_left(language: Language, left: usize) -> String {
    match (language, left) {
        (Language::English, 1) => "1 character left".into(),
        (Language::English, _) => format!("{left} characters left"),
        (Language::French, 0 | 1) => format!("{left} caractère restant"),
        (Language::French, _) => format!("{left} caractères restants"),
    }
}

/// How many characters a text must lose.
pub fn too_long_by(language: Language, by: usize) -> String {
    match (language, by) {
        (Language::English, 1) => "Shorten this by 1 character.".into(),
        (Language::English, _) => format!("Shorten this by {by} characters."),
        (Language::French, 0 | 1) => format!("Raccourcissez de {by} caractère."),
        (Language::French, _) => format!("Raccourcissez de {by} caractères."),
    }
}

/// When a message was stored on this device.
pub fn kept_on(language: Language, at: &str) -> String {
    if is_french(language) { format!("Enregistré le {at}") } else { format!("Saved {at}") }
}

/// When the server received a message.
pub fn received_on(language: Language, at: &str) -> String {
    if is_french(language) { format!("Reçu le {at}") } else { format!("Received {at}") }
}

/// "3 unsent".
pub fn waiting_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, _) => format!("{count} unsent"),
        (Language::French, 0 | 1) => format!("{count} non envoyé"),
        (Language::French, _) => format!("{count} non envoyés"),
    }
}

/// The name of a button that shows all.
pub fn show_all(language: Language, count: usize) -> String {
    if is_french(language) {
        format!("Tout afficher ({count})")
    } else {
        format!("Show all {count}")
    }
}

/// How many entries of the store this version of the app cannot read.
pub fn unreadable_count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => {
            "This version of the app can’t read 1 message on this device. It was not deleted."
                .into()
        }
        (Language::English, _) => format!(
            "This version of the app can’t read {count} messages on this device. They were not deleted."
        ),
        (Language::French, 0 | 1) => format!(
            "Cette version de l’application ne peut pas lire {count} message de cet appareil. Il n’est pas supprimé."
        ),
        (Language::French, _) => format!(
            "Cette version de l’application ne peut pas lire {count} messages de cet appareil. Ils ne sont pas supprimés."
        ),
    }
}

/// The sealed copy of a message is gone: what the person can do.
pub fn copy_missing(language: Language) -> &'static str {
    pick(
        language,
        "Its text is no longer on this device. Please ask again.",
        "Son texte n’est plus sur cet appareil. Posez votre question de nouveau.",
    )
}

/// The server answered a message with an HTTP status that is no receipt: what the person can do.
pub fn status_refused(language: Language, status: u16) -> String {
    if is_french(language) {
        format!(
            "Le serveur de la Ville n’a pas accepté ce message (erreur {status}). Il reste ici : réessayez plus tard ou appelez."
        )
    } else {
        format!(
            "The City’s server didn’t accept this message (error {status}). It’s still here: try again later, or call."
        )
    }
}

/// Why the server refused a message, and what the person can do.
pub fn refused(language: Language, refusal: Refusal) -> &'static str {
    let pick = |english, french| pick(language, english, french);
    match refusal {
        Refusal::OtherContentUnderThisId => pick(
            "The City has another message with this reference number. Neither is deleted; please call.",
            "La Ville a un autre message portant ce numéro de référence. Aucun n’est supprimé; veuillez appeler.",
        ),
        Refusal::ReferenceFull => pick(
            "The City’s server has too many messages with this reference number. Please call, or ask again.",
            "Le serveur de la Ville a trop de messages portant ce numéro de référence. Appelez ou posez votre question de nouveau.",
        ),
        Refusal::Erased => pick(
            "The City has deleted this message, so it can’t be sent again. To find out why, call.",
            "La Ville a supprimé ce message; il ne peut donc pas être renvoyé. Pour savoir pourquoi, appelez.",
        ),
        Refusal::UnknownKey => pick(
            "The City can no longer read this message. Please ask again.",
            "La Ville ne peut plus lire ce message. Posez votre question de nouveau.",
        ),
        Refusal::DoesNotOpen => pick(
            "It arrived damaged. Try again. If that fails, ask again.",
            "Il est arrivé endommagé. Réessayez. En cas d’échec, posez votre question de nouveau.",
        ),
        Refusal::NotValid => pick(
            "The City’s server can’t accept this message. Please call, or ask again.",
            "Le serveur de la Ville ne peut pas accepter ce message. Appelez ou posez votre question de nouveau.",
        ),
        Refusal::OtherMunicipality => pick(
            "This message is for another municipality. Please call.",
            "Ce message s’adresse à une autre municipalité. Veuillez appeler.",
        ),
        Refusal::NewerFormat => pick(
            "This app is newer than the City’s server. Try again in a few days, or call.",
            "Cette application est plus récente que le serveur de la Ville. Réessayez dans quelques jours ou appelez.",
        ),
        Refusal::TooLarge => pick(
            "It’s too long for the City’s server. Ask again in fewer words.",
            "Il est trop long pour le serveur de la Ville. Posez votre question en moins de mots.",
        ),
        Refusal::TooManyAdditions => pick(
            "Nothing more can be added to this question. Please ask a new one.",
            "On ne peut plus rien ajouter à cette question. Posez-en une nouvelle.",
        ),
    }
}

/// One of two texts.
fn pick(language: Language, english: &'static str, french: &'static str) -> &'static str {
    if is_french(language) { french } else { english }
}

#[cfg(test)]
mod tests;
