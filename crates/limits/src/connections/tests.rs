//! Tests of the connection limits.
use super::super::shares::addresses_within;
use super::*;

fn of(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn connections(all: usize, of_share: usize) -> Arc<Connections> {
    Connections::new(ConnectionSettings { all, of_share })
}

fn is_closed(open: &OpenConnection) -> bool {
    !open.connections.open().all.contains_key(&open.connection.number)
}

/// Shifts a connection's times back, as if `time` had passed.
fn age(open: &OpenConnection, time: Duration) {
    let earlier = |at: &AtomicU64| {
        let ms = at.load(Relaxed);
        at.store(
            if ms == 0 { 0 } else { ms.saturating_sub(time.as_millis() as u64).max(1) },
            Relaxed,
        );
    };
    [
        &open.connection.since_ms,
        &open.connection.header_since_ms,
        &open.connection.stuck_since_ms,
        &open.connection.taken_ms,
    ]
    .into_iter()
    .for_each(earlier);
}

/// Connections of a server that has been up for a day.
fn long_ago(all: usize, of_share: usize) -> Arc<Connections> {
    let began = Instant::now().checked_sub(Duration::from_secs(86_400)).unwrap();
    Arc::new(Connections {
        settings: ConnectionSettings { all, of_share },
        open: Mutex::default(),
        began,
    })
}

#[test]
fn a_stranger_with_many_connections_closes_only_their_own() {
    let connections = connections(100, 16);
    let resident = connections.admit(of("198.51.100.7"), false).unwrap();
    let flood: Vec<_> =
        (0..1_000).filter_map(|_| connections.admit(of("203.0.113.9"), false)).collect();
    assert!(!is_closed(&resident));
    assert_eq!(flood.iter().filter(|open| !is_closed(open)).count(), 16);
    assert!(connections.admit(of("198.51.100.8"), false).is_some());
}

#[test]
fn connections_in_use_are_not_closed_for_new_ones() {
    let connections = connections(100, 16);
    let later_ms = connections.now_ms() + 2 * NOBODY_TIME.as_millis() as u64;
    let busy: Vec<_> =
        (0..16).filter_map(|_| connections.admit(of("203.0.113.9"), false)).collect();
    let in_flight: Vec<_> = busy.iter().map(|open| open.connection.begin(false)).collect();
    assert!(connections.admit(of("203.0.113.9"), false).is_none(), "the new one is refused");
    assert!(busy.iter().all(|open| !is_closed(open)));
    drop(in_flight);
    assert!(
        connections.admit_at(later_ms, of("203.0.113.9"), false).is_some(),
        "one that is quiet again makes room"
    );
}

#[test]
fn when_all_places_are_taken_whoever_has_most_makes_room() {
    let connections = connections(64, 64);
    let residents: Vec<_> = (0..20_u32)
        .filter_map(|number| connections.admit(IpAddr::V4((number << 16).into()), false))
        .collect();
    let hopping: Vec<_> = (0..1_000_u32)
        .filter_map(|net| connections.admit(of(&format!("2001:db8:0:{net:x}::1")), false))
        .collect();
    assert_eq!(hopping.len(), 1_000, "each of them is taken in");
    assert!(residents.iter().all(|open| !is_closed(open)));
    assert!(connections.admit(of("198.51.100.8"), false).is_some());
}

#[test]
fn a_trusted_proxy_has_no_share_and_makes_room_last() {
    let connections = connections(64, 8);
    let of_proxy: Vec<_> =
        (0..32).filter_map(|_| connections.admit(of("10.0.0.1"), true)).collect();
    assert_eq!(of_proxy.len(), 32);
    let strangers: Vec<_> = (0..500_u32)
        .filter_map(|number| connections.admit(IpAddr::V4((number << 16).into()), false))
        .collect();
    assert_eq!(strangers.len(), 500);
    assert!(of_proxy.iter().all(|open| !is_closed(open)));
}

#[test]
fn headers_answers_and_silence_have_their_times() {
    let connections = long_ago(64, 64);
    let admit = || connections.admit(of("198.51.100.7"), false).unwrap();
    let (silent, half, kept, working, stuck) = (admit(), admit(), admit(), admit(), admit());
    half.connection.has_read();
    drop(kept.connection.begin(false));
    let _working = (working.connection.begin(false), stuck.connection.begin(false));
    stuck.connection.has_written(true);
    let all = [&silent, &half, &kept, &working, &stuck];
    let closed = || {
        connections.close_overdue();
        all.map(is_closed)
    };
    assert_eq!(closed(), [false; 5]);
    let later = |time: Duration| all.iter().for_each(|open| age(open, time));
    later(HEADER_TIME + Duration::from_secs(1));
    assert_eq!(
        closed(),
        [true, true, false, false, false],
        "without a header, and with half of one"
    );
    later(ANSWER_SILENCE_MAX);
    assert_eq!(closed(), [true, true, false, false, true], "who takes nothing of an answer");
    later(KEEP_ALIVE);
    assert_eq!(closed(), [true, true, true, false, true], "work takes the time that it takes");
}

#[test]
fn a_header_that_trickles_does_not_begin_anew() {
    let connections = long_ago(64, 64);
    let open = connections.admit(of("198.51.100.7"), false).unwrap();
    drop(open.connection.begin(false));
    open.connection.has_read();
    age(&open, HEADER_TIME + Duration::from_secs(1));
    open.connection.has_read();
    connections.close_overdue();
    assert!(is_closed(&open));
}

#[test]
fn who_reads_an_answer_for_minutes_makes_room_when_nobody_is_quiet() {
    let connections = long_ago(16, 16);
    let busy: Vec<_> = (0..16_u32)
        .filter_map(|number| connections.admit(IpAddr::V4((number << 16).into()), false))
        .collect();
    let _in_flight: Vec<_> = busy.iter().map(|open| open.connection.begin(false)).collect();
    assert!(connections.admit(of("198.51.100.7"), false).is_none());
    age(&busy[3], ANSWER_TIME + Duration::from_secs(1));
    let later_ms = connections.now_ms() + NOBODY_TIME.as_millis() as u64;
    assert!(connections.admit_at(later_ms, of("198.51.100.7"), false).is_some());
    assert!(is_closed(&busy[3]) && !is_closed(&busy[0]));
}

#[test]
fn nothing_is_left_of_connections_that_ended() {
    let connections = connections(64, 64);
    drop(
        (0..50_u32)
            .filter_map(|number| connections.admit(IpAddr::V4(number.into()), false))
            .collect::<Vec<_>>(),
    );
    let open = connections.open();
    assert!(open.all.is_empty() && open.of_network.is_empty());
}

#[test]
fn whoever_has_many_networks_has_a_few_shares() {
    for (width, count, shares) in [(56, 256, 2), (48, 5_000, 4)] {
        let connections = connections(1_000, 16);
        let hopping: Vec<_> = addresses_within(width, count)
            .filter_map(|address| connections.admit(address, false))
            .collect();
        assert_eq!(
            hopping.iter().filter(|open| !is_closed(open)).count(),
            shares * 16,
            "of {width} bits"
        );
        assert!(connections.admit(of("2001:db8:2::1"), false).is_some());
    }
}

#[test]
fn whoever_asks_on_many_networks_cannot_keep_all_places_by_being_answered() {
    let connections = connections(64, 64);
    let resident = connections.admit(of("198.51.100.7"), false).unwrap();
    let _asked = resident.connection.begin(false);
    let busy: Vec<_> =
        addresses_within(48, 63).filter_map(|address| connections.admit(address, false)).collect();
    let _in_flight: Vec<_> = busy.iter().map(|open| open.connection.begin(false)).collect();
    assert_eq!(busy.len(), 63);
    assert!(
        connections.admit(of("198.51.100.8"), false).is_some(),
        "who has more than a quarter of all places makes room"
    );
    assert!(!is_closed(&resident) && busy.iter().filter(|open| is_closed(open)).count() == 4);
}

#[test]
fn when_nobody_can_make_room_nobody_is_looked_for_again_for_a_moment() {
    let connections = long_ago(16, 16);
    let now_ms = connections.now_ms();
    let busy: Vec<_> = (0..16_u32)
        .filter_map(|number| connections.admit(IpAddr::V4((number << 16).into()), false))
        .collect();
    let mut in_flight: Vec<_> = busy.iter().map(|open| open.connection.begin(false)).collect();
    let is_admitted = |after_ms: u64| {
        connections.admit_at(now_ms + after_ms, of("198.51.100.7"), false).is_some()
    };
    assert!(!is_admitted(0));
    in_flight.pop();
    assert!(!is_admitted(99), "it is known that there was nobody");
    assert!(is_admitted(100));
}

#[test]
fn who_takes_nothing_of_any_answer_is_not_waited_for() {
    let connections = long_ago(64, 64);
    let admit = || connections.admit(of("198.51.100.7"), false).unwrap();
    let (shut, takes, worked_on) = (admit(), admit(), admit());
    let mut answers: Vec<_> =
        [&shut, &shut, &takes, &takes, &worked_on].map(|open| open.connection.begin(true)).into();
    answers[..4].iter_mut().for_each(|answer| answer.offer(true));
    [&shut, &takes, &worked_on]
        .into_iter()
        .for_each(|open| age(open, ANSWER_SILENCE_MAX + Duration::from_secs(1)));
    // One of two responses is being read; the other may belong to another person behind the same
    // proxy.
    answers[2].has_taken();
    connections.close_overdue();
    assert_eq!([&shut, &takes, &worked_on].map(is_closed), [true, false, false]);
}

#[test]
fn frames_that_ask_for_nothing_begin_no_header() {
    let connections = long_ago(64, 64);
    let open = connections.admit(of("198.51.100.7"), false).unwrap();
    drop(open.connection.begin(true));
    open.connection.has_read();
    age(&open, HEADER_TIME + Duration::from_secs(1));
    open.connection.has_read();
    connections.close_overdue();
    assert!(!is_closed(&open), "a connection of HTTP/2 that says it is there");
    age(&open, KEEP_ALIVE);
    connections.close_overdue();
    assert!(is_closed(&open));
}
