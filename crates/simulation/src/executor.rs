//! Simulated time, and the tasks that run in it. Single-threaded; the machine's clock is never
//! read.
//!
//! Every await inside a simulated process is a [`pause`]: it takes simulated time, so that other
//! tasks may run in between, and each one may kill the whole process with all that it had in
//! memory. The seed alone decides what happens, so a history can be replayed from its number.

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

type ScheduledTask = Pin<Box<dyn Future<Output = ()>>>;

/// Runs the tasks of one history.
pub struct Executor {
    tasks: Vec<Option<(Process, ScheduledTask)>>,
}

impl Executor {
    /// Begins a history at `now_ms` (milliseconds since 1970), and clears what an earlier history
    /// left in this thread. With `traced`, prints every note.
    pub fn new(seed: u64, now_ms: u64, traced: bool) -> Self {
        STATE.with_borrow_mut(|state| state.begin(seed, now_ms, traced));
        Self { tasks: Vec::new() }
    }

    /// Runs all tasks that are due up to a moment.
    pub fn run_until(&mut self, until_ms: u64) {
        loop {
            self.adopt_and_bury();
            let Some(number) = STATE.with_borrow_mut(|state| state.next_due(until_ms)) else {
                return;
            };
            self.poll(number);
        }
    }

    /// Adds tasks that were spawned, and drops those of killed processes.
    fn adopt_and_bury(&mut self) {
        let (spawned, killed) = STATE.with_borrow_mut(|state| {
            (std::mem::take(&mut state.spawned), std::mem::take(&mut state.killed))
        });
        self.tasks.extend(spawned.into_iter().map(Some));
        if !killed.is_empty() {
            let is_dead = |task: &Option<(Process, ScheduledTask)>| {
                task.as_ref().is_some_and(|(process, _)| killed.contains(process))
            };
            // Dropped outside of the borrow above, because a task's destructor may ask for the
            // time.
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

/// Waits a random time of up to `most_ms` milliseconds; the process may be killed here.
pub fn pause(most_ms: u64) -> Pause {
    Pause { length: Length::UpTo(most_ms), until_ms: None }
}

/// Waits exactly `ms` milliseconds; kills no process.
pub fn sleep(ms: u64) -> Pause {
    Pause { length: Length::Exactly(ms), until_ms: None }
}

#[derive(Clone, Copy)]
enum Length {
    UpTo(u64),
    Exactly(u64),
}

/// The future of [`pause`] and [`sleep`].
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

/// Returns the value of a future that never waits; panics if it does.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("this was to be there at once"),
    }
}
