//! Sentences about messages that are carried by file.

use domain::Language;

/// A count followed by the form that fits it: English singular and plural, French singular and
/// plural. French uses the singular for zero.
fn counted(language: Language, count: usize, [one, more, un, plus]: [&str; 4]) -> String {
    let text = match (language, count) {
        (Language::English, 1) => one,
        (Language::English, _) => more,
        (Language::French, 0 | 1) => un,
        (Language::French, _) => plus,
    };
    [count.to_string().as_str(), " ", text].concat()
}

/// How many messages were saved to a file, and what to do with it.
pub fn saved(language: Language, count: usize) -> String {
    let forms = [
        "message is in the file that your browser saves now. It also waits here until its receipt comes back. Next: open the file on a device that is online, under “Messages”, or give it to an office.",
        "messages are in the file that your browser saves now. They also wait here until their receipts come back. Next: open the file on a device that is online, under “Messages”, or give it to an office.",
        "message est dans le fichier que votre navigateur enregistre. Il attend aussi ici jusqu'au retour de son accusé de réception. Ensuite : ouvrez le fichier sur un appareil en ligne, sous « Messages », ou remettez-le à un bureau.",
        "messages sont dans le fichier que votre navigateur enregistre. Ils attendent aussi ici jusqu'au retour de leurs accusés de réception. Ensuite : ouvrez le fichier sur un appareil en ligne, sous « Messages », ou remettez-le à un bureau.",
    ];
    counted(language, count, forms)
}

/// How many receipts were saved to a file, and what to do with it.
pub fn receipts_saved(language: Language, count: usize) -> String {
    let forms = [
        "receipt is in the file that your browser saves now. Next: bring it in on the device that the message came from, under “Messages”.",
        "receipts are in the file that your browser saves now. Next: bring it in on the devices that the messages came from, under “Messages”.",
        "accusé de réception est dans le fichier que votre navigateur enregistre. Ensuite : ouvrez-le sur l'appareil d'où vient le message, sous « Messages ».",
        "accusés de réception sont dans le fichier que votre navigateur enregistre. Ensuite : ouvrez-le sur les appareils d'où viennent les messages, sous « Messages ».",
    ];
    counted(language, count, forms)
}

/// How many messages of another device were imported and how many were already here, and what
/// happens next.
pub fn taken_in(language: Language, taken: usize, known: usize) -> String {
    let fresh = [
        "message was taken in. It goes as soon as this device is online. When it is received, save the receipt here and bring it back. ",
        "messages were taken in. They go as soon as this device is online. When they are received, save the receipts here and bring them back. ",
        "message a été repris. Il part dès que cet appareil est en ligne. Une fois reçu, enregistrez ici l'accusé de réception et rapportez-le. ",
        "messages ont été repris. Ils partent dès que cet appareil est en ligne. Une fois reçus, enregistrez ici les accusés de réception et rapportez-les. ",
    ];
    let here = [
        "message was here already. ",
        "messages were here already. ",
        "message était déjà ici. ",
        "messages étaient déjà ici. ",
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
        "message is now marked as received. ",
        "messages are now marked as received. ",
        "message est maintenant marqué comme reçu. ",
        "messages sont maintenant marqués comme reçus. ",
    ];
    let known = [
        "message was marked before. ",
        "messages were marked before. ",
        "message était déjà marqué. ",
        "messages étaient déjà marqués. ",
    ];
    let others = [
        "receipt is for another device. ",
        "receipts are for another device. ",
        "accusé de réception est pour un autre appareil. ",
        "accusés de réception sont pour un autre appareil. ",
    ];
    let doubted = [
        "receipt could not be checked, so its message still waits. Go online once with this device, then bring the file in again. ",
        "receipts could not be checked, so their messages still wait. Go online once with this device, then bring the file in again. ",
        "accusé de réception n'a pu être vérifié; son message attend encore. Connectez une fois cet appareil, puis ouvrez de nouveau le fichier. ",
        "accusés de réception n'ont pu être vérifiés; leurs messages attendent encore. Connectez une fois cet appareil, puis ouvrez de nouveau le fichier. ",
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
    match language {
        Language::English => {
            ["Genuine: the City received ", reference, " on ", at, " and signed for it."].concat()
        }
        Language::French => {
            ["Authentique : la Ville a reçu ", reference, " le ", at, " et a signé."].concat()
        }
    }
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
            "2 messages are now marked as received. 1 receipt is for another device. "
        );
        assert_eq!(
            released(Language::French, found),
            "2 messages sont maintenant marqués comme reçus. 1 accusé de réception est pour un autre appareil. "
        );
        assert_eq!(taken_in(Language::English, 0, 3), "3 messages were here already. ");
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        let forms = ["one", "more", "un", "plus"];
        let said = |language, count| counted(language, count, forms);
        assert_eq!([0, 1, 2].map(|n| said(Language::English, n)), ["0 more", "1 one", "2 more"]);
        assert_eq!([0, 1, 2].map(|n| said(Language::French, n)), ["0 un", "1 un", "2 plus"]);
        assert!(saved(Language::English, 1).starts_with("1 message is in the file"));
        assert!(receipts_saved(Language::French, 2).starts_with("2 accusés de réception sont"));
    }

    #[test]
    fn a_genuine_receipt_says_what_was_received_and_when() {
        assert_eq!(
            genuine(Language::English, "7Q3M", "May 1"),
            "Genuine: the City received 7Q3M on May 1 and signed for it."
        );
        assert_eq!(
            genuine(Language::French, "7Q3M", "1er mai"),
            "Authentique : la Ville a reçu 7Q3M le 1er mai et a signé."
        );
    }
}
