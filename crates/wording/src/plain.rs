//! The texts of pages that answer a form sent without scripts, beside those that the app has too.

wording! {
    /// The fixed texts of plain forms in one language.
    PlainWording:
    received_title: "We received your question" | "Nous avons reçu votre question",
    note_both: "Note both numbers or print this page. We can’t show the tracking code again." | "Notez les deux numéros ou imprimez cette page. Nous ne pourrons plus afficher le code de suivi.",
    close_window: "On a shared computer, close this window when you finish." | "Sur un ordinateur partagé, fermez cette fenêtre en partant.",
    sealed_on_arrival: "Without JavaScript, our server encrypts your text when it arrives, before storing it." | "Sans JavaScript, notre serveur chiffre votre texte à son arrivée, avant de le conserver.",
    not_sent: "Not sent yet" | "Pas encore envoyé",
    send_again: "Check your text, then send it." | "Vérifiez votre texte, puis envoyez-le.",
    used_before: "This form was already sent with other words. They are with us. To send these words too, send them now." | "Ce formulaire a déjà été envoyé avec un autre texte, que nous avons. Pour envoyer aussi celui-ci, envoyez-le maintenant.",
    over_budget: "Too much came from your network today. Your text is still here. Try again tomorrow, or call" | "Trop de messages sont venus de votre réseau aujourd’hui. Votre texte est encore ici. Réessayez demain ou appelez le",
    not_stored: "Our server can’t store it now. Your text is still here. Try again in a minute, or call" | "Notre serveur ne peut pas l’enregistrer. Votre texte est encore ici. Réessayez dans une minute ou appelez le",
    maintenance: "We are working on our server, and it can’t store anything now. Your text is still here. Copy it and try again later, or call" | "Nous travaillons sur notre serveur, qui ne peut rien enregistrer. Votre texte est encore ici. Copiez-le et réessayez plus tard, ou appelez le",
}
