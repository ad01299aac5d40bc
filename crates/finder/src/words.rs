//! The words of a folded text. Also stop words, phrases, and the common stem of the forms of one
//! word.

use domain::phone::{PhonePart, phone_parts};
use domain::text::folded;

/// A text folded as it is indexed and searched: each phone number is one word, its digits, however
/// they were written, and 911 is one too. An extension is left out.
pub(crate) fn searchable(text: &str) -> String {
    let mut searchable = String::with_capacity(text.len());
    for part in phone_parts(text) {
        match part {
            PhonePart::Words(words) => searchable += &folded(&words),
            PhonePart::Number(phone) => {
                searchable.extend([" ", phone.national(), " "]);
            }
        }
    }
    searchable
}

/// Bytes of a word that are used; the rest of a longer word adds nothing.
pub(crate) const WORD_BYTES_MAX: usize = 31;

/// Stop words: they occur in every kind of question and carry no meaning. In both languages, folded
/// and sorted.
const CHATTER: &[&str] = &[
    "a", "about", "ai", "all", "am", "an", "and", "any", "anyone", "are", "arent", "as", "at",
    "au", "aux", "avec", "avez", "avoir", "be", "been", "bien", "bonjour", "but", "by", "ca",
    "can", "cant", "ce", "cela", "ces", "cest", "cette", "comment", "could", "d", "dans", "de",
    "des", "did", "do", "does", "doesnt", "doing", "dois", "dont", "du", "elle", "en", "es", "est",
    "et", "etre", "eu", "ever", "faire", "fait", "faut", "find", "for", "from", "gave", "get",
    "gets", "getting", "go", "going", "gone", "got", "had", "has", "have", "he", "hello", "her",
    "here", "hi", "him", "his", "how", "i", "id", "if", "il", "ils", "im", "in", "into", "is",
    "isnt", "it", "its", "ive", "j", "jai", "je", "just", "keep", "keeps", "know", "l", "la", "le",
    "les", "let", "leur", "like", "ll", "lui", "m", "ma", "mais", "make", "may", "me", "mes",
    "mon", "more", "much", "must", "my", "n", "na", "ne", "near", "nearest", "need", "needs", "no",
    "nos", "not", "notre", "nous", "now", "of", "ok", "on", "one", "or", "ou", "our", "par", "pas",
    "peut", "peux", "please", "pour", "puis", "qu", "quand", "que", "quel", "quelle", "qui",
    "quoi", "re", "s", "sa", "se", "ses", "she", "should", "si", "so", "some", "someone", "son",
    "sont", "status", "statut", "still", "suis", "sur", "svp", "t", "tell", "than", "that",
    "thats", "the", "their", "them", "then", "there", "theres", "these", "they", "this", "those",
    "to", "too", "trouver", "try", "trying", "tu", "un", "une", "up", "us", "ve", "very", "veux",
    "vos", "votre", "voudrais", "vous", "want", "wants", "was", "we", "went", "were", "what",
    "when", "where", "which", "who", "whos", "why", "will", "with", "wont", "would", "y", "you",
    "your",
];

/// Most words in one phrase, as "someone to talk to".
const SAYING_WORDS_MAX: usize = 4;
/// Shortest phrase in bytes; a shorter one is a word with an article.
const SAYING_BYTES_MIN: usize = 5;

/// Phrases: neighbouring words of which at most one is not a stop word, as in "no income" and
/// "someone to talk to". Returns each joined into one word, with the index of its first word and
/// the number of its words.
pub(crate) fn sayings<'w>(
    words: &'w [&'w str],
) -> impl Iterator<Item = (String, usize, usize)> + 'w {
    let spans =
        (0..words.len()).flat_map(|at| (2..=SAYING_WORDS_MAX).map(move |count| (at, count)));
    spans.filter_map(|(at, count)| {
        let span = words.get(at..at + count)?;
        let joined = span.concat();
        let fits = (SAYING_BYTES_MIN..=WORD_BYTES_MAX).contains(&joined.len());
        let telling = span.iter().filter(|word| !is_chatter(word)).count();
        (fits && telling <= 1).then_some((joined, at, count))
    })
}

/// Whether a character is part of a word: letters and digits. Beyond the letters of Europe,
/// everything except general punctuation counts.
pub(crate) fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{370}'..='\u{1fff}' | '\u{2c00}'..='\u{2dff}' | '\u{3040}'..)
}

/// Whether a word has a digit. A number is never guessed: it is the same or another.
pub(crate) fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// The words of a folded text, in order, each cut to [`WORD_BYTES_MAX`].
pub(crate) fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|letter| !is_of_word(letter)).filter(|word| !word.is_empty()).map(shortened)
}

/// The words of a folded text without stop words, in order.
pub(crate) fn content_words(folded: &str) -> impl Iterator<Item = &str> {
    words_of(folded).filter(|word| !is_chatter(word))
}

fn shortened(word: &str) -> &str {
    let end = (0..=word.len().min(WORD_BYTES_MAX)).rev().find(|&end| word.is_char_boundary(end));
    &word[..end.unwrap_or_default()]
}

/// Stems of words for what people do with any service, and for who does it. They do not say which
/// service is meant. Sorted.
const OF_ANY_SERVICE: &[&str] = &[
    "addres",
    "adress",
    "appeal",
    "appeler",
    "appli",
    "application",
    "apply",
    "appointment",
    "arriv",
    "book",
    "bureau",
    "call",
    "canada",
    "canadian",
    "cancel",
    "card",
    "chang",
    "check",
    "clos",
    "com",
    "combien",
    "cost",
    "cout",
    "couter",
    "demand",
    "demander",
    "expir",
    "federal",
    "fee",
    "fil",
    "form",
    "formulair",
    "government",
    "help",
    "heur",
    "hour",
    "information",
    "last",
    "lat",
    "ligne",
    "long",
    "lose",
    "lost",
    "much",
    "new",
    "next",
    "nouveau",
    "nouvel",
    "number",
    "numero",
    "obtenir",
    "offic",
    "old",
    "onlin",
    "online",
    "ontario",
    "open",
    "order",
    "ouvert",
    "pay",
    "payer",
    "payment",
    "perd",
    "perdu",
    "phon",
    "pric",
    "provincial",
    "receiv",
    "rendez",
    "renew",
    "renewal",
    "renouvel",
    "renouveler",
    "replac",
    "request",
    "send",
    "statu",
    "today",
    "tomorrow",
    "updat",
    "websit",
];

/// Whether a stem says what a person does with a service, and not which.
pub(crate) fn is_of_any_service(stem: &str) -> bool {
    OF_ANY_SERVICE.binary_search(&stem).is_ok()
}

/// Whether a folded word is a stop word.
pub(crate) fn is_chatter(word: &str) -> bool {
    CHATTER.binary_search(&word).is_ok()
}

/// The common stem of the forms of one word, in English and French: `plow` for plows, plowing and
/// plowed, `librari` for library and libraries, `licenc` for licence, license and licensing. For
/// comparison only; never shown.
pub(crate) fn stem(word: &str) -> String {
    let mut stem = String::from(word);
    if word.len() <= 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return stem;
    }
    let ends = |stem: &str, ending: &str| stem.len() >= ending.len() + 3 && stem.ends_with(ending);
    if ["ies", "sses", "xes", "ches", "shes", "zes"].iter().any(|ending| ends(&stem, ending)) {
        stem.truncate(stem.len() - 2);
    } else if ends(&stem, "s") && !["ss", "us", "is"].iter().any(|ending| stem.ends_with(ending)) {
        stem.truncate(stem.len() - 1);
    }
    for ending in ["ing", "ed"] {
        let has_vowel = |rest: &str| rest.bytes().any(|byte| b"aeiouy".contains(&byte));
        if ends(&stem, ending) && has_vowel(&stem[..stem.len() - ending.len()]) {
            stem.truncate(stem.len() - ending.len());
            let doubled = stem
                .as_bytes()
                .windows(2)
                .last()
                .is_some_and(|pair| pair[0] == pair[1] && !b"lsz".contains(&pair[0]));
            stem.truncate(stem.len() - usize::from(doubled));
            break;
        }
    }
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    // Nouns are written with c and verbs with s: licence, practice, advice.
    if stem.len() > 3 && ["ens", "ctis", "dvis"].iter().any(|ending| stem.ends_with(ending)) {
        stem.truncate(stem.len() - 1);
        stem.push('c');
    }
    if stem.len() > 3 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_matter() {
        let words = |text: &str| words_of(&folded(text)).map(String::from).collect::<Vec<_>>();
        assert_eq!(words("Déneigement, ROUTES"), ["deneigement", "routes"]);
        assert_eq!(words("De\u{301}neigement"), ["deneigement"]);
        assert_eq!(words("l’œuf du driver's"), ["l", "oeuf", "du", "driver", "s"]);
        assert_eq!(words("ﬂood　ＤＯＧ\u{ad}s c\u{200b}at"), ["flood", "dogs", "cat"]);
        let numbers =
            |text: &str| words_of(&searchable(text)).map(String::from).collect::<Vec<_>>();
        for text in ["705 324 9411", "(705) 324-9411", "+1 705.324.9411", "7053249411 ext. 12"] {
            assert_eq!(numbers(text), ["7053249411"], "{text}");
        }
        assert_eq!(numbers("call 9-1-1, or 2025"), ["call", "911", "or", "2025"]);
        assert_eq!(words(&"é".repeat(99)), ["e".repeat(31)]);
        assert_eq!(words(&"水".repeat(99)), ["水".repeat(10)]);
    }

    #[test]
    fn letters_and_digits_of_any_script_are_of_words_and_punctuation_is_not() {
        for letter in "az09éÿжな水한\u{301}".chars() {
            assert!(is_of_word(letter), "{letter}");
        }
        for other in " -'’“.,;/@\u{a0}\u{2014}\u{3001}".chars() {
            assert!(!is_of_word(other), "{other:?}");
        }
    }

    #[test]
    fn a_phrase_has_at_most_one_telling_word() {
        let sayings = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            sayings(&words).collect::<Vec<_>>()
        };
        let found = |text: &str, at, count| (text.to_string(), at, count);
        assert_eq!(sayings("no income"), [found("noincome", 0, 2)]);
        assert!(sayings("a dog").is_empty(), "a word with an article");
        assert_eq!(sayings("my dog"), [found("mydog", 0, 2)]);
        assert!(sayings("dog licence").is_empty(), "two telling words");
        assert_eq!(
            sayings("talk to some one now"),
            [
                found("talkto", 0, 2),
                found("talktosome", 0, 3),
                found("talktosomeone", 0, 4),
                found("tosome", 1, 2),
                found("tosomeone", 1, 3),
                found("tosomeonenow", 1, 4),
                found("someone", 2, 2),
                found("someonenow", 2, 3),
                found("onenow", 3, 2),
            ]
        );
        assert_eq!(
            sayings(&format!("the {}", "x".repeat(28))),
            [found(&format!("the{}", "x".repeat(28)), 0, 2)]
        );
        assert!(sayings(&format!("the {}", "x".repeat(29))).is_empty(), "longer than a word");
    }

    #[test]
    fn stems_are_these() {
        for (word, expected) in [
            ("cat", "cat"),
            ("cats", "cat"),
            ("Cats", "Cats"),
            ("fées", "fées"),
            ("ties", "tie"),
            ("taxies", "taxi"),
            ("glasses", "glass"),
            ("churches", "church"),
            ("dishes", "dish"),
            ("sizes", "siz"),
            ("glass", "glass"),
            ("bonus", "bonus"),
            ("tennis", "tennis"),
            ("running", "run"),
            ("selling", "sell"),
            ("passing", "pass"),
            ("buzzing", "buzz"),
            ("string", "string"),
            ("planned", "plan"),
            ("shred", "shred"),
            ("tree", "tre"),
            ("pole", "pol"),
            ("bee", "bee"),
            ("license", "licenc"),
            ("city", "citi"),
            ("key", "key"),
            ("happy", "happi"),
            ("keys", "key"),
            ("ense", "ens"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }

    #[test]
    fn the_list_of_chatter_can_be_searched() {
        assert!(CHATTER.is_sorted_by(|a, b| a < b));
        assert!(is_chatter("how") && is_chatter("comment") && !is_chatter("dog"));
    }

    #[test]
    fn forms_of_one_word_have_one_stem_and_other_words_have_others() {
        for forms in [
            &["plow", "plows", "plowing", "plowed"][..],
            &["library", "libraries"],
            &["licence", "licences", "license", "licensing", "licensed"],
            &["box", "boxes"],
            &["advice", "advise", "advised", "advising"],
            &["practice", "practise", "practised", "practices"],
            &["tax", "taxes", "taxed"],
            &["skating", "skate", "skates"],
            &["permitted", "permit", "permits"],
            &["taxe", "taxes"],
        ] {
            assert!(
                forms.iter().all(|form| stem(form) == stem(forms[0])),
                "{forms:?}: {:?}",
                forms.iter().map(|form| stem(form)).collect::<Vec<_>>()
            );
        }
        for (one, other) in [
            ("bus", "bu"),
            ("address", "addres"),
            ("sing", "s"),
            ("red", "r"),
            ("news", "ne"),
            ("911", "91"),
        ] {
            assert_ne!(stem(one), stem(other), "{one}");
        }
    }
}
