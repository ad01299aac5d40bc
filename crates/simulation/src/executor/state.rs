//! What the tasks of a history share: the time, the random numbers, and which processes are alive.

use super::ScheduledTask;
use crate::random::HistoryRandom;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;

/// A unit that lives and dies as a whole: a page of a device, or a run of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Process(usize);

/// The process of the network and of passing time; it is never killed.
pub const NATURE: Process = Process(0);

#[derive(Default)]
pub(super) struct ExecutorState {
    pub(super) now_ms: u64,
    pub(super) random: HistoryRandom,
    /// When to poll which task. The middle number preserves the order of alarms at the same moment.
    alarms: BinaryHeap<Reverse<(u64, u64, usize)>>,
    alarms_set: u64,
    tasks_made: usize,
    pub(super) current: (usize, Process),
    pub(super) spawned: Vec<(Process, ScheduledTask)>,
    pub(super) killed: Vec<Process>,
    /// Per process: the probability that a pause kills it, in ten thousand; `None` if it is dead.
    living: Vec<Option<u32>>,
    traced: bool,
}

thread_local! {
    pub(super) static STATE: RefCell<ExecutorState> = RefCell::default();
}

impl ExecutorState {
    pub(super) fn begin(&mut self, seed: u64, now_ms: u64, traced: bool) {
        *self = ExecutorState {
            now_ms,
            random: HistoryRandom::new(seed),
            living: vec![Some(0)],
            traced,
            ..ExecutorState::default()
        };
    }

    /// Moves the time to the next alarm up to `until_ms` and returns its task. Without one, moves
    /// the time to `until_ms` and returns `None`.
    pub(super) fn next_due(&mut self, until_ms: u64) -> Option<usize> {
        match self.alarms.peek() {
            Some(Reverse((at_ms, _, _))) if *at_ms <= until_ms => {
                let Reverse((at_ms, _, number)) = self.alarms.pop()?;
                self.now_ms = self.now_ms.max(at_ms);
                Some(number)
            }
            _ => {
                self.now_ms = self.now_ms.max(until_ms);
                None
            }
        }
    }

    pub(super) fn alarm_at(&mut self, at_ms: u64, number: usize) {
        self.alarms_set += 1;
        self.alarms.push(Reverse((at_ms, self.alarms_set, number)));
    }

    /// Polls the current task again after `ms` milliseconds; returns that moment.
    pub(super) fn alarm_in(&mut self, ms: u64) -> u64 {
        let at_ms = self.now_ms + ms;
        self.alarm_at(at_ms, self.current.0);
        at_ms
    }

    /// Decides at random whether the current process dies here, and kills it if so.
    pub(super) fn dies_here(&mut self) -> bool {
        let (_, process) = self.current;
        let chance = self.living[process.0].unwrap_or(0);
        let dies = chance > 0 && self.random.chance(chance);
        if dies {
            self.kill(process);
        }
        dies
    }

    fn kill(&mut self, process: Process) {
        if process != NATURE && self.living[process.0].take().is_some() {
            self.killed.push(process);
        }
    }
}

/// The simulated time, in milliseconds since 1970.
pub fn now_ms() -> u64 {
    STATE.with_borrow(|state| state.now_ms)
}

/// Draws from the history's random numbers.
pub fn random<T>(ask: impl FnOnce(&mut HistoryRandom) -> T) -> T {
    STATE.with_borrow_mut(|state| ask(&mut state.random))
}

/// Creates a process. Each of its pauses kills it with this probability, in ten thousand.
pub fn process(dies_in_10_000: u32) -> Process {
    STATE.with_borrow_mut(|state| {
        state.living.push(Some(dies_in_10_000));
        Process(state.living.len() - 1)
    })
}

/// Adds a task to a process; dropped if the process is dead.
pub fn spawn(process: Process, task: impl Future<Output = ()> + 'static) {
    STATE.with_borrow_mut(|state| {
        if state.living[process.0].is_some() {
            let (number, now_ms) = (state.tasks_made, state.now_ms);
            state.tasks_made += 1;
            state.spawned.push((process, Box::pin(task)));
            state.alarm_at(now_ms, number);
        }
    });
}

/// Ends a process in the middle of whatever it does.
pub fn kill(process: Process) {
    STATE.with_borrow_mut(|state| state.kill(process));
}

/// Whether a process was not killed.
pub fn is_alive(process: Process) -> bool {
    STATE.with_borrow(|state| state.living[process.0].is_some())
}

/// From now on no pause kills a process.
pub fn calm() {
    STATE.with_borrow_mut(|state| state.living.iter_mut().flatten().for_each(|chance| *chance = 0));
}

/// Prints a line of the history if it is traced.
pub fn note(line: impl FnOnce() -> String) {
    let now_ms = STATE.with_borrow(|state| state.traced.then_some(state.now_ms));
    if let Some(now_ms) = now_ms {
        let (days, ms) = (now_ms / 86_400_000 % 1_000, now_ms % 86_400_000);
        println!(
            "day {days} {:02}:{:02}:{:02}.{:03}  {}",
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1_000 % 60,
            ms % 1_000,
            line()
        );
    }
}

/// The process that is being polled.
pub fn current() -> Process {
    STATE.with_borrow(|state| state.current.1)
}
