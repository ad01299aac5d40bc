//! Tests that slow and numerous connections of one client do not delay others. Each line printed
//! says whether the promised time was met, on an otherwise idle machine with
//! `cargo test -p server --test slow -- --nocapture --test-threads 1`. The assertions allow ten
//! times as much, because tests run side by side on busy machines.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;

use domain::submission::{Verdict, Verdicts};
use hub::{TestServer, sealed, wire};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;

/// Promised latency for other clients at p99.
const PROMISED: Duration = Duration::from_millis(200);
/// Far above what is measured, far below what hangs.
const LATENCY_MAX: Duration = Duration::from_secs(2);
/// Requests of the other client, of each kind.
const ROUNDS: u64 = 100;
/// The usual soft limit on open files.
const OPEN_FILES: u64 = 1_024;

const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const RESIDENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Connects from one of this machine's addresses.
async fn connect(from: Ipv4Addr, port: u16) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(IpAddr::V4(from), 0))?;
    socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await
}

async fn exchange(from: Ipv4Addr, port: u16, request: &[u8]) -> Option<Vec<u8>> {
    let mut stream = connect(from, port).await.ok()?;
    stream.write_all(request).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

/// Holds `count` sockets open that send some bytes and no more; reopens those that the server
/// closes every second.
async fn hold(port: u16, count: usize, says: &'static [u8]) {
    let mut held: Vec<Option<TcpStream>> = (0..count).map(|_| None).collect();
    loop {
        for socket in &mut held {
            let is_open =
                socket.as_ref().is_some_and(|stream| matches!(stream.try_read(&mut [0; 64]), Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock));
            if is_open {
                continue;
            }
            *socket = tokio::time::timeout(Duration::from_secs(1), connect(STRANGER, port))
                .await
                .ok()
                .and_then(Result::ok);
            if let Some(stream) = socket {
                let _ = stream.write_all(says).await;
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Measures how long another client waits for each response; an endless wait fails the test.
async fn measure(
    port: u16,
    what: &str,
    requests: Vec<Vec<u8>>,
    is_good: fn(&[u8]) -> bool,
) -> Duration {
    let mut times = Vec::new();
    for request in requests {
        let began = Instant::now();
        let answer =
            tokio::time::timeout(Duration::from_secs(20), exchange(RESIDENT, port, &request)).await;
        let answer = answer
            .unwrap_or_else(|_| panic!("{what}: no answer in 20 seconds"))
            .unwrap_or_default();
        assert!(is_good(&answer), "{what}: {}", String::from_utf8_lossy(&answer));
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    times.sort_unstable();
    let of = |hundredths: usize| times[(times.len() - 1) * hundredths / 100];
    let kept = if of(99) < PROMISED { "kept" } else { "NOT KEPT" };
    println!(
        "{what:<40} p50 {:>8.1?}  p99 {:>8.1?}  longest {:>8.1?}  promised p99 {PROMISED:?}: {kept}",
        of(50),
        of(99),
        of(100)
    );
    of(100)
}

fn post(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /api/submissions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn is_received(answer: &[u8]) -> bool {
    let body = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(&[][..], |at| &answer[at + 4..]);
    postcard::take_from_bytes::<Verdicts>(body)
        .is_ok_and(|(verdicts, _)| matches!(verdicts.verdicts[0].1, Verdict::Received(_)))
}

/// Another client pings and sends while `count` sockets are held open.
fn stand(what: &str, count: usize, says: &'static [u8]) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    let hub = TestServer::start_with_open_files(OPEN_FILES);
    let keys = hub.keys();
    let entries: Vec<Vec<u8>> = (0..ROUNDS)
        .map(|number| post(&wire(&[&sealed("Hello", &keys, number).envelope])))
        .collect();
    let pings = || {
        vec![
            b"GET /api/ping HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_vec();
            ROUNDS as usize
        ]
    };
    let is_ping: fn(&[u8]) -> bool = |answer| answer.ends_with(b"community-hub\n");
    let port = hub.port();
    Runtime::new().unwrap().block_on(async {
        measure(port, &format!("ping before {what}"), pings(), is_ping).await;
        let holding = tokio::spawn(hold(port, count, says));
        // Until all of them are connected.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let of_ping = measure(port, &format!("ping beside {what}"), pings(), is_ping).await;
        let of_entry =
            measure(port, &format!("submission beside {what}"), entries, is_received).await;
        holding.abort();
        assert!(of_ping < LATENCY_MAX && of_entry < LATENCY_MAX, "{of_ping:?} {of_entry:?}");
    });
}

#[test]
fn five_hundred_sign_in_forms_that_stop_after_a_byte_stop_nobody() {
    stand(
        "512 stalled forms",
        512,
        b"POST /office/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 200\r\n\r\nl",
    );
}

#[test]
fn two_thousand_halves_of_headers_stop_nobody() {
    stand("2000 half headers", 2_000, b"GET / HTTP/1.1\r\nhost: x\r\nx-half: ");
}

#[test]
fn five_thousand_connections_that_ask_for_nothing_stop_nobody() {
    stand("5000 idle connections", 5_000, b"");
}

/// Reads until the server closes; returns the seconds until then and what was received.
async fn until_closed(port: u16, says: &[u8]) -> (u64, String) {
    let mut stream = connect(STRANGER, port).await.unwrap();
    stream.write_all(says).await.unwrap();
    let (began, mut said) = (Instant::now(), Vec::new());
    let reading =
        tokio::time::timeout(Duration::from_secs(40), stream.read_to_end(&mut said)).await;
    assert!(reading.is_ok(), "it is open after 40 seconds: {}", String::from_utf8_lossy(says));
    (began.elapsed().as_secs(), String::from_utf8_lossy(&said).into_owned())
}

/// Sends one request, reads the response, and then stops in the middle of the next header.
async fn half_after_a_whole(port: u16) -> (u64, String) {
    let mut stream = connect(STRANGER, port).await.unwrap();
    stream.write_all(b"GET /api/ping HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 4_096];
    let length = stream.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
    stream.write_all(b"GET /api/pi").await.unwrap();
    let (began, mut rest) = (Instant::now(), Vec::new());
    assert!(
        tokio::time::timeout(Duration::from_secs(40), stream.read_to_end(&mut rest)).await.is_ok(),
        "it is open after 40 seconds"
    );
    (began.elapsed().as_secs(), String::new())
}

#[test]
fn who_does_not_go_on_is_not_waited_for() {
    let hub = TestServer::start();
    let port = hub.port();
    Runtime::new().unwrap().block_on(async {
        let (nothing, half, kept, stalled) = tokio::join!(
            until_closed(port, b""),
            until_closed(port, b"GET / HTTP/1.1\r\nhost"),
            half_after_a_whole(port),
            until_closed(
                port,
                b"POST /office/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 200\r\n\r\nl"
            ),
        );
        for (seconds, said) in [&nothing, &half, &kept, &stalled] {
            assert!((9..=20).contains(seconds), "{seconds} {said}");
        }
        assert!(
            nothing.1.is_empty() && half.1.is_empty() && stalled.1.starts_with("HTTP/1.1 408"),
            "{nothing:?} {half:?} {stalled:?}"
        );
    });
}

/// An HTTP/2 request for the first page, from a client with a receive window of `window` bytes per
/// stream.
fn asked_by_http2(window: u32) -> Vec<u8> {
    let frame = |kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        let length = (payload.len() as u32).to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    };
    let settings = frame(4, 0, 0, &[&[0, 4][..], &window.to_be_bytes()].concat());
    // GET, http, /, and a host of one letter (RFC 7541, appendix A).
    let headers = frame(1, 5, 1, &[0x82, 0x86, 0x84, 0x41, 1, b'x']);
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), settings, frame(4, 1, 0, &[]), headers].concat()
}

const PING: [u8; 17] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

/// Seconds until the server closes a connection on which a ping is sent every second; at most
/// `most`.
async fn with_pings(port: u16, says: &[u8], most: u64) -> u64 {
    let (mut reads, mut writes) = connect(STRANGER, port).await.unwrap().into_split();
    writes.write_all(says).await.unwrap();
    let began = Instant::now();
    let closed =
        async { while reads.read(&mut [0; 4_096]).await.is_ok_and(|length| length > 0) {} };
    let pinging = async {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            // The connection may be closed by now.
            let _ = writes.write_all(&PING).await;
        }
    };
    tokio::select! {
        () = closed => {}
        () = pinging => {}
        () = tokio::time::sleep(Duration::from_secs(most)) => {}
    }
    began.elapsed().as_secs()
}

#[test]
fn who_shuts_the_window_of_http2_is_not_waited_for_and_who_is_only_quiet_may_be() {
    let hub = TestServer::start();
    let port = hub.port();
    Runtime::new().unwrap().block_on(async {
        let (shut, open) = (asked_by_http2(0), asked_by_http2(65_535));
        let (shut, quiet) = tokio::join!(with_pings(port, &shut, 60), with_pings(port, &open, 20));
        assert!((29..=45).contains(&shut), "{shut}");
        assert_eq!(quiet, 20, "it may ask for more");
    });
}

#[test]
fn a_trusted_proxy_may_have_more_connections_than_a_stranger() {
    let hub = TestServer::start_with(
        &["--trusted-proxies", "127.0.0.1", "--connections-of-share", "8"],
        |_| (),
    );
    let port = hub.port();
    let answered = async |from: Ipv4Addr| {
        let mut held = Vec::new();
        for _ in 0..40 {
            held.push(connect(from, port).await.unwrap());
        }
        let mut count = 0;
        for stream in &mut held {
            let asked = stream
                .write_all(b"GET /api/ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .await
                .is_ok();
            let mut said = Vec::new();
            count += usize::from(
                asked
                    && stream.read_to_end(&mut said).await.is_ok()
                    && said.starts_with(b"HTTP/1.1 200"),
            );
        }
        count
    };
    Runtime::new().unwrap().block_on(async {
        assert_eq!(answered(STRANGER).await, 40, "it is the proxy");
        let of_stranger = answered(Ipv4Addr::new(127, 0, 0, 3)).await;
        // When one of the eight is answered, one that still waits to be accepted may take its slot.
        assert!((1..=16).contains(&of_stranger), "{of_stranger}");
        assert_eq!(answered(STRANGER).await, 40);
    });
}

/// If every health check wrote to the disk, a client could cause as many writes as requests.
#[test]
fn health_is_tried_once_for_all_who_ask() {
    let hub = TestServer::start();
    assert_eq!(hub.get("/health").status, 200);
    let log = || std::fs::metadata(format!("{}/hub.sqlite-wal", hub.data())).unwrap().len();
    let (before, began) = (log(), Instant::now());
    for _ in 0..200 {
        assert_eq!(hub.get("/health").status, 200);
    }
    let tries = began.elapsed().as_secs() / 2 + 1;
    // A probe writes a page and its header.
    assert!(
        log() - before <= tries * 2 * 4_120,
        "{} bytes written by 200 who asked in {:?}",
        log() - before,
        began.elapsed()
    );
}

#[test]
fn proxies_are_named_by_their_addresses() {
    let hub = TestServer::start();
    let serve = |option: &str, value: &str| {
        hub.command(&[
            "serve",
            "--site",
            &hub.site(),
            "--data-dir",
            "/nowhere/at/all",
            "--port",
            "0",
            option,
            value,
        ])
    };
    let (is_fine, said) = serve("--trusted-proxies", "1");
    assert!(
        !is_fine && said.contains("instead of 1") && said.contains("--trusted-proxies 127.0.0.1"),
        "{said}"
    );
    let (is_fine, said) = serve("--budget", "letters=1/1");
    assert!(!is_fine && said.contains("“letters”") && said.contains("inquiry"), "{said}");
    let (is_fine, said) = serve("--connections", "none");
    assert!(!is_fine && said.contains("--connections"), "{said}");
}
