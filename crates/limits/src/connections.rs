//! Limits on open connections. Opening a connection costs a client nothing, so the total and the
//! number per share are both limited. When a limit is reached, idle connections are closed first:
//! those of the network that has the most connections, longest idle first.

use super::shares::{neighbourhood_of, shares_of};
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Most connections in total. Each needs some tens of kilobytes and one of the process's file
/// descriptors.
const CONNECTIONS_MAX: usize = 4_096;
/// Most connections per share: a browser opens six, and a library has forty terminals. Trusted
/// proxies are not counted against a share.
const CONNECTIONS_OF_SHARE_MAX: usize = 256;
/// File descriptors reserved for everything but client connections: database, site files, mail,
/// logs.
const FILES_BESIDE: usize = 256;
/// Time limit for a whole request header from its first byte, and for the first request of a
/// connection from its acceptance.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// Time after which an idle connection is closed: longer than proxies keep one open, so that a
/// proxy's request is not cut off.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Time after which a connection is closed if the client reads nothing of its responses.
const ANSWER_SILENCE_MAX: Duration = Duration::from_secs(30);
/// When no connection is idle, one that has been receiving a response for longer than this may also
/// be closed: such a client reads a byte at a time.
const ANSWER_TIME: Duration = Duration::from_secs(120);
/// Most connections closed at once to make room. Finding candidates scans all connections, which a
/// client must not be able to trigger with every new connection.
const CLOSED_AT_ONCE: usize = 64;
/// After a scan that found no candidate, no new scan runs within this time.
const NOBODY_TIME: Duration = Duration::from_millis(100);
/// A network that holds more than one part in this many of all places may lose connections even
/// while they receive a response: no legitimate client needs that many at once.
const LARGEST_PART: usize = 4;

/// How many connections may be open.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionSettings {
    /// Most connections in total.
    pub all: usize,
    /// Most connections per share (see [`super::shares`]).
    pub of_share: usize,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self { all: CONNECTIONS_MAX, of_share: CONNECTIONS_OF_SHARE_MAX }
    }
}

impl ConnectionSettings {
    /// Raises the process's limit on open files as far as needed and allowed, and lowers `all` to
    /// what that limit permits (at least 1). Connections beyond it could not be accepted and would
    /// wait in the kernel, legitimate ones among them.
    pub fn within_open_files(self) -> Self {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = (self.all + FILES_BESIDE) as u64;
        let most = maximum.unwrap_or(wanted);
        let current = current.unwrap_or(u64::MAX);
        if current < wanted {
            // A failure shows in the limit that is read back below.
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

/// All open connections.
pub struct Connections {
    settings: ConnectionSettings,
    open: Mutex<ConnectionOutcome>,
    /// Start of the clock: all `*_ms` values are milliseconds since this instant.
    began: Instant,
}

#[derive(Default)]
struct ConnectionOutcome {
    number: u64,
    all: HashMap<u64, Arc<Connection>>,
    of_network: HashMap<IpNet, usize>,
    /// Networks in which a scan found no connection to close, with the time until which no new scan
    /// runs. The key `None` stands for all connections.
    nobody_until_ms: HashMap<Option<IpNet>, u64>,
    /// Number of connections refused since the start.
    refused: u64,
}

/// One open connection and its state, which the task that serves it updates.
pub struct Connection {
    number: u64,
    /// The networks of the peer's address with the number of shares of each; empty for a trusted
    /// proxy.
    networks: Vec<(IpNet, u32)>,
    began: Instant,
    in_flight: AtomicU32,
    has_asked: AtomicBool,
    /// Whether it uses HTTP/2. There, headers share the connection with other frames, so arriving
    /// bytes need not begin a header.
    is_http2: AtomicBool,
    /// When the connection last became idle or, while requests are in flight, busy.
    since_ms: AtomicU64,
    /// When the first byte of the current header arrived; zero if no header is being read.
    header_since_ms: AtomicU64,
    /// Since when writes to the peer are blocked; zero if they are not.
    stuck_since_ms: AtomicU64,
    /// Number of responses that have data ready for the peer to read.
    offered: AtomicU32,
    /// When the peer last read a piece of any response.
    taken_ms: AtomicU64,
    closing: Notify,
}

/// Guard of an open connection. Dropping it stops counting the connection.
pub struct OpenConnection {
    /// The connection's shared state.
    pub connection: Arc<Connection>,
    connections: Arc<Connections>,
}

impl Connections {
    /// Creates an empty set of connections.
    pub fn new(settings: ConnectionSettings) -> Arc<Self> {
        Arc::new(Self { settings, open: Mutex::default(), began: Instant::now() })
    }

    /// Registers a connection. Returns `None` if a limit is reached and no other connection can be
    /// closed to make room.
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
            open.refused += 1;
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

    /// Closes connections that have exceeded a time limit. Called periodically.
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

    /// Number of open connections, and of those refused since the start.
    pub fn counts(&self) -> (usize, u64) {
        let open = self.open();
        (open.all.len(), open.refused)
    }

    /// Closes all connections.
    pub fn close_all(&self) {
        let mut open = self.open();
        let all: Vec<u64> = open.all.keys().copied().collect();
        all.into_iter().for_each(|number| open.close(number));
    }

    fn open(&self) -> MutexGuard<'_, ConnectionOutcome> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        ms_since(self.began)
    }
}

/// Milliseconds since `began`, plus one: never zero, because zero means "not at all".
fn ms_since(began: Instant) -> u64 {
    began.elapsed().as_millis() as u64 + 1
}

impl ConnectionOutcome {
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

    /// Closes connections that may be closed, of one network or of all: at most a sixteenth of the
    /// places, so that one client cannot close all connections of a network.
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
            // A client whose own network is full is refused; closing busy connections there would
            // help nobody else.
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

/// Sort key of candidates; the smallest is closed first: idle before busy, strangers before trusted
/// proxies, the neighbourhood with the most connections first, then the longest in its state.
type Rank = (bool, bool, std::cmp::Reverse<usize>, u64);

impl Connection {
    /// Returns `None` if the connection must not be closed. A busy connection may be closed only if
    /// its response takes longer than [`ANSWER_TIME`] or its network holds too many places.
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

    /// The widest network of its share; `None` for a trusted proxy.
    fn widest(&self) -> Option<IpNet> {
        self.networks.last().map(|(network, _)| *network)
    }

    fn is_overdue(&self, now_ms: u64) -> bool {
        let is_over = |since_ms: u64, time: Duration| {
            since_ms > 0 && now_ms.saturating_sub(since_ms) > time.as_millis() as u64
        };
        let is_stuck = is_over(self.stuck_since_ms.load(Relaxed), ANSWER_SILENCE_MAX);
        if self.in_flight.load(Relaxed) > 0 {
            // A peer that reads at least one response is kept, however many others wait: a proxy
            // carries the responses of many people over one connection.
            let takes_nothing = self.offered.load(Relaxed) > 0
                && is_over(self.taken_ms.load(Relaxed), ANSWER_SILENCE_MAX);
            return is_stuck || takes_nothing;
        }
        let quiet_time = if self.has_asked.load(Relaxed) { KEEP_ALIVE } else { HEADER_TIME };
        is_stuck
            || is_over(self.header_since_ms.load(Relaxed), HEADER_TIME)
            || is_over(self.since_ms.load(Relaxed), quiet_time)
    }

    /// Records that a request header is complete. The request counts as in flight until the
    /// returned guard is dropped.
    pub fn begin(self: &Arc<Self>, is_http2: bool) -> InFlight {
        self.is_http2.store(is_http2, Relaxed);
        self.header_since_ms.store(0, Relaxed);
        self.has_asked.store(true, Relaxed);
        if self.in_flight.fetch_add(1, Relaxed) == 0 {
            self.since_ms.store(ms_since(self.began), Relaxed);
        }
        InFlight { connection: self.clone(), is_offered: false }
    }

    /// Records that bytes arrived. With HTTP/2 they may belong to a frame that requests nothing
    /// (PING, WINDOW_UPDATE), so they do not start the header timeout.
    pub fn has_read(&self) {
        if !self.is_http2.load(Relaxed)
            && self.in_flight.load(Relaxed) == 0
            && self.header_since_ms.load(Relaxed) == 0
        {
            self.header_since_ms.store(ms_since(self.began), Relaxed);
        }
    }

    /// Records that response bytes were written (`is_stuck` false) or that the peer does not accept
    /// them (`is_stuck` true).
    pub fn has_written(&self, is_stuck: bool) {
        if !is_stuck {
            self.stuck_since_ms.store(0, Relaxed);
        } else if self.stuck_since_ms.load(Relaxed) == 0 {
            self.stuck_since_ms.store(ms_since(self.began), Relaxed);
        }
    }

    /// Whether a piece of a response is ready and the client has not read it yet.
    pub fn waits_for_the_other_end(&self) -> bool {
        self.offered.load(Relaxed) > 0
    }

    /// Completes when this connection must be closed immediately.
    pub async fn closing(&self) {
        self.closing.notified().await;
    }
}

/// A request in flight, from its header until its response has been sent or dropped.
pub struct InFlight {
    connection: Arc<Connection>,
    is_offered: bool,
}

impl InFlight {
    /// Records whether response data is ready for the peer to read (true) or the response is still
    /// waiting for this server (false).
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

    /// Records that the peer read a piece of the response.
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
        // It may already have been closed to make room, and is then no longer counted.
        drop(self.connections.open().remove(self.connection.number));
    }
}

#[cfg(test)]
mod tests;
