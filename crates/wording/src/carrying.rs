//! Sentences about messages that are carried by file.

use crate::fill;
use domain::Language;

/// The form that fits a count, with the count in it: English singular and plural, French singular
/// and plural. French uses the singular for zero.
fn counted(language: Language, count: usize, [one, more, un, plus]: [&str; 4]) -> String {
    let text = match (language, count) {
        (Language::English, 1) => one,
        (Language::English, _) => more,
        (Language::French, 0 | 1) => un,
        (Language::French, _) => plus,
    };
    fill(text, &[("count", &count.to_string())])
}

/// How many messages were saved to a file, and what to do with it.
pub fn saved(language: Language, count: usize) -> String {
    let forms = [
        "Your browser is saving {count} message to a file. It also stays here until its proof of receipt comes back. Next: open the file under “Messages” on a device that’s online, or hand it to staff.",
        "Your browser is saving {count} messages to a file. They also stay here until their proofs of receipt come back. Next: open the file under “Messages” on a device that’s online, or hand it to staff.",
        "Votre navigateur enregistre {count} message dans un fichier. Il reste aussi ici jusqu’au retour de son accusé de réception. Ensuite : ouvrez le fichier sous « Messages » sur un appareil en ligne ou remettez-le au personnel.",
        "Votre navigateur enregistre {count} messages dans un fichier. Ils restent aussi ici jusqu’au retour de leurs accusés de réception. Ensuite : ouvrez le fichier sous « Messages » sur un appareil en ligne ou remettez-le au personnel.",
    ];
    counted(language, count, forms)
}

/// How many receipts were saved to a file, and what to do with it.
pub fn receipts_saved(language: Language, count: usize) -> String {
    let forms = [
        "Your browser is saving {count} proof of receipt to a file. Next: open it under “Messages” on the device that wrote the message.",
        "Your browser is saving {count} proofs of receipt to a file. Next: open it under “Messages” on the devices that wrote the messages.",
        "Votre navigateur enregistre {count} accusé de réception dans un fichier. Ensuite : ouvrez-le sous « Messages » sur l’appareil d’où vient le message.",
        "Votre navigateur enregistre {count} accusés de réception dans un fichier. Ensuite : ouvrez-le sous « Messages » sur les appareils d’où viennent les messages.",
    ];
    counted(language, count, forms)
}

/// How many messages of another device were imported and how many were already here, and what
/// happens next.
pub fn taken_in(language: Language, taken: usize, known: usize) -> String {
    let fresh = [
        "{count} message added. This device will send it when it’s online. Then save its proof of receipt here and take it back. ",
        "{count} messages added. This device will send them when it’s online. Then save their proofs of receipt here and take them back. ",
        "{count} message ajouté. Cet appareil l’enverra une fois en ligne. Enregistrez ensuite ici son accusé de réception et rapportez-le. ",
        "{count} messages ajoutés. Cet appareil les enverra une fois en ligne. Enregistrez ensuite ici leurs accusés de réception et rapportez-les. ",
    ];
    let here = [
        "{count} message was already here. ",
        "{count} messages were already here. ",
        "{count} message était déjà ici. ",
        "{count} messages étaient déjà ici. ",
    ];
    sentences(language, &[(taken, fresh), (known, here)])
}

/// How many returned receipts there were of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReturnedReceipts {
    /// Their messages are marked as received now.
    pub received: usize,
    /// Their messages were marked before.
    pub known: usize,
    /// They belong to messages of other devices.
    pub others: usize,
    /// Their signatures could not be checked.
    pub doubted: usize,
}

/// What the returned receipts changed on this device.
pub fn released(language: Language, found: ReturnedReceipts) -> String {
    let received = [
        "{count} message is now marked as received. ",
        "{count} messages are now marked as received. ",
        "{count} message est maintenant marqué comme reçu. ",
        "{count} messages sont maintenant marqués comme reçus. ",
    ];
    let known = [
        "{count} message was already marked. ",
        "{count} messages were already marked. ",
        "{count} message était déjà marqué. ",
        "{count} messages étaient déjà marqués. ",
    ];
    let others = [
        "{count} proof of receipt is for another device. ",
        "{count} proofs of receipt are for other devices. ",
        "{count} accusé de réception est pour un autre appareil. ",
        "{count} accusés de réception sont pour d’autres appareils. ",
    ];
    let doubted = [
        "{count} proof of receipt couldn’t be checked, so its message stays unsent. Go online with this device, then open the file again. ",
        "{count} proofs of receipt couldn’t be checked, so their messages stay unsent. Go online with this device, then open the file again. ",
        "{count} accusé de réception n’a pas pu être vérifié; son message reste non envoyé. Allez en ligne avec cet appareil, puis ouvrez de nouveau le fichier. ",
        "{count} accusés de réception n’ont pas pu être vérifiés; leurs messages restent non envoyés. Allez en ligne avec cet appareil, puis ouvrez de nouveau le fichier. ",
    ];
    sentences(
        language,
        &[
            (found.received, received),
            (found.known, known),
            (found.others, others),
            (found.doubted, doubted),
        ],
    )
}

/// What a genuine receipt in a file proves.
pub fn genuine(language: Language, reference: &str, at: &str) -> String {
    let text = match language {
        Language::English => "Verified: the City received {reference} on {at}.",
        Language::French => "Vérifié : la Ville a reçu {reference} le {at}.",
    };
    fill(text, &[("reference", reference), ("at", at)])
}

fn sentences(language: Language, counts: &[(usize, [&str; 4])]) -> String {
    counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, forms)| counted(language, *count, *forms))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_is_said_in_both_languages() {
        let found = ReturnedReceipts { received: 2, known: 0, others: 1, doubted: 0 };
        assert_eq!(
            released(Language::English, found),
            "2 messages are now marked as received. 1 proof of receipt is for another device. "
        );
        assert_eq!(
            released(Language::French, found),
            "2 messages sont maintenant marqués comme reçus. 1 accusé de réception est pour un autre appareil. "
        );
        assert_eq!(taken_in(Language::English, 0, 3), "3 messages were already here. ");
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        let forms = ["{count} one", "{count} more", "{count} un", "{count} plus"];
        let said = |language, count| counted(language, count, forms);
        assert_eq!([0, 1, 2].map(|n| said(Language::English, n)), ["0 more", "1 one", "2 more"]);
        assert_eq!([0, 1, 2].map(|n| said(Language::French, n)), ["0 un", "1 un", "2 plus"]);
        assert!(saved(Language::English, 1).contains("saving 1 message to a file"));
        assert!(receipts_saved(Language::French, 2).contains("2 accusés de réception dans"));
    }

    #[test]
    fn a_genuine_receipt_says_what_was_received_and_when() {
        assert_eq!(
            genuine(Language::English, "7Q3M", "May 1"),
            "Verified: the City received 7Q3M on May 1."
        );
        assert_eq!(
            genuine(Language::French, "7Q3M", "1er mai"),
            "Vérifié : la Ville a reçu 7Q3M le 1er mai."
        );
    }
}
