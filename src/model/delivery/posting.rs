//! Takes what a person sends: seals it, stores it, and only then reports it as stored.

use super::{
    BrowserCourier, DeliveryQueue, NotStored, StoreState, VisitSecret, borrowed_ids, note_borrowed,
};
use crate::browser::clock::BrowserClock;
use crate::browser::random;
use crate::browser::task::spawn;
use crate::browser::timer::pause;
use crate::route::Route;
use domain::SubmissionId;
use domain::submission::Content;
use offline::ports::Clock;
use offline::sealing::{Address, Sealed, seal_with};
use std::rc::Rc;

/// A store that takes longer than half a minute to open will not open: 300 checks, 100 ms apart.
const OPENING_LOOKS_MAX: u32 = 300;
const OPENING_LOOK_MS: u32 = 100;

impl DeliveryQueue {
    /// Seals and stores the submission of a form. Once it is stored, `forget_draft` clears the
    /// draft and returns the next page, with which `on_done` is called when the store is shown. An
    /// addition has the `secret` of its question. Does nothing while another is being stored. The
    /// closures here and below are boxed, because an async function is compiled once per closure
    /// type.
    pub(in crate::model) fn submit(
        &'static self,
        content: Content,
        secret: Option<[u8; 16]>,
        forget_draft: Box<dyn FnOnce(SubmissionId) -> Route>,
        on_done: Box<dyn FnOnce(Route)>,
    ) {
        if self.is_saving.get_untracked() {
            return;
        }
        self.is_saving.set(true);
        self.not_stored.set(None);
        spawn(async move {
            let posted = self.seal_and_post(content, secret).await;
            self.is_saving.set(false);
            match posted {
                Ok(id) => {
                    let next = forget_draft(id);
                    self.show_store().await;
                    self.tabs.tell();
                    on_done(next);
                    self.deliver();
                }
                Err(reason) => self.not_stored.set(Some(reason)),
            }
        });
    }

    /// Seals and stores several submissions in order, while the page stays as it is. Stops at the
    /// first failure; `on_done` receives how many were stored and why not all.
    pub(crate) fn post_beside(
        &'static self,
        contents: Vec<Content>,
        on_done: Box<dyn FnOnce(usize, Option<NotStored>)>,
    ) {
        spawn(async move {
            let (mut stored, mut why) = (0, None);
            for content in contents {
                match self.seal_and_post(content, None).await {
                    Ok(_) => stored += 1,
                    Err(reason) => {
                        why = Some(reason);
                        break;
                    }
                }
            }
            self.show_store().await;
            on_done(stored, why);
            self.deliver();
        });
    }

    /// Seals one submission and stores it in the outbox. On a shared device the secret stays in
    /// memory only, and so does that of a question which is not on this device: its code was typed
    /// to read it, not to be stored.
    async fn seal_and_post(
        &'static self,
        content: Content,
        secret: Option<[u8; 16]>,
    ) -> Result<SubmissionId, NotStored> {
        let courier = self.opened_courier().await.ok_or_else(|| self.why_no_store())?;
        if courier.keys().is_none() {
            // The store may not have answered when it was opened.
            self.take_stored_keys(&courier).await;
        }
        if courier.keys().is_none() {
            self.renew_keys().await;
        }
        let keys = courier.keys().ok_or(NotStored::NoKeys)?;
        let address = Address {
            municipality: self.catalogue.municipality().id.clone(),
            catalogue_version: self.catalogue.version(),
            now_ms: BrowserClock.now_ms(),
            order: courier.next_order(),
        };
        let is_foreign = secret.is_some_and(|secret| {
            !self.heads.read_untracked().iter().any(|head| head.secret == secret)
        });
        let mut sealed: Sealed = seal_with(content, secret, &address, &keys, &mut random::fill)?;
        let (id, secret) = (sealed.head.id, sealed.head.secret);
        self.visit.borrow_mut().push(VisitSecret { id, secret });
        if is_foreign || self.role.is_shared() {
            // On a shared device, the secret that could show this inquiry's progress to the next
            // person stays in the page and is gone with it.
            sealed.head.secret = Default::default();
        }
        if self.role.is_borrowed() {
            note_borrowed(borrowed_ids().into_iter().chain([id]).collect());
        }
        courier.post(&sealed).await?;
        self.device.ask_for_promise();
        Ok(sealed.head.id)
    }

    /// The courier, once the store is open: a person may be faster than the device. `None` if the
    /// store does not open.
    pub(in crate::model) async fn opened_courier(&self) -> Option<Rc<BrowserCourier>> {
        for _ in 0..OPENING_LOOKS_MAX {
            let is_opening = *self.store.read_untracked() == StoreState::Opening;
            if self.courier.get().is_some() || !is_opening {
                break;
            }
            pause(OPENING_LOOK_MS).await;
        }
        self.courier()
    }

    fn why_no_store(&self) -> NotStored {
        match &*self.store.read_untracked() {
            StoreState::Impossible(fault) => fault.clone().into(),
            StoreState::Opening | StoreState::Ready => NotStored::CannotKeep,
        }
    }
}
