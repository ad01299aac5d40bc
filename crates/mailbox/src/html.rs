//! Text from HTML, as a reader would see it: without scripts, styles and what is hidden, and with
//! the address of each link, so that a link cannot pretend. The result is text and never markup.

/// Open elements that are remembered; what is nested more deeply is treated as not hidden.
const DEPTH_MAX: usize = 256;
/// Longest tag that is understood, in bytes. A longer one is skipped.
const TAG_BYTES_MAX: usize = 16_384;
/// Longest address of a link that is shown, in characters.
const LINK_CHARS_MAX: usize = 300;
/// Attributes of a tag that are looked at.
const ATTRIBUTES_MAX: usize = 64;
/// Elements whose content is no text.
const NO_TEXT: [&str; 9] =
    ["script", "style", "head", "title", "template", "noscript", "object", "svg", "iframe"];
/// Elements that begin a new line.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "section",
    "article",
    "header",
    "footer",
    "hr",
    "dt",
    "dd",
    "address",
];
/// Elements without an end.
const VOID: [&str; 13] = [
    "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track",
    "wbr",
];
/// Styles that hide, without spaces. A smaller negative indent is that of a list.
const HIDING: [&str; 5] =
    ["display:none", "visibility:hidden", "mso-hide:all", "opacity:0;", "text-indent:-999"];
const ENTITIES: [(&str, &str); 22] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("rsquo", "’"),
    ("lsquo", "‘"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("agrave", "à"),
    ("ccedil", "ç"),
    ("ecirc", "ê"),
    ("ocirc", "ô"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("bull", "•"),
];

/// An open element.
struct OpenElement {
    name: String,
    is_hidden: bool,
    /// It begins and ends a line, if it is a block.
    is_seen: bool,
    /// Its letters have the size zero. What is in it may have another.
    has_no_size: bool,
    /// The address of a link, if it has one.
    link: Option<String>,
    /// Where its text began.
    begin: usize,
}

/// The text of an HTML document.
pub fn text_of_html(html: &str) -> String {
    let mut page = HtmlText { text: String::new(), open: Vec::new(), hidden: 0 };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        page.say(&rest[..at]);
        rest = page.read_tag(&rest[at..]);
    }
    page.say(rest);
    tidy(&page.text)
}

struct HtmlText {
    text: String,
    open: Vec<OpenElement>,
    /// How many of the open elements are hidden.
    hidden: usize,
}

impl HtmlText {
    fn say(&mut self, raw: &str) {
        if self.hidden > 0 || self.has_no_size() || raw.is_empty() {
            return;
        }
        // Ends of lines mean nothing in HTML.
        self.text.push_str(&unescaped(&raw.replace(['\r', '\n', '\t'], " ")));
    }

    fn has_no_size(&self) -> bool {
        self.open.last().is_some_and(|element| element.has_no_size)
    }

    /// Reads what begins with `<`; returns what follows it.
    fn read_tag<'h>(&mut self, rest: &'h str) -> &'h str {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, after)| after);
        }
        let begins = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if !begins {
            self.say("<");
            return &rest[1..];
        }
        let Some(end) = end_of_tag(rest) else {
            // A tag that never ends: the rest is no text that a reader would see.
            return "";
        };
        let tag = &rest[1..end];
        let after = &rest[end + 1..];
        match tag.strip_prefix('/') {
            Some(name) => self.close(&name_of(name)),
            None if tag.len() <= TAG_BYTES_MAX => return self.open(tag, after),
            None => {}
        }
        after
    }

    fn open<'h>(&mut self, tag: &str, after: &'h str) -> &'h str {
        let name = name_of(tag);
        while let Some(last) = self.open.last().filter(|last| ends_before(&last.name, &name)) {
            let ended = last.name.clone();
            self.close(&ended);
        }
        let style = style_of(tag);
        let (is_hidden, no_size) = (is_hidden(tag, &style), no_size_of(&style));
        let is_seen = self.hidden == 0 && !is_hidden && no_size != Some(true);
        if BLOCKS.contains(&name.as_str()) && is_seen {
            self.text.push_str(if name == "li" { "\n- " } else { "\n" });
        }
        if matches!(name.as_str(), "td" | "th") && self.hidden == 0 {
            self.text.push(' ');
        }
        if matches!(name.as_str(), "script" | "style") {
            // Their content has no tags, whatever it looks like.
            let end = find_without_case(after, &format!("</{name}"));
            return end.map_or("", |at| &after[at..]);
        }
        // HTML ignores a slash at the end of a tag, but for pictures.
        let is_void = VOID.contains(&name.as_str()) || name == "svg" && tag.ends_with('/');
        if name.is_empty() || is_void || self.open.len() >= DEPTH_MAX {
            return after;
        }
        let is_hidden = NO_TEXT.contains(&name.as_str()) || is_hidden;
        self.hidden += usize::from(is_hidden);
        let has_no_size = no_size.unwrap_or(self.has_no_size());
        let (link, begin) = (link_of(&name, tag), self.text.len());
        self.open.push(OpenElement { name, is_hidden, is_seen, has_no_size, link, begin });
        after
    }

    /// Closes the innermost element of this name, with those inside it that were left open.
    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|element| element.name == name) else { return };
        let was_seen = self.open[at].is_seen;
        for element in self.open.drain(at..).rev() {
            self.hidden -= usize::from(element.is_hidden);
            if let (Some(link), 0) = (element.link, self.hidden) {
                let said = self.text.get(element.begin..).unwrap_or_default().trim().to_string();
                self.text.push_str(&link_words(&said, &link));
            }
        }
        if BLOCKS.contains(&name) && self.hidden == 0 && was_seen {
            self.text.push('\n');
        }
    }
}

/// Whether an open element ends where another begins, without an end of its own.
fn ends_before(open: &str, next: &str) -> bool {
    match open {
        "p" => next != "br" && BLOCKS.contains(&next),
        "li" | "tr" => next == open,
        "td" | "th" => matches!(next, "td" | "th" | "tr"),
        "dt" | "dd" => matches!(next, "dt" | "dd"),
        _ => false,
    }
}

fn link_of(name: &str, tag: &str) -> Option<String> {
    let href = |(name, value): (String, &str)| (name == "href").then(|| value.to_string());
    if name == "a" { attributes(tag).into_iter().find_map(href) } else { None }
}

/// The address behind a link's words, unless the words are that address.
fn link_words(said: &str, link: &str) -> String {
    let link = unescaped(link.trim());
    let is_shown = ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| link.get(..scheme.len()).is_some_and(|of| of.eq_ignore_ascii_case(scheme)));
    let bare = link.trim_start_matches("mailto:").trim_start_matches("tel:");
    if !is_shown || said == link || said == bare || said.is_empty() {
        return String::new();
    }
    let short: String = bare.chars().take(LINK_CHARS_MAX).collect();
    format!(" ({short})")
}

fn name_of(tag: &str) -> String {
    tag.chars()
        .take_while(|c| c.is_ascii_alphanumeric())
        .take(16)
        .collect::<String>()
        .to_lowercase()
}

/// Where the tag that begins here ends; quotation marks may hold a `>`.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') if rest[..at].trim_end().ends_with('=') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if at > TAG_BYTES_MAX {
            // A quotation mark that was never closed.
            return rest.find('>');
        }
    }
    rest.find('>')
}

/// The style of a tag in lower case, without spaces and with a semicolon at the end.
fn style_of(tag: &str) -> String {
    let style = attributes(tag).into_iter().find(|(name, _)| name == "style");
    let style = style.map(|(_, style)| style.to_lowercase()).unwrap_or_default();
    style.chars().filter(|c| !c.is_whitespace()).collect::<String>() + ";"
}

fn is_hidden(tag: &str, style: &str) -> bool {
    let has_no_height = style.contains("max-height:0") && !style.contains("max-height:0.");
    has_no_height
        || HIDING.iter().any(|words| style.contains(words))
        || attributes(tag).iter().any(|(name, _)| name == "hidden")
}

/// Whether the style sets the size of letters to zero; `None` if it sets none.
fn no_size_of(style: &str) -> Option<bool> {
    let size = style.split(';').rev().find_map(|one| one.strip_prefix("font-size:"))?;
    let is_number = |c: &char| c.is_ascii_digit() || *c == '.';
    let mut number = size.chars().take_while(is_number).peekable();
    Some(number.peek().is_some() && number.all(|c| matches!(c, '0' | '.')))
}

/// Names, in lower case, and values of the attributes of a tag, at most [`ATTRIBUTES_MAX`].
fn attributes(tag: &str) -> Vec<(String, &str)> {
    let is_end = |c: char| c.is_whitespace() || c == '=' || c == '/';
    let mut found = Vec::new();
    let mut rest = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    while found.len() < ATTRIBUTES_MAX {
        rest = rest.trim_start_matches(is_end);
        let end = rest.find(is_end).unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = value_of(after.trim_start());
        }
        found.push((name, value));
    }
    found
}

/// The value that begins here, and what follows it.
fn value_of(text: &str) -> (&str, &str) {
    for mark in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(mark) {
            return quoted.split_once(mark).unwrap_or((quoted, ""));
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

fn find_without_case(text: &str, wanted: &str) -> Option<usize> {
    let (bytes, wanted) = (text.as_bytes(), wanted.as_bytes());
    let found = |at: &usize| bytes[*at..at + wanted.len()].eq_ignore_ascii_case(wanted);
    // ASCII is found, so the place is the begin of a character.
    (0..(bytes.len() + 1).saturating_sub(wanted.len())).find(found)
}

/// With characters for references such as `&amp;` and `&#233;`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| rest.get(..end).and_then(referred).map(|found| (end, found))) {
            Some((end, found)) => {
                plain.push_str(&found);
                rest = &rest[end + 1..];
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    plain
}

fn referred(name: &str) -> Option<String> {
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => digits.parse().ok()?,
        },
        None => {
            let found = ENTITIES.iter().find(|(of, _)| *of == name)?;
            return Some(found.1.into());
        }
    };
    char::from_u32(number).map(String::from)
}

/// Single spaces, and one empty line at most.
fn tidy(text: &str) -> String {
    let (mut tidy, mut blank) = (String::with_capacity(text.len()), 0);
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() || words == ["-"] {
            blank += 1;
            continue;
        }
        if !tidy.is_empty() {
            tidy.push_str(if blank > 1 { "\n\n" } else { "\n" });
        }
        tidy.push_str(&words.join(" "));
        blank = 0;
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(text_of_html(html), expected, "{html}");
    }

    #[test]
    fn a_page_becomes_lines_and_its_entities_letters() {
        check(
            "<p>Hello&nbsp;there</p><p>A &amp; B &#233;&#xE9; &unknown; &</p>",
            "Hello there\nA & B éé &unknown; &",
        );
        check("<ul><li>One<li>Two</ul>", "- One\n- Two");
        check("a<br>b<br/>c\nd", "a\nb\nc d");
        check("1 < 2 and 3 > 2", "1 < 2 and 3 > 2");
    }

    #[test]
    fn scripts_styles_comments_and_what_is_hidden_are_no_text() {
        for hidden in [
            "<script>evil('</p>')</script>",
            "<SCRIPT type=x>evil</SCRIPT >",
            "<style>p { color: red } evil</style>",
            "<!-- evil <p> -->",
            "<head><title>evil</title></head>",
            "<div style=\"display: none\">evil<b>evil</b></div>",
            "<div STYLE='font-size:0px'>evil</div>",
            "<span style='visibility:hidden;color:red'>evil</span>",
            "<p hidden>evil</p>",
            "<div style=display:none>evil</div>",
            "<svg><text>evil</text></svg>",
        ] {
            check(&format!("<p>before</p>{hidden}<p>after</p>"), "before\nafter");
        }
        check("seen <script>evil", "seen");
        check("<p title='the hidden door' class=\"x display:none\">seen</p>", "seen");
        check("seen <b title=\"a > b\">bold</b>", "seen bold");
    }

    #[test]
    fn what_a_reader_sees_is_never_taken_for_hidden() {
        for (seen, expected) in [
            ("<p style='text-indent:-18.0pt'>seen", "seen"),
            ("<div style='font-size:0'><span style='font-size:14px'>seen</span>evil</div>", "seen"),
            ("<div style='font-size:0'><b>evil</b></div>seen", "seen"),
            ("<div style='font-size:0;mso-bidi-font-size:9pt'>evil</div>seen", "seen"),
            ("<p style='font-size:0;font-size:0.9em'>seen</p>", "seen"),
            ("<p hidden>evil<p>seen", "seen"),
            ("<p hidden>evil<div>seen</div>", "seen"),
            ("<ul><li hidden>evil<li>seen</ul>", "- seen"),
            ("<table><tr><td hidden>evil<td>seen<tr><td>too</table>", "seen\ntoo"),
            ("<div style='display:none;font-size:0.9em'>evil</div>seen", "seen"),
        ] {
            check(seen, expected);
        }
    }

    #[test]
    fn a_link_shows_where_it_leads() {
        check(
            "<a href=\"https://evil.example/x\">our bank</a>",
            "our bank (https://evil.example/x)",
        );
        check("<a href=http://evil.example/>our bank</a>", "our bank (http://evil.example/)");
        check("<a href='https://a.example'>https://a.example</a>", "https://a.example");
        check("<a href=mailto:a@b.ca>a@b.ca</a>", "a@b.ca");
        check("<a href=\"javascript:evil()\">click</a>", "click");
    }

    #[test]
    fn broken_markup_ends_and_takes_little_time() {
        for broken in
            ["<", "<p", "</", "<!--", "<a href=\"", "&#99999999;", "<p style='display:none", "é<é"]
        {
            text_of_html(broken);
        }
        let deep = "<div>".repeat(200_000) + "text";
        check(&deep, "text");
        let open = "<a href=\"".repeat(100_000);
        assert!(text_of_html(&open).len() < open.len());
        let began = std::time::Instant::now();
        text_of_html(&"</x>".repeat(200_000));
        text_of_html(&"<b style=x ".repeat(50_000));
        text_of_html(&"&".repeat(500_000));
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }

    #[test]
    fn what_is_text_never_becomes_markup_by_being_read() {
        check("&lt;script&gt;evil&lt;/script&gt;", "<script>evil</script>");
    }
}
