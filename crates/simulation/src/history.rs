//! One history from its seed: some days of faults, then a quiet phase, then the check.

mod lives;
mod reckoning;

use crate::bug::Bug;
use crate::device::Device;
use crate::executor::{self, Executor, NATURE, note, spawn};
use crate::faults::FaultPlan;
use crate::invariants::Failure;
use crate::random::HistoryRandom;
use crate::town::Ground;
use crate::world::World;
use std::rc::Rc;

/// Every history begins at the same moment (milliseconds since 1970); the devices' clocks may
/// differ.
const BEGINS_MS: u64 = 1_793_000_000_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Number of times that every page is opened again in the quiet phase. A queue that is not empty
/// after that counts as stuck.
const ROUNDS_MAX: u32 = 12;
/// Longer than any message stays in flight, in milliseconds.
const LAST_LETTERS_MS: u64 = 3 * DAY_MS;

/// The result of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryReport {
    /// The seed that replays it.
    pub seed: u64,
    /// The invariants that were violated; empty if all held.
    pub failures: Vec<Failure>,
    /// Messages written.
    pub sayings: usize,
    /// Rows on the server at the end.
    pub rows: usize,
}

/// Runs a history. The same seed, store and bug produce exactly the same history. With `traced`,
/// prints every event.
pub fn run(seed: u64, ground: Ground, bug: Option<Bug>, traced: bool) -> HistoryReport {
    let mut random = HistoryRandom::new(seed);
    let faults = FaultPlan::draw(&mut random);
    let mut executor = Executor::new(random.number(), BEGINS_MS, traced);
    let world = Rc::new(World::new(faults, ground, bug));
    note(|| format!("seed {seed}, {faults:?}"));
    let ends_ms = BEGINS_MS + random.between(6, 72) * HOUR_MS;
    let how_many = random.pick(&[1, 1, 2, 2, 2, 3]);
    let devices: Vec<_> = (0..how_many).map(|number| Device::new(number, &world)).collect();
    spawn(NATURE, lives::of_the_town(world.clone(), ends_ms));
    devices.iter().for_each(|device| spawn(NATURE, lives::of_a_device(device.clone(), ends_ms)));
    executor.run_until(ends_ms);
    quiet(&world);
    let is_drained = drain(&mut executor, &world, &devices);
    let failures = reckoning::of(&world, &devices, is_drained);
    let report = HistoryReport {
        seed,
        failures,
        sayings: world.chronicle.borrow().sayings.len(),
        rows: world.town.books.rows().len(),
    };
    drop(executor);
    report
}

/// Ends the faults. What is in flight stays in flight.
fn quiet(world: &World) {
    note(|| "the faults stop".into());
    world.faults.set(FaultPlan::default());
    executor::calm();
    world.town.books.set_trouble(0);
    if world.town.serving().is_none() {
        world.town.start(&FaultPlan::default());
    }
}

/// Lets people open the app from time to time until nothing is waiting; then lets the last delayed
/// messages arrive. Returns whether all queues emptied.
fn drain(executor: &mut Executor, world: &World, devices: &[Rc<Device>]) -> bool {
    let is_drained = (0..ROUNDS_MAX).any(|_| {
        devices.iter().for_each(|device| {
            device.close_pages();
            device.open_page(0);
        });
        executor.run_until(executor::now_ms() + HOUR_MS);
        devices.iter().all(|device| reckoning::is_drained(world, device))
    });
    executor.run_until(executor::now_ms() + LAST_LETTERS_MS);
    is_drained
}
