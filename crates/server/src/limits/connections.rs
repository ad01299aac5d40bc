//! Who is connected. A connection costs a stranger nothing, so there are only so many in all and of a share; when there is no place, those that ask for
//! nothing make room first, the longest quiet of whoever has most.

use super::shares::{neighbourhood_of, shares_of};
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Connections in all: some tens of kilobytes each, and one of the files that a process may have open.
const CONNECTIONS_MAX: usize = 4_096;
/// Of one share: browsers have six each, and a library has forty terminals. Proxies that are trusted have no share.
const CONNECTIONS_OF_SHARE_MAX: usize = 256;
/// Files and connections that are not of people: the database, the site, mail, logs.
const FILES_BESIDE: usize = 256;
/// A header is whole by then, since its first byte; and the first byte comes by then, since the connection.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// A connection that asks for nothing is closed after this: longer than proxies keep one, so that they are not cut off in the middle.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Of all answers of a connection nothing was taken for so long.
const ANSWER_SILENCE_MAX: Duration = Duration::from_secs(30);
/// Who is answered for longer than this makes room too when nobody is quiet: it reads an answer a byte at a time.
const ANSWER_TIME: Duration = Duration::from_secs(120);
/// Those that make room at once: to look for them is a walk over all, which a stranger must not ask for at each connection.
const CLOSED_AT_ONCE: usize = 64;
/// And when nobody could make room, nobody is looked for again within this.
const NOBODY_TIME: Duration = Duration::from_millis(100);
/// Of all places, the part beyond which connections of one network make room while they are answered too: nobody has use for that many at once.
const LARGEST_PART: usize = 4;

#[derive(Debug, Clone, Copy)]
pub struct ConnectionSettings {
    pub all: usize,
    pub of_share: usize,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self { all: CONNECTIONS_MAX, of_share: CONNECTIONS_OF_SHARE_MAX }
    }
}

impl ConnectionSettings {
    /// As many as the system lets this process have open beside its files, after asking it for all that are needed. Connections that cannot be taken
    /// in would wait in the kernel, honest ones among them.
    pub fn within_open_files(self) -> Self {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = (self.all + FILES_BESIDE) as u64;
        let most = maximum.unwrap_or(wanted);
        let current = current.unwrap_or(u64::MAX);
        if current < wanted {
            // What is refused shows in the limit that stands afterwards.
            let _ =
                setrlimit(Resource::Nofile, Rlimit { current: Some(wanted.min(most)), maximum });
        }
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let all = usize::try_from(files)
            .unwrap_or(usize::MAX)
            .saturating_sub(FILES_BESIDE)
            .clamp(1, self.all);
        if all < self.all {
            tracing::warn!(
                all,
                wanted = self.all,
                "the system lets this process open fewer files than it may have connections; raise its limit (ulimit -n)"
            );
        }
        Self { all, ..self }
    }
}

/// All that are open.
pub struct Connections {
    settings: ConnectionSettings,
    open: Mutex<Opened>,
    /// Moments are milliseconds since this.
    began: Instant,
}

#[derive(Default)]
struct Opened {
    number: u64,
    all: HashMap<u64, Arc<Connection>>,
    of_network: HashMap<IpNet, usize>,
    /// Of whom nobody could make room, and until when that is known: of one network, or of all.
    nobody_until_ms: HashMap<Option<IpNet>, u64>,
}

/// One of them, and what it does. Changed by whoever serves it.
pub struct Connection {
    number: u64,
    /// With how many shares each has; none if it is a trusted proxy's.
    networks: Vec<(IpNet, u32)>,
    began: Instant,
    in_flight: AtomicU32,
    has_asked: AtomicBool,
    /// Its headers come among other frames, so that bytes may come which begin none.
    is_http2: AtomicBool,
    /// Since when it asks for nothing, or is answered.
    since_ms: AtomicU64,
    /// Since when a header is coming; zero when none is.
    header_since_ms: AtomicU64,
    /// Since when the other end takes nothing of an answer; zero when it does.
    stuck_since_ms: AtomicU64,
    /// Answers of which the next piece is there to be taken.
    offered: AtomicU32,
    /// When a piece of any of them was taken last.
    taken_ms: AtomicU64,
    closing: Notify,
}

/// An open connection; no longer one of those that are counted when it is dropped.
pub struct OpenConnection {
    pub connection: Arc<Connection>,
    connections: Arc<Connections>,
}

impl Connections {
    pub fn new(settings: ConnectionSettings) -> Arc<Self> {
        Arc::new(Self { settings, open: Mutex::default(), began: Instant::now() })
    }

    /// Takes a connection in; `None` if there is no place for it and nobody who could make room.
    pub fn admit(self: &Arc<Self>, peer: IpAddr, is_trusted: bool) -> Option<OpenConnection> {
        self.admit_at(self.now_ms(), peer, is_trusted)
    }

    fn admit_at(
        self: &Arc<Self>,
        now_ms: u64,
        peer: IpAddr,
        is_trusted: bool,
    ) -> Option<OpenConnection> {
        let networks = if is_trusted { Vec::new() } else { shares_of(peer) };
        let places = |shares: u32| self.settings.of_share.saturating_mul(shares as usize);
        let mut open = self.open();
        for (network, shares) in &networks {
            if open.count(network) >= places(*shares) {
                open.make_room(now_ms, Some(*network), places(*shares));
            }
        }
        if open.all.len() >= self.settings.all {
            open.make_room(now_ms, None, self.settings.all);
        }
        let has_share_room =
            networks.iter().all(|(network, shares)| open.count(network) < places(*shares));
        if open.all.len() >= self.settings.all || !has_share_room {
            return None;
        }
        open.number += 1;
        let connection = Arc::new(Connection {
            number: open.number,
            networks,
            began: self.began,
            in_flight: AtomicU32::new(0),
            has_asked: AtomicBool::new(false),
            is_http2: AtomicBool::new(false),
            since_ms: AtomicU64::new(now_ms),
            header_since_ms: AtomicU64::new(0),
            stuck_since_ms: AtomicU64::new(0),
            offered: AtomicU32::new(0),
            taken_ms: AtomicU64::new(0),
            closing: Notify::new(),
        });
        open.put(connection.clone());
        Some(OpenConnection { connection, connections: self.clone() })
    }

    /// Closes those whose time is over.
    pub fn close_overdue(&self) {
        let now_ms = self.now_ms();
        let mut open = self.open();
        let overdue: Vec<u64> = open
            .all
            .values()
            .filter(|connection| connection.is_overdue(now_ms))
            .map(|connection| connection.number)
            .collect();
        overdue.into_iter().for_each(|number| open.close(number));
        open.nobody_until_ms.retain(|_, until_ms| now_ms < *until_ms);
    }

    pub fn close_all(&self) {
        let mut open = self.open();
        let all: Vec<u64> = open.all.keys().copied().collect();
        all.into_iter().for_each(|number| open.close(number));
    }

    fn open(&self) -> MutexGuard<'_, Opened> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        ms_since(self.began)
    }
}

/// Never zero, which means "not at all".
fn ms_since(began: Instant) -> u64 {
    began.elapsed().as_millis() as u64 + 1
}

impl Opened {
    fn put(&mut self, connection: Arc<Connection>) {
        for (network, _) in &connection.networks {
            *self.of_network.entry(*network).or_default() += 1;
        }
        self.all.insert(connection.number, connection);
    }

    fn remove(&mut self, number: u64) -> Option<Arc<Connection>> {
        let connection = self.all.remove(&number)?;
        for (network, _) in &connection.networks {
            if let Some(count) = self.of_network.get_mut(network) {
                *count -= 1;
                if *count == 0 {
                    self.of_network.remove(network);
                }
            }
        }
        Some(connection)
    }

    fn count(&self, network: &IpNet) -> usize {
        self.of_network.get(network).copied().unwrap_or(0)
    }

    fn close(&mut self, number: u64) {
        if let Some(connection) = self.remove(number) {
            connection.closing.notify_one();
        }
    }

    /// Closes some that may make room, of one network or of all: a sixteenth of the places at most, so that a stranger does not close a network's all.
    fn make_room(&mut self, now_ms: u64, whose: Option<IpNet>, places: usize) {
        if self.nobody_until_ms.get(&whose).is_some_and(|until_ms| now_ms < *until_ms) {
            return;
        }
        let mut of_neighbourhood: HashMap<IpNet, usize> = HashMap::new();
        for network in self.all.values().filter_map(|connection| connection.widest()) {
            *of_neighbourhood.entry(neighbourhood_of(network)).or_default() += 1;
        }
        let is_asked = |connection: &&Arc<Connection>| {
            whose.is_none_or(|whose| {
                connection.networks.iter().any(|(network, _)| *network == whose)
            })
        };
        let rank = |connection: &Arc<Connection>| {
            let widest = connection.widest();
            // Whose own network is full is told so; others lose nothing by it.
            let has_too_many = whose.is_none()
                && widest.is_some_and(|network| self.count(&network) > places / LARGEST_PART);
            let count = widest
                .and_then(|network| of_neighbourhood.get(&neighbourhood_of(network)))
                .copied()
                .unwrap_or(0);
            connection.rank(now_ms, has_too_many, count)
        };
        let mut candidates: Vec<_> = self.all.values().filter(is_asked).filter_map(rank).collect();
        if candidates.is_empty() {
            self.nobody_until_ms.insert(whose, now_ms + NOBODY_TIME.as_millis() as u64);
        }
        candidates.sort_unstable();
        let most = (places / 16).clamp(1, CLOSED_AT_ONCE);
        candidates.into_iter().take(most).for_each(|(_, number)| self.close(number));
    }
}

/// Who makes room first is less: who is quiet before who is answered, strangers before trusted proxies, who has most, who is quiet longest.
type Rank = (bool, bool, std::cmp::Reverse<usize>, u64);

impl Connection {
    /// `None` if it does not make room. Who is answered does when it takes long, or when others of its network have too many places.
    fn rank(&self, now_ms: u64, has_too_many: bool, count: usize) -> Option<(Rank, u64)> {
        let since_ms = self.since_ms.load(Relaxed);
        let is_answered = self.in_flight.load(Relaxed) > 0;
        let takes_long = now_ms.saturating_sub(since_ms) >= ANSWER_TIME.as_millis() as u64;
        if is_answered && !takes_long && !has_too_many {
            return None;
        }
        Some((
            (is_answered, self.networks.is_empty(), std::cmp::Reverse(count), since_ms),
            self.number,
        ))
    }

    /// The widest network of its share; `None` if it is a trusted proxy's.
    fn widest(&self) -> Option<IpNet> {
        self.networks.last().map(|(network, _)| *network)
    }

    fn is_overdue(&self, now_ms: u64) -> bool {
        let is_over = |since_ms: u64, time: Duration| {
            since_ms > 0 && now_ms.saturating_sub(since_ms) > time.as_millis() as u64
        };
        let is_stuck = is_over(self.stuck_since_ms.load(Relaxed), ANSWER_SILENCE_MAX);
        if self.in_flight.load(Relaxed) > 0 {
            // Who takes one answer, however many others wait, is not cut off: a proxy has those of many people on one connection.
            let takes_nothing = self.offered.load(Relaxed) > 0
                && is_over(self.taken_ms.load(Relaxed), ANSWER_SILENCE_MAX);
            return is_stuck || takes_nothing;
        }
        let quiet_time = if self.has_asked.load(Relaxed) { KEEP_ALIVE } else { HEADER_TIME };
        is_stuck
            || is_over(self.header_since_ms.load(Relaxed), HEADER_TIME)
            || is_over(self.since_ms.load(Relaxed), quiet_time)
    }

    /// A request is here whole but for its body. It is answered when what this returns is dropped.
    pub fn begin(self: &Arc<Self>, is_http2: bool) -> InFlight {
        self.is_http2.store(is_http2, Relaxed);
        self.header_since_ms.store(0, Relaxed);
        self.has_asked.store(true, Relaxed);
        if self.in_flight.fetch_add(1, Relaxed) == 0 {
            self.since_ms.store(ms_since(self.began), Relaxed);
        }
        InFlight { connection: self.clone(), is_offered: false }
    }

    /// Bytes came. With HTTP/2 they may be of a frame that asks for nothing (PING, WINDOW_UPDATE), and begin no header.
    pub fn has_read(&self) {
        if !self.is_http2.load(Relaxed)
            && self.in_flight.load(Relaxed) == 0
            && self.header_since_ms.load(Relaxed) == 0
        {
            self.header_since_ms.store(ms_since(self.began), Relaxed);
        }
    }

    /// Bytes of an answer went out, or the other end does not take them.
    pub fn has_written(&self, is_stuck: bool) {
        if !is_stuck {
            self.stuck_since_ms.store(0, Relaxed);
        } else if self.stuck_since_ms.load(Relaxed) == 0 {
            self.stuck_since_ms.store(ms_since(self.began), Relaxed);
        }
    }

    #[cfg(test)]
    pub(crate) fn waits_for_the_other_end(&self) -> bool {
        self.offered.load(Relaxed) > 0
    }

    /// Returns when it is to be closed at once.
    pub async fn closing(&self) {
        self.closing.notified().await;
    }
}

/// A request that is worked on, and then its answer, until all of it was taken.
pub struct InFlight {
    connection: Arc<Connection>,
    is_offered: bool,
}

impl InFlight {
    /// There is something of the answer for the other end to take, or it has to wait for us.
    pub fn offer(&mut self, is_offered: bool) {
        if is_offered == self.is_offered {
            return;
        }
        self.is_offered = is_offered;
        if !is_offered {
            self.connection.offered.fetch_sub(1, Relaxed);
        } else if self.connection.offered.fetch_add(1, Relaxed) == 0 {
            self.has_taken();
        }
    }

    /// The other end took a piece of the answer.
    pub fn has_taken(&self) {
        self.connection.taken_ms.store(ms_since(self.connection.began), Relaxed);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.offer(false);
        if self.connection.in_flight.fetch_sub(1, Relaxed) == 1 {
            self.connection.since_ms.store(ms_since(self.connection.began), Relaxed);
        }
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        // It may have been closed for another, and be counted no more.
        drop(self.connections.open().remove(self.connection.number));
    }
}

#[cfg(test)]
mod tests;
