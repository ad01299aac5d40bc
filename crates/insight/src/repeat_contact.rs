//! The share of people who had to get in touch more than once about one matter: the complement of
//! first contact resolution. People are asked, because no stored record links two contacts to one
//! person.

use crate::part::SamplePart;
use crate::selection::Selection;
use crate::shares::Share;

/// The share of people with two or more contacts among those with at least one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatContact<S> {
    /// The share, 0 to 1.
    pub share: Share<S>,
    /// People without any contact, or without an answer.
    pub left_out: u64,
}

impl<S: Selection> RepeatContact<S> {
    /// `None` if nobody had a contact.
    pub(crate) fn of<R>(
        part: &SamplePart<'_, S, R>,
        contacts: impl Fn(&R) -> Option<u32>,
    ) -> Option<Self> {
        let share = part
            .share(|record| contacts(record).filter(|&count| count > 0).map(|count| count > 1))?;
        Some(Self { share, left_out: part.n() - share.n() })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Margin, NoMargin, Wave};

    #[test]
    fn it_is_a_share_of_those_who_had_a_contact() {
        let wave =
            Wave::self_selected(vec![Some(1), Some(1), Some(2), Some(7), Some(1), Some(0), None]);
        let repeat = wave.whole().repeat_contact(|contacts| *contacts).unwrap();
        assert_eq!((repeat.share.value(), repeat.share.n(), repeat.left_out), (0.4, 5, 2));
        assert_eq!(repeat.share.margin(), Margin::None(NoMargin::ChoseThemselves));
    }

    #[test]
    fn without_contacts_there_is_no_share() {
        assert!(
            Wave::self_selected(vec![Some(0), None])
                .whole()
                .repeat_contact(|contacts| *contacts)
                .is_none()
        );
        assert!(
            Wave::self_selected(Vec::<Option<u32>>::new())
                .whole()
                .repeat_contact(|contacts| *contacts)
                .is_none()
        );
    }
}
