//! Work that runs beside the page.

use super::IS_BROWSER;
use super::timer::pause;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Runs a future. It is boxed, so that the executor's code is compiled once instead of once per
/// type of future.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(work));
}

#[inline(never)]
fn spawn_boxed(work: Pin<Box<dyn Future<Output = ()>>>) {
    if IS_BROWSER {
        wasm_bindgen_futures::spawn_local(work);
    }
}

/// Work that has started, and that runs to its end whether or not anything still waits for it.
pub(crate) struct StartedWork<T>(Rc<RefCell<(Option<T>, Option<Waker>)>>);

/// Starts work whose result can be awaited later.
pub(crate) fn begin<T: 'static>(work: impl Future<Output = T> + 'static) -> StartedWork<T> {
    let begun = StartedWork(Rc::new(RefCell::new((None, None))));
    let slot = begun.0.clone();
    spawn(async move {
        let done = work.await;
        let mut slot = slot.borrow_mut();
        slot.0 = Some(done);
        if let Some(waker) = slot.1.take() {
            waker.wake();
        }
    });
    begun
}

impl<T> StartedWork<T> {
    /// Waits for the result. `None` if it takes longer than `time_ms` milliseconds; the work
    /// continues then.
    pub(crate) async fn within(self, time_ms: u32) -> Option<T> {
        let mut alarm = pin!(pause(time_ms));
        poll_fn(move |context| {
            let mut slot = self.0.borrow_mut();
            if let Some(done) = slot.0.take() {
                return Poll::Ready(Some(done));
            }
            slot.1 = Some(context.waker().clone());
            alarm.as_mut().poll(context).map(|()| None)
        })
        .await
    }
}
