//! What happens to the server and to the devices while the faults last.

use super::{DAY_MS, HOUR_MS};
use crate::device::Device;
use crate::executor::{note, now_ms, random, sleep};
use crate::world::World;
use std::rc::Rc;

/// The longest time until a dead server is started again.
const STARTED_AGAIN_MS_MAX: u64 = 2 * HOUR_MS;
/// Mean time between two moments at which a fault may strike, in milliseconds.
const LOOK_MS: u64 = 20 * 60_000;

/// The life of the server: it is restarted after it died, backed up every night, and sometimes
/// restored from the backup.
pub(super) async fn of_the_town(world: Rc<World>, ends_ms: u64) {
    world.town.start(&world.faults.get());
    world.town.books.back_up();
    let mut backed_up_at_ms = now_ms();
    while now_ms() < ends_ms {
        sleep(random(|random| random.between(1_000, 2 * LOOK_MS))).await;
        if now_ms() >= ends_ms {
            return;
        }
        if world.strikes(|faults| faults.restored / 10) {
            world.town.restore(random(|random| std::array::from_fn(|_| random.number() as u8)));
        } else if now_ms() - backed_up_at_ms > DAY_MS {
            backed_up_at_ms = now_ms();
            world.town.books.back_up();
        }
        if world.strikes(|faults| faults.rotated / 10) {
            world.town.rotate_keys();
        }
        if world.strikes(|faults| faults.erased / 10) {
            erase_a_row(&world);
        }
        if world.town.serving().is_none() {
            sleep(random(|random| random.below(STARTED_AGAIN_MS_MAX))).await;
            if now_ms() < ends_ms {
                note(|| "the server is started".into());
                world.town.start(&world.faults.get());
            }
        }
    }
}

/// Staff erase a submission at the person's request.
fn erase_a_row(world: &World) {
    let rows = world.town.books.rows();
    let Some(row) = rows.get(random(|random| random.below(rows.len() as u64)) as usize) else {
        return;
    };
    let id = row.envelope.header.id;
    if !world.town.books.erase(id) {
        return;
    }
    note(|| format!("{id} is erased at the town hall"));
    if let Some(saying) = world.chronicle.borrow_mut().of(id) {
        saying.erased = true;
    }
}

/// The life of a device: it is used from time to time, in one page or two, which are closed or
/// killed at any moment.
pub(super) async fn of_a_device(device: Rc<Device>, ends_ms: u64) {
    let world = device.world.clone();
    let uses = random(|random| random.between(1, 4));
    for _ in 0..uses {
        let left_ms = ends_ms.saturating_sub(now_ms());
        sleep(random(|random| random.below(left_ms / 2 + 1))).await;
        if now_ms() >= ends_ms {
            return;
        }
        mishaps(&device);
        let pages = if random(|random| random.chance(2_500)) { 2 } else { 1 };
        (0..pages).for_each(|_| device.open_page(2));
        for _ in 0..random(|random| random.between(1, 4)) {
            sleep(random(|random| random.below(10 * 60_000))).await;
            if world.strikes(|faults| faults.clock_jumps) {
                device.clock.jump();
            }
        }
        if now_ms() >= ends_ms {
            return;
        }
        device.close_pages();
    }
}

/// Faults that strike a device while no page is open.
fn mishaps(device: &Device) {
    let world = &device.world;
    if world.strikes(|faults| faults.clock_jumps) {
        device.clock.jump();
    }
    if world.strikes(|faults| faults.evicted) {
        device.storage.evict();
        let mut chronicle = world.chronicle.borrow_mut();
        chronicle
            .sayings
            .iter_mut()
            .filter(|saying| saying.device == device.number)
            .for_each(|saying| saying.gone_here = true);
    }
    if world.strikes(|faults| faults.damaged) {
        damage_one(device);
    }
}

fn damage_one(device: &Device) {
    let heads = device.heads();
    let Some(head) = heads.get(random(|random| random.below(heads.len() as u64)) as usize) else {
        return;
    };
    if random(|random| random.chance(5_000)) {
        note(|| format!("device {}: the head of {} is damaged", device.number, head.id));
        device.storage.spoil_head(head.id);
    } else {
        note(|| format!("device {}: the envelope of {} is damaged", device.number, head.id));
        device.storage.spoil_envelope(head.id);
    }
    if let Some(saying) = device.world.chronicle.borrow_mut().of(head.id) {
        saying.damaged = true;
    }
}
