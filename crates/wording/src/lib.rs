#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod carrying;
mod phrases;
mod time;

pub use carrying::*;
pub use phrases::*;
pub use time::*;

macro_rules! wording {
    ($(#[$about:meta])* $of:ident: $($name:ident: $english:literal | $french:literal,)*) => {
        $(#[$about])*
        pub struct $of {
            $(#[doc = $english] pub $name: &'static str,)*
        }

        impl $of {
            /// Every text with its name, in English and in French.
            #[cfg(test)]
            pub(crate) const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($name), $english, $french),)*];

            /// The texts in a language.
            pub fn in_language(language: domain::Language) -> &'static Self {
                static ENGLISH: $of = $of { $($name: $english,)* };
                static FRENCH: $of = $of { $($name: $french,)* };
                match language {
                    domain::Language::English => &ENGLISH,
                    domain::Language::French => &FRENCH,
                }
            }
        }
    };
}

#[cfg(feature = "counter")]
pub mod counter;
// No browser has these words: a server writes them.
#[cfg(not(target_family = "wasm"))]
pub mod plain;
pub mod rules;

/// Puts each value where its `{name}` stands in a text.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        let value = values.iter().find(|(of, _)| *of == name).map_or("", |(_, value)| value);
        said += before;
        said += value;
        rest = after;
    }
    said + rest
}

wording! {
    /// The fixed texts of the app in one language.
    Wording:
    // Frame
    product: "Community Hub" | "Carrefour communautaire",
    skip_link: "Skip to the content" | "Aller au contenu",
    questions_call: "Questions?" | "Des questions?",
    places: "Main menu" | "Menu principal",
    find: "Find" | "Chercher",
    hubs: "Locations" | "Où aller",
    ask: "Ask us" | "Écrire",
    feedback: "Feedback" | "Votre avis",
    messages: "Messages" | "Messages",
    other_language: "Français" | "English",
    unsent_text: "You wrote something and didn’t send it." | "Vous avez écrit un texte sans l’envoyer.",
    unsent_go_on: "Continue what you wrote" | "Continuer votre texte",
    unsent_delete: "Delete it" | "Le supprimer",
    offline: "You’re offline. The app still works." | "Hors ligne. L’application fonctionne quand même.",
    update_ready: "An update is ready." | "Une mise à jour est prête.",
    update_use: "Update now" | "Mettre à jour",
    update_later: "Later" | "Plus tard",
    about: "About" | "À propos",
    privacy: "Privacy" | "Confidentialité",
    accessibility: "Accessibility" | "Accessibilité",
    a_to_z: "A to Z" | "De A à Z",
    after_hours: "Urgent after hours:" | "Urgence hors des heures d’ouverture :",
    edition_line: "Version {version}, directory of {date}" | "Version {version}, répertoire du {date}",
    colon: ": " | " : ",
    please_confirm: "not confirmed" | "non confirmé",
    read_more: "Read more" | "En savoir plus",
    back: "Back" | "Retour",

    // Status of a question
    status_title: "Check my question" | "Suivre ma question",
    status_intro: "Enter your reference number and tracking code. You can use any device." | "Entrez votre numéro de référence et votre code de suivi, sur n’importe quel appareil.",
    status_hint: "32 letters and digits, with or without spaces." | "32 lettres et chiffres, avec ou sans espaces.",
    status_look: "Check" | "Vérifier",
    status_wrong: "The tracking code has 32 letters and digits: 0 to 9 and a to f. Check for a typo." | "Le code de suivi compte 32 lettres et chiffres : 0 à 9 et a à f. Vérifiez ce que vous avez tapé.",
    status_wrong_reference: "Check the reference number. It looks like 7Q3M-X9TB-E." | "Vérifiez le numéro de référence (exemple : 7Q3M-X9TB-E).",
    status_asking: "Checking…" | "Vérification…",
    status_unknown: "We can’t find this question. Check the number and the code. If both are right, it may still be on its way: try later, or call" | "Question introuvable. Vérifiez le numéro et le code. S’ils sont exacts, elle est peut-être en route : réessayez plus tard ou appelez le",
    status_no_answer: "We can’t reach the City’s server. Try later, or call" | "Le serveur de la Ville ne répond pas. Réessayez plus tard ou appelez le",
    status_old: "This may be out of date. Replies appear once you reconnect." | "Ceci n’est peut-être plus à jour. Les réponses s’afficheront quand vous serez en ligne.",
    status_of: "Reference number" | "Numéro de référence",
    status_code: "Scan to check this on a phone" | "Balayez ce code pour suivre la question sur un téléphone",
    stage_received: "Received" | "Reçue",
    stage_in_progress: "In progress" | "En cours",
    stage_answered: "Reply sent" | "Réponse envoyée",
    stage_closed: "Closed" | "Terminée",

    // The conversation about a question
    thread_you: "You" | "Vous",
    thread_city: "The City" | "La Ville",
    thread_withdrawn: "Question withdrawn" | "Question retirée",
    thread_department: "With {department}" | "Confiée à : {department}",
    thread_promised: "We mean to reply by {when}." | "Nous comptons répondre d’ici le {when}.",
    thread_finished: "We mean to finish this by {when}." | "Nous comptons terminer d’ici le {when}.",
    thread_asks: "The City asks you something. Answer below." | "La Ville vous pose une question. Répondez ci-dessous.",
    thread_waiting: "You added something. It’s saved here and not sent yet." | "Vous avez ajouté quelque chose. C’est enregistré ici, pas encore envoyé.",
    thread_refused: "What you added could not be sent:" | "Votre ajout n’a pas pu être envoyé :",
    thread_add: "Add to this question" | "Ajouter à cette question",
    thread_words: "What would you like to add?" | "Que voulez-vous ajouter?",
    thread_empty: "Write what you want to add." | "Écrivez ce que vous voulez ajouter.",
    thread_send: "Send to the City" | "Envoyer à la Ville",
    thread_withdraw: "Withdraw this question" | "Retirer cette question",
    thread_withdraw_text: "Then the City closes it without a reply. You can still add to it later." | "La Ville la termine alors sans réponse. Vous pourrez encore y ajouter un mot plus tard.",
    thread_withdraw_now: "Yes, withdraw it" | "Oui, la retirer",
    ended_answered: "How it ended: answered." | "Résultat : répondue.",
    ended_done: "How it ended: done as you asked." | "Résultat : fait comme demandé.",
    ended_elsewhere: "How it ended: another organization looks after this." | "Résultat : un autre organisme s’en occupe.",
    ended_duplicate: "How it ended: we answer it with another question that says the same." | "Résultat : nous y répondons avec une autre question semblable.",
    ended_no_word: "How it ended: we had no answer from you. You can still add one." | "Résultat : nous n’avons pas eu de réponse de votre part. Vous pouvez encore répondre.",
    ended_withdrawn: "How it ended: you withdrew it." | "Résultat : vous l’avez retirée.",
    kind_addition: "Addition to a question" | "Ajout à une question",

    // This device
    device_title: "This device" | "Cet appareil",
    device_promised: "Your browser keeps unsent messages until they’re sent." | "Votre navigateur garde les messages jusqu’à leur envoi.",
    device_not_promised: "Unsent messages may be deleted if space runs low or after weeks unused. Installing the app helps." | "Si l’espace manque ou après des semaines sans visite, des messages non envoyés peuvent être supprimés. Installer l’application aide à l’éviter.",
    device_promise_unknown: "We can’t tell how long your browser keeps unsent messages." | "Impossible de savoir combien de temps votre navigateur garde les messages non envoyés.",
    device_room: "Free space:" | "Espace libre :",
    device_little_room: "This device is almost full. If we can’t save your message, we’ll tell you, and your text will stay on the screen." | "Cet appareil est presque plein. Si l’enregistrement échoue, nous vous le dirons et votre texte restera à l’écran.",
    device_ios: "On an iPhone or iPad, add this app to your home screen (Share, then “Add to Home Screen”). In a tab, Safari deletes messages after seven days without a visit." | "Sur un iPhone ou un iPad, ajoutez l’application à l’écran d’accueil (Partager, puis « Sur l’écran d’accueil »). Dans un onglet, Safari supprime les messages après sept jours sans visite.",
    lost_text: "This browser’s data was cleared. If the City didn’t get your message, write it again, or call" | "Les données du navigateur ont été effacées. Si la Ville n’a pas reçu votre message, écrivez-le de nouveau ou appelez le",
    store_set_aside: "We can’t open your saved messages. Nothing was deleted. Resend anything urgent, or call" | "Impossible d’ouvrir vos messages enregistrés. Rien n’a été supprimé. Renvoyez ce qui presse ou appelez le",
    lost_seen: "Got it" | "J’ai compris",

    // Public terminal
    kiosk_done: "I’m done" | "J’ai terminé",
    kiosk_welcome: "Anyone can use this terminal. Touch “I’m done” when you finish: it clears what you typed." | "Cette borne est pour tout le monde. En partant, touchez « J’ai terminé » : votre texte sera effacé.",
    shared_computer: "Is this a shared computer?" | "Cet ordinateur est-il partagé?",
    shared_text: "At a library or on someone else’s device, you can leave nothing here: no text and no receipt. Note the tracking code before you go." | "À la bibliothèque ou sur l’appareil d’une autre personne, vous pouvez ne rien laisser ici : ni texte, ni accusé de réception. Notez le code de suivi avant de partir.",
    shared_messages: "This deletes messages from this device once the City has received them. Note their tracking codes first." | "Ceci supprime les messages de cet appareil une fois que la Ville les a reçus. Notez d’abord leurs codes de suivi.",
    shared_now: "Keep nothing on this computer" | "Ne rien conserver sur cet ordinateur",
    shared_welcome: "Shared computer: nothing you write stays here. When you finish, press “I’m done” and close this tab." | "Ordinateur partagé : rien de ce que vous écrivez ne reste ici. À la fin, appuyez sur « J’ai terminé » et fermez cet onglet.",
    kiosk_still_there: "Are you still there?" | "Êtes-vous encore là?",
    kiosk_any_key: "Touch the screen or press any key to continue. Otherwise, what you typed will be cleared." | "Touchez l’écran ou une touche pour continuer. Sinon, votre texte sera effacé.",
    kiosk_stay: "I’m still here" | "Je suis encore là",
    kiosk_way_out: "Open this on your phone" | "À ouvrir sur votre téléphone",
    kiosk_way_out_text: "Scan the code with your phone, or note the address." | "Balayez le code avec votre téléphone ou notez l’adresse.",
    kiosk_close: "Close" | "Fermer",
    kiosk_sending: "Sending your message" | "Envoi de votre message",
    kiosk_wait: "Not received yet. Nothing is stored here: wait for “Received”, or print this page for staff." | "Pas encore reçu. Rien n’est conservé ici : attendez « Reçu » ou imprimez cette page pour le personnel.",
    kiosk_keeps_nothing: "Nothing is saved here: messages are sent at once. You can also call" | "Rien n’est enregistré ici : les messages partent aussitôt. Vous pouvez aussi appeler le",
    kiosk_no_connection: "No connection: we can’t send messages from here. Ask staff, use your phone, or call" | "Pas de connexion : envoi impossible d’ici. Demandez au personnel, utilisez votre téléphone ou appelez le",
    print: "Print this page" | "Imprimer cette page",
    leaves_app: "opens the City’s website" | "ouvre le site de la Ville",

    // Home and search
    home_title: "What do you need?" | "De quoi avez-vous besoin?",
    search_label: "Say it in your own words" | "Dites-le dans vos mots",
    search_example: "For example: pay my taxes, dog tag, pothole" | "Par exemple : payer mes taxes, permis de chien, nid-de-poule",
    search_in_english: "Services are listed in English; a few French words work." | "Les services sont décrits en anglais; quelques mots français fonctionnent.",
    common_needs: "Most requested" | "Les plus demandés",
    open_now: "Open now" | "Ouverts maintenant",
    none_open_now: "No location that we know of is open now. Call to check." | "Nous ne connaissons aucun point de service ouvert en ce moment. Appelez pour vérifier.",
    all_hubs: "All locations and hours" | "Tous les points de service et leurs heures",
    ask_tile: "Ask a question" | "Poser une question",
    ask_tile_text: "Write it now. It’s sent once you’re online." | "Écrivez-la maintenant. Elle partira quand vous serez en ligne.",
    feedback_tile: "How did we do?" | "Que pensez-vous de nos services?",
    survey_results: "See the survey results" | "Voir les résultats du sondage",
    feedback_tile_text: "A few short questions, about three minutes." | "Quelques courtes questions, environ trois minutes.",
    topics: "Topics" | "Sujets",
    search_title: "Find a service" | "Trouver un service",
    see_all_results: "See all results" | "Voir tous les résultats",
    type_to_search: "Type what you need. Results appear as you type." | "Tapez ce qu’il vous faut. Les résultats s’affichent à mesure.",
    no_results: "No service matches these words." | "Aucun service ne correspond à ces mots.",
    no_results_help: "Try other words, browse topics or ask us." | "Essayez d’autres mots, parcourez les sujets ou écrivez-nous.",
    understood_as: "Showing results for" | "Résultats pour",
    not_ours: "This isn’t a City service" | "Ce service ne relève pas de la Ville",
    who_federal: "contact the federal government." | "adressez-vous au gouvernement fédéral.",
    who_province: "contact the provincial government." | "adressez-vous au gouvernement provincial.",
    who_utility: "contact your utility company. Its number is on your bill." | "adressez-vous à votre fournisseur. Son numéro est sur votre facture.",
    who_other: "another organization does this." | "un autre organisme s’en occupe.",
    or_call_us: "Not sure? Call" | "Besoin d’aide? Appelez le",
    ask_instead: "Ask us this question" | "Nous poser cette question",
    or_call: "or call" | "ou appelez le",
    online: "online" | "en ligne",
    by_phone: "phone" | "téléphone",
    in_person: "in person" | "en personne",
    matched: "Matches:" | "Correspond à :",

    // Topics, life events, A to Z
    life_events: "What’s happening in your life" | "Selon ce que vous vivez",
    a_to_z_title: "All services, A to Z" | "Tous les services, de A à Z",
    letters: "Letters" | "Lettres",

    // Service
    bring: "Bring" | "À apporter",
    cost: "Cost" | "Coût",
    free: "free" | "gratuit",
    since: "since" | "depuis",
    ways_to_pay: "How to pay" | "Modes de paiement",
    how_long: "How long" | "Délai",
    where_: "Where" | "Où",
    not_known: "We don’t have this yet. Call to check." | "Renseignement manquant. Appelez pour vérifier.",
    no_documents: "Nothing we know of. Call to check." | "Rien à notre connaissance. Appelez pour vérifier.",
    go_online: "Go to the online page" | "Aller à la page en ligne",
    call_number: "Call" | "Appeler le",
    write_email: "Email" | "Courriel",
    see_hubs: "See where to go" | "Voir où aller",
    counters_can_tell: "Any counter can tell you where to go." | "Tout comptoir peut vous dire où aller.",
    how_it_works: "How it works" | "Marche à suivre",
    who_for: "Who it’s for" | "À qui s’adresse ce service",
    anyone: "Residents, businesses and visitors" | "Résidents, entreprises et visiteurs",
    residents: "Residents" | "Résidents",
    businesses: "Businesses" | "Entreprises",
    visitors: "Visitors" | "Visiteurs",
    department: "Department" | "Service municipal",
    good_to_know: "Good to know" | "Bon à savoir",
    related: "Related services" | "Services connexes",
    where_to_go: "Where to go" | "Où aller",
    ask_about_this: "Ask about this" | "Poser une question à ce sujet",
    rate_this: "Give feedback" | "Donner votre avis",
    steps_are_ours: "These are general steps, not confirmed by the City." | "Étapes générales, non confirmées par la Ville.",

    // Provenance
    source: "Source" | "Source",
    no_source: "No source confirms this. Call first." | "Aucune source ne le confirme. Appelez d’abord.",
    existence_only: "We know this service exists, but not its details." | "Ce service existe, mais nous n’en avons pas les détails.",
    old_source: "The source is old or unclear. Call before you go." | "La source est ancienne ou imprécise. Appelez avant de vous déplacer.",
    undated: "undated" | "sans date",
    confirmed_source: "Confirmed by this source." | "Confirmé par cette source.",
    translation_unchecked: "Translated from English; the City has not checked it." | "Traduit de l’anglais; la Ville ne l’a pas vérifié.",
    unconfirmed_source: "Not confirmed." | "Non confirmé.",
    report_error: "Report an error" | "Signaler une erreur",

    // Locations
    hubs_title: "Locations" | "Points de service",
    hubs_counters: "Service counters" | "Comptoirs de service",
    hubs_others: "Other locations" | "Autres points de service",
    hubs_nearest: "Nearest locations" | "Points de service les plus proches",
    hubs_unknown: "Hours not known: {count}" | "Heures inconnues : {count}",
    hubs_near: "Find the nearest" | "Trouver le plus proche",
    get_directions: "Get directions" | "Obtenir l’itinéraire",
    share: "Share" | "Partager",
    share_copied: "Link copied." | "Lien copié.",
    share_failed: "Copy this link: {address}" | "Copiez ce lien : {address}",
    closed: "Closed." | "Fermé.",
    hours_unknown: "We don’t have the hours. Call to check." | "Heures inconnues. Appelez pour vérifier.",
    closes_soon: "closes soon" | "ferme bientôt",
    this_week: "Hours for the next 7 days" | "Heures des 7 prochains jours",
    day: "Day" | "Jour",
    hours: "Hours" | "Heures",
    today: "today" | "aujourd’hui",
    closed_day: "closed" | "fermé",
    unknown_day: "unknown" | "inconnu",
    may_be_closed: "May be closed for {holiday}. Call first." | "Peut-être fermé ({holiday}). Appelez d’abord.",
    holiday_call: "hours may differ, call to check" | "les heures peuvent changer, appelez pour vérifier",
    address: "Address" | "Adresse",
    address_unknown: "We don’t have the address. Call to check." | "Adresse inconnue. Appelez pour vérifier.",
    phone: "Phone" | "Téléphone",
    phone_unknown: "No direct line. Call" | "Pas de ligne directe. Appelez le",
    directions: "How to find it" | "Comment s’y rendre",
    parking: "Parking" | "Stationnement",
    access: "Accessibility" | "Accessibilité",
    step_free_entry: "Entrance without steps" | "Entrée sans marche",
    no_step_free_entry: "Steps at the entrance" | "Marches à l’entrée",
    accessible_washroom: "Accessible washroom" | "Toilettes accessibles",
    no_accessible_washroom: "No accessible washroom" | "Pas de toilettes accessibles",
    hearing_loop: "Hearing loop at the counter" | "Boucle auditive au comptoir",
    no_hearing_loop: "No hearing loop" | "Pas de boucle auditive",
    accessible_parking: "Accessible parking" | "Stationnement accessible",
    no_accessible_parking: "No accessible parking" | "Pas de stationnement accessible",
    access_unknown: "We don’t have this yet. Call if you need a ramp, an automatic door or an accessible washroom." | "Renseignement manquant. Appelez s’il vous faut une rampe, une porte automatique ou des toilettes accessibles.",
    what_it_does: "What you can do here" | "Ce que vous pouvez faire ici",
    events: "Pop-up events" | "Kiosques temporaires",
    event_days: "Dates" | "Dates",
    no_tasks: "We don’t know what you can do here. Call to check." | "Nous ignorons ce que vous pouvez faire ici. Appelez pour vérifier.",
    tasks_unconfirmed: "Parts of this list are not confirmed. Call before you go." | "Liste en partie non confirmée. Appelez avant de vous déplacer.",
    filter_tasks: "Search this list" | "Chercher dans cette liste",
    no_task_matches: "No match here. Try searching all services." | "Aucun résultat ici. Cherchez dans tous les services.",
    times_are_local: "Local time." | "Heure locale.",

    gap_counted: "If a search finds nothing, we record the words, not who you are." | "Si une recherche ne donne rien, nous notons les mots, pas votre identité.",
    facets: "Filter results" | "Filtrer les résultats",
    facet_any: "Any" | "Tous",
    facet_topic: "Topic" | "Sujet",
    facet_way: "How" | "Comment",
    facet_hub: "Location" | "Point de service",
    correction_hint: "What’s wrong? Choose one. We don’t record who you are." | "Qu’est-ce qui est faux? Choisissez. Nous ne notons pas votre identité.",
    correction_kept: "Thank you. We’ll get it as soon as this device is online." | "Merci. Nous le recevrons dès que cet appareil sera en ligne.",
    correction_gone: "No longer offered" | "N’est plus offert",
    correction_other: "Something else" | "Autre chose",
    kind_gap: "Search with no results" | "Recherche sans résultat",
    kind_correction: "Error report" | "Signalement d’erreur",
    kind_tally: "Survey count" | "Décompte du sondage",
    kind_contact: "Counter visit" | "Visite au comptoir",

    // Nearby
    near_label: "Where are you? Enter a town, an address or a postal code" | "Où êtes-vous? Entrez une localité, une adresse ou un code postal",
    near_show: "Nearest first" | "Les plus proches d’abord",
    near_device: "Use my location" | "Utiliser ma position",
    near_from: "Nearest to {place} first, in a straight line." | "Les plus proches d’abord, à vol d’oiseau depuis {place}.",
    near_here: "Nearest to you first, in a straight line." | "Les plus proches de vous d’abord, à vol d’oiseau.",
    near_unknown: "We don’t know this place. Enter the name of a town or village nearby." | "Nous ne connaissons pas ce lieu. Entrez le nom d’une localité proche.",
    near_asking: "Finding your location…" | "Recherche de votre position…",
    near_no_device: "We can’t get your location. Enter a town instead." | "Position indisponible. Entrez plutôt une localité.",

    // Trip
    trip_title: "Plan one trip" | "Planifier une seule sortie",
    trip_intro: "List what you need to do. We’ll find the fewest stops." | "Dressez votre liste. Nous trouverons le moins d’arrêts possible.",
    trip_tile: "Several things to do? Plan one trip" | "Plusieurs choses à faire? Planifiez une seule sortie",
    trip_tile_text: "Where to go, when it’s open and what to bring." | "Où aller, quand c’est ouvert et quoi apporter.",
    trip_list: "To do" | "À faire",
    trip_clear: "Clear the list" | "Vider la liste",
    trip_remove: "Remove" | "Retirer",
    trip_add: "Add to my trip" | "Ajouter à ma sortie",
    trip_added: "On my trip. Remove" | "Dans ma sortie. Retirer",
    trip_add_short: "Add" | "Ajouter",
    trip_added_short: "Added" | "Ajouté",
    trip_full: "Your list is full" | "Votre liste est pleine",
    trip_day: "Which day?" | "Quel jour?",
    trip_need: "What do you need to do?" | "Que devez-vous faire?",
    trip_first_day: "The first day you can do everything." | "Le premier jour où tout peut se faire.",
    trip_others: "Other locations" | "Autres points de service",
    trip_also: "Does this too." | "Le fait aussi.",
    trip_closed: "Closed that day." | "Fermé ce jour-là.",
    trip_misses: "Doesn’t do: {names}." | "Ne fait pas : {names}.",
    trip_other_days: "Does this on other days: {names}." | "Le fait d’autres jours : {names}.",
    trip_fewer_on: "You need fewer stops on" | "Il faut moins d’arrêts le",
    only_on: "Only on {days}." | "Seulement le {days}.",
    by_appointment_call: "By appointment. Call first." | "Sur rendez-vous. Appelez d’abord.",
    payment_by: "Payment: {payments}." | "Paiement : {payments}.",
    trip_not_that_day: "Not possible that day. Every location that does this is closed, or does it on other days:" | "Impossible ce jour-là. Tous les points de service qui le font sont fermés ou le font d’autres jours :",
    trip_all_on: "You can do everything on" | "Tout peut se faire le",
    trip_nowhere: "We don’t know which counter does this. Call first:" | "Nous ignorons quel comptoir s’en occupe. Appelez d’abord :",
    trip_from_home: "No trip needed" | "Sans vous déplacer",
    trip_away: "Take this list with you" | "Emporter cette liste",
    trip_print: "Print this list" | "Imprimer cette liste",
    trip_calendar: "Add to my calendar" | "Ajouter à mon calendrier",
    trip_code: "Scan to open this list on a phone" | "Balayez ce code pour ouvrir cette liste sur un téléphone",

    // Question form
    ask_title: "Ask a question" | "Poser une question",
    notice_line: "How we use what you write" | "Ce que nous faisons de votre texte",
    notice_title: "Before you write" | "Avant d’écrire",
    notice_more: "More about this notice" | "En savoir plus",
    notice_contact: "Questions about this notice:" | "Questions sur cet avis :",
    notice_unconfirmed: "Draft notice, not yet approved by the City Clerk." | "Avis provisoire, pas encore approuvé par le greffe.",
    sealed_notice: "Only the City can read what you send." | "Seule la Ville peut lire ce que vous envoyez.",
    about_service: "About" | "Sujet :",
    subject_offered: "Is it about one of these?" | "Est-ce au sujet d’un de ces services?",
    take_out: "Remove this topic" | "Retirer ce sujet",
    your_question: "Your question" | "Votre question",
    your_question_hint: "Say what you need and where. Please leave out health card and bank numbers." | "Dites ce qu’il vous faut et où, sans numéro de carte Santé ni de compte bancaire.",
    your_name: "Your name (optional)" | "Votre nom (facultatif)",
    reply_how: "How should we reply?" | "Comment devons-nous vous répondre?",
    reply_phone: "By phone" | "Par téléphone",
    reply_email: "By email" | "Par courriel",
    reply_none: "No reply needed" | "Aucune réponse nécessaire",
    your_phone: "Phone number" | "Numéro de téléphone",
    your_email: "Email address" | "Adresse courriel",
    continue_: "Continue" | "Continuer",
    check_title: "Check your question" | "Vérifiez votre question",
    change: "Change" | "Modifier",
    send_question: "Send question" | "Envoyer la question",
    start_over: "Start over" | "Recommencer",
    keeping: "Saving…" | "Enregistrement…",
    error_summary: "There is a problem" | "Il y a un problème",
    nothing_to_check: "There’s nothing to check yet." | "Il n’y a encore rien à vérifier.",
    not_given: "not given" | "non indiqué",

    // Errors when storing
    not_kept_title: "We couldn’t save this" | "Échec de l’enregistrement",
    device_full: "Not saved: this device is full. Your text is still here. Free up space and try again, copy it, or call" | "Non enregistré : appareil plein. Votre texte est encore ici. Libérez de l’espace et réessayez, copiez-le ou appelez le",
    device_cannot_keep: "Not saved: this browser doesn’t allow it. Your text is still here. Copy it, use another browser, or call" | "Non enregistré : ce navigateur l’interdit. Votre texte est encore ici. Copiez-le, prenez un autre navigateur ou appelez le",
    device_newer: "Not saved: this page is out of date. Copy your text to be safe. Then reload, or call" | "Non enregistré : cette page n’est plus à jour. Par précaution, copiez votre texte. Rechargez ensuite la page ou appelez le",
    no_keys: "Not saved: this device must go online once first. Your text is still here. Go online and try again, or call" | "Non enregistré : cet appareil doit d’abord aller en ligne une fois. Votre texte est encore ici. Allez en ligne et réessayez ou appelez le",
    too_large: "Not saved: this is too long. Your text is still here. Shorten it, or call" | "Non enregistré : c’est trop long. Votre texte est encore ici. Raccourcissez-le ou appelez le",
    cannot_keep_here: "This browser can’t save messages. You can still read everything. To ask a question, call" | "Ce navigateur ne peut pas enregistrer de messages. Vous pouvez tout lire; pour poser une question, appelez le",

    // What comes next
    next_title: "What happens next" | "La suite",
    reply_by: "We aim to reply by {when}." | "Notre objectif : vous répondre au plus tard le {when}.",
    reply_within: "We aim to reply within {hours} working hours after we receive it." | "Notre objectif : vous répondre dans les {hours} heures ouvrables suivant la réception.",
    reply_unconfirmed: "The City has not confirmed this time." | "La Ville n’a pas confirmé ce délai.",
    reply_first: "First, staff read it and find who is responsible." | "Le personnel lit d’abord votre question et trouve qui en est responsable.",
    heard_by_phone: "We’ll call you at the number you gave." | "Nous vous appellerons au numéro indiqué.",
    heard_by_email: "We’ll write to the email address you gave." | "Nous vous écrirons à l’adresse courriel indiquée.",
    heard_of_nothing: "You chose not to get a reply." | "Vous n’avez pas demandé de réponse.",
    reply_here: "Any reply also appears under “Messages”, the next time you open this app online." | "Toute réponse s’affiche aussi sous « Messages », la prochaine fois que vous ouvrirez cette application en ligne.",
    reply_by_code: "The tracking code on the next page also opens any reply." | "Le code de suivi de la page suivante donne aussi accès à toute réponse.",
    reply_line: "You have a reply from the City" | "Vous avez une réponse de la Ville",
    state_news: "New reply" | "Nouvelle réponse",
    question_answered: "The City replied to your question" | "La Ville a répondu à votre question",
    question_closed: "Your question is closed" | "Votre question est terminée",
    receipt_folded: "Show the receipt" | "Afficher l’accusé de réception",
    code_folded: "Show the tracking code" | "Afficher le code de suivi",
    thread_folded: "Show the conversation" | "Afficher la conversation",
    reply_folded: "Show the reply" | "Afficher la réponse",

    // Receipt and messages
    receipt_question: "Your question is saved" | "Votre question est enregistrée",
    receipt_feedback: "Thank you" | "Merci",
    reference: "Reference number" | "Numéro de référence",
    reference_hint: "Note it or print this page. Give it when you call." | "Notez-le ou imprimez cette page. Donnez-le quand vous appelez.",
    secret: "Tracking code" | "Code de suivi",
    secret_hint: "Keep it private: it opens your question and our reply." | "Gardez-le pour vous : il donne accès à votre question et à notre réponse.",
    tick_kept: "Saved on this device" | "Enregistré sur cet appareil",
    tick_sent: "Sent" | "Envoyé",
    tick_received: "Received by the City" | "Reçu par la Ville",
    done: "done" | "fait",
    not_yet: "not yet" | "pas encore",
    will_be_sent: "We’ll send it when this app is open and online." | "L’envoi se fera quand l’application sera ouverte et en ligne.",
    received_text: "The City has received it." | "Bien reçu par la Ville.",
    receipt_save: "Save proof of receipt" | "Enregistrer l’accusé de réception",
    receipt_saved: "Your browser is saving it. To check it, open it in “My messages”." | "Votre navigateur l’enregistre. Pour le vérifier, ouvrez-le dans « Mes messages ».",
    receipt_doubted: "We can’t verify this file; it may have been changed. Go online and reopen it." | "Impossible de vérifier ce fichier; il a peut-être été modifié. Allez en ligne et rouvrez-le.",
    messages_title: "My messages" | "Mes messages",
    messages_intro: "Messages on this device. Only the City can read their text." | "Messages de cet appareil. Seule la Ville peut en lire le texte.",
    messages_none: "No messages on this device." | "Aucun message sur cet appareil.",
    kind_question: "Question" | "Question",
    kind_feedback: "Feedback" | "Avis",
    state_waiting: "Waiting to be sent" | "En attente d’envoi",
    state_received: "Received" | "Reçu",
    state_attention: "Needs your attention" | "À vérifier",
    send_now: "Send now" | "Envoyer maintenant",
    try_again: "Try again" | "Réessayer",
    erase: "Delete from this device" | "Supprimer de cet appareil",
    erase_title: "Delete from this device" | "Supprimer de cet appareil",
    erase_intro: "This deletes messages from this device only. To delete what the City received, have your reference number ready and call" | "Ceci supprime les messages de cet appareil seulement. Pour supprimer ceux que la Ville a reçus, ayez en main votre numéro de référence et appelez le",
    erase_received: "Only messages the City received" | "Seulement les messages reçus par la Ville",
    erase_all: "Everything, including unsent messages. You can’t undo this." | "Tout, y compris les messages non envoyés. C’est irréversible.",
    erase_now: "Delete" | "Supprimer",
    erase_choose: "Choose what to delete." | "Choisissez ce qu’il faut supprimer.",
    erased: "Deleted." | "C’est supprimé.",
    not_erased: "We couldn’t delete it. Try again." | "La suppression a échoué. Réessayez.",
    message_unknown: "This message is not on this device. To follow it, use its reference number and tracking code." | "Ce message n’est pas sur cet appareil. Pour le suivre, utilisez son numéro de référence et son code de suivi.",

    // Carrying by file and by code
    carry_title: "Send by file" | "Envoyer par fichier",
    carry_text: "No connection for a while? Save unsent messages to a file. Open it on a device that’s online, or hand it to staff. Only the City can read it." | "Pas de connexion depuis un moment? Enregistrez les messages non envoyés dans un fichier. Ouvrez-le sur un appareil en ligne ou remettez-le au personnel. Seule la Ville peut le lire.",
    carry_save: "Save unsent messages to a file" | "Enregistrer les messages non envoyés dans un fichier",
    carry_save_receipts: "Save proofs of receipt to a file" | "Enregistrer les accusés de réception dans un fichier",
    carry_bring: "Open a file" | "Ouvrir un fichier",
    carry_bring_hint: "Messages from another device, or proofs of receipt." | "Messages d’un autre appareil ou accusés de réception.",
    carry_nothing: "No messages added." | "Aucun message ajouté.",
    carry_not_ours: "This isn’t from this app. Choose a file whose name ends in .hub, or scan the code again." | "Ceci ne vient pas de cette application. Choisissez un fichier dont le nom finit par .hub ou balayez le code de nouveau.",
    carry_cut_short: "The end is missing. Copy the file again from the first device, or scan the code again." | "Il manque la fin. Copiez le fichier de nouveau depuis le premier appareil ou balayez le code de nouveau.",
    carry_damaged: "This file or code is damaged. Save the file again on the first device, or scan the code again." | "Fichier ou code endommagé. Enregistrez le fichier de nouveau sur le premier appareil ou balayez le code de nouveau.",
    carry_elsewhere: "This is for another municipality. Open it in that municipality’s app." | "Ceci s’adresse à une autre municipalité. Ouvrez-le dans l’application de cette municipalité.",
    carry_newer: "A newer version of this app saved this. Go online, reload this page, then try again." | "Une version plus récente de l’application a enregistré ceci. Allez en ligne, rechargez cette page, puis réessayez.",
    carry_too_large: "This file is too large to be from this app. Choose a file whose name ends in .hub." | "Ce fichier est trop gros pour venir de cette application. Choisissez un fichier dont le nom finit par .hub.",
    carry_no_file: "We couldn’t open or save the file. Try again, or use another browser." | "Impossible d’ouvrir ou d’enregistrer le fichier. Réessayez ou prenez un autre navigateur.",
    carry_no_store: "We couldn’t read or save messages here. Nothing is lost. Try again." | "Impossible de lire ou d’enregistrer des messages ici. Rien n’est perdu. Réessayez.",
    carry_full: "This device is full. Nothing is lost: free up space, then open the same file or code again." | "Cet appareil est plein. Rien n’est perdu : libérez de l’espace, puis ouvrez de nouveau le même fichier ou code.",
    carried: "from another device" | "d’un autre appareil",
    carried_secret: "The person who wrote this has the tracking code." | "La personne qui a écrit ce message a le code de suivi.",
    receipt_carried: "A message from another device" | "Un message d’un autre appareil",
    code_title: "Send it from another phone" | "L’envoyer depuis un autre téléphone",
    code_text: "Scan this with a phone that’s online. It will send your message. Only the City can read it." | "Balayez ce code avec un téléphone en ligne. Il enverra votre message. Seule la Ville peut le lire.",
    code_too_long: "This message is too long for a code. You can send it by file:" | "Ce message est trop long pour un code. Envoyez-le par fichier :",
    bring_title: "Send someone’s message" | "Envoyer le message de quelqu’un",
    bring_text: "This message is from another device. Only the City can read it. If you add it, this device will send it when it’s online." | "Ce message vient d’un autre appareil. Seule la Ville peut le lire. Si vous l’ajoutez, cet appareil l’enverra une fois en ligne.",
    bring_take: "Add it" | "L’ajouter",
    bring_leave: "Cancel" | "Annuler",
    bring_nothing: "This address has no message. Scan the code again." | "Cette adresse ne contient aucun message. Balayez le code de nouveau.",
    obstacle_none: "No answer from the City’s server. We’ll keep trying." | "Le serveur de la Ville ne répond pas. Nous réessaierons.",
    obstacle_portal: "Not sent yet: this Wi-Fi may need a sign-in. Open any other website to sign in; we’ll try again." | "Pas encore envoyé : ce Wi-Fi exige peut-être une ouverture de session. Ouvrez un autre site Web pour vous connecter; nous réessaierons.",
    obstacle_busy: "The City’s server is busy. We’ll keep trying." | "Le serveur de la Ville est occupé. Nous réessaierons.",

    // Feedback
    start: "Start" | "Commencer",
    go_on: "Continue" | "Continuer",
    next: "Next" | "Suivant",
    survey_subject: "Which service was it about? (optional)" | "De quel service s’agissait-il? (facultatif)",
    survey_anonymous: "Your answers are anonymous." | "Vos réponses sont anonymes.",
    code_unreadable: "We can’t read this code" | "Code illisible",
    code_unreadable_text: "A letter may be missing. You can still answer the survey." | "Il y manque peut-être une lettre. Vous pouvez quand même répondre au sondage.",
    asked_after: "Your question was closed. How did we handle it? We see only that an invitation was used." | "Votre question est terminée. Comment l’avons-nous traitée? Nous voyons seulement qu’une invitation a servi.",
    asked_by_chance: "We invite people at random." | "Nous invitons des personnes au hasard.",
    stand_counted: "Visitors counted: {passed} of {every}." | "Visiteurs comptés : {passed} sur {every}.",
    stand_next_one: "Invite the next one." | "Invitez la prochaine personne.",
    stand_visitor: "Count a visitor" | "Compter un visiteur",
    stand_back: "Undo one" | "Annuler le dernier",
    stand_ask: "Invite this person" | "Invitez cette personne",
    stand_ask_words: "“Would you like to tell us how the City served you? It’s anonymous.”" | "« Voulez-vous nous dire ce que vous pensez des services de la Ville? C’est anonyme. »",
    stand_starts: "Accepted" | "Acceptation",
    stand_refuses: "Declined" | "Refus",
    stand_asked: "Invited" | "Personnes invitées",
    stand_answered: "Answered" | "Ont répondu",
    staff_back: "Staff: back to the counter" | "Personnel : retour au comptoir",
    stand_again: "The survey starts again in a few seconds." | "Le sondage recommence dans quelques secondes.",
    sheets_title: "Paper forms" | "Formulaires papier",
    sheet_enter: "Enter a form" | "Saisir un formulaire",
    sheets_kept: "Forms saved: {count}. Keys: an answer’s number chooses it, 0 skips." | "Formulaires enregistrés : {count}. Touches : le numéro d’une réponse la choisit, 0 passe.",
    batch_asked: "How many people were invited?" | "Combien de personnes ont été invitées?",
    batch_refused: "How many of them declined?" | "Combien ont refusé?",
    batch_keep: "Save these counts" | "Enregistrer ces nombres",
    batch_wrong: "Enter whole numbers, 200 at most in total, and no more refusals than invitations." | "Entrez des nombres entiers, 200 au plus au total, et pas plus de refus que d’invitations.",
    skip: "Skip this question" | "Passer cette question",
    does_not_apply: "Does not apply" | "Ne s’applique pas",
    your_answer: "Your answer" | "Votre réponse",
    choose_or_skip: "Choose an answer, or skip this question." | "Choisissez une réponse ou passez cette question.",
    write_or_skip: "Write an answer, or skip this question." | "Écrivez une réponse ou passez cette question.",
    check_answers: "Check your answers" | "Vérifiez vos réponses",
    send_answers: "Send answers" | "Envoyer les réponses",
    skipped: "skipped" | "passée",
    not_answered: "not answered" | "sans réponse",
    say_something: "Answer at least one question before you send." | "Répondez à au moins une question avant l’envoi.",
    where_was_it: "About your visit to" | "Votre visite :",

    // About, privacy, accessibility, not found
    about_title: "About this app" | "À propos de cette application",
    about_text: "Search every City service, even offline. Each page says where its facts come from and whether they’re confirmed." | "Cherchez dans tous les services de la Ville, même hors ligne. Chaque page indique d’où viennent les renseignements et s’ils sont confirmés.",
    about_limits: "Fire bans and road closures are not listed here. To ask about them, call" | "Les interdictions de feux et les fermetures de routes n’y figurent pas. Pour vous renseigner, appelez le",
    about_install: "To install the app, use “Install” or “Add to Home Screen” in your browser’s menu." | "Pour installer l’application, utilisez « Installer » ou « Ajouter à l’écran d’accueil » dans le menu de votre navigateur.",
    about_facts: "In this directory" | "Dans ce répertoire",
    services_word: "Services" | "Services",
    tasks_word: "Counter tasks" | "Tâches de comptoir",
    hubs_word: "Locations" | "Points de service",
    confirmed_word: "Services with details from 2023 or later" | "Services dont les détails datent de 2023 ou après",
    privacy_title: "Your privacy" | "Votre vie privée",
    privacy_1: "Searches stay on your device. If one finds nothing, we receive the words and the month, not who you are. Words that look personal are not sent." | "Vos recherches restent sur votre appareil. Si l’une ne donne rien, nous recevons les mots et le mois, pas votre identité. Les mots qui semblent personnels ne sont pas envoyés.",
    privacy_2: "This app uses no cookies and no accounts, and doesn’t follow what you do." | "Cette application n’utilise ni témoins ni comptes et ne suit pas ce que vous faites.",
    privacy_3: "Only the City can read the questions and feedback you send, even on this device." | "Seule la Ville peut lire les questions et les avis que vous envoyez, même sur cet appareil.",
    privacy_4: "On your own device, we save what you type for 24 hours in case the page reloads. It’s encrypted, and only this browser tab has the key. If you close the tab, your text can be read only if the browser reopens that tab. A public terminal saves nothing." | "Sur votre appareil, nous gardons votre texte 24 heures, au cas où la page se rechargerait. Il est chiffré, et seul cet onglet du navigateur a la clé. Si vous fermez l’onglet, votre texte n’est lisible que si le navigateur rouvre cet onglet. Une borne publique n’enregistre rien.",
    privacy_5: "Seven days after the City receives a message, its text is deleted from this device. The reference number stays until you delete it." | "Sept jours après sa réception par la Ville, le texte d’un message est supprimé de cet appareil. Le numéro de référence reste jusqu’à ce que vous le supprimiez.",
    privacy_shared: "On a shared computer, choose “Keep nothing on this computer” before you send, or under “Messages”." | "Sur un ordinateur partagé, choisissez « Ne rien conserver sur cet ordinateur » avant l’envoi ou sous « Messages ».",
    accessibility_title: "Accessibility" | "Accessibilité",
    accessibility_1: "This app is designed to meet WCAG 2.2, level AA, with a contrast of 7 to 1 for all text." | "Cette application vise les WCAG 2.2, niveau AA, et un contraste de 7 pour 1 pour tout le texte.",
    accessibility_2: "It is designed to work by keyboard, with a screen reader and at 400% zoom." | "Elle est conçue pour fonctionner au clavier, avec un lecteur d’écran et à 400 % de zoom.",
    accessibility_3: "If something doesn’t work for you, or you need another format, contact us:" | "Si quelque chose ne fonctionne pas pour vous ou s’il vous faut un autre format, écrivez-nous ou appelez :",
    not_found_title: "Page not found" | "Page introuvable",
    not_found_text: "The address may be out of date or mistyped. Search for what you need, or browse topics." | "L’adresse est peut-être ancienne ou mal tapée. Cherchez ce qu’il vous faut ou parcourez les sujets.",
    go_home: "Go to the home page" | "Aller à l’accueil",
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Language;

    #[test]
    fn the_languages_are_not_mixed_up() {
        assert_eq!(Wording::in_language(Language::English).find, "Find");
        assert_eq!(Wording::in_language(Language::French).find, "Chercher");
    }
}
