//! Signals natively, with an executor that runs what waits when the test says so.

use super::*;
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use leptos::prelude::Owner;
use std::cell::Cell;
use std::task::{Context, Waker};

thread_local! {
    static WAITING: RefCell<Vec<PinnedLocalFuture<()>>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the futures of effects until [`settle`] polls them. It belongs to all tests; the futures
/// belong to the thread of each.
struct QueueExecutor;

impl CustomExecutor for QueueExecutor {
    fn spawn(&self, future: PinnedFuture<()>) {
        self.spawn_local(future);
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        WAITING.with_borrow_mut(|waiting| waiting.push(future));
    }

    fn poll_local(&self) {}
}

/// Runs `test` inside an owner.
fn in_a_page(test: impl FnOnce()) {
    // The first test that gets here initializes the executor; it serves all of them.
    let _ = Executor::init_custom_executor(QueueExecutor);
    let owner = Owner::new();
    owner.with(test);
    owner.cleanup();
}

/// Runs the effects of changes that were made so far.
fn settle() {
    // An effect may change a signal that another follows: four rounds are more than the tests need.
    for _ in 0..4 {
        let mut waiting = WAITING.take();
        let mut context = Context::from_waker(Waker::noop());
        waiting.retain_mut(|future| future.as_mut().poll(&mut context).is_pending());
        WAITING.with_borrow_mut(|later| later.append(&mut waiting));
    }
}

/// A signal that counts how often it was followed.
fn counting(act: impl Fn() + 'static) -> Rc<Cell<u32>> {
    let runs = Rc::new(Cell::new(0));
    let count = runs.clone();
    follow(Box::new(move || {
        act();
        count.set(count.get() + 1);
    }));
    runs
}

#[test]
fn a_clone_is_the_same_signal() {
    let signal = Signal::new(1);
    let other = signal.clone();
    other.set(2);
    signal.update(|value| *value += 5);
    assert_eq!((signal.get_untracked(), *other.read_untracked()), (7, 7));
    assert_eq!(Signal::<String>::default().get_untracked(), "");
}

#[test]
fn an_effect_runs_at_once_and_after_each_change_of_what_it_read() {
    in_a_page(|| {
        let (followed, ignored) = (Signal::new(1), Signal::new(1));
        let (read, peeked) = (followed.clone(), ignored.clone());
        let runs = counting(move || _ = (read.get(), peeked.get_untracked()));
        assert_eq!(runs.get(), 1);
        ignored.set(2);
        settle();
        assert_eq!(runs.get(), 1);
        followed.set(1);
        settle();
        assert_eq!(runs.get(), 2, "an equal value is news too");
    });
}

#[test]
fn a_computed_signal_notifies_only_of_another_value() {
    in_a_page(|| {
        let number = Signal::new(2);
        let source = number.clone();
        let is_even = Signal::computed(move || source.get() % 2 == 0);
        let read = is_even.clone();
        let runs = counting(move || _ = read.get());
        number.set(4);
        settle();
        assert_eq!((is_even.get_untracked(), runs.get()), (true, 1));
        number.set(5);
        settle();
        assert_eq!((is_even.get_untracked(), runs.get()), (false, 2));
    });
}

#[test]
fn effects_end_with_their_owner() {
    in_a_page(|| {
        let signal = Signal::new(1);
        let read = signal.clone();
        let page = Owner::new();
        let runs = page.with(|| counting(move || _ = read.get()));
        page.cleanup();
        signal.set(2);
        settle();
        assert_eq!(runs.get(), 1);
    });
}
