//! The rules that every text follows: typography, and words to avoid. `docs/glossary.md` explains
//! them under "How we write". Tests apply them; the product does not.

use domain::Language;

/// Words that no English text on a screen has, and what to write instead.
const NOT_ENGLISH: &[(&str, &str)] = &[
    ("anybody", "anyone"),
    ("autumn", "fall"),
    ("by itself", "name who does it"),
    ("catalogue", "directory"),
    ("e-mail", "email"),
    ("enrol", "set up"),
    ("enrolled", "set up"),
    ("erase", "delete"),
    ("erased", "deleted"),
    ("everybody", "everyone"),
    ("hub", "location"),
    ("hubs", "locations"),
    ("kiosk", "public terminal"),
    ("login", "username"),
    ("mend", "correct"),
    ("nobody", "no one"),
    ("of yours", "your"),
    ("oops", "say what happened"),
    ("programme", "program"),
    ("rubbish", "garbage"),
    ("seal", "only the City can read it"),
    ("sealed", "only the City can read it"),
    ("somebody", "someone"),
    ("taken in", "added"),
    ("whoever", "name them"),
];

/// Words that no French text on a screen has, and what to write instead.
const NOT_FRENCH: &[(&str, &str)] = &[
    ("carrefour", "point de service"),
    ("carrefours", "points de service"),
    ("catalogue", "répertoire"),
    ("comment avons-nous fait", "que pensez-vous de nos services"),
    ("cookies", "témoins"),
    ("e-mail", "courriel"),
    ("kiosque libre-service", "borne publique"),
    ("login", "identifiant"),
    ("pas certain", "besoin d’aide"),
    ("pin", "NIP"),
    ("scanner", "balayer"),
    ("scannez", "balayez"),
    ("scellé", "seule la Ville peut le lire"),
    ("scellée", "seule la Ville peut le lire"),
    ("scellés", "seule la Ville peut le lire"),
    ("sollicité", "invité"),
    ("sollicités", "invités"),
    ("week-end", "fin de semaine"),
];

/// What is wrong with a text, in words. Empty if nothing is.
pub fn faults(language: Language, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{what}: {text}"));
    let chars: Vec<char> = text.chars().collect();
    for (at, &it) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        let ends = after.is_none_or(char::is_whitespace);
        let is_letter = |it: Option<char>| it.is_some_and(char::is_alphabetic);
        match (language, it) {
            (_, '\'') if is_letter(before) && is_letter(after) => fault("write ’ for '"),
            (_, ';' | '!' | '?') if before.is_some_and(char::is_whitespace) => {
                fault("no space before ; ! ?");
            }
            (Language::English, ':' | '%') if before.is_some_and(char::is_whitespace) => {
                fault("no space before : %");
            }
            (Language::French, ':') if ends && before.is_some_and(|it| it != '\u{a0}') => {
                fault("a no-break space before :");
            }
            (Language::French, '%' | '$')
                if before.is_some_and(|it| it == ' ' || it == '}' || it.is_numeric()) =>
            {
                fault("a no-break space before % $");
            }
            (Language::French, '«') if after.is_some_and(|it| it != '\u{a0}') => {
                fault("a no-break space after «");
            }
            (Language::French, '»') if before.is_some_and(|it| it != '\u{a0}') => {
                fault("a no-break space before »");
            }
            (Language::French, '“' | '”') => fault("write « » for “ ”"),
            (Language::English, '«' | '»') => fault("write “ ” for « »"),
            _ => {}
        }
    }
    if text.contains("...") {
        fault("write … for ...");
    }
    let banned = if language == Language::French { NOT_FRENCH } else { NOT_ENGLISH };
    for (word, instead) in banned.iter().filter(|(word, _)| has_word(text, word)) {
        fault(&format!("write {instead} for {word}"));
    }
    faults
}

/// What is wrong with two texts that say the same in both languages, in words.
pub fn pair_faults(english: &str, french: &str) -> Vec<String> {
    let mut found = faults(Language::English, english);
    found.extend(faults(Language::French, french));
    if english.trim().is_empty() != french.trim().is_empty() {
        found.push(format!("one language is missing: {english} | {french}"));
    }
    if placeholders(english) != placeholders(french) {
        found.push(format!("placeholders differ: {english} | {french}"));
    }
    found
}

/// The names in braces, sorted.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names
}

/// Whether a text has a word of the lists. The product's name and the ending of its files are no
/// words.
fn has_word(text: &str, word: &str) -> bool {
    let text =
        text.to_lowercase().replace("community hub", "").replace("carrefour communautaire", "");
    text.match_indices(word).any(|(at, _)| {
        let is_part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '.');
        let after = text[at + word.len()..].chars().next();
        !is_part(text[..at].chars().next_back()) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Two string literals side by side in a source file: how templates and programs say a text in
/// both languages.
pub fn pairs(source: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut last: Option<(String, usize)> = None;
    let mut at = 0;
    while let Some(start) = source[at..].find('"').map(|found| at + found) {
        let Some((text, end)) = literal(source, start) else { break };
        match last.take() {
            Some((english, until)) if source[until..start].trim() == "," => {
                pairs.push((english, text));
            }
            _ => last = Some((text, end)),
        }
        at = end;
    }
    pairs
}

/// The string literal that starts at a quote, and where it ends.
fn literal(source: &str, start: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = source[start + 1..].char_indices();
    while let Some((at, it)) = chars.next() {
        match it {
            '"' => return Some((text, start + at + 2)),
            '\\' => match chars.next()?.1 {
                '\n' => {
                    let rest = chars.as_str();
                    let blank = rest.len() - rest.trim_start().len();
                    chars.by_ref().take(rest[..blank].chars().count()).for_each(drop);
                }
                'u' => {
                    let code: String = chars
                        .by_ref()
                        .map(|(_, it)| it)
                        .skip_while(|it| *it == '{')
                        .take_while(|it| *it != '}')
                        .collect();
                    text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                }
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests;
