//! Tests with hostile clients against the limits and the parsers.

use crate::hub::{TestServer, sealed, wire};
use domain::submission::*;
use domain::{MunicipalityId, SubmissionId};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeS, Serializable};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Ten times the limit of 120 per minute, for five minutes.
const FLOOD: usize = 10 * 120 * 5;
const FLOODERS: usize = 4;
const DEVICES: u64 = 24;
/// Far above what is measured (some milliseconds), far below what a person would take for broken;
/// the machine may be busy.
const LATENCY_MAX: Duration = Duration::from_secs(5);

/// Sends one submission as a device does until it is received; returns the longest wait for a
/// response.
fn deliver(hub: &TestServer, entry: &[u8], forwarded: &str, pause: Duration) -> Duration {
    let (began, mut slowest) = (Instant::now(), Duration::ZERO);
    loop {
        let asked = Instant::now();
        let page = hub.ask(
            "POST",
            "/api/submissions",
            &format!("x-forwarded-for: {forwarded}\r\n"),
            &wire(&[&entry.to_vec()]),
        );
        slowest = slowest.max(asked.elapsed());
        match page.as_ref().map(|page| page.status) {
            Some(200) => {
                let verdicts: Verdicts = postcard::from_bytes(page.unwrap().body()).unwrap();
                assert!(matches!(verdicts.verdicts[0].1, Verdict::Received(_)), "{verdicts:?}");
                return slowest;
            }
            Some(429) => assert_eq!(page.unwrap().header("retry-after"), "10"),
            other => panic!("an honest device is told {other:?}"),
        }
        assert!(began.elapsed() < Duration::from_secs(25), "it is never received");
        std::thread::sleep(pause);
    }
}

/// Sends empty batches until all flooders together have sent [`FLOOD`], each with another forged
/// address, and counts those that passed.
fn flood(hub: &TestServer, sent: &AtomicUsize, passed: &AtomicUsize) {
    let junk = wire(&[]);
    while let number @ ..FLOOD = sent.fetch_add(1, Ordering::Relaxed) {
        let forged = format!(
            "x-forwarded-for: 10.{}.{}.{}, 203.0.113.9\r\n",
            number >> 16,
            number >> 8 & 0xff,
            number & 0xff
        );
        let page = hub.ask("POST", "/api/submissions", &forged, &junk);
        passed
            .fetch_add(usize::from(page.is_some_and(|page| page.status == 200)), Ordering::Relaxed);
    }
}

/// The flood comes through the proxy with forged addresses in front; the proxy appends the real
/// one. It runs compressed in time: all of it at once.
#[test]
fn fault_52_ten_times_the_limit_costs_honest_devices_nothing() {
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let keys = hub.keys();
    let entries: Vec<_> =
        (0..DEVICES).map(|number| sealed(&format!("entry {number}"), &keys, number)).collect();
    let (sent, passed, is_over) =
        (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let began = Instant::now();
    let (slowest, flood_time) = std::thread::scope(|scope| {
        let flooding: Vec<_> = (0..FLOODERS)
            .map(|_| {
                scope.spawn(|| {
                    flood(&hub, &sent, &passed);
                    is_over.store(true, Ordering::Relaxed);
                })
            })
            .collect();
        // Half of them are in a library behind one address, half behind the address of the flood
        // itself.
        let devices: Vec<_> = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| {
                let (hub, forwarded) =
                    (&hub, if at % 2 == 0 { "198.51.100.7" } else { "203.0.113.9" });
                scope.spawn(move || {
                    deliver(hub, &entry.envelope, forwarded, Duration::from_millis(500))
                })
            })
            .collect();
        let slowest = devices.into_iter().map(|device| device.join().unwrap()).max().unwrap();
        flooding.into_iter().for_each(|flooder| flooder.join().unwrap());
        (slowest, began.elapsed())
    });
    let (passed, seconds) = (passed.into_inner(), flood_time.as_secs() as usize);
    println!(
        "{FLOOD} requests in {flood_time:?}: {passed} passed; the slowest answer to an honest device took {slowest:?}"
    );
    assert!(is_over.into_inner());
    assert!(
        passed <= 240 + 2 * (seconds + 1),
        "forged addresses have one share: {passed} passed in {seconds} s"
    );
    assert!(slowest < LATENCY_MAX, "{slowest:?}");
    let printed = hub.export("inquiries", "jsonl");
    for entry in &entries {
        assert_eq!(printed.matches(&entry.head.id.to_string()).count(), 1, "received once");
    }
}

#[test]
fn fault_52_forged_headers_fall_into_one_bucket_where_no_proxy_is_trusted() {
    let hub = TestServer::start();
    let passes = |number: usize| {
        hub.ask(
            "POST",
            "/api/submissions",
            &format!("x-forwarded-for: 10.0.{}.{}\r\n", number >> 8, number & 0xff),
            &wire(&[]),
        )
        .unwrap()
        .status
            == 200
    };
    let began = Instant::now();
    let passed = (0..600).filter(|&number| passes(number)).count();
    assert!(
        (240..=240 + 2 * (began.elapsed().as_secs() as usize + 1)).contains(&passed),
        "{passed}"
    );
}

/// A client over its share cannot occupy slots by sending slowly: everybody else is answered at
/// once.
#[test]
fn fault_52_slow_senders_over_their_share_hold_no_places() {
    use std::io::Write;
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let entry = sealed("Hello", &hub.keys(), 1);
    let slow = || {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", hub.port())).unwrap();
        stream.write_all(b"POST /api/submissions HTTP/1.1\r\nhost: x\r\ncontent-length: 400000\r\nx-forwarded-for: 203.0.113.9\r\n\r\nslow").unwrap();
        stream
    };
    // More than there are slots.
    let streams: Vec<_> = (0..600).map(|_| slow()).collect();
    let slowest = deliver(&hub, &entry.envelope, "198.51.100.7", Duration::from_millis(100));
    assert!(slowest < LATENCY_MAX, "{slowest:?}");
    drop(streams);
}

struct AbuseSource(u64);

impl TryRng for AbuseSource {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ self.0 >> 29)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().try_for_each(|byte| self.try_next_u64().map(|number| *byte = number as u8))
    }
}

impl TryCryptoRng for AbuseSource {}

/// Any bytes, correctly sealed: anybody with the public key can do that.
fn sealed_bytes(plain: &[u8], keys: &PublicKeys, number: u64) -> Vec<u8> {
    let header = Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id: SubmissionId::from_parts(number, [number as u8; 10]),
        municipality: MunicipalityId::parse("pine-harbour").unwrap(),
        kind: Kind::Inquiry,
        key: keys.sealing[0].id,
        catalogue_version: 1,
    };
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&keys.sealing[0].public).unwrap();
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            SEAL_INFO,
            plain,
            &header.bound_bytes(),
            &mut AbuseSource(number),
        )
        .unwrap();
    let sealed = [encapsulated.to_bytes().as_slice(), &ciphertext].concat();
    postcard::to_allocvec(&Envelope { header, sealed }).unwrap()
}

/// Contents that are none, each with its name.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let most = SEALED_BYTES_MAX - 64;
    let deep = |open: &str, close: &str| {
        let times = most / (open.len() + close.len());
        [open.repeat(times), close.repeat(times)].concat().into_bytes()
    };
    let inquiry = |message: &str| {
        format!(
            r#"{{"lookup":[{}0],"content":{{"inquiry":{{"service":null,"hub":null,"message":{message},"name":null,"reply_to":"nobody","language":"en","notice_version":1}}}}}}"#,
            "0,".repeat(31)
        )
    };
    let of_depth =
        |depth: usize| inquiry(&[r#"{"a":"#.repeat(depth), "1".into(), "}".repeat(depth)].concat());
    let mut random = vec![0; most];
    let _ = AbuseSource(9).try_fill_bytes(&mut random);
    vec![
        ("lists in lists", deep("[", "]")),
        ("objects in objects", deep(r#"{"a":"#, "}")),
        ("contents in contents", deep(r#"{"content":{"inquiry":"#, "}}")),
        ("lists that never end", "[".repeat(most).into_bytes()),
        ("a deep value where a text should be", of_depth(5_000).into_bytes()),
        ("one long text", format!("\"{}\"", "a".repeat(most - 2)).into_bytes()),
        (
            "a message that is too long",
            inquiry(&format!("\"{}\"", "a".repeat(50_000))).into_bytes(),
        ),
        ("a number of ten thousand digits", inquiry(&"9".repeat(10_000)).into_bytes()),
        (
            "ten thousand numbers where 32 belong",
            format!("{{\"lookup\":[{}0]}}", "0,".repeat(10_000)).into_bytes(),
        ),
        ("half a letter", inquiry(r#""\ud800""#).into_bytes()),
        ("bytes that are no text", [inquiry("\"").into_bytes(), vec![0xff, 0xfe]].concat()),
        ("random bytes", random),
        ("nothing", Vec::new()),
        ("only spaces", vec![b' '; most]),
    ]
}

#[test]
fn fault_51_what_opens_and_is_nonsense_inside_is_refused_however_deep_or_long() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let before = hub.memory_peak();
    for (number, (what, plain)) in nonsense().iter().enumerate() {
        for round in 0..3 {
            let envelope = sealed_bytes(plain, &keys, (number * 3 + round + 1) as u64);
            // Seven of the longest fit into one request.
            let reply = hub.post(&wire(&[&envelope; 7]));
            let verdicts: Verdicts = postcard::from_bytes(&reply.body)
                .unwrap_or_else(|_| panic!("{what}: {}", reply.status));
            assert!(
                verdicts
                    .verdicts
                    .iter()
                    .all(|(_, verdict)| *verdict == Verdict::Refused(Refusal::NotValid)),
                "{what}: {verdicts:?}"
            );
        }
    }
    let grown = hub.memory_peak() - before;
    assert!(grown < 64 * 1024 * 1024, "{grown} bytes more than before");
    assert_eq!((hub.get("/health").status, hub.export("inquiries", "jsonl").as_str()), (200, ""));
    assert!(!hub.log().contains("panicked"), "{}", hub.log());
}

#[test]
fn fault_51_the_wrong_key_and_random_bytes_as_a_seal_are_refused() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let other = TestServer::start().keys();
    let mut named_wrong = other.clone();
    named_wrong.sealing[0].id = keys.sealing[0].id;
    let with = |sealed: Vec<u8>| {
        let mut envelope: Envelope = postcard::from_bytes(&sealed_bytes(b"{}", &keys, 3)).unwrap();
        envelope.sealed = sealed;
        postcard::to_allocvec(&envelope).unwrap()
    };
    let mut random = vec![0; 4_000];
    let _ = AbuseSource(5).try_fill_bytes(&mut random);
    for (what, envelope, refusal) in [
        ("another municipality's key", sealed_bytes(b"{}", &other, 1), Refusal::UnknownKey),
        (
            "another key under our key's name",
            sealed_bytes(b"{}", &named_wrong, 2),
            Refusal::DoesNotOpen,
        ),
        ("random bytes", with(random), Refusal::DoesNotOpen),
        (
            "a key of zeros, which would make any secret known",
            with(vec![0; 100]),
            Refusal::DoesNotOpen,
        ),
        ("nothing", with(Vec::new()), Refusal::DoesNotOpen),
        ("less than a key", with(vec![1; 31]), Refusal::DoesNotOpen),
        ("a key and no words", with(vec![9; 32]), Refusal::DoesNotOpen),
    ] {
        let verdicts: Verdicts = postcard::from_bytes(&hub.post(&wire(&[&envelope])).body).unwrap();
        assert_eq!(verdicts.verdicts[0].1, Verdict::Refused(refusal), "{what}");
    }
}
