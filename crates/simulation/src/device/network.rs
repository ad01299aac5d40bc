//! The network between a device and the server: it loses, duplicates, delays and reorders, and
//! sometimes a portal or proxy answers instead.

use super::saying;
use crate::bug::Bug;
use crate::executor::{Mailbox, NATURE, note, pause, random, sleep, spawn};
use crate::random::HistoryRandom;
use crate::town::{TownRequest, status};
use crate::world::World;
use offline::ports::{Exchange, Network, read_batch};
use std::rc::Rc;

/// Request timeout, as in the app.
const REQUEST_MS_MAX: u64 = 30_000;
const HOUR_MS: u64 = 3_600_000;
/// HTTP statuses that proxies and portals return in place of the server.
const STRANGE: [u16; 14] = [200, 302, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 511];

/// A device's connection.
#[derive(Clone)]
/// The shared state of the history.
pub struct DeviceNetwork {
    /// The shared state of the history.
    pub world: Rc<World>,
    /// The device's store, for the planted bugs.
    pub storage: super::DeviceStorage,
}

impl Network for DeviceNetwork {
    async fn post(&self, batch: Vec<u8>) -> Exchange {
        let ids = || {
            read_batch(&batch)
                .map(|batch| {
                    batch.envelopes.iter().map(|envelope| envelope.header.id).collect::<Vec<_>>()
                })
                .unwrap_or_default()
        };
        if self.world.bug == Some(Bug::DeleteOnSend) {
            saying::forget(&self.storage, &ids());
        }
        let exchange = self.ask(TownRequest::Submissions(batch.clone())).await;
        if self.world.bug == Some(Bug::NewIdOnRetry)
            && !matches!(exchange, Exchange::Answered { status: 200, .. })
        {
            ids().into_iter().for_each(|id| saying::seal_again(&self.world, &self.storage, id));
        }
        exchange
    }
}

impl DeviceNetwork {
    /// Sends one request to the server, with all faults of the network.
    pub async fn ask(&self, request: TownRequest) -> Exchange {
        pause(5).await;
        let mailbox = Mailbox::default();
        self.send(request.clone(), &mailbox);
        if self.world.strikes(|faults| faults.doubled) {
            self.send(request, &mailbox);
        }
        mailbox.wait(REQUEST_MS_MAX).await.unwrap_or(Exchange::NoAnswer)
    }

    fn send(&self, request: TownRequest, mailbox: &Mailbox<Exchange>) {
        let (world, mailbox) = (self.world.clone(), mailbox.clone());
        spawn(NATURE, async move {
            sleep(delay_ms(&world)).await;
            if world.strikes(|faults| faults.portal) {
                return mailbox.bring(random(strange));
            }
            if world.strikes(|faults| faults.request_lost) {
                return;
            }
            match world.town.serving() {
                Some(server) => spawn(server, served(world.clone(), request, mailbox)),
                None => mailbox.bring(Exchange::NoAnswer),
            }
        });
    }
}

/// Runs inside the server's process; if the server dies in the meantime, no answer is sent.
async fn served(world: Rc<World>, request: TownRequest, mailbox: Mailbox<Exchange>) {
    let may_change = matches!(request, TownRequest::Submissions(_));
    let answer = world.town.answer(request).await;
    spawn(NATURE, async move {
        sleep(delay_ms(&world)).await;
        if world.strikes(|faults| faults.answer_lost) {
            return note(|| "an answer is lost".into());
        }
        let is_spoilt = world.strikes(|faults| faults.spoilt_answer);
        mailbox.bring(if is_spoilt {
            random(|random| spoilt(answer, may_change, random))
        } else {
            answer
        });
    });
}

fn delay_ms(world: &World) -> u64 {
    let is_long = world.strikes(|faults| faults.delayed);
    random(|random| match (is_long, random.below(4)) {
        (false, _) => random.between(20, 800),
        (true, 0 | 1) => random.between(1_000, 60_000),
        (true, 2) => random.between(60_000, HOUR_MS),
        (true, _) => random.between(HOUR_MS, 48 * HOUR_MS),
    })
}

fn strange(random: &mut HistoryRandom) -> Exchange {
    match (random.pick(&STRANGE), random.between(1, 600)) {
        (429, retry_after_s) => {
            Exchange::Answered { status: 429, retry_after_s: Some(retry_after_s), body: Vec::new() }
        }
        (other, _) => status(other),
    }
}

/// Truncates an answer, or flips one bit. Keys come over TLS and are at most truncated.
fn spoilt(answer: Exchange, may_change: bool, random: &mut HistoryRandom) -> Exchange {
    let Exchange::Answered { status, retry_after_s, mut body } = answer else { return answer };
    let at = random.below(body.len() as u64) as usize;
    match body.get_mut(at) {
        Some(byte) if may_change && random.chance(5_000) => *byte ^= 1 << random.below(8),
        _ => body.truncate(at),
    }
    Exchange::Answered { status, retry_after_s, body }
}
