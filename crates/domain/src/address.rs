//! Addresses as people type them and paste them from a sentence, or a mail program encodes them.

use crate::text::{folded, plain};

/// Marks of the sentence around an address, and the ends of the lines that it was pasted from.
const AROUND_PARTS: &str = " \n\t.,;:!?\"'<>()[]*|`";
/// The part of a path after which codes follow, which stay as they were typed.
const CODES: &str = "s";

/// Decodes percent-encoding (RFC 3986). A `%` without two hexadecimal digits stays as it is;
/// invalid UTF-8 becomes U+FFFD. Never panics.
pub fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| (*tail.get(at)? as char).to_digit(16);
        let escaped = if *first == b'%' { digit(0).zip(digit(1)) } else { None };
        bytes.push(escaped.map_or(*first, |(high, low)| (high << 4 | low) as u8));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A path in the form in which pages have it: decoded, in small letters, without empty parts, the
/// marks of a sentence, and `.html`. Always begins with a slash, and never has a part of dots.
pub fn tidy_path(path: &str) -> String {
    let path = plain(&decoded(path));
    let mut tidy = String::with_capacity(path.len());
    let mut is_code = false;
    for part in path.split('/') {
        let part = part.trim_matches(|letter| AROUND_PARTS.contains(letter));
        let page = part.strip_suffix(".html").filter(|page| !page.is_empty());
        let part = page.unwrap_or(part);
        if part.is_empty() || page == Some("index") {
            continue;
        }
        tidy.push('/');
        match is_code {
            true => tidy += part,
            false => tidy += &folded(part).replace(' ', "-"),
        }
        is_code |= part == CODES;
    }
    if tidy.is_empty() { "/".into() } else { tidy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_and_what_only_looks_so_stays() {
        for (text, expected) in [
            ("100%+deposit", "100%+deposit"),
            ("100%25 deposit", "100% deposit"),
            ("%ZZ%4%", "%ZZ%4%"),
            ("%+1%-1% 1", "%+1%-1% 1"),
            ("%C3%A9t%c3%a9", "été"),
            ("%E9", "\u{fffd}"),
            ("%64og", "dog"),
            ("", ""),
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }

    #[test]
    fn a_path_is_tidied_however_it_was_typed_or_pasted() {
        for (typed, tidy) in [
            ("/services/dog-licence", "/services/dog-licence"),
            ("/services/dog-licence.", "/services/dog-licence"),
            ("/services/dog-licence%20", "/services/dog-licence"),
            ("/services/dog-licence).", "/services/dog-licence"),
            ("/services/dog-licence%E2%80%9D", "/services/dog-licence"),
            ("/services/dog-licence/", "/services/dog-licence"),
            ("//services///dog-licence//", "/services/dog-licence"),
            ("/Services/Dog-Licence", "/services/dog-licence"),
            ("/%73ervices/%64og%2Dlicence", "/services/dog-licence"),
            ("/services%2Fdog-licence", "/services/dog-licence"),
            ("/services/\r\n\tdog-licence\n", "/services/dog-licence"),
            ("/services%0D%0A/dog-licence%0A%09", "/services/dog-licence"),
            ("/services/dog%20licence", "/services/dog-licence"),
            ("/services/dog\u{2011}licence\u{200b}", "/services/dog-licence"),
            ("/services/dog-licence.html", "/services/dog-licence"),
            ("/FR/Hubs,", "/fr/hubs"),
            ("/index.html", "/"),
            ("/../..//%2e%2e/etc", "/etc"),
            ("/s/P1ABCD.", "/s/P1ABCD"),
            ("/S/p1abcd/", "/s/p1abcd"),
            ("", "/"),
            ("/ ", "/"),
        ] {
            assert_eq!(tidy_path(typed), tidy, "{typed}");
            assert_eq!(tidy_path(tidy), tidy, "once is enough: {typed}");
        }
    }
}
