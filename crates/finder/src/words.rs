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
    let words = folded.split(|letter| !is_of_word(letter)).filter(|word| !word.is_empty());
    words.map(|word| (singular(word), word.to_string())).collect()
}

/// The same without chatter; when only chatter was said, all of it counts.
pub(crate) fn telling_words_of(text: &str) -> Vec<String> {
    let all = words_of(text);
    let telling: Vec<String> = all.iter().filter(|word| !CHATTER.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Small letters without accents: what is compared when two texts are.
pub fn folded(text: &str) -> String {
    text.chars().filter_map(plain).collect()
}

/// Letters and digits. Beyond the letters of Europe everything counts but the general punctuation.
pub(crate) fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{1fff}' | '\u{2c00}'..='\u{2dff}' | '\u{3040}'..)
}

/// A letter of French or its neighbours, small and without its accent; combining marks go. Written out,
/// because the tables for all the world's letters would cost the app 5 KB.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' => 'a',
        'ç' | 'Ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => 'i',
        'ñ' | 'Ñ' => 'n',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'œ' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' | 'Œ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' | 'Ù' | 'Û' | 'Ü' | 'Ú' => 'u',
        'ÿ' | 'Ÿ' => 'y',
        '\u{300}'..='\u{36f}' => return None,
        other => other.to_ascii_lowercase(),
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
