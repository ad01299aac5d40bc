//! Phone numbers that can be called.

use domain::Language;
use domain::phone::{PhonePart, phone_parts};
use elements::{View, a, all};

/// The text with each of its numbers as a link, in the one form in which numbers are shown.
pub(crate) fn phone_link(language: Language, text: &str) -> View {
    let part = |part: PhonePart| match part {
        PhonePart::Words(words) => all(words),
        PhonePart::Number(phone) => {
            a(phone.address()).class("phone").put(phone.shown(language)).done()
        }
    };
    all(phone_parts(text).into_iter().map(part).collect::<Vec<_>>())
}
