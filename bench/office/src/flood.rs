//! Sends long inquiries without pause from one address: how many are stored, and how much memory
//! they need.

use crate::http::ask;
use crate::served::Served;
use domain::Language;
use domain::inquiry::{MESSAGE_CHARS_MAX, ReplyTo, ValidInquiry};
use domain::submission::{Content, PublicKeys, Verdict, Verdicts};
use offline::ports::batch_of;
use offline::sealing::{Address, seal};
use std::time::Duration;

/// As many of the longest inquiries as fit into a request.
const BATCH: usize = 100;
/// The staff interface processes what was received within a second.
const SETTLE: Duration = Duration::from_secs(5);

pub(crate) fn flood(served: &Served, count: usize) -> Result<(), String> {
    let keys: PublicKeys =
        postcard::from_bytes(&ask(served.port, "GET", "/api/keys", "", b"")?.body)
            .map_err(|error| error.to_string())?;
    let (before, _) = served.memory_mb();
    let (mut kept, mut refused) = (0, 0);
    for batch in 0..count / BATCH {
        let envelopes: Vec<Vec<u8>> =
            (0..BATCH).map(|number| long_inquiry(&keys, batch * BATCH + number)).collect();
        let page = ask(served.port, "POST", "/api/submissions", "", &batch_of(&envelopes))?;
        refused += usize::from(page.status == 429);
        let verdicts = postcard::from_bytes::<Verdicts>(&page.body)
            .map(|verdicts| verdicts.verdicts)
            .unwrap_or_default();
        kept +=
            verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Received(_))).count();
    }
    std::thread::sleep(SETTLE);
    let (after, peak) = served.memory_mb();
    println!(
        "\n{count} inquiries of {MESSAGE_CHARS_MAX} letters from one address, in {} requests: {kept} kept, {refused} requests told later",
        count / BATCH
    );
    println!(
        "memory before {before} MB, after {after} MB ({:+} MB), at most {peak} MB",
        after as i64 - before as i64
    );
    Ok(())
}

fn long_inquiry(keys: &PublicKeys, number: usize) -> Vec<u8> {
    let message: String =
        format!("{number} {}", "words without end ".repeat(MESSAGE_CHARS_MAX / 18 + 1))
            .chars()
            .take(MESSAGE_CHARS_MAX)
            .collect();
    let said = ValidInquiry {
        service: None,
        hub: None,
        message,
        name: None,
        reply_to: ReplyTo::Nobody,
        language: Language::English,
        notice_version: 1,
    };
    let address = Address {
        municipality: keys.municipality.clone(),
        catalogue_version: 1,
        now_ms: keys.now_ms + number as u64,
        order: 0,
    };
    let mut random =
        |bytes: &mut [u8]| getrandom::fill(bytes).expect("the OS provides random numbers");
    seal(Content::Inquiry(said), &address, keys, &mut random)
        .expect("the server offers a key")
        .envelope
}
