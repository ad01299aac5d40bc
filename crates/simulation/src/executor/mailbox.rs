//! A slot in which one task waits for a value from another, with a timeout.

use super::state::STATE;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Holds the first value; later ones are dropped.
pub struct Mailbox<T>(Rc<RefCell<MailboxInside<T>>>);

struct MailboxInside<T> {
    brought: Option<T>,
    waiting: Option<usize>,
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(MailboxInside { brought: None, waiting: None })))
    }
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Mailbox<T> {
    /// Delivers a value and wakes the waiting task.
    pub fn bring(&self, value: T) {
        let mut inside = self.0.borrow_mut();
        inside.brought.get_or_insert(value);
        if let Some(number) = inside.waiting {
            STATE.with_borrow_mut(|state| state.alarm_at(state.now_ms, number));
        }
    }

    /// Waits for a value for up to `most_ms` milliseconds; `None` after that.
    pub fn wait(&self, most_ms: u64) -> MailboxWaiting<T> {
        MailboxWaiting { mailbox: self.clone(), most_ms, until_ms: None }
    }
}

/// The future of [`Mailbox::wait`].
pub struct MailboxWaiting<T> {
    mailbox: Mailbox<T>,
    most_ms: u64,
    until_ms: Option<u64>,
}

impl<T> Future for MailboxWaiting<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        if let Some(value) = self.mailbox.0.borrow_mut().brought.take() {
            return Poll::Ready(Some(value));
        }
        let most_ms = self.most_ms;
        let Some(until_ms) = self.until_ms else {
            let (number, until_ms) =
                STATE.with_borrow_mut(|state| (state.current.0, state.alarm_in(most_ms)));
            self.mailbox.0.borrow_mut().waiting = Some(number);
            self.until_ms = Some(until_ms);
            return Poll::Pending;
        };
        if super::now_ms() >= until_ms { Poll::Ready(None) } else { Poll::Pending }
    }
}
