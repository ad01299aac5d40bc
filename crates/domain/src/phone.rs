//! Reads phone numbers in texts as people write and paste them: in the directory, in forms, in
//! messages. One reader for all of them, so that what is shown, dialled and compared is the same.

use crate::text::{Language, plain_letter};

/// Digits of a number with its area code (North American Numbering Plan).
const NATIONAL_DIGITS: usize = 10;
/// Digits of a service number such as 911 or 211: they end in 11, as no area code does.
const SERVICE_DIGITS: usize = 3;
/// Most digits of a number in any country (E.164).
const DIGITS_MAX: usize = 15;
/// Fewest digits of a number after a `+`.
const INTERNATIONAL_DIGITS_MIN: usize = 8;
/// Most digits of an extension.
const EXTENSION_DIGITS_MAX: usize = 7;
/// Words before an extension, in both languages, longest first.
const EXTENSION_WORDS: [&str; 8] = ["extension", "poste", "extn", "ext.", "ext", "x", "p.", "#"];

/// A phone number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPhone {
    /// The digits to dial, with a `+` if it was written: `7053249411`, `18888222225`, `911`.
    pub digits: String,
    /// The extension, without its word.
    pub extension: Option<String>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhonePart {
    /// Words that are no number.
    Words(String),
    /// A number.
    Number(ReadPhone),
}

impl ReadPhone {
    /// The first number in a text; `None` if there is none.
    pub fn first(text: &str) -> Option<Self> {
        phone_parts(text).into_iter().find_map(|part| match part {
            PhonePart::Number(phone) => Some(phone),
            PhonePart::Words(_) => None,
        })
    }

    /// The address of a `tel:` link (RFC 3966).
    pub fn address(&self) -> String {
        match &self.extension {
            Some(extension) => ["tel:", &self.digits, ";ext=", extension].concat(),
            None => ["tel:", &self.digits].concat(),
        }
    }

    /// The number in the one form in which it is shown: `705-324-9411 ext. 12`, `1-888-822-2225`.
    pub fn shown(&self, language: Language) -> String {
        let digits = self.digits.strip_prefix('+').unwrap_or(&self.digits);
        let is_foreign = self.digits.starts_with('+') && !digits.starts_with('1');
        let number = match digits.len() {
            _ if is_foreign => self.digits.clone(),
            10 => [&digits[..3], "-", &digits[3..6], "-", &digits[6..]].concat(),
            11 => ["1-", &digits[1..4], "-", &digits[4..7], "-", &digits[7..]].concat(),
            _ => digits.into(),
        };
        let word = if language == Language::French { " poste\u{a0}" } else { " ext.\u{a0}" };
        match &self.extension {
            Some(extension) => [&number, word, extension].concat(),
            None => number,
        }
    }

    /// The digits without the country code of North America and without the extension: by them a
    /// number is searched.
    pub fn national(&self) -> &str {
        let digits = self.digits.strip_prefix('+').unwrap_or(&self.digits);
        digits.strip_prefix('1').filter(|rest| rest.len() == NATIONAL_DIGITS).unwrap_or(digits)
    }

    /// The digits by which two numbers are compared: without the country code, with the extension.
    pub fn compared(&self) -> String {
        [self.national(), self.extension.as_deref().unwrap_or_default()].join("x")
    }
}

/// The numbers of a text and the words between them, in order. The words stay as they were written,
/// without what cannot be seen.
pub fn phone_parts(text: &str) -> Vec<PhonePart> {
    let seen = |letter: char| plain_letter(letter).map(|plain| (plain, letter));
    let (letters, written): (Vec<char>, Vec<char>) = text.chars().filter_map(seen).unzip();
    let mut parts = Vec::new();
    let mut words = String::new();
    let mut at = 0;
    while at < letters.len() {
        let is_new = at == 0 || !is_of_word(letters[at - 1]);
        match number_at(&letters, at).filter(|_| is_new) {
            Some((phone, end)) => {
                if !words.is_empty() {
                    parts.push(PhonePart::Words(std::mem::take(&mut words)));
                }
                parts.push(PhonePart::Number(phone));
                at = end;
            }
            None => {
                words.push(written[at]);
                at += 1;
            }
        }
    }
    if !words.is_empty() {
        parts.push(PhonePart::Words(words));
    }
    parts
}

/// Whether a letter belongs to a word. Everything beyond ASCII counts as if it did: the tables for
/// all of Unicode would cost the app 5 KB.
fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || !letter.is_ascii()
}

/// The number that begins at a letter, and the place after it. `None` if none begins there.
fn number_at(letters: &[char], start: usize) -> Option<(ReadPhone, usize)> {
    let is_bracket = letters[start] == '(';
    let is_plus = letters[start] == '+';
    if !is_bracket && !is_plus && !letters[start].is_ascii_digit() {
        return None;
    }
    let mut digits = String::new();
    let mut at = start + usize::from(is_plus || is_bracket);
    let mut end = start;
    while at < letters.len() && digits.len() < DIGITS_MAX {
        if letters[at].is_ascii_digit() {
            digits.push(letters[at]);
            end = at + 1;
            if is_complete(&digits, is_plus) {
                break;
            }
        } else if !" -.()/".contains(letters[at]) || at - end >= 3 {
            break;
        }
        let is_service = digits.len() == SERVICE_DIGITS && digits.ends_with("11");
        if is_service && !letters.get(at + 1).is_some_and(char::is_ascii_digit) {
            break;
        }
        at += 1;
    }
    let goes_on = letters.get(end).is_some_and(|next| is_of_word(*next));
    let is_service = digits.len() == SERVICE_DIGITS && digits.ends_with("11") && !is_bracket;
    let is_foreign = is_plus && digits.len() >= INTERNATIONAL_DIGITS_MIN;
    let is_number = is_service || is_foreign || is_complete(&digits, is_plus);
    let (extension, after) = extension_at(letters, end);
    if !is_number || (goes_on && extension.is_none()) {
        return None;
    }
    let digits = if is_plus { ["+", &digits].concat() } else { digits };
    Some((ReadPhone { digits, extension }, after))
}

/// Whether the digits are a whole North American number, with or without the 1.
fn is_complete(digits: &str, is_plus: bool) -> bool {
    match digits.as_bytes().first() {
        Some(b'1') => digits.len() == NATIONAL_DIGITS + 1,
        Some(b'2'..=b'9') => !is_plus && digits.len() == NATIONAL_DIGITS,
        _ => false,
    }
}

/// The extension after a number, and the place after it.
fn extension_at(letters: &[char], end: usize) -> (Option<String>, usize) {
    let skip = |mut at: usize, of: &str| {
        while letters.get(at).is_some_and(|letter| of.contains(*letter)) {
            at += 1;
        }
        at
    };
    let at = skip(end, " ,;");
    let rest: String = letters[at..].iter().take(10).collect::<String>().to_ascii_lowercase();
    let Some(word) = EXTENSION_WORDS.iter().find(|word| rest.starts_with(**word)) else {
        return (None, end);
    };
    let from = skip(at + word.chars().count(), " .:#=");
    let digits: String =
        letters[from..].iter().take_while(|letter| letter.is_ascii_digit()).collect();
    match digits.len() {
        1..=EXTENSION_DIGITS_MAX => {
            let after = from + digits.len();
            (Some(digits), after)
        }
        _ => (None, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        ReadPhone::first(text).map(|phone| (phone.digits, phone.extension))
    }

    #[test]
    fn a_number_is_read_as_people_write_and_paste_it() {
        for (text, digits, extension) in [
            ("650 780-7525", "6507807525", None),
            ("(705) 324-5632", "7053245632", None),
            ("705.738.2088", "7057382088", None),
            ("7057382088", "7057382088", None),
            ("1 888 822-2225", "18888222225", None),
            ("+1 705 555 0147", "+17055550147", None),
            ("+33 1 42 68 53 00", "+33142685300", None),
            ("705-324-9411 ext. 12", "7053249411", Some("12")),
            ("705-324-9411, ext. 12", "7053249411", Some("12")),
            ("705-324-9411 x12", "7053249411", Some("12")),
            ("705-324-9411x12", "7053249411", Some("12")),
            ("705 324-9411 poste 12", "7053249411", Some("12")),
            ("705-324-9411 EXT 1272", "7053249411", Some("1272")),
            ("705-324-9411 #5", "7053249411", Some("5")),
            ("\u{202d}705-324-9411\u{202c}", "7053249411", None),
            ("705\u{2011}324\u{2013}9411", "7053249411", None),
            ("705\u{a0}324\u{202f}9411", "7053249411", None),
            ("７０５-324-9411", "7053249411", None),
            ("(705) 324-5632, ext. 12", "7053245632", Some("12")),
            ("705-324-9411 extn 12", "7053249411", Some("12")),
            ("tel:705-324-9411;ext=12", "7053249411", Some("12")),
            ("+1 (705) 555-0147", "+17055550147", None),
            ("1-(705)-324-9411", "17053249411", None),
            ("705 / 324 / 9411", "7053249411", None),
            (
                "\u{202d}\u{2066}+1\u{a0}705\u{202f}324\u{2060}9411\u{2069}\u{202c}",
                "+17053249411",
                None,
            ),
            ("（７０５）３２４－９４１１", "7053249411", None),
            ("٧٠٥٣٢٤٩٤١١", "7053249411", None),
            ("911", "911", None),
            ("911 (office 705-324-5731)", "911", None),
            ("call 705-324-9411 today", "7053249411", None),
            ("705-324-9870 or 1-877-324-9870", "7053249870", None),
            ("705-324-9870 1-877-324-9870", "7053249870", None),
        ] {
            let expected = (digits.to_string(), extension.map(String::from));
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_guessed_to_be_one() {
        for text in [
            "ask at the counter",
            "324-9411",
            "12345678901234567",
            "705-324-941a",
            "roll number 1651 010 001 12300",
            "2026-11-30",
            "250",
            "8:30 to 16:30",
            "",
            "+",
            "(",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn it_is_shown_in_one_form_and_dialled_with_all_its_digits() {
        let phone = ReadPhone::first("(705) 324 9411 poste 12").unwrap();
        assert_eq!(phone.shown(Language::English), "705-324-9411 ext.\u{a0}12");
        assert_eq!(phone.shown(Language::French), "705-324-9411 poste\u{a0}12");
        assert_eq!(phone.address(), "tel:7053249411;ext=12");
        for (text, shown, address) in [
            ("+1 705 555 0147", "1-705-555-0147", "tel:+17055550147"),
            ("1 888 822-2225", "1-888-822-2225", "tel:18888222225"),
            ("+33 1 42 68 53 00", "+33142685300", "tel:+33142685300"),
            ("9-1-1", "911", "tel:911"),
        ] {
            let phone = ReadPhone::first(text).unwrap();
            assert_eq!(phone.shown(Language::English), shown, "{text}");
            assert_eq!(phone.address(), address, "{text}");
        }
    }

    #[test]
    fn two_spellings_of_a_number_compare_as_one() {
        let compared = |text: &str| ReadPhone::first(text).unwrap().compared();
        for same in ["(705) 324-9411", "1 705 324 9411", "+1.705.324.9411", "7053249411"] {
            assert_eq!(compared(same), compared("705-324-9411"), "{same}");
        }
        assert_ne!(compared("705-324-9411 ext. 2"), compared("705-324-9411"));
    }

    #[test]
    fn the_words_around_numbers_stay() {
        let parts = phone_parts("705-324-9870 or 1-877-324-9870 after hours");
        let shown: Vec<String> = parts
            .iter()
            .map(|part| match part {
                PhonePart::Words(words) => words.clone(),
                PhonePart::Number(phone) => phone.shown(Language::English),
            })
            .collect();
        assert_eq!(shown, ["705-324-9870", " or ", "1-877-324-9870", " after hours"]);
        let words = phone_parts("l’été – 2026\u{200b}");
        assert_eq!(words, [PhonePart::Words("l’été – 2026".into())], "written as before");
    }
}
