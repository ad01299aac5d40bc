//! What is sealed opens with the municipality's key, and with no other.

use crate::town::{TownHall, counting, municipality, sealed};
use domain::Language;
use domain::addition::{AddedWords, Addition};
use domain::submission::{BodyHash, Content, Envelope, PADDED_BYTES, SEALED_BYTES_MAX};
use offline::parcel::{Head, ParcelState};
use offline::receipt::is_believable;
use offline::sealing::{Address, SealingFault, lookup_of, seal, seal_with, under_another_id};
use offline::storage_contract::sample_question;
use sha2::{Digest, Sha256};

fn envelope(bytes: &[u8]) -> Envelope {
    postcard::from_bytes(bytes).unwrap()
}

#[test]
fn the_town_hall_reads_what_was_sealed_and_nobody_sees_it_on_the_way() {
    let hall = TownHall::new(1);
    let sealed = sealed("My neighbour burns leaves", 0, &hall.keys());
    let body = hall.open(&envelope(&sealed.envelope)).expect("it opens");
    assert!(
        matches!(body.content, Content::Inquiry(inquiry) if inquiry.message == "My neighbour burns leaves")
    );
    assert!(!sealed.envelope.windows(9).any(|window| window == b"neighbour"));
}

#[test]
fn changing_any_byte_of_the_envelope_breaks_the_seal() {
    let hall = TownHall::new(1);
    let sealed = sealed("Hello", 0, &hall.keys());
    for at in 0..sealed.envelope.len() {
        let mut bytes = sealed.envelope.clone();
        bytes[at] ^= 1;
        let opened =
            postcard::from_bytes::<Envelope>(&bytes).ok().and_then(|envelope| hall.open(&envelope));
        assert_eq!(opened, None, "byte {at}");
    }
}

#[test]
fn the_size_tells_little_of_what_was_said() {
    let hall = TownHall::new(1);
    let size = |message: &str| sealed(message, 0, &hall.keys()).envelope.len();
    assert_eq!(size("yes"), size("no, and let me say why"));
    assert_eq!(size(&"x".repeat(4_000)) % PADDED_BYTES, size("x") % PADDED_BYTES);
}

#[test]
fn every_submission_has_an_id_and_a_secret_of_its_own() {
    let hall = TownHall::new(1);
    let (one, two) = (sealed("same", 1, &hall.keys()), sealed("same", 2, &hall.keys()));
    assert_ne!(one.head.id, two.head.id);
    assert_ne!(one.head.secret, two.head.secret);
    assert_ne!(one.head.body, two.head.body);
}

#[test]
fn an_addition_has_the_tracking_code_of_its_question_and_does_not_contain_it() {
    let hall = TownHall::new(1);
    let question = sealed("When?", 1, &hall.keys()).head;
    let address =
        Address { municipality: municipality(), catalogue_version: 1, now_ms: 5, order: 2 };
    let said = AddedWords::Message("On Monday?".into());
    let addition = Addition { to: question.reference(), said, language: Language::English };
    let (content, random) = (Content::Addition(addition.clone()), &mut counting(7));
    let added = seal_with(content, Some(question.secret), &address, &hall.keys(), random).unwrap();
    assert_eq!(added.head.secret, question.secret);
    assert_ne!(added.head.id, question.id);
    let body = hall.open(&envelope(&added.envelope)).expect("it opens");
    assert_eq!(body.lookup, lookup_of(&question.secret), "the proof");
    assert_eq!(body.content, Content::Addition(addition));
    let json = serde_json::to_string(&body).unwrap();
    let secret = serde_json::to_string(&question.secret).unwrap();
    assert!(!json.contains(secret.trim_matches(['[', ']'])), "{json}");
}

#[test]
fn without_a_key_nothing_is_sealed_and_too_much_is_refused() {
    let hall = TownHall::new(1);
    let address =
        Address { municipality: municipality(), catalogue_version: 1, now_ms: 0, order: 0 };
    let mut keys = hall.keys();
    let long = sample_question("x".repeat(SEALED_BYTES_MAX));
    assert_eq!(seal(long, &address, &keys, &mut counting(1)), Err(SealingFault::TooLarge));
    keys.sealing.clear();
    assert_eq!(
        seal(sample_question("x"), &address, &keys, &mut counting(1)),
        Err(SealingFault::NoKey)
    );
}

#[test]
fn fault_36_a_receipt_is_believed_for_its_own_bytes_and_signer_alone() {
    let (hall, keys) = (TownHall::new(1), TownHall::new(1).keys());
    let head = sealed("Hello", 0, &keys).head;
    let receipt = hall.sign(head.id, head.body);
    let believed = |receipt: &_| is_believable(receipt, head.id, head.body, &keys.signing);
    assert!(believed(&receipt));
    let mut other_body = receipt.clone();
    other_body.body = BodyHash([1; 32]);
    let mut later = receipt.clone();
    later.received_at_ms += 1;
    let mut forged = receipt.clone();
    forged.signature.0[0] ^= 1;
    let mut other_signer = receipt.clone();
    other_signer.signer.0[0] ^= 1;
    for wrong in [other_body, later, forged, other_signer] {
        assert!(!believed(&wrong), "{wrong:?}");
    }
    assert!(!is_believable(&receipt, head.id, head.body, &[]), "no key, no belief");
}

#[test]
fn under_another_id_it_waits_as_if_it_had_never_been_sent() {
    let hall = TownHall::new(1);
    let first = sealed("Hello", 7, &hall.keys());
    let tried = Head { state: ParcelState::Waiting { attempts: 3 }, ..first.head.clone() };
    let other = under_another_id(&tried, &first.envelope).unwrap();
    assert_ne!(other.head.id, first.head.id);
    let Envelope { header, sealed } = envelope(&other.envelope);
    assert_eq!(header.id, other.head.id);
    let expected = Head {
        id: header.id,
        body: BodyHash(Sha256::digest(&sealed).into()),
        size: other.envelope.len() as u32,
        state: ParcelState::Waiting { attempts: 0 },
        ..first.head.clone()
    };
    assert_eq!(other.head, expected, "all else is as it was");
    let again = under_another_id(&first.head, &first.envelope).unwrap();
    assert_eq!((again.head.id, again.envelope), (header.id, other.envelope.clone()));
    assert!(under_another_id(&other.head, &other.envelope).is_none(), "once");
}
