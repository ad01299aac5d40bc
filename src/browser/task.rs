//! Work that goes on beside the page.

use super::timer::pause;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Lets a future run. Behind one pointer: the executor's code is then in the app once, not once for every kind of future.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(work));
}

#[inline(never)]
fn spawn_boxed(work: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(work);
}

/// Work that has begun, and goes on to its end whether or not anybody still waits for it.
pub(crate) struct Begun<T>(Rc<RefCell<(Option<T>, Option<Waker>)>>);

pub(crate) fn begin<T: 'static>(work: impl Future<Output = T> + 'static) -> Begun<T> {
    let begun = Begun(Rc::new(RefCell::new((None, None))));
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

impl<T> Begun<T> {
    /// What came of it; nothing when it takes longer than this.
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
