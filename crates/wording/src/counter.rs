//! The texts of a staff tablet.

use crate::{day, every_kth, payment_names, time, weekday};
use domain::Language;
use domain::catalogue::Offering;
use domain::collector::Way;
use domain::counter::{Channel, Outcome, Reason};
use domain::hours::{Date, Minute};
use domain::submission::Kind;

wording! {
    /// The fixed texts of a staff tablet in one language.
    CounterWording:
    // Navigation
    counter: "Counter" | "Comptoir",
    kit: "Events" | "Événements",
    queue: "Messages" | "Messages",
    lock: "Lock" | "Verrouiller",
    // Enrolment
    enrol_title: "Set up this staff tablet" | "Configurer cette tablette du personnel",
    enrol_lead: "Enter the setup code from the office. It works once, within 7 days. You must be online." | "Entrez le code de configuration remis par le bureau. Il sert une seule fois, dans les 7 jours. Il faut être en ligne.",
    enrol_code: "Setup code" | "Code de configuration",
    enrol_code_hint: "Ten letters and digits, such as 4F7KQ-2MXB9." | "Dix lettres et chiffres, par exemple 4F7KQ-2MXB9.",
    enrol: "Set up" | "Configurer",
    enrol_not_a_code: "A setup code has ten letters and digits. Check for a typo." | "Un code de configuration compte dix lettres et chiffres. Vérifiez ce que vous avez tapé.",
    enrol_no_answer: "The server didn’t answer. Go online and try again; the code is still valid." | "Le serveur n’a pas répondu. Allez en ligne et réessayez; le code reste valide.",
    enrol_unknown: "This code is unknown, used or expired. Ask the office for a new one." | "Ce code est inconnu, déjà utilisé ou expiré. Demandez-en un nouveau au bureau.",
    enrol_cannot_keep: "This browser can’t save anything, so it can’t be a staff tablet. Leave private browsing, or use another browser." | "Ce navigateur ne peut rien enregistrer; il ne peut pas servir de tablette du personnel. Quittez la navigation privée ou prenez un autre navigateur.",
    enrol_again: "No one remembers a PIN? Set up again with a new code" | "Plus personne ne connaît son NIP? Configurez de nouveau avec un autre code",
    enrol_ended: "Set up this tablet again with a new code" | "Configurer de nouveau cette tablette avec un autre code",
    enrol_again_text: "Everyone then chooses a new PIN. Saved messages stay." | "Chaque personne choisit alors un nouveau NIP. Les messages enregistrés restent.",
    one_moment: "One moment." | "Un instant.",
    // Lock
    lock_title: "Who is at the counter?" | "Qui est au comptoir?",
    lock_lead: "Choose your name and enter your PIN. Only the office can read what others wrote." | "Choisissez votre nom et entrez votre NIP. Seul le bureau peut lire ce que les autres ont écrit.",
    pin: "PIN" | "NIP",
    unlock: "Unlock" | "Déverrouiller",
    someone_else: "Someone else" | "Une autre personne",
    pin_wrong: "Wrong PIN. Try again." | "NIP incorrect. Réessayez.",
    pin_cannot_keep: "This attempt couldn’t be recorded, so the tablet is locked for an hour. Restart it, or ask the office." | "Cet essai n’a pas pu être noté; la tablette est verrouillée pour une heure. Redémarrez-la ou appelez le bureau.",
    // People
    people_title: "People on this tablet" | "Personnes sur cette tablette",
    people_first: "Who will use this tablet first?" | "Qui utilisera d’abord cette tablette?",
    this_tablet: "This tablet:" | "Cette tablette :",
    people_lead: "Each person has their own PIN. It locks the screen and never leaves this tablet." | "Chaque personne a son NIP. Il verrouille l’écran et ne quitte jamais cette tablette.",
    person_name: "First name or initials" | "Prénom ou initiales",
    pin_new: "PIN: 6 to 12 digits" | "NIP : de 6 à 12 chiffres",
    pin_again: "Repeat the PIN" | "Répétez le NIP",
    person_add: "Add this person" | "Ajouter cette personne",
    person_remove: "Remove" | "Retirer",
    person_you: "you" | "vous",
    person_no_name: "Enter a name of 1 to 30 characters." | "Entrez un nom de 1 à 30 caractères.",
    person_taken: "This name is taken. To give that person a new PIN, remove the name first." | "Ce nom est déjà pris. Pour donner un nouveau NIP à cette personne, retirez d’abord le nom.",
    pin_weak: "Choose 6 to 12 digits, not all the same and not in a row (123456)." | "Choisissez de 6 à 12 chiffres, ni identiques ni à la suite (123456).",
    pin_differs: "The PINs don’t match. Enter both again." | "Les deux NIP diffèrent. Entrez-les de nouveau.",
    people_full: "This tablet already has twelve people. Remove a name first." | "Douze personnes utilisent déjà cette tablette. Retirez d’abord un nom.",
    // Home
    home_question: "What do they need?" | "De quoi la personne a-t-elle besoin?",
    home_hint: "Use their words to find tasks and services." | "Tapez ses mots pour trouver des tâches et des services.",
    tasks_found: "Tasks" | "Tâches",
    services_found: "Services" | "Services",
    nothing_found: "No match. Record an inquiry for the office." | "Aucun résultat. Consignez une demande pour le bureau.",
    most_done: "Often done here" | "Souvent faites ici",
    most_done_none: "Nothing counted on this tablet yet. All tasks for this location are below." | "Rien n’a encore été compté sur cette tablette. Toutes les tâches de ce point de service sont plus bas.",
    all_tasks: "All tasks at this location" | "Toutes les tâches de ce point de service",
    other_tasks: "Tasks at other locations" | "Tâches d’autres points de service",
    today: "Counted today on this tablet" | "Compté aujourd’hui sur cette tablette",
    all_contacts: "Contacts" | "Contacts",
    done: "Done" | "Fait",
    referred: "Referred" | "Orienté ailleurs",
    could_not: "Couldn’t do it" | "Impossible",
    take_inquiry: "Record an inquiry" | "Consigner une demande",
    take_inquiry_text: "Write it down, read it back and give the reference number." | "Notez-la, relisez-la et remettez le numéro de référence.",
    kit_tile: "Work at an event" | "Travailler à un événement",
    kit_tile_text: "Before you leave, on site and back again." | "Avant de partir, sur place et au retour.",
    people_tile: "People and PINs" | "Personnes et NIP",
    people_tile_text: "Add or remove someone." | "Ajoutez ou retirez une personne.",
    // Task
    steps: "Steps" | "Étapes",
    steps_of: "Steps from the directory of {date}." | "Étapes du répertoire du {date}.",
    steps_untick: "Clear all" | "Tout décocher",
    flag: "We do this differently" | "Nous procédons autrement",
    flag_whole: "We do this whole task differently" | "Nous faisons toute cette tâche autrement",
    flagged: "Reported to the office." | "Signalé au bureau.",
    check_documents: "Ask for" | "À demander",
    no_documents: "No documents needed that we know of." | "Aucun document requis à notre connaissance.",
    fee: "Fee" | "Frais",
    fee_unknown: "Unknown. Don’t guess: call the office." | "Inconnus. Ne devinez pas : appelez le bureau.",
    payment: "Payment" | "Paiement",
    payment_unknown: "Unknown for this counter." | "Inconnu pour ce comptoir.",
    conditions: "Conditions here" | "Conditions ici",
    by_appointment: "by appointment" | "sur rendez-vous",
    not_here_title: "This counter doesn’t do this" | "Ce comptoir ne fait pas ceci",
    not_here_text: "Refer the person and say why. The nearest locations:" | "Orientez la personne et dites pourquoi. Les points de service les plus proches :",
    not_here_nobody: "We don’t know of a location that does this. Call the department:" | "Aucun point de service ne fait ceci à notre connaissance. Appelez le service municipal :",
    hand_on: "If you can’t finish here" | "Si vous ne pouvez pas terminer ici",
    department: "Department" | "Service municipal",
    tell_title: "Tell the person" | "À dire à la personne",
    tell_time: "How long it takes:" | "Délai :",
    tell_receipt: "Keep the receipt or reference number." | "Gardez le reçu ou le numéro de référence.",
    tell_late: "If you’ve heard nothing by then, call" | "Sans nouvelles d’ici là, appelez le",
    tell_time_unknown: "We don’t know how long it takes. Don’t promise a date." | "Délai inconnu. Ne promettez pas de date.",
    how_it_ended: "How did it end?" | "Comment cela s’est-il terminé?",
    came_by: "Contact method" | "Mode de contact",
    why: "Why?" | "Pourquoi?",
    counted: "Counted" | "Compté",
    undo: "Undo" | "Annuler",
    undone: "Undone." | "Annulé.",
    next_person: "Next person" | "Personne suivante",
    // Inquiry
    read_notice: "Read this aloud before you write" | "Lisez ceci à voix haute avant d’écrire",
    read_back: "Read this back to the person" | "Relisez ceci à la personne",
    hand_receipt: "Print this page, or let the person scan the code. Locking the tablet clears it from the screen." | "Imprimez cette page ou faites balayer le code. Le verrouillage de la tablette efface la page de l’écran.",
    // Kit
    kit_title: "Work at an event" | "Travailler à un événement",
    place_title: "This tablet’s location" | "Point de service de cette tablette",
    place_office: "The location set by the office" | "Le point de service fixé par le bureau",
    place_none: "No events are planned. The office creates them under “Events”." | "Aucun événement n’est prévu. Le bureau les crée sous « Événements ».",
    before_title: "1. Before you leave" | "1. Avant de partir",
    before_lead: "Do this online: it gets the latest directory and keys and checks the tablet." | "À faire en ligne : la tablette reçoit le répertoire et les clés à jour, puis se vérifie.",
    prepare: "Get ready" | "Préparer",
    ready: "Ready to leave." | "Prête à partir.",
    not_ready: "Not ready yet. Check the marked items." | "Pas encore prête. Voyez les éléments marqués.",
    survey_title: "2. On site: the survey" | "2. Sur place : le sondage",
    survey_lead: "Open a survey link from the office. Visitors can’t see the counter; your PIN brings you back." | "Ouvrez un lien de sondage du bureau. Les visiteurs ne voient pas le comptoir; votre NIP vous y ramène.",
    start: "Open" | "Ouvrir",
    survey_none: "This location has no survey link for a tablet, or this tablet hasn’t received it yet." | "Ce point de service n’a pas de lien de sondage pour tablette, ou la tablette ne l’a pas encore reçu.",
    back_title: "3. Back again" | "3. De retour",
    all_arrived: "Everything was received. The City confirmed each of these:" | "Tout a été reçu. La Ville a confirmé chacun de ces éléments :",
    not_all_arrived: "Not everything has been received yet:" | "Tout n’a pas encore été reçu :",
    nothing_kept: "Nothing was saved on this tablet in the last seven days." | "Rien n’a été enregistré sur cette tablette ces sept derniers jours.",
    waits: "Unsent" | "Non envoyés",
    arrived: "Received" | "Reçus",
    attention: "For the office" | "Pour le bureau",
    what: "What" | "Quoi",
    attention_text: "Leave these on the tablet and tell the office, which can see how many there are." | "Laissez-les sur la tablette et avertissez le bureau, qui en voit le nombre.",
    by_stick: "No connection? Save the messages to a file under “Messages” and hand it in." | "Pas de connexion? Enregistrez les messages dans un fichier sous « Messages » et remettez-le.",
    // Queue
    queue_title: "Messages on this tablet" | "Messages de cette tablette",
    queue_lead: "Only the office can read them. The tablet sends them when it’s online, even if someone else unlocked it." | "Seul le bureau peut les lire. La tablette les envoie une fois en ligne, peu importe qui l’a déverrouillée.",
    ended: "Tablet retired. It sends saved messages but accepts no new ones. Return it to the office." | "Tablette retirée. Elle envoie les messages enregistrés, sans en accepter d’autres. Rapportez-la au bureau.",
    device_copy: "App available offline" | "Application disponible hors ligne",
    device_keys: "City keys, checked now" | "Clés de la Ville, vérifiées maintenant",
    device_catalogue: "Latest directory" | "Répertoire à jour",
    device_room: "Enough free space" | "Assez d’espace libre",
    device_promise: "Browser keeps unsent messages" | "Le navigateur garde les messages non envoyés",
    device_promise_help: "Add the app to the home screen, then try again." | "Ajoutez l’application à l’écran d’accueil, puis réessayez.",
    device_clock: "Clock matches the server" | "Horloge à l’heure du serveur",
    device_battery: "Battery at 80% or charging" | "Pile à 80 % ou en charge",
    device_queue: "No earlier unsent messages" | "Aucun ancien message non envoyé",
    mark_good: "OK" | "OK",
    mark_look: "Check this" | "À vérifier",
    mark_unknown: "The tablet can’t tell: check it yourself" | "La tablette l’ignore : vérifiez vous-même",
}

/// The name of a channel.
pub fn channel_name(language: Language, channel: Channel) -> &'static str {
    let [english, french] = match channel {
        Channel::Counter => ["At the counter", "Au comptoir"],
        Channel::PopUp => ["At the event", "À l’événement"],
        Channel::Phone => ["By phone", "Par téléphone"],
        Channel::Email => ["By email", "Par courriel"],
    };
    if language == Language::English { english } else { french }
}

/// The name of a reason.
pub fn reason_name(language: Language, reason: Reason) -> &'static str {
    let [english, french] = match reason {
        Reason::NotDoneHere => ["This counter doesn’t do this", "Ce comptoir ne fait pas ceci"],
        Reason::DocumentMissing => ["Missing document", "Document manquant"],
        Reason::AnotherTime => {
            ["Needs an appointment or another day", "Sur rendez-vous ou un autre jour"]
        }
        Reason::Payment => ["Payment not possible", "Paiement impossible"],
        Reason::SystemDown => ["System down", "Panne de système"],
        Reason::OtherGovernment => ["Not a City service", "Ne relève pas de la Ville"],
        Reason::Other => ["Another reason", "Autre raison"],
    };
    if language == Language::English { english } else { french }
}

/// The accepted means of payment, such as "cash, debit". `None` if they are not known.
pub fn payments(language: Language, offering: Option<&Offering>) -> Option<String> {
    let payments = offering
        .map(|offering| offering.payments.as_slice())
        .filter(|payments| !payments.is_empty())?;
    Some(payment_names(language, payments))
}

/// The conditions of an offering, such as "Monday, Thursday, by appointment". `None` if there are
/// none.
pub fn conditions(language: Language, offering: &Offering) -> Option<String> {
    let mut said: Vec<&str> = offering.days.iter().map(|&on| weekday(language, on)).collect();
    if offering.by_appointment {
        said.push(CounterWording::in_language(language).by_appointment);
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// "Locking in 12 seconds".
pub fn locks_in(language: Language, seconds: u32) -> String {
    match (language, seconds) {
        (Language::English, 1) => "Locking in 1 second".into(),
        (Language::English, _) => format!("Locking in {seconds} seconds"),
        (Language::French, 0 | 1) => format!("Verrouillage dans {seconds} seconde"),
        (Language::French, _) => format!("Verrouillage dans {seconds} secondes"),
    }
}

/// "Too many wrong PINs. Try again in 1:30."
pub fn try_again_in(language: Language, seconds: u32) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let clock = format!("{minutes}:{seconds:02}");
    match language {
        Language::English => format!("Too many wrong PINs. Try again in {clock}."),
        Language::French => format!("Trop de NIP incorrects. Réessayez dans {clock}."),
    }
}

/// The plural name of a kind of submission, for a table.
pub fn kind_plural(language: Language, kind: Kind) -> &'static str {
    let [english, french] = match kind {
        Kind::Contact => ["Contacts", "Contacts"],
        Kind::Inquiry => ["Inquiries", "Demandes"],
        Kind::Feedback => ["Survey answers", "Réponses au sondage"],
        Kind::Tally => ["Survey counts", "Décomptes du sondage"],
        Kind::Correction => ["Error reports", "Signalements d’erreurs"],
        Kind::Gap => ["Searches with no results", "Recherches sans résultat"],
        Kind::Addition => ["Additions to questions", "Ajouts à des questions"],
    };
    if language == Language::English { english } else { french }
}

/// "Fall Fair. Unlocked by Sam."
pub fn at_as(language: Language, place: &str, person: &str) -> String {
    match language {
        Language::English => format!("{place}. Unlocked by {person}."),
        Language::French => format!("{place}. Tablette déverrouillée par {person}."),
    }
}

/// How answers are collected, such as "Handed to visitors. One visitor in 5 is invited".
pub fn way_name(language: Language, way: Way, every: u32) -> String {
    let [english, french] = match way {
        Way::Kiosk => ["Open to everyone", "Ouvert à tous"],
        Way::Paper => {
            ["Paper forms, entered by staff", "Formulaires papier, saisis par le personnel"]
        }
        _ => ["Handed to visitors", "Tablette remise aux visiteurs"],
    };
    let name = if language == Language::English { english } else { french };
    if way == Way::Kiosk {
        name.into()
    } else {
        [name, ". ", &every_kth(language, every), "."].concat()
    }
}

/// The hours of one day of an event.
pub fn event_day(language: Language, date: Date, from: Minute, to: Minute) -> String {
    format!("{}, {}–{}", day(language, date), time(language, from), time(language, to))
}

/// The name of an outcome, in one line.
pub fn outcome_name(language: Language, outcome: Outcome) -> &'static str {
    let words = CounterWording::in_language(language);
    match outcome {
        Outcome::Done => words.done,
        Outcome::Referred(_) => words.referred,
        Outcome::CouldNot(_) => words.could_not,
    }
}

#[cfg(test)]
mod tests;
