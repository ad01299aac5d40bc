//! What happens in the generated month. Its shape follows the municipality's own figures, as far as
//! they are known: most questions are about roads and waste, a few are in French, most are answered
//! in two days, some are not. Every sentence was written for the demo.

use casework::case::{CaseEvent, CaseOutcome, CaseReply, ReplyDraft, ReplyMethod};
use casework::random::UnbiasedRandom;
use domain::catalogue::Service;
use domain::gap::Gap;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{Content, CorrectedField, Correction};
use domain::{Catalogue, Language};

const HOUR_MS: u64 = 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * HOUR_MS;

const ASKED_EN: [&str; 10] = [
    "I looked at the page “{}” and am still not sure what I have to bring. Can I come to the library in my town for it?",
    "We moved here in spring. How does “{}” work for a house that is only used in summer?",
    "I was told two different things about “{}”. Which one is right?",
    "My father is 84 and does not use a computer. Can he do this on the phone? It is about “{}”.",
    "How long does it take at the moment? I sent my papers for “{}” three weeks ago and have heard nothing.",
    "What does it cost this year? The figure that I found for “{}” is from some years ago.",
    "Our neighbour says that something has changed about “{}”. Is that so, and since when?",
    "Can you help me with “{}” before the end of the month? Is there anything that I can do to make it quicker?",
    "The online form for “{}” stops at the second page. Is there a paper one?",
    "Thank you for the quick help last time. Now a question about “{}”: does it change when I sell the house?",
];
const ASKED_FR: [&str; 3] = [
    "Bonjour, j’ai une question au sujet de « {} » : que dois-je apporter, et puis-je venir à la bibliothèque?",
    "Nous venons d’arriver. Comment fonctionne « {} » pour un chalet d’été?",
    "Combien coûte « {} » cette année, s’il vous plaît?",
];
const ANSWERED_EN: [&str; 4] = [
    "Thank you for your question. You can do this at any of our counters. Please bring a bill that shows your address.",
    "Thank you for writing. We checked: we have your papers, and you will get the answer by mail within a week.",
    "You are right, the page was out of date. We corrected it, and it now shows the right fee.",
    "Yes, you can do this by phone. Please call us between 8:30 am and 4:30 pm.",
];
const ANSWERED_FR: &str = "Merci de votre question. Vous pouvez le faire à n’importe quel comptoir. Apportez une facture qui indique votre adresse.";
const NOTES: [&str; 3] = [
    "Called back, no answer. Try again in the afternoon.",
    "Asked Public Works. They will check on site.",
    "Same question as last month.",
];
const MISSED: [&str; 6] = [
    "lost cat",
    "snow shovel lending",
    "wedding at the beach",
    "drone permit",
    "rain barrel",
    "ev charger at home",
];

/// One submission and its events, each with its time in ms, its author and the event.
pub(super) struct InquiryStory {
    pub(super) at_ms: u64,
    pub(super) content: Content,
    pub(super) events: Vec<(u64, &'static str, CaseEvent)>,
}

/// A month of inquiries in order of time, with some searches without a result and some reported
/// errors in records.
pub(super) fn month(
    random: &mut UnbiasedRandom,
    catalogue: &Catalogue,
    begin_ms: u64,
    now_ms: u64,
    inquiries: u32,
) -> Vec<InquiryStory> {
    let services = weighted(catalogue);
    if services.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<InquiryStory> =
        (0..inquiries).map(|_| inquiry(random, catalogue, &services, begin_ms, now_ms)).collect();
    let moment = |random: &mut UnbiasedRandom| begin_ms + random.below(now_ms - begin_ms);
    for _ in 0..inquiries / 6 {
        let words: &str = random.one::<&str>(&MISSED);
        if let Some(gap) = Gap::of(words, Language::English) {
            all.push(InquiryStory {
                at_ms: moment(random),
                content: Content::Gap(gap),
                events: Vec::new(),
            });
        }
    }
    for _ in 0..inquiries / 20 {
        let field = *random.one(&CorrectedField::OF_SERVICE);
        let correction = Correction {
            service: Some(random.one(&services).id.clone()),
            hub: None,
            task: None,
            step: None,
            field,
            language: Language::English,
        };
        all.push(InquiryStory {
            at_ms: moment(random),
            content: Content::Correction(correction),
            events: Vec::new(),
        });
    }
    all.sort_by_key(|story| story.at_ms);
    all
}

/// Services; those that people ask about most are listed several times.
fn weighted(catalogue: &Catalogue) -> Vec<&Service> {
    let times = |service: &Service| match service.department.as_str() {
        name if name.starts_with("Public Works") => 4,
        name if name.contains("Revenue") => 3,
        _ => 1,
    };
    catalogue
        .services()
        .iter()
        .flat_map(|service| std::iter::repeat_n(service, times(service)))
        .collect()
}

fn inquiry(
    random: &mut UnbiasedRandom,
    catalogue: &Catalogue,
    services: &[&Service],
    begin_ms: u64,
    now_ms: u64,
) -> InquiryStory {
    let service = *random.one(services);
    let language = if random.percent(6) { Language::French } else { Language::English };
    let asked =
        if language == Language::French { *random.one(&ASKED_FR) } else { *random.one(&ASKED_EN) };
    let number = random.below(900) + 100;
    let reply_to = match random.below(10) {
        0..6 => {
            ReplyTo::Email(format!("resident{number}@example.org").try_into().expect("it has an @"))
        }
        6..9 => {
            ReplyTo::Phone(format!("705-555-0{number}").try_into().expect("it has 12 characters"))
        }
        _ => ReplyTo::Nobody,
    };
    let hub = random.percent(40).then(|| random.one(catalogue.hubs()).id.clone());
    let said = ValidInquiry {
        service: random.percent(80).then(|| service.id.clone()),
        hub,
        message: asked.replace("{}", &service.name),
        name: random.percent(70).then(|| format!("Resident {number} (made up)")),
        reply_to,
        language,
        notice_version: catalogue.municipality().notice.version,
    };
    // Most are written in the daytime.
    let day_ms = begin_ms + random.below((now_ms - begin_ms) / DAY_MS) * DAY_MS;
    let at_ms = (day_ms + (8 + random.below(12)) * HOUR_MS + random.below(HOUR_MS)).min(now_ms - 1);
    let events = done(random, &said, catalogue, at_ms, now_ms);
    InquiryStory { at_ms, content: Content::Inquiry(said), events }
}

/// The events of an inquiry up to `now_ms`.
fn done(
    random: &mut UnbiasedRandom,
    said: &ValidInquiry,
    catalogue: &Catalogue,
    at_ms: u64,
    now_ms: u64,
) -> Vec<(u64, &'static str, CaseEvent)> {
    let who = *random.one(&["demo-office", "demo-office-2"]);
    let mut events = Vec::new();
    let mut at_ms = at_ms + HOUR_MS / 4 + random.below(8 * HOUR_MS);
    let mut add = |at_ms: &mut u64, after_ms: u64, event: CaseEvent| {
        *at_ms += after_ms;
        if *at_ms < now_ms {
            events.push((*at_ms, who, event));
        }
    };
    add(&mut at_ms, 0, CaseEvent::Assigned { to: Some(who.into()) });
    if random.percent(15) {
        add(&mut at_ms, HOUR_MS, CaseEvent::Noted { text: (*random.one(&NOTES)).into() });
    }
    if random.percent(8) {
        add(&mut at_ms, HOUR_MS, CaseEvent::Waiting { text: "Which address is it?".into() });
        add(&mut at_ms, HOUR_MS * (10 + random.below(60)), CaseEvent::Resumed);
    }
    if random.percent(4) {
        add(
            &mut at_ms,
            HOUR_MS,
            CaseEvent::Drafted(ReplyDraft {
                text: "We are looking into".into(),
                ..ReplyDraft::default()
            }),
        );
    }
    if random.percent(92) {
        let reply = reply(random, said, catalogue.version());
        let hours = if random.percent(85) { 2 + random.below(28) } else { 40 + random.below(200) };
        add(&mut at_ms, hours * HOUR_MS, CaseEvent::Replied(reply));
        if random.percent(85) {
            let outcome = *random.one(&[
                CaseOutcome::Answered,
                CaseOutcome::Answered,
                CaseOutcome::Answered,
                CaseOutcome::Done,
                CaseOutcome::Elsewhere,
            ]);
            add(
                &mut at_ms,
                (1 + random.below(50)) * HOUR_MS,
                CaseEvent::Closed { outcome, why: String::new() },
            );
        }
    }
    events
}

fn reply(random: &mut UnbiasedRandom, said: &ValidInquiry, catalogue_version: u32) -> CaseReply {
    let text =
        if said.language == Language::French { ANSWERED_FR } else { random.one(&ANSWERED_EN) };
    let way = match said.reply_to {
        ReplyTo::Phone(_) => ReplyMethod::Phone,
        ReplyTo::Email(_) | ReplyTo::Nobody => ReplyMethod::StatusPage,
    };
    let service = said.service.clone();
    CaseReply {
        text: text.into(),
        way,
        service,
        catalogue_version,
        is_asking: false,
        template: None,
    }
}
