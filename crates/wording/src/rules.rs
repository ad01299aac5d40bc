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

const APOSTROPHE: &str = "write ’ for '";

/// What is wrong with a text, in words. Empty if nothing is.
pub fn faults(language: Language, text: &str) -> Vec<String> {
    faults_but_for(language, text, &[])
}

/// The same for a text that may use some of the words to avoid.
fn faults_but_for(language: Language, text: &str, allowed: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{what}: {text}"));
    let chars: Vec<char> = text.chars().collect();
    for (at, &it) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        let ends = after.is_none_or(char::is_whitespace);
        let is_letter = |it: Option<char>| it.is_some_and(char::is_alphabetic);
        match (language, it) {
            (_, '\'') if is_letter(before) && is_letter(after) => fault(APOSTROPHE),
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
    let is_wrong = |word: &str| !allowed.contains(&word) && has_word(text, word);
    for (word, instead) in banned.iter().filter(|(word, _)| is_wrong(word)) {
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

/// Whether a text has a word of the lists. The product's name, its command, the ending of its files
/// and names in braces are no words.
fn has_word(text: &str, word: &str) -> bool {
    let mut text = text.to_lowercase();
    for name in ["community hub", "community-hub", "carrefour communautaire"] {
        text = text.replace(name, "");
    }
    while let Some(start) = text.find('{')
        && let Some(length) = text[start..].find('}')
    {
        text.replace_range(start..=start + length, "");
    }
    text.match_indices(word).any(|(at, _)| {
        let is_part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '.');
        let after = text[at + word.len()..].chars().next();
        !is_part(text[..at].chars().next_back()) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// What is wrong with a line of a text in a program. Its letters tell its language. Of English,
/// only sentences are judged in full, because the rest may be names of a program. `allowed` are
/// words to avoid that are names in commands.
pub fn line_faults(line: &str, allowed: &[&str]) -> Vec<String> {
    if !line.trim().contains(' ') {
        return Vec::new();
    }
    if is_french(line) {
        return faults(Language::French, line);
    }
    let mut first = line.trim_start().chars();
    let is_sentence = first.next().is_some_and(char::is_uppercase)
        && first.next().is_some_and(|second| !second.is_uppercase());
    let mut found = faults_but_for(Language::English, line, allowed);
    found.retain(|fault| is_sentence || fault.starts_with(APOSTROPHE));
    found
}

/// Whether a text has a letter or a space that only French has here.
fn is_french(text: &str) -> bool {
    text.to_lowercase().contains(|it: char| "àâçèéêëîïôùûœ«»".contains(it))
        || [":", "%", "$"].into_iter().any(|sign| text.contains(&["\u{a0}", sign].concat()))
}

/// The string literals of a program, without its comments.
pub fn literals(source: &str) -> Vec<String> {
    let (mut literals, mut at) = (Vec::new(), 0);
    while let Some(it) = source[at..].chars().next() {
        let rest = &source[at..];
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some((text, length)) = raw_literal(rest) {
            literals.push(text.into());
            length
        } else if it == '"' {
            let Some((text, end)) = literal(source, at) else { break };
            literals.push(text);
            end - at
        } else if it == '\'' {
            length_of_character(rest)
        } else {
            it.len_utf8()
        };
    }
    literals
}

/// The raw string literal that a source begins with, and its length.
fn raw_literal(source: &str) -> Option<(&str, usize)> {
    let marks = source.strip_prefix('r')?;
    let quoted = marks.trim_start_matches('#');
    let end = ["\"", &marks[..marks.len() - quoted.len()]].concat();
    let text = quoted.strip_prefix('"')?;
    let length = text.find(&end)?;
    Some((&text[..length], source.len() - text.len() + length + end.len()))
}

/// The length of the character literal that a source begins with; 1 for a lifetime.
fn length_of_character(source: &str) -> usize {
    let mut letters = source.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let after = at + escaped.len_utf8();
            source[after..].find('\'').map_or(1, |length| after + length + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
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
