//! The texts of a staff tablet.

use crate::{day, every_kth, time, weekday};
use domain::Language;
use domain::catalogue::{Offering, Payment};
use domain::collector::Way;
use domain::counter::{Channel, Outcome, Reason};
use domain::hours::{Date, Minute};
use domain::submission::Kind;

wording! {
    /// The fixed texts of a staff tablet in one language.
    CounterWording:
    // Navigation
    counter: "Counter" | "Comptoir",
    kit: "Kit" | "Trousse",
    queue: "Queue" | "File",
    lock: "Lock" | "Verrouiller",
    // Enrolment
    enrol_title: "Make this a staff tablet" | "En faire une tablette du personnel",
    enrol_lead: "The office gives a code for one tablet. It works once, within seven days, and needs a connection now." | "Le bureau donne un code pour une tablette. Il sert une fois, dans les sept jours, et demande une connexion maintenant.",
    enrol_code: "Code of the office" | "Code du bureau",
    enrol_code_hint: "Ten letters and digits, as in 4F7KQ-2MXB9." | "Dix lettres et chiffres, comme 4F7KQ-2MXB9.",
    enrol: "Enrol" | "Inscrire",
    enrol_not_a_code: "This is not a code: it has ten letters and digits. Read it again." | "Ce n'est pas un code : il compte dix lettres et chiffres. Relisez-le.",
    enrol_no_answer: "The server did not answer. Connect this tablet and try again; the code stays good." | "Le serveur n'a pas répondu. Connectez la tablette et réessayez; le code reste valide.",
    enrol_unknown: "The office does not know this code, or it was used, or it is too old. Ask the office for a new one." | "Le bureau ne connaît pas ce code, ou il a servi, ou il est trop vieux. Demandez-en un nouveau.",
    enrol_cannot_keep: "This browser keeps nothing, so it cannot be a staff tablet. Leave private browsing, or use another browser." | "Ce navigateur ne conserve rien; il ne peut pas être une tablette du personnel. Quittez la navigation privée ou prenez un autre navigateur.",
    enrol_again: "Nobody remembers a PIN? Enrol again with a new code of the office" | "Personne ne se souvient d'un NIP? Réinscrivez la tablette avec un nouveau code du bureau",
    enrol_ended: "Use this device again with a new code of the office" | "Réutiliser cet appareil avec un nouveau code du bureau",
    enrol_again_text: "People set new PINs then. Nothing that waits here is lost." | "Chacun choisit alors un nouveau NIP. Rien de ce qui attend ici n'est perdu.",
    one_moment: "One moment." | "Un instant.",
    // Lock
    lock_title: "Who is at the counter?" | "Qui est au comptoir?",
    lock_lead: "Choose your name, then type your PIN. What others wrote is sealed: nobody reads it here." | "Choisissez votre nom, puis tapez votre NIP. Ce que d'autres ont écrit est scellé : personne ne le lit ici.",
    pin: "PIN" | "NIP",
    unlock: "Unlock" | "Déverrouiller",
    someone_else: "Someone else" | "Quelqu'un d'autre",
    pin_wrong: "That is not the PIN. Nothing is wiped; try again." | "Ce n'est pas le NIP. Rien n'est effacé; réessayez.",
    pin_cannot_keep: "The try could not be written down, so the tablet waits an hour. Restart it, or ask the office." | "L'essai n'a pu être noté; la tablette attend une heure. Redémarrez-la ou demandez au bureau.",
    // People
    people_title: "People of this tablet" | "Personnes de cette tablette",
    people_first: "Who works with this tablet first?" | "Qui travaille d'abord avec cette tablette?",
    this_tablet: "This tablet:" | "Cette tablette :",
    people_lead: "Each person has a PIN of their own. It locks the screen; it is kept as a hash and never leaves this tablet." | "Chaque personne a son NIP. Il verrouille l'écran; il est gardé sous forme d'empreinte et ne quitte jamais la tablette.",
    person_name: "First name or initials" | "Prénom ou initiales",
    pin_new: "PIN: 6 to 12 digits" | "NIP : de 6 à 12 chiffres",
    pin_again: "The same PIN again" | "Le même NIP encore une fois",
    person_add: "Add this person" | "Ajouter cette personne",
    person_remove: "Remove" | "Retirer",
    person_you: "you" | "vous",
    person_no_name: "Write a name of 1 to 30 letters." | "Indiquez un nom de 1 à 30 lettres.",
    person_taken: "Somebody here has this name. To set a new PIN for them, remove the name first." | "Quelqu'un porte déjà ce nom ici. Pour lui donner un nouveau NIP, retirez d'abord le nom.",
    pin_weak: "A PIN has 6 to 12 digits, not all the same and not in a row, as 123456." | "Un NIP compte de 6 à 12 chiffres, ni tous pareils ni à la suite, comme 123456.",
    pin_differs: "The two PINs differ. Type both again." | "Les deux NIP diffèrent. Retapez les deux.",
    people_full: "Twelve people share this tablet already. Remove a name first." | "Douze personnes se partagent déjà la tablette. Retirez d'abord un nom.",
    // Home
    home_question: "What does the person want?" | "Que veut la personne?",
    home_hint: "In their words: tasks and services are found." | "Dans ses mots : tâches et services sont trouvés.",
    tasks_found: "Tasks" | "Tâches",
    services_found: "Services" | "Services",
    nothing_found: "No task or service is named so. Take an inquiry: the office answers it." | "Aucune tâche ni aucun service ne porte ce nom. Prenez une demande : le bureau y répondra.",
    most_done: "Most done here" | "Le plus souvent ici",
    most_done_none: "Nothing was counted on this tablet yet. All tasks of this place are below." | "Rien n'a encore été compté sur cette tablette. Toutes les tâches du lieu sont plus bas.",
    all_tasks: "All tasks of this place" | "Toutes les tâches du lieu",
    other_tasks: "Tasks of other places" | "Tâches d'autres lieux",
    today: "Counted today on this tablet" | "Compté aujourd'hui sur cette tablette",
    all_contacts: "Contacts" | "Contacts",
    done: "Done" | "Fait",
    referred: "Referred" | "Orienté",
    could_not: "Could not" | "Impossible",
    take_inquiry: "Take an inquiry" | "Prendre une demande",
    take_inquiry_text: "Write it down for the person, read it back, give the receipt." | "Notez-la pour la personne, relisez-la-lui, remettez le reçu.",
    kit_tile: "Event kit" | "Trousse d'événement",
    kit_tile_text: "Before leaving, at the table, and when you are back." | "Avant de partir, sur place et au retour.",
    people_tile: "People and PINs" | "Personnes et NIP",
    people_tile_text: "Add a colleague, or remove a name." | "Ajoutez un collègue ou retirez un nom.",
    // Task
    steps: "Steps" | "Étapes",
    steps_of: "Steps of the catalogue of" | "Étapes du catalogue du",
    steps_untick: "Untick all" | "Tout décocher",
    flag: "Not done so here" | "Pas fait ainsi ici",
    flag_whole: "The whole task is done otherwise here" | "Toute la tâche se fait autrement ici",
    flagged: "The office is told." | "Le bureau est averti.",
    check_documents: "Ask for" | "À demander",
    no_documents: "No document is known to be needed." | "Aucun document connu n'est requis.",
    fee: "Fee" | "Frais",
    fee_unknown: "Not known. Do not guess: call the office." | "Inconnus. Ne devinez pas : appelez le bureau.",
    payment: "Payment" | "Paiement",
    payment_unknown: "Not known for this counter." | "Inconnu pour ce comptoir.",
    conditions: "Here only" | "Ici seulement",
    by_appointment: "by appointment" | "sur rendez-vous",
    not_here_title: "This counter does not do it" | "Ce comptoir ne le fait pas",
    not_here_text: "Hand the person on, and say why. The nearest that do:" | "Orientez la personne et dites pourquoi. Les plus proches qui le font :",
    not_here_nobody: "No hub is known to do it. Call the department:" | "Aucun carrefour connu ne le fait. Appelez le service :",
    hand_on: "If you cannot finish it here" | "Si vous ne pouvez terminer ici",
    department: "Department" | "Service municipal",
    tell_title: "Tell the person" | "À dire à la personne",
    tell_time: "How long it takes:" | "Durée :",
    tell_receipt: "Keep the receipt or the number that you were given." | "Gardez le reçu ou le numéro remis.",
    tell_late: "If nothing has come by then, call" | "Si rien n'est venu d'ici là, appelez le",
    tell_time_unknown: "How long it takes is not known. Do not promise a day." | "La durée est inconnue. Ne promettez pas de jour.",
    how_it_ended: "How did it end?" | "Comment cela s'est-il terminé?",
    came_by: "Came" | "Est venu",
    why: "Why?" | "Pourquoi?",
    counted: "Counted" | "Compté",
    undo: "Take it back" | "Annuler",
    undone: "Taken back." | "Annulé.",
    next_person: "Next person" | "Personne suivante",
    // Inquiry
    read_notice: "Read this out before you write" | "Lisez ceci à voix haute avant d'écrire",
    read_back: "Read this back to the person" | "Relisez ceci à la personne",
    hand_receipt: "Print this receipt, or let the person scan the code. When you lock the tablet it is gone from the screen." | "Imprimez ce reçu ou faites balayer le code. Il disparaît de l'écran au verrouillage.",
    // Kit
    kit_title: "Event kit" | "Trousse d'événement",
    place_title: "Where this tablet works" | "Où travaille cette tablette",
    place_office: "Where the office put it" | "Là où le bureau l'a placée",
    place_none: "No event is announced. The office makes one under “Events”." | "Aucun événement n'est annoncé. Le bureau en crée sous « Événements ».",
    before_title: "1. Before leaving" | "1. Avant de partir",
    before_lead: "One step, where there is a connection: it fetches the newest catalogue and keys and looks at the tablet." | "Une étape, là où il y a une connexion : elle va chercher le catalogue et les clés et vérifie la tablette.",
    prepare: "Get ready" | "Préparer",
    ready: "Ready to leave." | "Prête à partir.",
    not_ready: "Not ready yet. See what is marked." | "Pas encore prête. Voyez ce qui est marqué.",
    survey_title: "2. At the table: the survey" | "2. Sur place\u{a0}: le sondage",
    survey_lead: "Start a way that the office made. Visitors see nothing of the counter; you come back with your PIN." | "Ouvrez une voie créée par le bureau. Les visiteurs ne voient rien du comptoir; vous revenez avec votre NIP.",
    start: "Start" | "Ouvrir",
    survey_none: "The office has made no way for a tablet here, or this tablet has not heard of it yet." | "Le bureau n'a créé aucune voie pour une tablette ici, ou la tablette n'en a pas encore été informée.",
    back_title: "3. Back again" | "3. De retour",
    all_arrived: "Everything arrived. The City has signed for each of these:" | "Tout est arrivé. La Ville a signé pour chacun de ces éléments :",
    not_all_arrived: "Not everything has arrived yet:" | "Tout n'est pas encore arrivé :",
    nothing_kept: "Nothing was kept on this tablet in the last seven days." | "Rien n'a été conservé sur cette tablette ces sept derniers jours.",
    waits: "Waits" | "Attend",
    arrived: "Arrived" | "Arrivé",
    attention: "For the office" | "Pour le bureau",
    what: "What" | "Quoi",
    attention_text: "Leave these on the tablet and tell the office: it sees how many there are." | "Laissez-les sur la tablette et avertissez le bureau : il en voit le nombre.",
    by_stick: "No connection at all? Save the queue to a file under “Queue” and hand it in." | "Aucune connexion? Enregistrez la file dans un fichier sous « File » et remettez-le.",
    // Queue
    queue_title: "What waits on this tablet" | "Ce qui attend sur cette tablette",
    queue_lead: "Everything is sealed. It goes by itself, whoever has unlocked the tablet." | "Tout est scellé et part de lui-même, peu importe qui a déverrouillé la tablette.",
    ended: "The office has ended this tablet. It still sends what it has, and takes nothing in any more. Hand it to the office." | "Le bureau a retiré cette tablette. Elle envoie encore ce qu'elle a, mais ne prend plus rien. Remettez-la au bureau.",
    device_copy: "Copy that works without a connection" | "Copie qui fonctionne sans connexion",
    device_keys: "Keys of the City, checked now" | "Clés de la Ville, vérifiées maintenant",
    device_catalogue: "Newest catalogue" | "Dernier catalogue",
    device_room: "Room for what is kept" | "Place pour ce qui est gardé",
    device_promise: "The browser promised to keep it" | "Le navigateur a promis de le garder",
    device_promise_help: "Add the app to the home screen, then get ready again." | "Ajoutez l'application à l'écran d'accueil, puis préparez de nouveau.",
    device_clock: "Clock agrees with the server" | "Horloge d'accord avec le serveur",
    device_battery: "Battery at 80 % or on the charger" | "Pile à 80 % ou en charge",
    device_queue: "Nothing waits from before" | "Rien n'attend d'avant",
    mark_good: "Good" | "Bien",
    mark_look: "Look at this" | "À vérifier",
    mark_unknown: "The tablet does not say: look yourself" | "La tablette ne le dit pas : vérifiez vous-même",
}

/// The name of a channel.
pub fn channel_name(language: Language, channel: Channel) -> &'static str {
    let [english, french] = match channel {
        Channel::Counter => ["to the counter", "au comptoir"],
        Channel::PopUp => ["to the event", "à l'événement"],
        Channel::Phone => ["by phone", "par téléphone"],
        Channel::Email => ["by e-mail", "par courriel"],
    };
    if language == Language::English { english } else { french }
}

/// The name of a reason.
pub fn reason_name(language: Language, reason: Reason) -> &'static str {
    let [english, french] = match reason {
        Reason::NotDoneHere => ["This counter does not do it", "Ce comptoir ne le fait pas"],
        Reason::DocumentMissing => ["A document was missing", "Un document manquait"],
        Reason::AnotherTime => ["Appointment or another day", "Rendez-vous ou autre jour"],
        Reason::Payment => ["Payment not possible", "Paiement impossible"],
        Reason::SystemDown => ["A system was down", "Un système en panne"],
        Reason::OtherGovernment => ["The City does not do it", "La Ville ne le fait pas"],
        Reason::Other => ["Another reason", "Autre raison"],
    };
    if language == Language::English { english } else { french }
}

fn payment_name(language: Language, payment: Payment) -> &'static str {
    let [english, french] = match payment {
        Payment::Cash => ["cash", "comptant"],
        Payment::Cheque => ["cheque", "chèque"],
        Payment::Debit => ["debit", "débit"],
        Payment::CreditCard => ["credit card", "carte de crédit"],
    };
    if language == Language::English { english } else { french }
}

/// The accepted means of payment, such as "cash, debit". `None` if they are not known.
pub fn payments(language: Language, offering: Option<&Offering>) -> Option<String> {
    let payments = offering
        .map(|offering| offering.payments.as_slice())
        .filter(|payments| !payments.is_empty())?;
    Some(
        payments
            .iter()
            .map(|&payment| payment_name(language, payment))
            .collect::<Vec<_>>()
            .join(", "),
    )
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
    let plural = if seconds == 1 { "" } else { "s" };
    match language {
        Language::English => format!("Locking in {seconds} second{plural}"),
        Language::French => format!("Verrouillage dans {seconds} seconde{plural}"),
    }
}

/// "Too many wrong tries. Try again in 1:30."
pub fn try_again_in(language: Language, seconds: u32) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let clock = format!("{minutes}:{seconds:02}");
    match language {
        Language::English => format!("Too many wrong tries. Try again in {clock}."),
        Language::French => format!("Trop d'essais erronés. Réessayez dans {clock}."),
    }
}

/// The plural name of a kind of submission, for a table.
pub fn kind_plural(language: Language, kind: Kind) -> &'static str {
    let [english, french] = match kind {
        Kind::Contact => ["Contacts", "Contacts"],
        Kind::Inquiry => ["Inquiries", "Demandes"],
        Kind::Feedback => ["Survey answers", "Réponses au sondage"],
        Kind::Tally => ["Survey counts", "Décomptes du sondage"],
        Kind::Correction => ["Reports of errors", "Signalements d'erreurs"],
        Kind::Gap => ["Searches without an answer", "Recherches sans réponse"],
    };
    if language == Language::English { english } else { french }
}

/// "Fall Fair. Unlocked by Sam."
pub fn at_as(language: Language, place: &str, person: &str) -> String {
    match language {
        Language::English => format!("{place}. Unlocked by {person}."),
        Language::French => format!("{place}. Déverrouillé par {person}."),
    }
}

/// How answers are collected, such as "Handed over to visitors. One visitor in 5 is asked".
pub fn way_name(language: Language, way: Way, every: u32) -> String {
    let [english, french] = match way {
        Way::Kiosk => ["Stands for whoever wants", "À la disposition de tous"],
        Way::Paper => ["Sheets of paper, typed in", "Feuilles de papier, saisies"],
        _ => ["Handed over to visitors", "Remise aux visiteurs"],
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
