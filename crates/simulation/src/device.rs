//! A device: its disk, its clock, and the pages that are open on it.

mod network;
mod page;
mod saying;
mod storage;

pub use network::DeviceNetwork;
pub use page::DevicePage;
pub use saying::words_of;
pub use storage::DeviceStorage;

use crate::executor::{Process, is_alive, kill, note, now_ms, process, random, spawn};
use crate::world::World;
use offline::parcel::Head;
use offline::ports::Clock;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The real courier over this device's simulated ports.
pub type DeviceCourier = offline::courier::Courier<DeviceStorage, DeviceNetwork, DeviceClock>;

/// A simulated device.
pub struct Device {
    /// Its index in the history.
    pub number: usize,
    /// The shared state of the history.
    pub world: Rc<World>,
    /// Its disk.
    pub storage: DeviceStorage,
    /// Its clock.
    pub clock: DeviceClock,
    /// The page that holds the delivery lock, if any.
    delivering: Cell<Option<Process>>,
    pages: RefCell<Vec<Process>>,
}

impl Device {
    /// A device with an empty disk.
    pub fn new(number: usize, world: &Rc<World>) -> Rc<Self> {
        let storage = DeviceStorage::new(number, world);
        Rc::new(Self {
            number,
            world: world.clone(),
            storage,
            clock: DeviceClock::default(),
            delivering: Cell::default(),
            pages: RefCell::default(),
        })
    }

    /// Opens a page, in which a person writes at most `says_most` messages.
    pub fn open_page(self: &Rc<Self>, says_most: u64) {
        let process = process(self.world.faults.get().device_dies);
        self.pages.borrow_mut().push(process);
        note(|| format!("device {} opens a page", self.number));
        spawn(process, page::live(self.clone(), process, says_most));
    }

    /// Ends all pages at once. Closing them, killing them and cutting the power have the same
    /// effect on submissions.
    pub fn close_pages(&self) {
        self.pages.take().into_iter().for_each(kill);
    }

    /// The heads on its disk that can be read.
    pub fn heads(&self) -> Vec<Head> {
        self.storage.on_disk().readable
    }

    /// Takes the delivery lock if it is free; returns whether it did. A page that died no longer
    /// holds it.
    fn take_lock(&self, process: Process) -> bool {
        let is_held = self.delivering.get().is_some_and(is_alive);
        if is_held && !self.world.strikes(|faults| faults.lock_broken) {
            return false;
        }
        self.delivering.set(Some(process));
        true
    }
}

/// The clock of a device: the simulated time plus an offset, in milliseconds. The offset changes
/// only by [`DeviceClock::jump`].
#[derive(Clone, Default)]
pub struct DeviceClock {
    wrong_by_ms: Rc<Cell<i64>>,
}

const HOUR_MS: i64 = 3_600_000;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

impl DeviceClock {
    /// Sets the offset: daylight saving, an empty battery, or a wrong manual setting.
    pub fn jump(&self) {
        let jumps = [0, HOUR_MS, -HOUR_MS, 10 * YEAR_MS, -10 * YEAR_MS, 17 * HOUR_MS, -90_000];
        self.wrong_by_ms.set(random(|random| random.pick(&jumps)));
    }
}

impl Clock for DeviceClock {
    fn now_ms(&self) -> u64 {
        now_ms().saturating_add_signed(self.wrong_by_ms.get())
    }
}
