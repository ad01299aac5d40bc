//! What devices and server exchange, byte by byte: these forms never change.

use domain::addition::{AddedWords, Addition};
use domain::collector::{CollectorCode, Step, Tally, Ticket, Way};
use domain::counter::{Channel, Contact, Outcome, Reason};
use domain::edition::Edition;
use domain::gap::Gap;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::reference::Reference;
use domain::status::{InquiryEnding, SaidWords, StatusThread};
use domain::submission::{
    BodyHash, Content, CorrectedField, Correction, Countersignature, Envelope, FORMAT,
    FORMAT_OTHER_ID, Feedback, Header, KeyId, Kind, Receipt, Refusal, SUITE_X25519_CHACHA, Verdict,
};
use domain::survey::{Answers, CompleteAnswers, SurveyAnswer};
use domain::{Language, SubmissionId};
use sample::{checked, date, id};

const ID: SubmissionId = SubmissionId::from_bytes([
    0x01, 0x9a, 0x1b, 0x2c, 0x3d, 0x4e, 0x75, 0x16, 0x87, 0x28, 0x39, 0x4a, 0x5b, 0x6c, 0x7d, 0x8e,
]);

fn header() -> Header {
    Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id: ID,
        municipality: id("maple-bay"),
        kind: Kind::Correction,
        key: KeyId([9, 8, 7, 6, 5, 4, 3, 2]),
        catalogue_version: 0x0a0b_0c0d,
    }
}

#[test]
fn a_header_is_bound_to_the_body_with_every_field() {
    let expected = [
        &[0, 1, 0, 1][..],
        ID.as_bytes(),
        &[9, 8, 7, 6, 5, 4, 3, 2],
        &[0x0a, 0x0b, 0x0c, 0x0d, 4],
        b"maple-bay",
    ]
    .concat();
    assert_eq!(header().bound_bytes(), expected);
}

#[test]
fn a_receipt_is_signed_and_read_back_with_every_field() {
    let receipt = Receipt {
        id: ID,
        body: BodyHash([3; 32]),
        received_at_ms: 0x0102_0304_0506_0708,
        epoch: [4; 16],
        signer: KeyId([5; 8]),
        signature: ([6; 32], [7; 32]),
    };
    let expected = [
        b"community-hub receipt 1\0".as_slice(),
        ID.as_bytes(),
        &[3; 32],
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[4; 16],
        &[5; 8],
    ]
    .concat();
    assert_eq!(receipt.signed_bytes(), expected);
    let signed: [u8; Receipt::SIGNED_BYTES] = expected.try_into().unwrap();
    let signature: [u8; 64] = [[6; 32], [7; 32]].concat().try_into().unwrap();
    assert_eq!(Receipt::of_signed(&signed, signature), Some(receipt.clone()));
    let mut other = signed;
    other[0] ^= 1;
    assert_eq!(Receipt::of_signed(&other, signature), None, "the name of another kind of paper");
    assert_eq!(receipt.reference(), Reference::of(ID));
}

#[test]
fn a_countersignature_is_about_the_answer_as_it_was_sent() {
    let signed = Countersignature::signed_bytes(b"verdicts");
    assert_eq!(signed, b"community-hub answer 1\0verdicts");
}

#[test]
fn an_edition_is_signed_with_number_bundle_signer_and_town() {
    let edition = Edition {
        municipality: id("maple-bay"),
        number: 0x0102_0304,
        bundle: [0xab; 32],
        signer: KeyId([5; 8]),
        signature: ([0; 32], [0; 32]),
    };
    let expected = [
        b"community-hub catalogue 1\0".as_slice(),
        &[1, 2, 3, 4],
        &[0xab; 32],
        &[5; 8],
        b"maple-bay",
    ]
    .concat();
    assert_eq!(edition.signed_bytes(), expected);
    assert_eq!(edition.path(), "/catalogue-abababababababab.bin");
}

#[test]
fn an_envelope_under_another_id_opens_as_the_one_that_was_sealed() {
    let envelope = Envelope { header: header(), sealed: vec![1, 2, 3] };
    assert_eq!(envelope.as_sealed(), Some((header(), [1, 2, 3].as_slice())));
    let other = SubmissionId::from_bytes([7; 16]);
    let moved = envelope.with_id(other);
    assert_eq!((moved.header.format, moved.header.id), (FORMAT_OTHER_ID, other));
    assert_eq!(moved.sealed, [ID.as_bytes().as_slice(), &[1, 2, 3]].concat());
    assert_eq!(moved.as_sealed(), Some((header(), [1, 2, 3].as_slice())));
    let again = moved.with_id(SubmissionId::from_bytes([8; 16]));
    assert_eq!(again.sealed, moved.sealed, "the first id stays inside");
    assert_eq!(again.as_sealed(), Some((header(), [1, 2, 3].as_slice())));
    let short = Envelope { sealed: vec![0; 15], ..moved };
    assert_eq!(short.as_sealed(), None);
}

#[test]
fn an_id_is_made_of_its_time_and_chance() {
    let made = SubmissionId::from_parts(0x0102_0304_0506, [0xff; 10]);
    assert_eq!(made.to_string(), "01020304-0506-7fff-bfff-ffffffffffff");
    let zero = SubmissionId::from_parts(0x0102_0304_0506, [0; 10]);
    assert_eq!(zero.to_string(), "01020304-0506-7000-8000-000000000000");
    assert_eq!(made.with_random([0; 10]), zero, "the time stays");
    assert_eq!(format!("{zero:?}"), "SubmissionId(01020304-0506-7000-8000-000000000000)");
    assert_eq!(SubmissionId::parse(&ID.to_string()), Ok(ID));
    assert_eq!(SubmissionId::parse(&ID.to_string().to_uppercase()), Ok(ID));
    for bad in [
        "019a1b2c-3d4e-7516-8728-394a5b6c7d8",
        "019a1b2c-3d4e-7516-8728-394a5b6c7d8e0",
        "019a1b2c3d4e-7516-8728-394a5b6c7d8e-",
        "019a1b2c-3d4e-7516-8728-394a5b6c7d-e",
        "019a1b2c-3d4e-7516-8728-394a5b6c7dge",
    ] {
        assert!(SubmissionId::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn ids_are_written_in_letters_digits_and_single_hyphens() {
    let longest = "x".repeat(80);
    assert_eq!(domain::HubId::parse(&longest).unwrap().as_str(), longest);
    let error = domain::HubId::parse("Town Hall").unwrap_err().to_string();
    assert_eq!(
        error,
        "“Town Hall” is not an id: use 1 to 80 small letters, digits and single hyphens"
    );
    let written = serde_json::to_string(&id::<domain::HubId>("town-hall")).unwrap();
    assert_eq!(written, "\"town-hall\"");
    assert!(serde_json::from_str::<domain::HubId>("\"Town\"").is_err());
}

#[test]
fn every_content_is_of_its_kind_and_every_kind_keeps_its_number() {
    let survey = checked(|_| {}).survey().clone();
    let mut answers = Answers::default();
    answers.set(&survey, &id("ease"), SurveyAnswer::Scale(5)).unwrap();
    let contact = Contact {
        task: id("take-payment"),
        hub: id("town-hall"),
        on: date("2026-11-23"),
        channel: Channel::Phone,
        outcome: Outcome::Done,
        is_taken_back: false,
    };
    let contents = [
        Content::Inquiry(ValidInquiry {
            service: None,
            hub: None,
            message: "When?".into(),
            name: None,
            reply_to: ReplyTo::Nobody,
            language: Language::English,
            notice_version: 2,
        }),
        Content::Feedback(Feedback {
            answers: CompleteAnswers::of(&survey, &answers).unwrap(),
            language: Language::English,
            way: Way::Kiosk,
            collector: None,
            ticket: None,
            service: None,
            hub: None,
            seconds: None,
        }),
        Content::Gap(Gap::of("hot air balloon", Language::English).unwrap()),
        Content::Correction(Correction {
            service: Some(id("dog-licence")),
            hub: None,
            task: None,
            step: None,
            field: CorrectedField::Fee,
            language: Language::English,
        }),
        Content::Tally(Tally {
            collector: CollectorCode::new(Way::Poster, 1, [1; 16]),
            step: Step::Opened,
        }),
        Content::Contact(contact),
        Content::Addition(Addition {
            to: Reference::of(ID),
            said: AddedWords::Withdrawal,
            language: Language::English,
        }),
    ];
    assert_eq!(contents.map(|content| content.kind()), Kind::ALL);
    assert_eq!(Kind::ALL.map(Kind::number), [1, 2, 3, 4, 5, 6, 7]);
}

/// A name as JSON, without its quotes.
fn written(name: impl serde::Serialize) -> String {
    serde_json::to_string(&name).unwrap().trim_matches('"').into()
}

#[test]
fn names_in_addresses_exports_and_data_are_those_of_the_wire() {
    for channel in Channel::ALL {
        assert_eq!(written(channel), channel.name());
    }
    for reason in Reason::ALL {
        assert_eq!(written(reason), reason.name());
    }
    for way in Way::ALL {
        assert_eq!((written(way), Way::parse(way.name())), (way.name().into(), Some(way)));
    }
    for step in Step::ALL {
        assert_eq!(written(step), step.name());
    }
    assert_eq!(Way::parse("pigeon"), None);
    let names =
        [Outcome::Done, Outcome::Referred(Reason::Payment), Outcome::CouldNot(Reason::Other)];
    assert_eq!(names.map(Outcome::name), ["done", "referred", "could-not"]);
    assert_eq!(names.map(Outcome::reason), [None, Some(Reason::Payment), Some(Reason::Other)]);
}

#[test]
fn who_was_invited_is_told_by_the_way() {
    let invited: Vec<Way> = Way::ALL.into_iter().filter(|way| way.is_invited()).collect();
    assert_eq!(invited, [Way::AfterInquiry, Way::StaffAssisted, Way::Paper]);
}

#[test]
fn a_printed_code_keeps_its_letters() {
    let chance: [u8; 16] = std::array::from_fn(|at| at as u8 * 17);
    for (way, code) in [
        (Way::OpenLink, "W3"),
        (Way::Poster, "P3"),
        (Way::CounterCode, "C3"),
        (Way::Kiosk, "K3"),
        (Way::AfterInquiry, "A3"),
        (Way::StaffAssisted, "T3"),
        (Way::Paper, "S3"),
    ] {
        let made = CollectorCode::new(way, 3, chance);
        assert!(made.as_str().starts_with(code), "{made}");
        assert_eq!(made.as_str().len(), if way.is_invited() { 12 } else { 6 });
        assert_eq!((made.way(), made.every()), (way, 3));
    }
    assert_eq!(CollectorCode::new(Way::Poster, 99, [0; 16]).every(), 30);
    let json = serde_json::to_string(&Ticket([0xab; 16])).unwrap();
    assert_eq!(json, format!("\"{}\"", "ab".repeat(16)));
}

#[test]
fn a_conversation_is_written_in_the_order_in_which_devices_read_it() {
    let thread = StatusThread {
        said: vec![
            SaidWords { at_ms: 1, is_reply: false, text: "a".into() },
            SaidWords { at_ms: 2, is_reply: true, text: "b".into() },
        ],
        department: "R".into(),
        promised_ms: Some(5),
        is_waiting: true,
        ending: Some(InquiryEnding::Withdrawn),
    };
    let bytes = [2, 1, 0, 1, b'a', 2, 1, 1, b'b', 1, b'R', 1, 5, 1, 1, 5];
    assert_eq!(postcard::to_allocvec(&thread).unwrap(), bytes);
    assert_eq!(postcard::from_bytes::<StatusThread>(&bytes).unwrap(), thread);
    let refused = Verdict::Refused(Refusal::TooManyAdditions);
    assert_eq!(postcard::to_allocvec(&refused).unwrap(), [1, 9]);
    assert_eq!(postcard::to_allocvec(&Kind::ALL).unwrap(), [0, 1, 2, 3, 4, 5, 6]);
}
