//! Sets and ends urgent notices in `alerts.toml`, without changing another byte of it: editors have
//! their comments there.

use domain::alert::Alert;
use domain::hours::Moment;
use serde::Deserialize;

/// The file in a municipality's folder.
pub const FILE: &str = "alerts.toml";
const HEADER: &str = "[[alert]]";

/// The text of the file with one more notice.
pub fn with_notice(text: &str, alert: &Alert) -> String {
    let quoted = |text: &str| toml::Value::String(text.into()).to_string();
    let mut block = format!("{HEADER}\ntext.en = {}\n", quoted(&alert.text.en));
    if let Some(french) = &alert.text.fr {
        block += &format!("text.fr = {}\n", quoted(french));
    }
    block += &format!("from = \"{}\"\nuntil = \"{}\"\n", alert.from, alert.until);
    if let Some(url) = &alert.url {
        block += &format!("url = {}\n", quoted(url));
    }
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{gap}{block}")
}

/// When a notice is shown.
#[derive(Deserialize)]
struct Shown {
    until: Moment,
}

#[derive(Deserialize)]
struct AlertsFile {
    #[serde(default)]
    alert: Vec<Shown>,
}

/// The text of the file in which every notice that is shown at `now`, or will be, is a comment; and
/// how many these are. `None` if the file cannot be read, or is written in a form that only a
/// person can change.
pub fn without_notices(text: &str, now: Moment) -> Option<(String, usize)> {
    let is_due = |shown: &Shown| shown.until > now;
    let due: Vec<bool> = shown_in(text)?.iter().map(is_due).collect();
    let (mut blocks, mut changed) = (0, String::new());
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        if words.starts_with(HEADER) {
            if due.get(blocks) == Some(&true) {
                changed += &format!("# Ended {now}:\n");
            }
            blocks += 1;
        }
        let is_of_due = blocks > 0 && due.get(blocks - 1) == Some(&true);
        if is_of_due && !words.is_empty() && !words.starts_with('#') {
            changed += "# ";
        }
        changed += line;
    }
    let left = shown_in(&changed)?;
    let ended = due.iter().filter(|due| **due).count();
    let is_done = left.len() + ended == due.len() && !left.iter().any(is_due);
    is_done.then_some((changed, ended))
}

fn shown_in(text: &str) -> Option<Vec<Shown>> {
    toml::from_str(text).ok().map(|file: AlertsFile| file.alert)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Text;

    fn moment(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    fn alert(english: &str, french: Option<&str>) -> Alert {
        Alert {
            text: Text { en: english.into(), fr: french.map(Into::into) },
            from: moment("2026-11-23 08:30"),
            until: moment("2026-11-25 12:00"),
            url: Some("https://example.org/a?b=\"c\"".into()),
        }
    }

    #[derive(Deserialize)]
    struct Whole {
        alert: Vec<Alert>,
    }

    #[test]
    fn a_notice_reads_back_whatever_its_words_are_and_the_rest_stays() {
        let before = "# notes\n[[alert]]\ntext.en = \"One.\"\nfrom = \"2026-01-01 00:00\"\nuntil = \"2026-01-02 00:00\"";
        for words in ["Boil water.", "a \"b\" \\ c", "'''", "\u{202e}é’", "[[alert]]\nuntil = 1"]
        {
            let added = alert(words, Some(words));
            let text = with_notice(before, &added);
            assert!(text.starts_with(before), "{text}");
            let read: Whole =
                toml::from_str(&text).unwrap_or_else(|fault| panic!("{fault} {text}"));
            assert_eq!(read.alert[1], added, "{words}");
        }
        let only: Whole = toml::from_str(&with_notice("", &alert("One.", None))).unwrap();
        assert_eq!(only.alert, [alert("One.", None)]);
    }

    #[test]
    fn what_is_shown_or_planned_becomes_a_comment_and_the_past_stays() {
        let block = |from: &str, until: &str| {
            format!("[[alert]]\ntext.en = \"A.\"\nfrom = \"{from}\"\nuntil = \"{until}\" # why\n\n")
        };
        let past = block("2026-01-01 00:00", "2026-01-02 00:00");
        let text = format!(
            "# [[alert]] is a block\r\n{past}{}{}# the end\n",
            block("2026-02-01 00:00", "2026-02-09 00:00"),
            block("2026-03-01 00:00", "2026-03-09 00:00")
        );
        let now = moment("2026-02-02 10:00");
        let (changed, ended) = without_notices(&text, now).unwrap();
        assert_eq!(ended, 2);
        let expected = "# Ended 2026-02-02 10:00:\n# [[alert]]\n# text.en = \"A.\"\n# from = \"2026-02-01 00:00\"\n# until = \"2026-02-09 00:00\" # why\n\n";
        let begin = format!("# [[alert]] is a block\r\n{past}{expected}");
        assert!(changed.starts_with(&begin) && changed.ends_with("\n\n# the end\n"), "{changed}");
        assert_eq!(without_notices(&changed, now), Some((changed, 0)), "nothing is left to end");
    }

    #[test]
    fn a_file_in_another_form_is_left_to_a_person() {
        let now = moment("2026-02-02 10:00");
        let hidden = "[[alert]]\ntext.en = \"\"\"\n[[alert]]\"\"\"\nuntil = \"2026-01-01 00:00\"\n[[alert]]\ntext.en = \"A.\"\nuntil = \"2026-02-09 00:00\"\n";
        assert_eq!(without_notices(hidden, now), None, "a header that is text");
        assert_eq!(without_notices("", now), Some((String::new(), 0)));
        assert_eq!(without_notices("[[alert]", now), None);
        let inline = "alert = [{ text = {en = \"A.\"}, from = \"2026-02-01 00:00\", until = \"2026-02-09 00:00\" }]\n";
        assert_eq!(without_notices(inline, now), None);
    }
}
