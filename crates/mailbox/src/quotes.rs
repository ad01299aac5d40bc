//! Removes what a reply repeats of the message that it answers.
//!
//! Nothing that the person wrote may go with it. What is repeated goes only from the end, and only
//! if all of its words are already in the conversation, with or without quotation marks: an answer
//! that was written in between stays, with all around it.

use domain::text::folded;
use std::collections::HashMap;

/// What begins a copy of the message that is answered, as mail programs write it.
const DIVIDERS: [&str; 6] = [
    "-----original message-----",
    "----- original message -----",
    "-----message d'origine-----",
    "----- message d'origine -----",
    "________________________________",
    "---------- forwarded message",
];
/// Lines of a header that such a copy begins with. Their words are in no conversation.
const HEADERS: [&str; 14] = [
    "from:", "sent:", "to:", "cc:", "subject:", "date:", "de:", "de :", "envoye:", "envoye :",
    "a:", "a :", "objet:", "objet :",
];
/// How the line before a quotation ends, or what it has.
const WROTE: [&str; 4] = ["wrote:", "ecrit:", "ecrit :", "a ecrit"];

/// The words of a reply without what it repeats. `known` is the conversation so far, with the
/// message that is answered.
pub fn without_quotes(text: &str, known: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let kept = without_appended(&lines, known);
    let kept = without_marked(kept, known);
    let new = kept.join("\n").trim().to_string();
    // Whoever sends only a quotation means something by it.
    if new.is_empty() { text.trim().to_string() } else { new }
}

/// Without the lines with a quotation mark at the end, and the line that introduces them, if
/// everything in them is known.
fn without_marked<'a, 't>(lines: &'a [&'t str], known: &str) -> &'a [&'t str] {
    let is_quoted = |line: &&str| line.trim_start().starts_with('>');
    let is_blank = |line: &&str| line.trim().is_empty();
    let end = lines.iter().rposition(|line| !is_quoted(line) && !is_blank(line));
    let end = end.map_or(0, |at| at + 1);
    if !lines[end..].iter().any(is_quoted) || !are_known(&lines[end..], known) {
        return lines;
    }
    &lines[..introduction(lines, end).unwrap_or(end)]
}

/// Where the one or two lines begin that introduce the copy at `end`: "On Monday, Jane
/// <jane@example.org> wrote:". Without an address or a number, a person may have written them.
fn introduction(lines: &[&str], end: usize) -> Option<usize> {
    let introduces = |from: usize| {
        let joined = folded(lines[from..end].join(" ").trim());
        let names = joined.contains(|letter: char| letter == '@' || letter.is_ascii_digit());
        names && WROTE.iter().any(|words| joined.ends_with(words))
    };
    let begins = |from: usize| {
        let line = folded(lines[from].trim());
        line.starts_with("on ") || line.starts_with("le ")
    };
    let two = end.checked_sub(2).filter(|from| begins(*from) && introduces(*from));
    two.or_else(|| end.checked_sub(1).filter(|from| introduces(*from)))
}

/// Without a copy that has no quotation marks, if everything in it is known.
fn without_appended<'a, 't>(lines: &'a [&'t str], known: &str) -> &'a [&'t str] {
    let begins = |(at, line): (usize, &&str)| {
        if let Some(begin) = introduction(lines, at + 1) {
            return Some((begin, at + 1));
        }
        let line = folded(line.trim());
        let is_divider = DIVIDERS.iter().any(|divider| line.starts_with(divider));
        // "From: … Sent: …" without a divider.
        let next = lines.get(at + 1).map(|next| folded(next.trim())).unwrap_or_default();
        let is_head = is_header(&line) && is_header(&next);
        (is_divider || is_head).then_some((at, at + 1))
    };
    let Some((begin, copy)) = lines.iter().enumerate().find_map(begins) else { return lines };
    let has_copy = lines[copy..].iter().any(|line| words_of(line).next().is_some());
    if has_copy && are_known(&lines[copy..], known) { &lines[..begin] } else { lines }
}

fn is_header(line: &str) -> bool {
    HEADERS.iter().any(|name| line.trim_start_matches('*').starts_with(name))
}

/// Whether the lines have no word more often than the conversation has it.
fn are_known(lines: &[&str], known: &str) -> bool {
    let mut left: HashMap<String, usize> = HashMap::new();
    let known = folded(known);
    for word in words_of(&known) {
        *left.entry(word.into()).or_default() += 1;
    }
    let is_mark = |letter: char| letter == '>' || letter.is_whitespace();
    let unmarked = |line: &&str| folded(line.trim_start_matches(is_mark).trim_end());
    let body = lines.iter().map(unmarked).filter(|line| {
        let is_divider = DIVIDERS.iter().any(|divider| line.starts_with(divider));
        !is_header(line) && !is_divider
    });
    for line in body {
        for word in words_of(&line) {
            match left.get_mut(word) {
                Some(count) if *count > 0 => *count -= 1,
                _ => return false,
            }
        }
    }
    true
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "It is on Thursday.\n\nTown of Pine Harbour\nReference number: 7Q3M-X9TB-E";

    fn check(text: &str, expected: &str) {
        assert_eq!(without_quotes(text, SENT), expected, "{text}");
    }

    #[test]
    fn a_quotation_at_the_end_goes_with_the_line_before_it() {
        check(
            "Thanks!\n\nOn Mon, Nov 30, Town <hub@t.example> wrote:\n> It is on\n> Thursday.",
            "Thanks!",
        );
        check(
            "Merci!\n\nLe lun. 30 nov., Ville <hub@t.example>\na écrit :\n>> Thursday.\n\n",
            "Merci!",
        );
        check("Thanks\n> It is on Thursday.", "Thanks");
        let broken = "On Mon, Nov 30, Town <hub@t.example>\nwrote:";
        check(&format!("Thanks!\n\n{broken}\n\n{SENT}"), "Thanks!");
    }

    #[test]
    fn words_of_the_person_stay_whatever_they_look_like() {
        for own in [
            "This is what the neighbour said and wrote:",
            "On 12 Elm St my neighbour wrote:",
            "He wrote:\nIt is on Thursday.",
            "Look:\n> Sign at 12 Elm: no parking",
            "See:\n> It is on Thursday.\n> But not for me.",
            "On Monday, Town <hub@t.example> wrote:\n> No, it was Friday.",
        ] {
            check(own, own);
        }
    }

    #[test]
    fn an_answer_between_quoted_lines_stays_with_what_it_answers() {
        let between = "> Which lot?\nNumber 12.\n> Since when?\nMay.";
        check(between, between);
        check("> Which lot?\nNumber 12.\n> It is on Thursday.", "> Which lot?\nNumber 12.");
    }

    #[test]
    fn a_copy_without_marks_goes_only_if_nothing_was_written_into_it() {
        let copy = "From: Town <hub@t.example>\nSent: Monday\nTo: Jane\nSubject: Your question\n\n";
        check(&format!("Thanks!\n\n-----Original Message-----\n{copy}{SENT}"), "Thanks!");
        check(&format!("Thanks!\n\n{copy}{SENT}"), "Thanks!");
        let answered = format!("See below.\n\n{copy}It is on Thursday. NO, FRIDAY!\n");
        check(&answered, answered.trim());
        let twice = format!("See below.\n\n{copy}It is on Thursday. Thursday.\n");
        check(&twice, twice.trim());
    }

    #[test]
    fn a_message_of_nothing_but_a_quotation_is_kept() {
        check("> It is on Thursday.", "> It is on Thursday.");
        check("", "");
        check("I wrote:\nplease come", "I wrote:\nplease come");
    }

    #[test]
    fn many_lines_take_no_time() {
        let text = format!("x\n{}", "From: a\nTo: b\n>\n".repeat(50_000));
        assert!(without_quotes(&text, "").starts_with('x'));
    }
}
