//! Languages of the interface, texts that the municipality provides in one or both of them, and
//! texts as people type and paste them. Whatever judges, searches, compares or counts a text must
//! read it by [`plain`], [`folded`] or [`tidied`] first, so that the same words always are the same
//! text. The tables for all of Unicode would cost the app 5 KB; these cost less than one.

use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
}

impl Language {
    /// The BCP 47 tag, as used in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
        }
    }

    /// The language of a BCP 47 tag; `None` if the interface does not have it.
    pub fn parse(tag: &str) -> Option<Self> {
        [Language::English, Language::French].into_iter().find(|language| language.tag() == tag)
    }
}

/// A text of the municipality: always in English, and in French if it has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In French; needed where the municipality offers French.
    #[serde(default)]
    pub fr: Option<String>,
}

impl Text {
    /// The text for a reader of `language`, and the language that it is actually in.
    pub fn for_reader(&self, language: Language) -> (&str, Language) {
        match (&self.fr, language) {
            (Some(french), Language::French) => (french, Language::French),
            _ => (&self.en, Language::English),
        }
    }

    /// The text alone, for use where its language is marked by other means.
    pub fn get(&self, language: Language) -> &str {
        self.for_reader(language).0
    }
}

/// The plain letters for U+00C0 to U+017F, in lower case. A space: the letter stays, or becomes two
/// (see [`two_letters`]).
const LATIN: &[u8; 192] = b"aaaaaa ceeeeiiiidnooooo ouuuuy  aaaaaa ceeeeiiiidnooooo ouuuuy y\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkkkllllllllllnnnnnnnnnoooooo  \
rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// A text as it is meant: what looks alike becomes one letter, and what cannot be seen goes. For
/// comparison only; what people wrote is stored and shown as [`tidied`] returns it.
///
/// Apostrophes, quotation marks, dashes and spaces become the plain ones; ligatures, full-width and
/// mathematical letters and digits their letters; each end of a line is one LF.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            '\n' if before == '\r' => {}
            '\u{2026}' => plain.push_str("..."),
            '\u{fb00}'..='\u{fb06}' => {
                let at = letter as usize - 0xfb00;
                plain.push_str(["ff", "fi", "fl", "ffi", "ffl", "st", "st"][at]);
            }
            _ => plain.extend(plain_letter(letter)),
        }
        before = letter;
    }
    plain
}

/// One letter as it is meant. `None` if it cannot be seen.
pub(crate) fn plain_letter(letter: char) -> Option<char> {
    let of = |first: char, at: u32| char::from_u32(first as u32 + at).unwrap_or(letter);
    let code = letter as u32;
    Some(match letter {
        ' '..='~' | '\n' | '\t' => letter,
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\0'..='\u{9f}' => return None,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => {
            return None;
        }
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => return None,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => return None,
        '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => return None,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '\u{2800}' | '\u{3000}' => ' ',
        '\u{b4}' | '\u{2b9}'..='\u{2bc}' | '\u{2c8}' | '\u{2018}'..='\u{201b}' => '\'',
        '\u{2032}' | '\u{2035}' | '\u{ff07}' | '\u{ff40}' => '\'',
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{ff01}'..='\u{ff5e}' => of('!', code - 0xff01),
        '\u{660}'..='\u{669}' => of('0', code - 0x660),
        '\u{6f0}'..='\u{6f9}' => of('0', code - 0x6f0),
        // Mathematical letters and digits: "bold" and "cursive" text in posts and messages.
        '\u{1d400}'..='\u{1d6a3}' => match (code - 0x1d400) % 52 {
            at @ 0..26 => of('A', at),
            at => of('a', at - 26),
        },
        '\u{1d7ce}'..='\u{1d7ff}' => of('0', (code - 0x1d7ce) % 10),
        other => other,
    })
}

/// A text folded for comparison: [`plain`], in lower case and without accents. Also the order in
/// which names are sorted: É with E, œ with oe.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        let at = (letter as usize).wrapping_sub(0xc0);
        match (two_letters(letter), LATIN.get(at)) {
            ("", Some(b' ') | None) => match letter {
                // Accents that stand after their letter.
                '\u{300}'..='\u{36f}' => {}
                other => folded.push(other.to_ascii_lowercase()),
            },
            ("", Some(latin)) => folded.push(*latin as char),
            (two, _) => folded.push_str(two),
        }
    }
    folded
}

/// The two letters that a letter stands for; empty for all others.
fn two_letters(letter: char) -> &'static str {
    match letter {
        'Æ' | 'æ' => "ae",
        'Œ' | 'œ' => "oe",
        'ß' | 'ẞ' => "ss",
        'Þ' | 'þ' => "th",
        'Ĳ' | 'ĳ' => "ij",
        _ => "",
    }
}

/// A text as it is stored and counted: without spaces around it, without what cannot be seen, and
/// with LF as the end of lines. Letters stay as they were typed, and so do the joiners that some
/// scripts and emoji need. Empty if nothing in it can be seen.
pub fn tidied(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let (mut before, mut is_blank) = (' ', true);
    for letter in text.chars() {
        match plain_letter(letter) {
            Some('\n') if letter == '\n' && before == '\r' => {}
            Some('\n') => tidy.push('\n'),
            Some(seen) => {
                is_blank &= seen == ' ' || seen == '\t';
                tidy.push(letter);
            }
            None if matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}') => {
                tidy.push(letter);
            }
            None => {}
        }
        before = letter;
    }
    if is_blank { String::new() } else { tidy.trim().into() }
}

/// A file that is not in UTF-8, as an editor needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is in {encoding}, not in UTF-8; {SAVE_AS_UTF8}")]
pub struct ForeignEncoding {
    /// The line, from 1, of the first letter that is not UTF-8.
    pub line: usize,
    /// The encoding that it probably is.
    pub encoding: &'static str,
}

/// How to save a file as UTF-8.
pub const SAVE_AS_UTF8: &str = "save the file again as UTF-8. In Notepad: File, Save as, Encoding: UTF-8. In Visual Studio Code: click the encoding at the bottom right, Save with Encoding, UTF-8";

/// The text of a file in UTF-8, without a byte order mark.
pub fn utf8_of(bytes: &[u8]) -> Result<&str, ForeignEncoding> {
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || bytes.iter().take(4).any(|byte| *byte == 0);
    if is_utf16 {
        return Err(ForeignEncoding { line: 1, encoding: "UTF-16 (“Unicode”)" });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            Err(ForeignEncoding { line, encoding: "Windows-1252 or Latin-1 (“ANSI”)" })
        }
    }
}

/// Whether nothing of a text can be seen.
pub fn is_blank(text: &str) -> bool {
    tidied(text).is_empty()
}

/// The length of a text in characters, as it is stored: what every limit of a text counts.
pub fn length_of(text: &str) -> usize {
    tidied(text).chars().count()
}

/// The groups of ASCII letters and digits in a [`plain`] text.
pub(crate) fn groups_of(plain: &str) -> Vec<&str> {
    let groups = plain.split(|letter: char| !letter.is_ascii_alphanumeric());
    groups.filter(|group| !group.is_empty()).collect()
}

/// The runs of neighbouring groups of letters and digits that have `letters` characters together:
/// where a code may be in a pasted text, however it was grouped and whatever stands around it.
/// Those with a digit come first, because a word may have as many letters as a code.
pub(crate) fn runs_of(text: &str, letters: usize) -> Vec<String> {
    let text = plain(text);
    let groups = groups_of(&text);
    let (mut runs, mut words) = (Vec::new(), Vec::new());
    for from in 0..groups.len() {
        let mut run = String::new();
        for group in &groups[from..] {
            run.push_str(group);
            if run.len() >= letters {
                break;
            }
        }
        if run.len() == letters {
            let has_digit = run.bytes().any(|letter| letter.is_ascii_digit());
            if has_digit { runs.push(run) } else { words.push(run) }
        }
    }
    runs.append(&mut words);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_one_text() {
        for (typed, meant) in [
            ("I’m", "I'm"),
            ("I‘m Iʼm I′m I´m I＇m", "I'm I'm I'm I'm I'm"),
            ("“a” «b» „c‟ ＂d＂", "\"a\" \"b\" \"c\" \"d\""),
            ("a‐b‑c‒d–e—f―g−h﹘i﹣j－k", "a-b-c-d-e-f-g-h-i-j-k"),
            ("ﬂood ﬁre oﬀ oﬃce waﬄe ﬆ", "flood fire off office waffle st"),
            ("ＤＯＧ　７０５＠", "DOG 705@"),
            ("𝐃𝐨𝐠 𝒹𝓸𝓰 𝟕𝟎𝟓", "Dog dog 705"),
            ("٧٠٥ ۷۰۵", "705 705"),
            ("a\u{200b}b\u{ad}c\u{feff}d\u{202d}e\u{202c}f\u{2060}g\0h", "abcdefgh"),
            ("a\u{a0}b\u{202f}c\u{2009}d\u{3000}e", "a b c d e"),
            ("a\r\nb\rc\nd\u{2028}e\u{85}f\r\r\ng", "a\nb\nc\nd\ne\nf\n\ng"),
            ("wait…", "wait..."),
            ("é œ 水 👍", "é œ 水 👍"),
        ] {
            assert_eq!(plain(typed), meant, "{typed}");
            assert_eq!(plain(meant), meant, "once is enough: {meant}");
        }
    }

    #[test]
    fn every_accent_of_latin_letters_is_folded() {
        for (letters, plain) in [
            ("àâäáãåÀÂÄÁÃÅāĂą", "a"),
            ("çÇćČ", "c"),
            ("éèêëÉÈÊËēĘě", "e"),
            ("îïíìÎÏÍÌ", "i"),
            ("ñÑńŇ", "n"),
            ("ôöóòõÔÖÓÒÕøØő", "o"),
            ("ùûüúÙÛÜÚůű", "u"),
            ("ÿŸýŶ", "y"),
            ("œŒ", "oe"),
            ("æÆ", "ae"),
            ("ßẞ", "ss"),
            ("łŁľ", "l"),
            ("šŠśŞ", "s"),
            ("žŹż", "z"),
            ("řŔ", "r"),
            ("ťŢ", "t"),
            ("ğĠ", "g"),
            ("đĐð", "d"),
            ("ŵ", "w"),
        ] {
            assert_eq!(folded(letters), plain.repeat(letters.chars().count()), "{letters}");
        }
        assert_eq!(folded("A\u{300}B\u{36f}C"), "abc");
        assert_eq!(folded("ж水Z9-×÷"), "ж水z9-×÷");
        assert_eq!(folded("L’Œuvre"), folded("L'OEUVRE"));
    }

    #[test]
    fn names_are_in_the_order_of_their_folded_texts() {
        let mut names = ["Zone", "Égout", "Eau", "Œuvre", "Oie", "Ordures", "Événement"];
        names.sort_by_key(|name| folded(name));
        assert_eq!(names, ["Eau", "Égout", "Événement", "Œuvre", "Oie", "Ordures", "Zone"]);
    }

    #[test]
    fn a_text_is_kept_as_written_but_for_what_cannot_be_seen() {
        for (typed, kept) in [
            ("  I’m here\r\nand\rthere \u{feff}", "I’m here\nand\nthere"),
            ("a\u{200b}b\u{202e}c", "abc"),
            ("👩\u{200d}👧 ❤\u{fe0f}", "👩\u{200d}👧 ❤\u{fe0f}"),
            ("\u{a0}ﬂood\u{a0}", "ﬂood"),
            ("\u{200b}\u{200d}\u{3164}\u{2800} \u{feff}\n", ""),
            ("", ""),
        ] {
            assert_eq!(tidied(typed), kept, "{typed:?}");
            assert_eq!(is_blank(typed), kept.is_empty(), "{typed:?}");
            assert_eq!(length_of(typed), kept.chars().count(), "{typed:?}");
        }
    }

    #[test]
    fn a_file_in_another_encoding_is_named_with_its_line() {
        assert_eq!(utf8_of("\u{feff}été".as_bytes()), Ok("été"));
        assert_eq!(utf8_of(b""), Ok(""));
        let latin = utf8_of(b"a = 1\nb = \"\xe9t\xe9\"\n").unwrap_err();
        assert_eq!((latin.line, latin.encoding), (2, "Windows-1252 or Latin-1 (“ANSI”)"));
        for utf16 in [&b"\xff\xfea\0"[..], b"\xfe\xff\0a", b"a\0b\0", b"\0a\0b"] {
            assert_eq!(utf8_of(utf16).unwrap_err().line, 1);
        }
        let said = latin.to_string();
        assert!(
            said.starts_with("line 2 is in Windows-1252") && said.contains("Notepad"),
            "{said}"
        );
    }

    #[test]
    fn a_code_is_found_among_other_words() {
        assert_eq!(runs_of("Reference: ab-c1.", 4), ["abc1"]);
        assert_eq!(runs_of("word “12\u{a0}34”", 4), ["1234", "word"]);
        assert!(runs_of("12345", 4).is_empty() && runs_of("", 4).is_empty());
    }

    #[test]
    fn a_text_without_french_says_that_it_is_english() {
        let text = Text { en: "Hours".into(), fr: None };
        assert_eq!(text.for_reader(Language::French), ("Hours", Language::English));
        let both = Text { en: "Hours".into(), fr: Some("Heures".into()) };
        assert_eq!(both.for_reader(Language::French), ("Heures", Language::French));
    }
}
