//! Time that passes only here, and the tasks that live in it. One thread; no clock of the machine is read.
//!
//! Every await inside a simulated process is a [`pause`]: it takes a while, so that anything else may come
//! between, and at each the whole process may be killed, with all that it had in memory. Which of it happens
//! is decided by the seed alone, so a history can be told again from its number.

mod mailbox;
mod state;

pub use mailbox::Mailbox;
pub use state::{
    NATURE, Process, calm, current, is_alive, kill, note, now_ms, process, random, spawn,
};

use state::STATE;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Runs the tasks of one history.
pub struct Executor {
    tasks: Vec<Option<(Process, Task)>>,
}

impl Executor {
    /// Begins a history at a moment, with nothing left of the one before.
    pub fn new(seed: u64, now_ms: u64, traced: bool) -> Self {
        STATE.with_borrow_mut(|state| state.begin(seed, now_ms, traced));
        Self { tasks: Vec::new() }
    }

    /// Lets everything happen that happens up to a moment.
    pub fn run_until(&mut self, until_ms: u64) {
        loop {
            self.adopt_and_bury();
            let Some(number) = STATE.with_borrow_mut(|state| state.next_due(until_ms)) else {
                return;
            };
            self.poll(number);
        }
    }

    /// Takes in what was started, and drops what belongs to a dead process.
    fn adopt_and_bury(&mut self) {
        let (spawned, killed) = STATE.with_borrow_mut(|state| {
            (std::mem::take(&mut state.spawned), std::mem::take(&mut state.killed))
        });
        self.tasks.extend(spawned.into_iter().map(Some));
        if !killed.is_empty() {
            let is_dead = |task: &Option<(Process, Task)>| {
                task.as_ref().is_some_and(|(process, _)| killed.contains(process))
            };
            // Dropped outside of the borrow above: what a task holds may ask for the time when it goes.
            self.tasks.iter_mut().filter(|task| is_dead(task)).for_each(|task| *task = None);
        }
    }

    fn poll(&mut self, number: usize) {
        let Some(slot) = self.tasks.get_mut(number) else { return };
        let Some((process, task)) = slot else { return };
        STATE.with_borrow_mut(|state| state.current = (number, *process));
        if task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            *slot = None;
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.tasks.clear();
    }
}

/// Something that takes up to `most_ms`; the process may not live to see its end.
pub fn pause(most_ms: u64) -> Pause {
    Pause { length: Length::UpTo(most_ms), until_ms: None }
}

/// Exactly so long, and nobody is killed by it.
pub fn sleep(ms: u64) -> Pause {
    Pause { length: Length::Exactly(ms), until_ms: None }
}

#[derive(Clone, Copy)]
enum Length {
    UpTo(u64),
    Exactly(u64),
}

pub struct Pause {
    length: Length,
    until_ms: Option<u64>,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let (until_ms, length) = (self.until_ms, self.length);
        STATE.with_borrow_mut(|state| match (until_ms, length) {
            (Some(until_ms), _) if state.now_ms >= until_ms => Poll::Ready(()),
            (Some(_), _) => Poll::Pending,
            (None, Length::UpTo(_)) if state.dies_here() => Poll::Pending,
            (None, length) => {
                let ms = match length {
                    Length::UpTo(most_ms) => state.random.below(most_ms + 1),
                    Length::Exactly(ms) => ms,
                };
                self.until_ms = Some(state.alarm_in(ms));
                Poll::Pending
            }
        })
    }
}

/// The value of a future that never waits.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("this was to be there at once"),
    }
}
