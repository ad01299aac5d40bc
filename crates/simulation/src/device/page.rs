//! An open page. It uses the courier as the app does (`src/model/delivery.rs` and `delivery/`), and
//! a simulated person uses it.

use super::{Device, DeviceCourier, DeviceNetwork, saying};
use crate::bug::Bug;
use crate::executor::{Process, note, pause, random, sleep, spawn};
use crate::town::TownRequest;
use domain::SubmissionId;
use domain::submission::PublicKeys;
use offline::outbox::NextStep;
use offline::ports::{Clock, Exchange, Storage};
use std::cell::Cell;
use std::rc::Rc;

pub(super) const KEYS_NOTE: &str = "keys";
/// Interval after which a page looks for waiting submissions again, as in the app.
const LOOK_AGAIN_MS: u64 = 15_000;
/// How often a person presses "Send" before giving up.
const PRESSES_MAX: u32 = 3;
/// The age at which the planted bug deletes submissions.
const MONTH_MS: u64 = 30 * 24 * 3_600_000;

/// One open page of a device.
pub struct DevicePage {
    device: Rc<Device>,
    process: Process,
    courier: DeviceCourier,
    /// The number of the alarm that is set, if there is one; and the number of alarms that were
    /// ever set.
    alarm: Cell<(Option<u64>, u64)>,
}

/// The life of a page, from opening to closing.
pub(super) async fn live(device: Rc<Device>, process: Process, says_most: u64) {
    let network = DeviceNetwork { world: device.world.clone(), storage: device.storage.clone() };
    let courier = DeviceCourier::new(
        device.storage.clone(),
        network,
        device.clock.clone(),
        random(|random| random.number()),
    );
    let page = Rc::new(DevicePage { device, process, courier, alarm: Cell::default() });
    if let Some(keys) = page.stored_keys().await {
        page.courier.learn_keys(keys);
    }
    let _ = page.courier.load().await;
    page.expire_by_the_devices_clock().await;
    page.renew_keys().await;
    page.deliver();
    page.sit_in_front(says_most).await;
}

impl DevicePage {
    async fn stored_keys(&self) -> Option<PublicKeys> {
        let bytes = self.courier.storage().note(KEYS_NOTE).await.ok().flatten()?;
        postcard::from_bytes(&bytes).ok()
    }

    async fn renew_keys(&self) {
        let network = DeviceNetwork {
            world: self.device.world.clone(),
            storage: self.device.storage.clone(),
        };
        let Exchange::Answered { status: 200, body, .. } = network.ask(TownRequest::Keys).await
        else {
            return;
        };
        let Ok(keys) = postcard::from_bytes::<PublicKeys>(&body) else { return };
        let now_ms = keys.now_ms;
        self.courier.learn_keys(keys);
        let _ = self.courier.storage().set_note(KEYS_NOTE, &body).await;
        let _ = self.courier.drop_old_copies(now_ms).await;
    }

    fn deliver(self: &Rc<Self>) {
        let page = self.clone();
        spawn(self.process, async move {
            if page.device.take_lock(page.process) {
                page.deliver_now().await;
                page.device.delivering.set(None);
            }
            let still_waits = page.courier.heads().iter().any(|head| head.is_waiting());
            if still_waits && page.alarm.get().0.is_none() {
                page.set_alarm(LOOK_AGAIN_MS);
            }
        });
    }

    async fn deliver_now(self: &Rc<Self>) {
        let step = self.courier.deliver().await;
        let _ = self.courier.load().await;
        match step {
            Ok(NextStep::WaitUntil(moment)) => {
                self.set_alarm(moment.saturating_sub(self.courier.clock().now_ms()).max(1_000))
            }
            Ok(NextStep::Rest | NextStep::Send(_)) => self.alarm.set((None, self.alarm.get().1)),
            Err(_) => self.set_alarm(LOOK_AGAIN_MS),
        }
    }

    fn set_alarm(self: &Rc<Self>, ms: u64) {
        let number = self.alarm.get().1 + 1;
        self.alarm.set((Some(number), number));
        let page = self.clone();
        spawn(self.process, async move {
            sleep(ms).await;
            if page.alarm.get().0 == Some(number) {
                page.alarm.set((None, number));
                page.deliver();
            }
        });
    }

    /// The person: writes messages, lets the page deliver again, retries what needs attention, and
    /// rarely erases something.
    async fn sit_in_front(self: &Rc<Self>, says_most: u64) {
        self.try_all_again().await;
        for _ in 0..random(|random| random.below(says_most + 1)) {
            pause(120_000).await;
            self.say().await;
            if self.device.world.strikes(|faults| faults.erased) {
                self.erase_one().await;
            }
        }
        pause(300_000).await;
        self.courier.hurry();
        if self.courier.keys().is_none() {
            self.renew_keys().await;
        }
        self.deliver();
    }

    async fn try_all_again(self: &Rc<Self>) {
        let asking: Vec<SubmissionId> = self
            .courier
            .heads()
            .iter()
            .filter(|head| head.needs_attention())
            .map(|head| head.id)
            .collect();
        for id in asking {
            let _ = self.courier.try_again(id).await;
        }
        self.deliver();
    }

    /// Presses "Send" until the message is kept, or gives up. Until then it is only in memory.
    async fn say(self: &Rc<Self>) {
        if self.courier.keys().is_none() {
            self.renew_keys().await;
        }
        let Some(keys) = self.courier.keys() else { return };
        let number = self.device.world.chronicle.borrow_mut().begin(self.device.number);
        for _ in 0..PRESSES_MAX {
            let Some(sealed) = saying::sealed(
                number,
                &keys,
                self.courier.next_order(),
                self.courier.clock().now_ms(),
            ) else {
                return;
            };
            self.device.world.chronicle.borrow_mut().sayings[number].ids.insert(sealed.head.id);
            if self.courier.post(&sealed).await.is_ok() {
                note(|| {
                    format!(
                        "device {}: saying {number} is kept as {}",
                        self.device.number, sealed.head.id
                    )
                });
                self.device.world.chronicle.borrow_mut().sayings[number].kept =
                    Some(sealed.head.id);
                return self.deliver();
            }
            pause(10_000).await;
        }
    }

    async fn erase_one(self: &Rc<Self>) {
        let heads = self.courier.heads();
        let Some(head) = heads.get(random(|random| random.below(heads.len() as u64)) as usize)
        else {
            return;
        };
        note(|| format!("device {}: {} is erased by the person", self.device.number, head.id));
        if let Some(saying) = self.device.world.chronicle.borrow_mut().of(head.id) {
            saying.gone_here = true;
        }
        let _ = self.courier.erase(&[head.id]).await;
    }

    /// The planted bug [`Bug::TrustInTheClock`].
    async fn expire_by_the_devices_clock(&self) {
        if self.device.world.bug == Some(Bug::TrustInTheClock) {
            let now_ms = self.courier.clock().now_ms();
            let old = self
                .courier
                .heads()
                .iter()
                .filter(|head| head.kept_at_ms + MONTH_MS < now_ms)
                .map(|head| head.id)
                .collect::<Vec<_>>();
            let _ = self.courier.erase(&old).await;
        }
    }
}
