//! Counts of invitations and their outcomes. Without these counts, a report cannot treat answers as
//! invited.
//!
//! AAPOR (2023), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for
//! Surveys, 10th edition. Everyone invited is eligible, so its term for unknown eligibility is zero
//! here: RR1 = I/(I+P+R+NC), RR2 = (I+P)/(I+P+R+NC), REF1 = R/(I+P+R+NC), where I are complete and
//! P partial answers, R refusals and NC people who never replied (non-contact).

use serde::{Deserialize, Serialize};

/// Counts of people. `complete + partial + refused` is at most `invited`; the rest never replied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Invitations {
    invited: u64,
    complete: u64,
    partial: u64,
    refused: u64,
}

/// Error: more outcomes than invitations. A count is wrong, so no rate would be correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongCounts {
    /// People who were invited.
    pub invited: u64,
    /// Sum of the outcomes; `None` if it overflows.
    pub outcomes: Option<u64>,
}

/// Response rates as shares of the people invited, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResponseRates {
    /// Complete answers (AAPOR's RR1).
    pub rr1: f64,
    /// Complete and partial answers (AAPOR's RR2).
    pub rr2: f64,
    /// Refusals (AAPOR's REF1).
    pub ref1: f64,
}

impl Invitations {
    /// Errors if the outcomes sum to more than `invited`, or overflow.
    pub fn new(
        invited: u64,
        complete: u64,
        partial: u64,
        refused: u64,
    ) -> Result<Self, WrongCounts> {
        let outcomes =
            complete.checked_add(partial).and_then(|answered| answered.checked_add(refused));
        match outcomes {
            Some(outcomes) if outcomes <= invited => {
                Ok(Self { invited, complete, partial, refused })
            }
            _ => Err(WrongCounts { invited, outcomes }),
        }
    }

    /// Number of people invited.
    pub fn invited(&self) -> u64 {
        self.invited
    }

    /// Number of people who declined.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Number of complete and partial answers.
    pub fn answered(&self) -> u64 {
        self.complete + self.partial
    }

    /// Number of people from whom neither an answer nor a refusal came.
    pub fn silent(&self) -> u64 {
        self.invited - self.answered() - self.refused
    }

    /// `None` if nobody was invited.
    pub fn rates(&self) -> Option<ResponseRates> {
        let share = |count: u64| count as f64 / self.invited as f64;
        (self.invited > 0).then(|| ResponseRates {
            rr1: share(self.complete),
            rr2: share(self.answered()),
            ref1: share(self.refused),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rates_are_of_all_who_were_invited() {
        let invitations = Invitations::new(400, 150, 10, 60).unwrap();
        assert_eq!(invitations.rates(), Some(ResponseRates { rr1: 0.375, rr2: 0.4, ref1: 0.15 }));
        assert_eq!((invitations.answered(), invitations.silent()), (160, 180));
    }

    #[test]
    fn more_answers_than_invitations_are_a_fault() {
        assert_eq!(
            Invitations::new(10, 8, 1, 2),
            Err(WrongCounts { invited: 10, outcomes: Some(11) })
        );
        assert_eq!(
            Invitations::new(10, u64::MAX, 1, 0),
            Err(WrongCounts { invited: 10, outcomes: None })
        );
        assert!(Invitations::new(10, 8, 1, 1).is_ok());
    }

    #[test]
    fn nobody_invited_has_no_rate() {
        assert_eq!(Invitations::new(0, 0, 0, 0).unwrap().rates(), None);
    }
}
