//! The environment of the targets, created once: keys, a catalogue, an index, and submissions that
//! are made as the app makes them.

use domain::gap::Gap;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{
    Content, CorrectedField, Correction, Countersignature, PublicKeys, Verdict, Verdicts,
};
use domain::{Catalogue, HubId, Language, MunicipalityId, ServiceId};
use offline::sealing::{Address, Sealed, seal};
use std::path::Path;
use std::sync::LazyLock;
use vault::keys::KeyFolder;

/// The municipality that the submissions are addressed to.
pub(crate) static TOWN: LazyLock<MunicipalityId> =
    LazyLock::new(|| MunicipalityId::parse("pine-harbour").expect("it is a slug"));

/// The keys. They never change, so that a sealed input of the corpus still opens in later runs.
pub(crate) static KEYS: LazyLock<KeyFolder> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a folder can be made");
    for name in ["sealing-1.key", "signing-1.key"] {
        std::fs::write(dir.path().join(name), "42".repeat(32)).expect("a file can be written");
    }
    KeyFolder::open(dir.path(), false).expect("the keys were just written").0
});

/// The public keys of [`KEYS`], as the server sends them to devices.
pub(crate) static PUBLIC: LazyLock<PublicKeys> =
    LazyLock::new(|| KEYS.now().public(&TOWN, [7; 16], 1_000_000));

/// The catalogue and the index of the test municipality Pine Harbour, which is small and has
/// everything that a catalogue can contain. In a bundle, the index follows the catalogue.
pub(crate) static SITE: LazyLock<(Catalogue, Vec<u8>)> = LazyLock::new(|| {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
    let (catalogue, words) =
        publish::check_dir(&folder).unwrap_or_else(|faults| panic!("{faults:?}"));
    let index = finder::index_of(&catalogue, &words.thesaurus);
    (catalogue, index)
});

/// One inquiry for each of two ways to reply, a correction, a gap and feedback.
pub(crate) fn contents() -> Vec<Content> {
    let inquiry = |message: &str, reply_to| ValidInquiry {
        service: ServiceId::parse("dog-licence").ok(),
        hub: None,
        message: message.into(),
        name: Some("Ana Ünïcode".into()),
        reply_to,
        language: Language::French,
        notice_version: 1,
    };
    let correction = Correction {
        service: None,
        hub: HubId::parse("town-hall").ok(),
        task: None,
        step: None,
        field: CorrectedField::Hours,
        language: Language::English,
    };
    let feedback = r#"{"feedback":{"answers":{"survey_version":1,"answers":[["ease",{"scale":4}],["more",{"comment":"fine"}],["way","skipped"]]},"language":"en","way":"open-link","service":"dog-licence","hub":null,"seconds":61}}"#;
    let mut contents = vec![
        Content::Inquiry(inquiry(
            "When is garbage day? =1+1 \"quoted\"\n",
            ReplyTo::Email("a@example.org".to_string().try_into().expect("it fits")),
        )),
        Content::Inquiry(inquiry(
            "Ring me",
            ReplyTo::Phone("705-555-0100 ext. 2".to_string().try_into().expect("it fits")),
        )),
        Content::Correction(correction),
    ];
    contents.extend(Gap::of("raccoon in the attic", Language::English).map(Content::Gap));
    contents.extend(serde_json::from_str::<Content>(feedback));
    contents
}

/// Seals content as the app does, with randomness that is always the same. `None` if there is no
/// key to seal to.
pub(crate) fn sealed(content: Content, keys: &PublicKeys) -> Option<Sealed> {
    let address =
        Address { municipality: TOWN.clone(), catalogue_version: 7, now_ms: 1_000, order: 0 };
    let mut next = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        bytes
            .iter_mut()
            .for_each(|byte| (*byte, next) = (next, next.wrapping_mul(5).wrapping_add(3)))
    };
    seal(content, &address, keys, &mut random).ok()
}

/// A submission and the server's verdict that it is stored.
pub(crate) static RECEIVED: LazyLock<(Sealed, Verdicts)> = LazyLock::new(|| {
    let sealed = sealed(contents().remove(0), &PUBLIC).expect("there is a key");
    let receipt = KEYS.now().sign(sealed.head.id, sealed.head.body, 5_000, [7; 16]);
    let verdicts = Verdicts { verdicts: vec![(sealed.head.id, Verdict::Received(receipt))] };
    (sealed, verdicts)
});

/// The same verdict with a countersignature, as in a response about several submissions.
pub(crate) static COUNTERSIGNED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let verdicts = postcard::to_allocvec(&RECEIVED.1).expect("verdicts have a postcard form");
    let (signer, signature) =
        KEYS.now().sign_bytes(&Countersignature::signed_bytes(&verdicts), 5_000);
    postcard::to_extend(&Countersignature { signer, signature }, verdicts)
        .expect("a signature has a postcard form")
});
