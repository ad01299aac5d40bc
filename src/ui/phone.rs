//! A phone number that can be called.

use elements::{View, a, all};

/// The text as a link to the first number in it. Text without a number stays plain text.
pub(crate) fn phone_link(text: &str) -> View {
    match dialled(text) {
        Some(digits) => a(format!("tel:{digits}")).class("phone").put(text).done(),
        None => all(text),
    }
}

/// The digits for a `tel:` link from a text such as "705-324-9411 ext. 1272": those of its first
/// number with 3, 10 or 11 digits. `None` without such a number.
fn dialled(text: &str) -> Option<String> {
    let runs = text.split(|c: char| !(c.is_ascii_digit() || c == '-'));
    let mut numbers = runs.map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>());
    numbers.find(|digits| matches!(digits.len(), 3 | 10 | 11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_whole_number_is_dialled() {
        for (text, digits) in [
            ("705-324-9411 ext. 1272", "7053249411"),
            ("911 (office 705-324-5731)", "911"),
            ("705-324-9870 or 1-877-324-9870", "7053249870"),
        ] {
            assert_eq!(dialled(text).as_deref(), Some(digits));
        }
        assert_eq!(dialled("ask at the counter"), None);
    }
}
