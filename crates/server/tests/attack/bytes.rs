//! Attacks with random and malformed bytes: in place of batches, of envelopes, and of sealed
//! content.

use crate::hub::{TestServer, sealed, wire};
use crate::office_client::{self, OfficeClient};
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, address, ask};
use domain::submission::{
    Envelope, FORMAT, Header, Kind, PublicKeys, REQUEST_BYTES_MAX, Refusal, SEAL_INFO,
    SEALED_BYTES_MAX, SUITE_X25519_CHACHA, Verdict, Verdicts,
};
use domain::{MunicipalityId, SubmissionId};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeS, Serializable};
use std::convert::Infallible;

const BYTES_MAX: usize = 64 << 20;

/// Pseudo-random numbers, the same in every run.
struct ByteSource(u64);

impl ByteSource {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ self.0 >> 29
    }
}

impl TryRng for ByteSource {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.next() as u8);
        Ok(())
    }
}

impl TryCryptoRng for ByteSource {}

/// Random bytes, or a batch that was cut off, changed in one bit, or given a false length: in turn,
/// by the number of the round.
fn spoiled(batch: &[u8], round: usize, source: &mut ByteSource) -> Vec<u8> {
    let below = |most: usize, source: &mut ByteSource| source.next() as usize % most;
    match round % 5 {
        0 => (0..below(2_000, source)).map(|_| source.next() as u8).collect(),
        1 => batch[..below(batch.len(), source)].to_vec(),
        2 => {
            let mut flipped = batch.to_vec();
            let at = below(flipped.len(), source);
            flipped[at] ^= 1 << (source.next() % 8);
            flipped
        }
        // Length prefixes far beyond the contents.
        3 => vec![0xff; 1 + below(12, source)],
        _ => [vec![0xfe, 0xff, 0xff, 0xff, 0x0f], vec![0; below(60, source)]].concat(),
    }
}

/// Random bytes for every route that parses bytes.
pub(crate) fn random(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let whole = wire(&[&sealed("Hello", &hub.keys(), 1).envelope]);
    let before = hub.memory_peak();
    let mut source = ByteSource(7);
    for path in ["/api/submissions", "/api/status", "/api/tablets", "/api/seen"] {
        let (mut strange, rounds) = (Vec::new(), size.of(160, 4_000));
        for round in 0..rounds {
            let bytes = spoiled(&whole, round, &mut source);
            let answer = ask(address(9_000 + round / 100), &hub, "POST", path, "", &bytes);
            let is_refused = path != "/api/submissions"
                || postcard::from_bytes::<Verdicts>(answer.body()).is_ok_and(|verdicts| {
                    verdicts
                        .verdicts
                        .iter()
                        .all(|(_, verdict)| matches!(verdict, Verdict::Refused(_)))
                });
            if !(matches!(answer.status(), 400 | 413 | 429) || answer.status() == 200 && is_refused)
            {
                strange.push(answer.status());
            }
        }
        report.check(
            &format!("{rounds} times nonsense for {path}"),
            "refused each time",
            format!("{strange:?}"),
            strange.is_empty(),
        );
    }
    let large =
        ask(ATTACKER, &hub, "POST", "/api/submissions", "", &vec![0; REQUEST_BYTES_MAX + 1])
            .status();
    report.check("a batch of one byte too many", "413", large, large == 413);
    let grown = hub.memory_peak().saturating_sub(before);
    report.check(
        "the memory's peak meanwhile",
        "less than 64 MB more",
        format!("{} MB more", grown >> 20),
        grown < BYTES_MAX,
    );
    let has_panicked = hub.log().contains("panicked");
    report.check(
        "the server after it",
        "has not panicked, has nothing",
        has_panicked,
        !has_panicked && hub.export("inquiries", "jsonl").is_empty(),
    );
}

/// Envelopes that are invalid in one way each, and the reason that the server has to give.
#[allow(clippy::too_many_lines, reason = "a table: one envelope a row")]
fn bad_envelopes(keys: &PublicKeys) -> Vec<(&'static str, Vec<u8>, Refusal)> {
    let other = TestServer::start().keys();
    let mut named_wrong = other.clone();
    named_wrong.sealing[0].id = keys.sealing[0].id;
    let changed = |number: u64, change: &dyn Fn(&mut Envelope)| {
        let mut envelope: Envelope =
            postcard::from_bytes(&sealed("bad", keys, number).envelope).unwrap();
        change(&mut envelope);
        postcard::to_allocvec(&envelope).unwrap()
    };
    vec![
        (
            "a newer format",
            changed(2, &|envelope| envelope.header.format = 9),
            Refusal::NewerFormat,
        ),
        (
            "another suite",
            changed(3, &|envelope| envelope.header.suite = 0xffff),
            Refusal::NewerFormat,
        ),
        (
            "another municipality",
            changed(4, &|envelope| {
                envelope.header.municipality = MunicipalityId::parse("elsewhere").unwrap()
            }),
            Refusal::OtherMunicipality,
        ),
        (
            "an unknown key",
            changed(5, &|envelope| envelope.header.key.0[0] ^= 1),
            Refusal::UnknownKey,
        ),
        ("another town's key", sealed("bad", &other, 6).envelope, Refusal::UnknownKey),
        (
            "another town's key under our key's name",
            sealed("bad", &named_wrong, 7).envelope,
            Refusal::DoesNotOpen,
        ),
        (
            "a changed letter",
            changed(8, &|envelope| envelope.sealed[40] ^= 1),
            Refusal::DoesNotOpen,
        ),
        (
            "another kind outside than inside",
            changed(9, &|envelope| envelope.header.kind = Kind::Feedback),
            Refusal::DoesNotOpen,
        ),
        (
            "another id than was sealed",
            changed(10, &|envelope| envelope.header.id = SubmissionId::from_parts(1, [3; 10])),
            Refusal::DoesNotOpen,
        ),
        (
            "more than 64 KB",
            changed(11, &|envelope| envelope.sealed.resize(SEALED_BYTES_MAX + 1, 0)),
            Refusal::TooLarge,
        ),
        (
            "a key of zeros",
            changed(12, &|envelope| envelope.sealed = vec![0; 100]),
            Refusal::DoesNotOpen,
        ),
        ("nothing sealed", changed(13, &|envelope| envelope.sealed.clear()), Refusal::DoesNotOpen),
        ("only spaces", sealed(" ", keys, 14).envelope, Refusal::NotValid),
    ]
}

/// Invalid envelopes, each refused with its specific reason.
pub(crate) fn envelopes(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    for (number, (what, envelope, refusal)) in bad_envelopes(&hub.keys()).iter().enumerate() {
        let answer =
            ask(address(9_100 + number), &hub, "POST", "/api/submissions", "", &wire(&[envelope]));
        let verdicts = postcard::from_bytes::<Verdicts>(answer.body())
            .map(|verdicts| verdicts.verdicts)
            .unwrap_or_default();
        let holds = verdicts.len() == 1 && verdicts[0].1 == Verdict::Refused(*refusal);
        report.check(
            what,
            &format!("{refusal:?}"),
            format!("{:?}", verdicts.first().map(|(_, verdict)| verdict)),
            holds,
        );
    }
}

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
    let sealing = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>;
    let (encapsulated, ciphertext) = sealing(
        &OpModeS::Base,
        &public,
        SEAL_INFO,
        plain,
        &header.bound_bytes(),
        &mut ByteSource(number),
    )
    .unwrap();
    let sealed = [encapsulated.to_bytes().as_slice(), &ciphertext].concat();
    postcard::to_allocvec(&Envelope { header, sealed }).unwrap()
}

/// Contents that are none, each with its name.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let most = SEALED_BYTES_MAX - 64;
    let lookup = format!("[{}0]", "0,".repeat(31));
    let inquiry = |message: &str, more: &str| {
        format!(
            r#"{{"lookup":{lookup},"content":{{"inquiry":{{"service":null,"hub":null,"message":{message},"name":null,"reply_to":"nobody","language":"en","notice_version":1{more}}}}}}}"#
        )
    };
    vec![
        ("lists in lists", [vec![b'['; most / 2], vec![b']'; most / 2]].concat()),
        (
            "objects in objects",
            [r#"{"a":"#.repeat(most / 6).into_bytes(), vec![b'}'; most / 6]].concat(),
        ),
        (
            "a deep value where a text should be",
            inquiry(&[r#"{"a":"#.repeat(5_000), "1".into(), "}".repeat(5_000)].concat(), "")
                .into_bytes(),
        ),
        (
            "a message that is too long",
            inquiry(&format!("\"{}\"", "a".repeat(50_000)), "").into_bytes(),
        ),
        ("a number that is none", inquiry("NaN", "").into_bytes()),
        (
            "infinity",
            inquiry("\"x\"", "")
                .replace("\"notice_version\":1", "\"notice_version\":1e999")
                .into_bytes(),
        ),
        ("a number of ten thousand digits", inquiry(&"9".repeat(10_000), "").into_bytes()),
        ("half a letter", inquiry(r#""\ud800""#, "").into_bytes()),
        ("bytes that are no text", [inquiry("\"", "").into_bytes(), vec![0xff, 0xfe]].concat()),
        ("a message twice", inquiry("\"x\"", ",\"message\":\"y\"").into_bytes()),
        (
            "a service that is no id",
            inquiry("\"x\"", "")
                .replace("\"service\":null", "\"service\":\"../../x\"")
                .into_bytes(),
        ),
        (
            "an address without an @",
            inquiry("\"x\"", "").replace("\"nobody\"", "{\"email\":\"nobody\"}").into_bytes(),
        ),
        ("nothing", Vec::new()),
        ("only spaces", vec![b' '; most]),
    ]
}

/// Envelopes that decrypt to invalid content.
pub(crate) fn words(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let keys = hub.keys();
    let before = hub.memory_peak();
    let mut number = 0;
    for (what, plain) in &nonsense() {
        number += 1;
        let envelope = sealed_bytes(plain, &keys, number);
        let answer = ask(
            address(9_200 + number as usize),
            &hub,
            "POST",
            "/api/submissions",
            "",
            &wire(&[&envelope; 7]),
        );
        let verdicts = postcard::from_bytes::<Verdicts>(answer.body())
            .map(|verdicts| verdicts.verdicts)
            .unwrap_or_default();
        let refused = verdicts
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::Refused(Refusal::NotValid))
            .count();
        report.check(
            what,
            "seven times NotValid",
            format!("{} with {refused} times", answer.status()),
            answer.status() == 200 && refused == 7,
        );
    }
    let grown = hub.memory_peak().saturating_sub(before);
    let has_panicked = hub.log().contains("panicked");
    report.check(
        "the server after it",
        "has not panicked, less than 64 MB more at the peak",
        format!("panicked {has_panicked}, {} MB more", grown >> 20),
        !has_panicked && grown < BYTES_MAX,
    );
}

/// Texts that would be executed as scripts where escaping is missing.
pub(crate) fn scripts(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let texts: Vec<String> = office_client::scripts().into_iter().step_by(8).collect();
    let entries: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| sealed(text, &hub.keys(), at as u64 + 1))
        .collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
    let inbox = ann.until(
        &hub,
        "/office?order=newest&state=any",
        &format!("<strong>{}</strong>", texts.len()),
    );
    let links: Vec<String> = inbox
        .split("href=\"/office/inquiry/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|id| format!("/office/inquiry/{id}"))
        .collect();
    let check = |page: &str, text: &str| {
        std::panic::catch_unwind(|| office_client::assert_is_only_text(page, text)).is_ok()
    };
    let dangerous = texts.iter().filter(|text| !check(&inbox, text)).count();
    report.check(
        &format!("{} scripts as questions, in the inbox", texts.len()),
        "only text",
        format!("{dangerous} are more"),
        dangerous == 0,
    );
    let pages: Vec<String> = links.iter().map(|link| ann.get(&hub, link).text()).collect();
    let dangerous = pages.iter().filter(|page| texts.iter().any(|text| !check(page, text))).count();
    report.check(
        "each on its own page",
        "only text",
        format!("{dangerous} of {} are more", pages.len()),
        dangerous == 0 && pages.len() == texts.len(),
    );
    let dangerous = texts
        .iter()
        .filter(|text| {
            !check(
                &ann.get(&hub, &format!("/office?q={}", office_client::encoded(text))).text(),
                text,
            )
        })
        .count();
    report.check(
        "each as words to look for",
        "only text",
        format!("{dangerous} are more"),
        dangerous == 0,
    );
}
