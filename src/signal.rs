//! Values that pages follow. Leptos's reactive graph carries the news of a change; the value lies beside it. A signal of
//! Leptos's own makes all its code, with lock, arena and guards, once more for every type: docs/decisions/markup.md has the figures.

use leptos::prelude::{ArcTrigger, Notify, RenderEffect, Track, on_cleanup, untrack};
use send_wrapper::SendWrapper;
use std::cell::{Ref, RefCell};
use std::rc::Rc;

/// A value and the news of its changes. A clone is the same signal.
pub(crate) struct Signal<T>(Rc<Inner<T>>);

struct Inner<T> {
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
    pub(crate) fn new(value: T) -> Self {
        Self(Rc::new(Inner { changed: ArcTrigger::new(), value: RefCell::new(value) }))
    }

    /// The value; whoever asks within an effect is called again when it changes. Not to be held across a change.
    pub(crate) fn read(&self) -> Ref<'_, T> {
        self.0.changed.track();
        self.0.value.borrow()
    }

    pub(crate) fn read_untracked(&self) -> Ref<'_, T> {
        self.0.value.borrow()
    }

    pub(crate) fn set(&self, value: T) {
        self.0.value.replace(value);
        self.0.changed.notify();
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.value.borrow_mut());
        self.0.changed.notify();
    }
}

impl<T: Clone> Signal<T> {
    pub(crate) fn get(&self) -> T {
        self.read().clone()
    }

    pub(crate) fn get_untracked(&self) -> T {
        self.read_untracked().clone()
    }
}

impl<T: PartialEq + 'static> Signal<T> {
    /// What a rule makes of other signals; it tells of a change only when the value is another.
    pub(crate) fn computed(rule: impl Fn() -> T + 'static) -> Self {
        let rule = Rc::new(rule);
        let computed = Self::new(untrack(|| rule()));
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

/// Acts now, and again whenever a signal that was read has changed, for as long as the owner lives.
#[inline(never)]
pub(crate) fn follow(act: Box<dyn Fn()>) {
    let effect = SendWrapper::new(RenderEffect::new(move |_| act()));
    on_cleanup(move || drop(effect));
}
