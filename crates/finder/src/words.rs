//! From text to the words that are compared: small letters, no accents, no chatter, no plural.

/// Words that are in every question and tell nothing. Both languages, folded.
const CHATTER: &[&str] = &[
    "a", "about", "an", "and", "any", "are", "at", "au", "aux", "can", "ce", "comment", "could", "d", "dans", "de", "des", "do", "does", "du", "en", "est",
    "et", "for", "from", "get", "have", "how", "i", "il", "in", "is", "it", "j", "je", "l", "la", "le", "les", "m", "ma", "me", "mes", "mon", "my", "need",
    "of", "on", "or", "ou", "our", "pour", "que", "qui", "s", "sur", "t", "the", "their", "there", "to", "un", "une", "want", "was", "we", "what", "when",
    "where", "who", "will", "with", "you", "your",
];

/// The words of a text in order, folded and without plural endings.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    forms_of(text).into_iter().map(|(word, _)| word).collect()
}

/// The same, each with the form in which it stands in the text, for showing.
pub(crate) fn forms_of(text: &str) -> Vec<(String, String)> {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| (singular(word), word.to_string())).collect()
}

/// The same without chatter; when only chatter was said, all of it counts.
pub(crate) fn telling_words_of(text: &str) -> Vec<String> {
    let all = words_of(text);
    let telling: Vec<String> = all.iter().filter(|word| !CHATTER.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).filter_map(unaccented).collect()
}

/// The letters of French and its neighbours without their accents; combining marks go.
fn unaccented(letter: char) -> Option<char> {
    Some(match letter {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' | 'ì' => 'i',
        'ñ' => 'n',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'œ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ÿ' => 'y',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// Without a plural "s", except where it belongs to the word ("bus", "address", "this").
fn singular(word: &str) -> String {
    let is_plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    match word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        Some(stem) => format!("{stem}y"),
        None if is_plural => word[..word.len() - 1].into(),
        None => word.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_plurals_do_not_matter() {
        assert_eq!(words_of("Déneigement, ROUTES"), ["deneigement", "route"]);
        assert_eq!(words_of("De\u{301}neigement"), ["deneigement"]);
        assert_eq!(words_of("libraries buses bus address"), ["library", "buse", "bus", "address"]);
    }

    #[test]
    fn chatter_counts_only_when_nothing_else_was_said() {
        assert_eq!(telling_words_of("How do I get a dog licence?"), ["dog", "licence"]);
        assert_eq!(telling_words_of("where is it"), ["where", "is", "it"]);
    }
}
