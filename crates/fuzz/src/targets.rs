//! The targets: each decoder with its seeds.

use crate::places::{COUNTERSIGNED, KEYS, PUBLIC, RECEIVED, SITE, TOWN, contents, sealed};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Catalogue;
use domain::hours::Date;
use domain::reference::Reference;
use domain::submission::{
    BATCH_MAX, Batch, Body, Content, Envelope, PublicKeys, Receipt, Verdicts,
};
use finder::Finder;
use limits::client::TrustedProxies;
use mailbox::language::language_of;
use mailbox::quotes::without_quotes;
use mailbox::reading::{FetchedMail, TEXT_CHARS_MAX, read_mail};
use offline::bundle::{files_of_parcels, files_of_receipts};
use offline::code::digits_of;
use offline::parcel::{ParcelState, Receipts, read_head};
use offline::ports::{Exchange, batch_of};
use offline::receipt::{file_of, in_file, is_believable, is_genuine};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

/// One decoder of bytes from outside.
pub struct FuzzTarget {
    /// Name of the target, and of its folder in the corpus.
    pub name: &'static str,
    /// Valid inputs, such as an honest sender produces, and a few invalid ones.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Decodes the bytes and uses the result as the product does.
    pub run: fn(&[u8]),
    /// Longest useful input in bytes: longer ones only slow the run down.
    pub length_max: usize,
}

/// All targets.
pub const TARGETS: [FuzzTarget; 13] = [
    FuzzTarget { name: "batch", seeds: batches, run: batch, length_max: 16_384 },
    FuzzTarget { name: "body", seeds: bodies, run: body, length_max: 4_096 },
    FuzzTarget { name: "answer", seeds: answers, run: answer, length_max: 4_096 },
    FuzzTarget { name: "bundle", seeds: bundles, run: bundle, length_max: 16_384 },
    FuzzTarget { name: "receipt", seeds: receipt_files, run: receipt_file, length_max: 1_024 },
    FuzzTarget { name: "keys", seeds: key_sets, run: keys, length_max: 2_048 },
    FuzzTarget { name: "stored", seeds: stored_heads, run: stored, length_max: 2_048 },
    FuzzTarget { name: "catalogue", seeds: catalogues, run: catalogue, length_max: 65_536 },
    FuzzTarget { name: "index", seeds: indexes, run: index, length_max: 32_768 },
    FuzzTarget { name: "question", seeds: questions, run: question, length_max: 512 },
    FuzzTarget { name: "typed", seeds: typed_texts, run: typed, length_max: 128 },
    FuzzTarget { name: "mail", seeds: mails, run: mail, length_max: 8_192 },
    FuzzTarget { name: "forwarded", seeds: forwarded_headers, run: forwarded, length_max: 512 },
];

/// The target with this name; `None` if there is no such target.
pub fn target(name: &str) -> Option<&'static FuzzTarget> {
    TARGETS.iter().find(|target| target.name == name)
}

// Target `mail`: what a mail server holds.

fn mails() -> Vec<Vec<u8>> {
    let head =
        "From: Jane <a@b.ca>\r\nTo: hub+x@town.example\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n";
    let html =
        "Content-Type: text/html; charset=utf-8\r\n\r\n<p style=\"display:none\">x</p>&eacute;";
    let parts = "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <a@b>\r\n\r\n--x--";
    let quoted = "Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9\r\n\r\nOn Monday, A wrote:\r\n> x";
    [html, parts, quoted].iter().map(|body| format!("{head}{body}").into_bytes()).collect()
}

fn mail(bytes: &[u8]) {
    let size = bytes.len() as u64;
    let fetched = FetchedMail { bytes: bytes.to_vec(), size, attachments: Vec::new(), texts: 0 };
    let mail = read_mail(&fetched, &["hub@town.example".into()]);
    assert!(mail.text.chars().count() <= TEXT_CHARS_MAX);
    let _ = without_quotes(&mail.text, "known");
    let _ = language_of(&mail.text);
}

// Target `batch`: what devices send to the server.

fn batches() -> Vec<Vec<u8>> {
    let envelopes: Vec<Vec<u8>> = contents()
        .into_iter()
        .filter_map(|content| sealed(content, &PUBLIC))
        .map(|sealed| sealed.envelope)
        .collect();
    vec![
        batch_of(&envelopes[..1]),
        batch_of(&envelopes),
        batch_of(&[]),
        batch_of(&vec![envelopes[0][..60].to_vec(); 3]),
    ]
}

fn batch(bytes: &[u8]) {
    let Ok(batch) = postcard::from_bytes::<Batch>(bytes) else { return };
    for envelope in batch.envelopes.into_iter().take(BATCH_MAX) {
        let id = envelope.header.id;
        if let Ok((record, _)) = receiving::judge(envelope, &TOWN, &KEYS) {
            assert_eq!(record.envelope.header.id, id);
        }
    }
}

// Targets `bundle` and `receipt`: what people bring as a file or a code, from any source.

fn bundles() -> Vec<Vec<u8>> {
    let envelopes: Vec<Vec<u8>> = contents()
        .into_iter()
        .filter_map(|content| sealed(content, &PUBLIC))
        .map(|sealed| sealed.envelope)
        .collect();
    let mut files = files_of_parcels(&TOWN, &envelopes);
    files.extend(files_of_receipts(&TOWN, &[received(), received()]));
    files.extend(digits_of(&envelopes[0]).map(String::into_bytes));
    files
}

fn bundle(bytes: &[u8]) {
    // Whether the file is refused or read, the app must not stop. A correct checksum lets the
    // decoder reach the rest.
    let _ = offline::bundle::read(bytes, &TOWN);
    let _ = offline::bundle::read(&summed(bytes), &TOWN);
    let _ = offline::code::read(&String::from_utf8_lossy(bytes), &TOWN);
}

/// The same file with its length and checksum corrected.
fn summed(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes[..bytes.len().saturating_sub(32)].to_vec();
    let length = (file.len() as u32 + 32).to_be_bytes();
    if let Some(place) = file.get_mut(18..22) {
        place.copy_from_slice(&length);
    }
    let sum = Sha256::digest(&file);
    [file.as_slice(), &sum].concat()
}

fn received() -> Receipt {
    match &RECEIVED.1.verdicts[0].1 {
        domain::submission::Verdict::Received(receipt) => receipt.clone(),
        other => unreachable!("it was received: {other:?}"),
    }
}

fn receipt_files() -> Vec<Vec<u8>> {
    vec![
        file_of(&received(), "Pine Harbour\nReference: 7Q3M", &|bytes| STANDARD.encode(bytes))
            .into_bytes(),
        b"receipt: \nsignature: ".to_vec(),
    ]
}

fn receipt_file(bytes: &[u8]) {
    let genuine = in_file(bytes, &|text| STANDARD.decode(text).ok())
        .filter(|receipt| is_genuine(receipt, &PUBLIC.signing));
    assert!(genuine.is_none_or(|receipt| receipt == received()), "only what was signed is genuine");
}

// Target `body`: the content of a sealed envelope. Anybody can seal anything to a public key.

fn bodies() -> Vec<Vec<u8>> {
    let json = |content: Content| serde_json::to_vec(&Body { lookup: [9; 32], content }).ok();
    let mut bodies: Vec<Vec<u8>> = contents().into_iter().filter_map(json).collect();
    bodies.extend([
        b"[[[[{\"a\":[[[[".to_vec(),
        b"{\"content\":{\"inquiry\":{\"message\":\"\\ud800\\u0000\"".to_vec(),
    ]);
    bodies
}

fn body(bytes: &[u8]) {
    if let Some(body) = casework::body::read_body(bytes) {
        let again = serde_json::to_vec(&body).expect("what was read can be written");
        assert_eq!(
            casework::body::read_body(&again).as_ref(),
            Some(&body),
            "what was accepted is accepted again"
        );
    }
}

// Targets `answer` and `keys`: what the server, or an impostor, answers to devices.

fn answers() -> Vec<Vec<u8>> {
    let written =
        |verdicts: &Verdicts| postcard::to_allocvec(verdicts).expect("it has a postcard form");
    let mut refused = RECEIVED.1.clone();
    refused.verdicts[0].1 =
        domain::submission::Verdict::Refused(domain::submission::Refusal::Erased);
    vec![
        written(&RECEIVED.1),
        COUNTERSIGNED.clone(),
        written(&refused),
        written(&Verdicts { verdicts: Vec::new() }),
        b"<!doctype html><title>Sign in</title>".to_vec(),
    ]
}

fn answer(bytes: &[u8]) {
    let head = &RECEIVED.0.head;
    let status = if bytes.first().is_some_and(|byte| *byte > 0xf0) { 503 } else { 200 };
    let exchange = Exchange::Answered { status, retry_after_s: None, body: bytes.into() };
    let meaning = offline::answer::read(&exchange, std::slice::from_ref(head), &PUBLIC.signing);
    // Only bytes from the server itself may mark a submission as received.
    if let offline::answer::Meaning::Spoken(fates) = meaning {
        assert!(fates.len() == 1 && fates[0].0 == head.id);
        if let offline::answer::Fate::Received(receipt) = &fates[0].1 {
            assert_eq!((receipt.id, receipt.body), (head.id, head.body));
        }
    }
}

fn key_sets() -> Vec<Vec<u8>> {
    let mut none = PUBLIC.clone();
    none.sealing.clear();
    [&*PUBLIC, &none]
        .into_iter()
        .map(|keys| postcard::to_allocvec(keys).expect("it has a postcard form"))
        .collect()
}

/// A device seals to the keys that it receives, and verifies receipts with them.
fn keys(bytes: &[u8]) {
    let Ok(keys) = postcard::from_bytes::<PublicKeys>(bytes) else { return };
    let entry = sealed(contents().remove(1), &keys);
    assert!(entry.is_none() || !keys.sealing.is_empty());
    let (head, verdicts) = (&RECEIVED.0.head, &RECEIVED.1.verdicts);
    if let domain::submission::Verdict::Received(receipt) = &verdicts[0].1 {
        let is_known = keys.signing.iter().any(|key| PUBLIC.signing.contains(key));
        assert!(
            is_known || !is_believable(receipt, head.id, head.body, &keys.signing),
            "another key has signed the same"
        );
    }
}

// Target `stored`: what a device reads from its own store after years, other versions and disk
// faults.

fn stored_heads() -> Vec<Vec<u8>> {
    let (sealed, verdicts) = &*RECEIVED;
    let mut received = sealed.head.clone();
    if let domain::submission::Verdict::Received(receipt) = &verdicts.verdicts[0].1 {
        received.state = ParcelState::Received { receipt: receipt.clone(), copy_kept: true };
    }
    let heads = [&sealed.head, &received]
        .into_iter()
        .map(|head| postcard::to_allocvec(head).expect("it has a postcard form"));
    heads
        .chain([sealed.envelope.clone(), Receipts::of(vec![self::received(); 2]).to_bytes()])
        .collect()
}

fn stored(bytes: &[u8]) {
    if let Some(head) = read_head(bytes) {
        let _ = (
            head.reference().to_string(),
            head.is_message(),
            head.receipt().map(Receipt::signed_bytes),
        );
        assert_eq!(
            read_head(&postcard::to_allocvec(&head).expect("what was read can be written")),
            Some(head)
        );
    }
    if let Some(receipts) = Receipts::read(bytes) {
        assert_eq!(
            Receipts::read(&Receipts::of(receipts.clone()).to_bytes()),
            Some(receipts),
            "what was read can be written"
        );
    }
    let _ = postcard::from_bytes::<Envelope>(bytes).map(|envelope| envelope.header.bound_bytes());
}

// Targets `catalogue` and `index`: what is published. Devices verify its hash first, but the
// decoders must not rely on that.

fn catalogues() -> Vec<Vec<u8>> {
    let (catalogue, index) = &*SITE;
    vec![
        catalogue.to_bundle(index).expect("a checked catalogue can be written"),
        b"HUBC\x02\x00".to_vec(),
    ]
}

fn catalogue(bytes: &[u8]) {
    if let Some((catalogue, index)) = Catalogue::from_bundle(bytes) {
        // A catalogue that was read may contain texts that no published file can; writing it then
        // returns an error and must not panic.
        let _ = catalogue.to_bundle(index);
        let _ = (
            catalogue.services().len(),
            catalogue.hubs().len(),
            catalogue.municipality().id.as_str(),
        );
    }
}

fn indexes() -> Vec<Vec<u8>> {
    ["dgo licence", "péts winter", "a"]
        .map(|question| [&[question.len() as u8], question.as_bytes(), &SITE.1].concat())
        .into()
}

/// Format of the input: the length of a question (1 byte), the question, an index.
fn index(bytes: &[u8]) {
    let Some((&length, rest)) = bytes.split_first() else { return };
    let Some((question, index)) = rest.split_at_checked(usize::from(length)) else { return };
    if let Some(finder) = Finder::of(index) {
        ask(&finder, &String::from_utf8_lossy(question));
    }
}

// Targets `question` and `typed`: what people type. Target `forwarded`: what proxies and clients
// send.

fn questions() -> Vec<Vec<u8>> {
    [
        "how do I get a dog licence?",
        "DÉNEIGEMENT",
        "pot hole my street",
        "passport renewal",
        "\u{301}\u{fffd}é-é'é",
        "1 2 3",
    ]
    .map(|text| text.into())
    .into()
}

fn question(bytes: &[u8]) {
    let (catalogue, index) = &*SITE;
    let text = String::from_utf8_lossy(bytes);
    let finder = Finder::of(index).expect("this program made the index");
    ask(&finder, &text);
    let _ = finder::asked_elsewhere(catalogue, &finder, &text);
    let names: Vec<&str> = catalogue.hubs().iter().map(|hub| hub.id.as_str()).collect();
    assert!(finder::name_of(&names, &text).is_none_or(|at| at < names.len()));
    let _ = domain::gap::Gap::of(&text, domain::Language::French).map(|gap| gap.is_valid());
}

fn ask(finder: &Finder<'_>, question: &str) {
    let found = finder.find(question, 10);
    assert!(found.len() <= 10);
    let explanation = finder.explain(question);
    found.iter().for_each(|found| drop(explanation.of(found.document)));
    let mut count = 0;
    finder.each_found(|_| count += 1);
    let _ = (explanation.meant(), count);
}

fn typed_texts() -> Vec<Vec<u8>> {
    let reference = RECEIVED.0.head.reference().to_string();
    [
        &reference,
        "2026-02-29",
        "dog-licence",
        "2024-02-29 10:30",
        "07:30-12:00",
        "mon-fri 8:30-16:30",
    ]
    .map(|text| text.as_bytes().into())
    .into()
}

fn typed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(reference) = Reference::parse(&text) {
        assert_eq!(Reference::parse(&reference.to_string()), Some(reference));
    }
    if let Some(date) = Date::parse(&text) {
        assert_eq!(Date::parse(&date.to_string()), Some(date));
        let _ = date.days_since_1970();
    }
    let _ = domain::ServiceId::parse(&text).map(|id| assert_eq!(id.as_str(), text));
    let _ = domain::SubmissionId::parse(&text)
        .map(|id| assert_eq!(domain::SubmissionId::parse(&id.to_string()), Ok(id)));
    let _ = domain::trip::Errand::parse(&text);
    let _ = domain::text::Language::parse(&text);
}

fn forwarded_headers() -> Vec<Vec<u8>> {
    [
        "11.2.3.4, 5.6.7.8",
        "1::1,, ,[::1]:80",
        "0unknown",
        "3for=1.2.3.4;proto=https, for=\"[::1]:80\"",
    ]
    .map(|text| text.into())
    .into()
}

/// Format of the input: one byte that says whether the peer is trusted and which header is used,
/// then the lines of that header, which anybody may have written.
fn forwarded(bytes: &[u8]) {
    static TRUSTED: LazyLock<TrustedProxies> =
        LazyLock::new(|| TrustedProxies::parse("127.0.0.1,10.0.0.0/8").expect("it is a list"));
    let Some((&which, line)) = bytes.split_first() else { return };
    let (is_trusted, name) =
        (which & 1 == 1, if which & 2 == 2 { "forwarded" } else { "x-forwarded-for" });
    let trusted = if is_trusted { *TRUSTED } else { TrustedProxies::default() };
    let mut headers = HeaderMap::new();
    for part in line.split(|byte| *byte == b'\n') {
        let _ = axum::http::HeaderValue::from_bytes(part).map(|value| headers.append(name, value));
    }
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let seen = limits::client::address(peer, &headers, trusted);
    assert!(is_trusted || seen == peer);
}
