//! Attacks by many connections that send little and slowly. Everybody else is served without delay.

use crate::hub::TestServer;
use crate::neighbour;
use crate::office_client::OfficeClient;
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, address, connect};
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Interval between two bytes on each connection: never silent, and never complete.
const DRIP: Duration = Duration::from_millis(700);
const FORM: &[u8] = b"POST /office/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 4000\r\n\r\nl";
const BATCH: &[u8] =
    b"POST /api/submissions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 400000\r\n\r\nx";
const HALF_HEADER: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ";

/// The promise is 200 ms at p99; on busy test machines only seconds count as failure.
fn time_max(size: AttackScale) -> Duration {
    size.of(Duration::from_secs(2), Duration::from_millis(200))
}

/// Opens `count` connections, from one address or several, and reports what a neighbour measures
/// while they send slowly.
fn held(
    report: &mut AttackReport,
    size: AttackScale,
    what: &str,
    count: usize,
    opening: &'static [u8],
    from: impl Fn(usize) -> Ipv4Addr,
) {
    let hub = TestServer::start();
    drop(OfficeClient::first(&hub));
    let mine = neighbour::entries(&hub);
    let mut sockets: Vec<TcpStream> = Vec::with_capacity(count);
    for number in 0..count {
        // A server that closes excess connections has passed as well.
        if let Ok(mut socket) = connect(from(number), &hub) {
            let _ = socket.write_all(opening);
            let _ = socket.set_nonblocking(true);
            sockets.push(socket);
        }
    }
    let is_over = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                for socket in sockets.iter_mut().filter(|_| !opening.is_empty()) {
                    // Connections that the server closed stay closed.
                    let _ = socket.write(b"a");
                }
                std::thread::sleep(DRIP);
            }
        });
        let seen = neighbour::looks(&hub, &mine);
        is_over.store(true, Ordering::Relaxed);
        seen
    });
    let most = time_max(size);
    report.check(
        &format!("{count} {what}"),
        &format!("a neighbour is served within {} ms", most.as_millis()),
        &seen,
        seen.is_within(most),
    );
}

fn one(_: usize) -> Ipv4Addr {
    ATTACKER
}

/// Addresses of a botnet, with some connections from each.
fn crowd(number: usize) -> Ipv4Addr {
    address(5_000 + number / 20)
}

pub(crate) fn bodies(report: &mut AttackReport, size: AttackScale) {
    held(
        report,
        size,
        "sockets that send a sign-in form byte by byte, from one address",
        size.of(600, 1_024),
        FORM,
        one,
    );
    held(
        report,
        size,
        "sockets that send a batch byte by byte, from one address",
        size.of(600, 1_024),
        BATCH,
        one,
    );
    if size == AttackScale::Long {
        held(
            report,
            size,
            "sockets that send a sign-in form byte by byte, from 52 addresses",
            1_024,
            FORM,
            crowd,
        );
    }
}

pub(crate) fn half_headers(report: &mut AttackReport, size: AttackScale) {
    held(
        report,
        size,
        "sockets that send half a header, from one address",
        size.of(600, 2_000),
        HALF_HEADER,
        one,
    );
    if size == AttackScale::Long {
        held(
            report,
            size,
            "sockets that send half a header, from 100 addresses",
            2_000,
            HALF_HEADER,
            crowd,
        );
    }
}

pub(crate) fn idle(report: &mut AttackReport, size: AttackScale) {
    held(
        report,
        size,
        "sockets that say nothing, from one address",
        size.of(1_000, 5_000),
        b"",
        one,
    );
    if size == AttackScale::Long {
        held(report, size, "sockets that say nothing, from 250 addresses", 5_000, b"", crowd);
    }
}
