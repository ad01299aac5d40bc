//! Reactive values that pages follow. Leptos's reactive graph carries only the notification of a
//! change; the value is stored beside it. A Leptos signal would compile its lock, arena and guards
//! again for every type; docs/decisions/0002-markup.md has the figures.

use crate::keep;
use leptos::prelude::{ArcTrigger, Notify, RenderEffect, Track, untrack};
use std::cell::{Ref, RefCell};
use std::rc::Rc;

/// A value and the notification of its changes. A clone is a handle to the same signal.
pub struct Signal<T>(Rc<SignalCell<T>>);

/// The shared part of a signal: the trigger and the value.
struct SignalCell<T> {
    changed: ArcTrigger,
    value: RefCell<T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Default> Default for Signal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Signal<T> {
    /// A signal with its first value.
    pub fn new(value: T) -> Self {
        Self(Rc::new(SignalCell { changed: ArcTrigger::new(), value: RefCell::new(value) }))
    }

    /// Borrows the value. An effect that calls this runs again when the value changes. The borrow
    /// must not be held across a change.
    pub fn read(&self) -> Ref<'_, T> {
        self.0.changed.track();
        self.0.value.borrow()
    }

    /// Borrows the value without following it.
    pub fn read_untracked(&self) -> Ref<'_, T> {
        self.0.value.borrow()
    }

    /// Replaces the value and notifies the followers, even if the new value is equal.
    pub fn set(&self, value: T) {
        self.0.value.replace(value);
        self.0.changed.notify();
    }

    /// Changes the value in place and notifies the followers. `change` must not read this signal.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.value.borrow_mut());
        self.0.changed.notify();
    }
}

impl<T: Clone> Signal<T> {
    /// A copy of the value. An effect that calls this runs again when the value changes.
    pub fn get(&self) -> T {
        self.read().clone()
    }

    /// A copy of the value, without following it.
    pub fn get_untracked(&self) -> T {
        self.read_untracked().clone()
    }
}

impl<T: PartialEq + 'static> Signal<T> {
    /// A signal whose value `rule` computes from other signals. It notifies only if the new value
    /// differs.
    pub fn computed(rule: impl Fn() -> T + 'static) -> Self {
        let rule = Rc::new(rule);
        let computed = Self::new(untrack(|| rule()));
        if crate::is_writing() {
            return computed;
        }
        let to = computed.clone();
        follow(Box::new(move || {
            let value = rule();
            if *to.read_untracked() != value {
                to.set(value);
            }
        }));
        computed
    }
}

/// Runs `act` now, and again whenever a signal that it read has changed, for as long as the owner
/// lives. While a page is written as text, only now.
#[inline(never)]
pub fn follow(act: Box<dyn Fn()>) {
    if crate::is_writing() {
        return act();
    }
    keep(RenderEffect::new(move |_| act()));
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
