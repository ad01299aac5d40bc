//! The stages that a person is told of their inquiry. The store has the first time of each stage;
//! the events say more: an inquiry that was reopened is in progress again, and not closed.

use crate::case::CaseEvent;
use domain::status::InquiryStage;

/// The stages to tell, oldest first, from the stored ones and the events, each with its time in
/// milliseconds since 1970. The last one is the stage that the inquiry is in.
pub fn stages_told(
    stored: Vec<(InquiryStage, u64)>,
    events: &[(u64, CaseEvent)],
) -> Vec<(InquiryStage, u64)> {
    let Some(at) = last_reopening(events) else { return stored };
    let reopened_ms = events[at].0;
    // A command can set a stage without an event: what came later counts.
    let mut told: Vec<(InquiryStage, u64)> = stored
        .into_iter()
        .filter(|(stage, at_ms)| *stage != InquiryStage::Closed || *at_ms > reopened_ms)
        .collect();
    told.push((InquiryStage::InProgress, reopened_ms));
    let since = events[at + 1..].iter().filter_map(|(at_ms, event)| Some((event.stage()?, *at_ms)));
    for reached in since {
        if !told.contains(&reached) {
            told.push(reached);
        }
    }
    told.sort_by_key(|(_, at_ms)| *at_ms);
    told
}

/// The number in the list of the last event that reopened a closed inquiry.
fn last_reopening(events: &[(u64, CaseEvent)]) -> Option<usize> {
    let (mut is_closed, mut last) = (false, None);
    for (at, (_, event)) in events.iter().enumerate() {
        match event {
            CaseEvent::Closed { .. }
            | CaseEvent::Withdrawn { .. }
            | CaseEvent::Recorded { is_answered: true, .. } => is_closed = true,
            CaseEvent::Reopened { .. } | CaseEvent::Added { .. } if is_closed => {
                (is_closed, last) = (false, Some(at));
            }
            _ => {}
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseOutcome;
    use InquiryStage::{Closed, InProgress};

    fn close() -> CaseEvent {
        CaseEvent::Closed { outcome: CaseOutcome::Done, why: String::new() }
    }

    fn reopen() -> CaseEvent {
        CaseEvent::Reopened { why: "not done".into() }
    }

    #[test]
    fn an_inquiry_that_was_reopened_is_in_progress_until_it_is_closed_again() {
        let check = |events: &[(u64, CaseEvent)], expected: &[(InquiryStage, u64)]| {
            // The store keeps the first time of each stage.
            let stored = vec![(InProgress, 1), (Closed, 5)];
            assert_eq!(stages_told(stored, events), expected, "{events:?}");
        };
        check(&[(5, close())], &[(InProgress, 1), (Closed, 5)]);
        check(&[(5, close()), (7, reopen())], &[(InProgress, 1), (InProgress, 7)]);
        check(
            &[(5, close()), (7, reopen()), (9, close())],
            &[(InProgress, 1), (InProgress, 7), (Closed, 9)],
        );
        check(
            &[(5, close()), (7, reopen()), (9, close()), (11, reopen())],
            &[(InProgress, 1), (InProgress, 11)],
        );
        check(&[(4, reopen()), (5, close())], &[(InProgress, 1), (Closed, 5)]);
    }

    #[test]
    fn words_that_the_person_adds_open_it_again_too() {
        let stored = vec![(InProgress, 1), (Closed, 5)];
        let added = || CaseEvent::Added { submission: String::new(), text: "And?".into() };
        assert_eq!(
            stages_told(stored.clone(), &[(5, close()), (7, added())]),
            [(InProgress, 1), (InProgress, 7)]
        );
        let withdrawn = CaseEvent::Withdrawn { submission: String::new() };
        assert_eq!(
            stages_told(stored.clone(), &[(5, withdrawn.clone()), (7, added()), (9, withdrawn)]),
            [(InProgress, 1), (InProgress, 7), (Closed, 9)]
        );
        assert_eq!(stages_told(stored, &[(3, added())]), [(InProgress, 1), (Closed, 5)]);
    }

    #[test]
    fn what_a_command_says_after_the_reopening_counts() {
        let stored = vec![(InProgress, 1), (Closed, 9)];
        let events = [(5, close()), (7, reopen())];
        assert_eq!(stages_told(stored, &events), [(InProgress, 1), (InProgress, 7), (Closed, 9)]);
    }

    #[test]
    fn what_was_closed_in_the_moment_of_the_reopening_is_open() {
        let events = [(7, close()), (7, reopen())];
        let stored = vec![(InProgress, 1), (Closed, 7)];
        assert_eq!(stages_told(stored, &events), [(InProgress, 1), (InProgress, 7)]);
    }
}
