//! Each planted bug is detected within a few histories, through the promise that it breaks.

use simulation::bug::Bug;
use simulation::history;
use simulation::invariants::Invariant;
use simulation::town::Ground;

/// Histories within which every bug must show.
const FEW: u64 = 200;

/// The first seed at which the bug breaks the promise; `None` if none does.
fn noticed(bug: Bug, invariant: Invariant) -> Option<u64> {
    let breaks = |seed: &u64| {
        history::run(*seed, Ground::Memory, Some(bug), false)
            .failures
            .iter()
            .any(|failure| failure.invariant == invariant)
    };
    (0..FEW).find(breaks)
}

macro_rules! noticed {
    ($($name:ident: $bug:ident breaks $($invariant:ident),+;)*) => {$(
        #[test]
        fn $name() {
            for invariant in [$(Invariant::$invariant),+] {
                let seed = noticed(Bug::$bug, invariant);
                println!("{:?} breaks {invariant:?} at seed {seed:?}", Bug::$bug);
                assert!(seed.is_some(), "{invariant:?} never broke");
            }
        }
    )*};
}

noticed! {
    deleting_on_send_is_noticed: DeleteOnSend breaks NothingIsLost, KeptStaysOnTheDevice;
    a_new_id_on_retry_is_noticed: NewIdOnRetry breaks NothingIsDoubled;
    acknowledging_before_the_commit_is_noticed: AcknowledgeBeforeCommit breaks NothingIsLost, ReceiptsAreTrue;
    trust_in_the_clock_is_noticed: TrustInTheClock breaks NothingIsLost;
    a_row_for_whatever_comes_is_noticed: NoIdempotency breaks NothingIsDoubled;
    a_restored_server_that_keeps_its_epoch_is_noticed: SameEpochAfterRestore breaks NothingIsLost;
}
