//! Search in a small invented town: records behind documents, filters and their counts, tasks at a
//! counter, what another government does, and the bundle.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::Catalogue;
use domain::catalogue::{Audience, Category, Hub, Service, Translations};
use domain::hours::{Date, Minute, Moment, Week};
use domain::text::Language;
use finder::thesaurus::{Concept, Thesaurus};
use finder::{
    AskedFact, Counts, EditionBundle, EditionWords, FacetFilter, FacetWay, Field, Finder,
    IndexedRecord, Meeting, NotBundled, answer_to, asked_elsewhere, bundle_of, find_tasks,
    index_of, record_at,
};
use sample::{checked, id, service, task};

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn thesaurus() -> Thesaurus {
    let canoes = Concept {
        id: "canoes".into(),
        en: words(&["boat", "canoe"]),
        fr: words(&["canot"]),
        also_en: words(&["regatta"]),
        also_fr: words(&["sur l'eau"]),
        services: vec![id("swim-lessons")],
        hubs: Vec::new(),
    };
    let wed = Concept {
        id: "wed".into(),
        en: words(&["tie the knot", "wed"]),
        services: vec![id("marriage-licence")],
        ..Concept::default()
    };
    Thesaurus { concept: vec![canoes, wed] }
}

/// Documents of the town: services by topic, then hubs by id.
const DOG: u32 = 0;
const TRUCK: u32 = 1;
const MARRIAGE: u32 = 2;
const BOAT: u32 = 3;
const SWIM: u32 = 4;
const BOAT_HOUSE: u32 = 5;
const TOWN_HALL: u32 = 8;

#[test]
fn documents_are_the_services_and_then_the_hubs() {
    let catalogue = checked(|_| {});
    let name = |document| match record_at(&catalogue, document) {
        Some(IndexedRecord::Service(service)) => Some(format!("service {}", service.id)),
        Some(IndexedRecord::Hub(hub)) => Some(format!("hub {}", hub.id)),
        None => None,
    };
    let all: Vec<String> = (0..99).map_while(name).collect();
    assert_eq!(all.len(), 10);
    for (document, expected) in [
        (DOG, "service dog-licence"),
        (SWIM, "service swim-lessons"),
        (BOAT_HOUSE, "hub boat-house"),
        (TOWN_HALL, "hub town-hall"),
    ] {
        assert_eq!(all[document as usize], expected);
    }
    assert_eq!((name(10), name(u32::MAX)), (None, None));
}

/// Checks in which field a word of a record is found.
fn check(question: &str, document: u32, expected: Option<Field>) {
    let index = index_of(&checked(|_| {}), &thesaurus());
    let reasons = Finder::of(&index).unwrap().explain(question).of(document);
    let field = reasons.iter().find(|reason| reason.meeting == Meeting::Same);
    assert_eq!(field.map(|reason| reason.field), expected, "{question} in {document}");
}

#[test]
fn every_text_of_a_record_is_indexed_in_its_field() {
    check("dog", DOG, Some(Field::Name));
    check("vaccination", DOG, Some(Field::Summary));
    check("home", DOG, Some(Field::Topic));
    check("water", SWIM, Some(Field::Topic));
    check("boat", BOAT_HOUSE, Some(Field::Name));
    check("norwood", BOAT_HOUSE, Some(Field::Keyword));
    check("yard", BOAT_HOUSE, Some(Field::Keyword));
    check("main", TOWN_HALL, Some(Field::Topic));
    check("heures", TOWN_HALL, Some(Field::Topic));
    check("home", TOWN_HALL, None);
}

#[test]
fn what_people_say_leads_to_the_services_of_the_concept_and_to_records_that_use_a_synonym() {
    for word in ["canoe", "canot", "regatta"] {
        check(word, SWIM, Some(Field::Keyword));
    }
    check("surleau", SWIM, Some(Field::Lay));
    check("eau", SWIM, Some(Field::Lay));
    check("knot", MARRIAGE, Some(Field::Lay));
    check("canoe", BOAT, Some(Field::Topic));
    check("canoe", BOAT_HOUSE, Some(Field::Topic));
    check("regatta", BOAT, None);
    check("canoe", DOG, None);
    check("wed", DOG, None);
}

#[test]
fn how_people_ask_is_indexed_if_it_was_said_twice_or_of_two_services() {
    let catalogue = checked(|file| {
        let mut asked = |name: &str, phrases: &[&str]| {
            let service = file.services.iter_mut().find(|service| service.id == id(name)).unwrap();
            service.asked.en = words(phrases);
        };
        asked("boat-permit", &["moor my dinghy", "a berth for dinghies", "sunset cruise"]);
        asked("marriage-licence", &["vows at sunset"]);
    });
    let index = index_of(&catalogue, &Thesaurus::default());
    let finder = Finder::of(&index).unwrap();
    let field =
        |word: &str, document| finder.explain(word).of(document).first().map(|reason| reason.field);
    assert_eq!(field("dinghy", BOAT), Some(Field::Asked));
    for document in [BOAT, MARRIAGE] {
        assert_eq!(field("sunset", document), Some(Field::Asked));
    }
    for (word, document) in [("berth", BOAT), ("vows", MARRIAGE), ("sunset", DOG)] {
        assert_eq!(field(word, document), None, "{word}");
    }
}

fn allowed(filter: &FacetFilter) -> Vec<u32> {
    let catalogue = checked(|_| {});
    (0..12).filter(|&document| filter.allows(&catalogue, document)).collect()
}

#[test]
fn a_filter_lets_through_what_has_everything_that_was_chosen() {
    assert!(FacetFilter::default().is_empty());
    assert_eq!(allowed(&FacetFilter::default()), (0..10).collect::<Vec<_>>());
    let topic = FacetFilter { topic: Some(id("water")), ..FacetFilter::default() };
    assert!(!topic.is_empty());
    assert_eq!(allowed(&topic), [BOAT, SWIM], "a location has no topic");
    let business = FacetFilter { audience: Some(Audience::Business), ..FacetFilter::default() };
    assert_eq!(allowed(&business), [TRUCK]);
    let way = |way| allowed(&FacetFilter { way: Some(way), ..FacetFilter::default() });
    assert_eq!(way(FacetWay::Online), [DOG, TRUCK, MARRIAGE, BOAT]);
    assert_eq!(way(FacetWay::Phone), [DOG, TRUCK, MARRIAGE, BOAT]);
    assert_eq!(way(FacetWay::InPerson), [DOG, TRUCK, MARRIAGE, BOAT, SWIM]);
    let hub = FacetFilter { hub: Some(id("boat-house")), ..FacetFilter::default() };
    assert_eq!(allowed(&hub), [BOAT, BOAT_HOUSE], "and the location itself");
    let both = FacetFilter { topic: Some(id("water")), ..hub };
    assert_eq!(allowed(&both), [BOAT]);
}

#[test]
fn each_choice_says_how_many_it_would_leave() {
    let catalogue = checked(|_| {});
    let count = |filter: &FacetFilter| Counts::of(&catalogue, filter, 0..12);
    assert_eq!(
        count(&FacetFilter::default()),
        Counts {
            topics: vec![2, 3],
            audiences: vec![4, 1, 1],
            ways: vec![4, 4, 5],
            hubs: vec![1, 2, 0, 2, 2],
        }
    );
    let water = FacetFilter { topic: Some(id("water")), ..FacetFilter::default() };
    assert_eq!(
        count(&water),
        Counts {
            topics: vec![2, 3],
            audiences: vec![2, 0, 1],
            ways: vec![1, 1, 2],
            hubs: vec![1, 1, 0, 1, 1],
        },
        "other topics as if none were chosen"
    );
    let narrow =
        FacetFilter { way: Some(FacetWay::Online), audience: Some(Audience::Visitor), ..water };
    assert_eq!(
        count(&narrow),
        Counts {
            topics: vec![1, 0],
            audiences: vec![1, 0, 1],
            ways: vec![1, 1, 1],
            hubs: vec![1, 1, 0, 1, 1],
        }
    );
    let nowhere = Counts::of(&catalogue, &FacetFilter::default(), std::iter::empty());
    assert_eq!(nowhere.topics, [0, 0]);
}

fn tasks(catalogue: &Catalogue, question: &str, most: usize) -> Vec<String> {
    let index = index_of(catalogue, &Thesaurus::default());
    let finder = Finder::of(&index).unwrap();
    find_tasks(catalogue, &finder, question, most).iter().map(|task| task.id.to_string()).collect()
}

#[test]
fn at_the_counter_a_task_that_is_named_comes_before_those_of_services_found() {
    let catalogue = checked(|_| {});
    assert_eq!(tasks(&catalogue, "payment", 8), ["take-payment"]);
    assert_eq!(tasks(&catalogue, "pay", 8)[0], "take-payment", "the beginning of a word");
    assert_eq!(tasks(&catalogue, "payments", 8)[0], "take-payment", "another form");
    assert_eq!(tasks(&catalogue, "take payment", 8)[0], "take-payment");
    assert_eq!(
        tasks(&catalogue, "issue the dog licence", 8)[..2],
        ["issue-dog-licence", "take-payment"]
    );
    assert_eq!(
        tasks(&catalogue, "boat permit", 8),
        ["issue-boat-permit", "take-payment"],
        "each once"
    );
    assert_eq!(tasks(&catalogue, "boat permit", 1), ["issue-boat-permit"]);
    for nothing in ["", "the", "qqqq"] {
        assert_eq!(tasks(&catalogue, nothing, 8), [""; 0], "{nothing}");
    }
}

#[test]
fn what_another_government_does_is_said_unless_it_is_ours() {
    let catalogue = checked(|file| {
        file.services
            .push(Service { name: "Copy of a passport".into(), ..service("passport-copy") });
    });
    let index = index_of(&catalogue, &Thesaurus::default());
    let finder = Finder::of(&index).unwrap();
    let elsewhere = |question: &str| asked_elsewhere(&catalogue, &finder, question).is_some();
    for theirs in ["passport", "How do I get a passport?", "Passeport", "passports please"] {
        assert!(elsewhere(theirs), "{theirs}");
    }
    for ours in ["copy passport", "dog licence", "passport for my old dog", ""] {
        assert!(!elsewhere(ours), "{ours}");
    }
    // Two of the three words are a name of the other government. Only a record that matches all
    // three words takes precedence.
    let catalogue = checked(|file| {
        file.elsewhere[0].en.push("driver licence".into());
        file.services.push(Service { name: "Taxi driver licence".into(), ..service("taxi") });
    });
    let index = index_of(&catalogue, &Thesaurus::default());
    let finder = Finder::of(&index).unwrap();
    let elsewhere = |question: &str| asked_elsewhere(&catalogue, &finder, question).is_some();
    assert!(elsewhere("driver licence photo") && !elsewhere("taxi driver licence"));
    assert!(!elsewhere("driver licence photo frame"));
    assert!(elsewhere("renew my driver licence online"), "what people do with any licence");
}

#[test]
fn a_bundle_is_what_devices_read_with_the_index_behind_it() {
    let catalogue = checked(|_| {});
    let words = EditionWords { thesaurus: thesaurus(), translations: Vec::new() };
    let EditionBundle { catalogue: device, bytes, translations } =
        bundle_of(&catalogue, &words).unwrap();
    assert_eq!((&device, translations.len()), (&catalogue.for_devices(), 0));
    let (read, rest) = Catalogue::from_bundle(&bytes).unwrap();
    assert_eq!(read, device);
    assert_eq!(rest, index_of(&catalogue, &thesaurus()));
    let zero = checked(|file| file.hubs[0].name = "a\0b".into());
    let error = bundle_of(&zero, &words).unwrap_err();
    assert!(matches!(error, NotBundled::NotWritable(_)));
    assert_eq!(
        error.to_string(),
        "the catalogue cannot be written: “a␀b” holds a zero byte: take it out"
    );
    assert_eq!(
        NotBundled::ReadsOtherwise.to_string(),
        "the catalogue reads back otherwise than it was written"
    );
}

#[test]
fn texts_in_another_language_belong_to_the_edition_and_can_be_searched() {
    let catalogue = checked(|_| {});
    let pairs = [
        ("dog licence", "Permis pour chien"),
        ("What dog-licence is about.", "Chaque chien porte une médaille."),
        ("Owners of dogs", "Propriétaires de chiens"),
        ("Gone", "Disparu"),
    ];
    let translation = Translations {
        language: Language::French,
        texts: pairs.map(|(english, french)| (english.into(), french.into())).into(),
    };
    let gaps = translation.gaps(&catalogue);
    assert_eq!(gaps.stale, ["Gone".to_string()].into());
    assert!(gaps.missing.contains("Every year") && !gaps.missing.contains("Owners of dogs"));

    let words = EditionWords { thesaurus: thesaurus(), translations: vec![translation] };
    let EditionBundle { catalogue: device, bytes, translations } =
        bundle_of(&catalogue, &words).unwrap();
    let [(Language::French, texts)] = translations.as_slice() else { panic!("one language") };
    let [file] = device.file().translations.as_slice() else { panic!("one file") };
    assert!(file.path().starts_with("/texts-fr-") && file.sha256.len() == 64, "{file:?}");

    let (read, _) = Catalogue::from_bundle(&bytes).unwrap();
    let (french, index) = read.clone().translated(texts).unwrap();
    let licence = french.service(&id("dog-licence")).unwrap();
    assert_eq!(licence.name, "Permis pour chien");
    assert_eq!(licence.notes.as_deref(), Some("Every year"), "English until it is translated");
    assert!(french.is_untranslated("Every year") && !french.is_untranslated(&licence.name));
    let finder = Finder::of(index).unwrap();
    let first = |question: &str| {
        let found = finder.find(question, 1);
        found.first().and_then(|found| match record_at(&french, found.document)? {
            IndexedRecord::Service(service) => Some(service.id.to_string()),
            IndexedRecord::Hub(_) => None,
        })
    };
    for question in ["permis chien", "médaille", "mon chiot", "dog licence"] {
        assert_eq!(first(question).as_deref(), Some("dog-licence"), "{question}");
    }

    // Texts of another edition, or cut short, are never shown.
    for damaged in [&texts[..40], b"HUBT\x02"] {
        assert!(read.clone().translated(damaged).is_none(), "{damaged:?}");
    }
    assert!(read.translated(&[]).is_none());
}

#[test]
fn a_hub_is_found_by_name_and_by_town() {
    let catalogue = checked(|file| {
        file.categories.push(Category { id: id("sky"), ..file.categories[0].clone() });
        file.services.push(Service {
            category: id("sky"),
            tasks: vec![id("fly")],
            ..service("kite")
        });
        file.tasks.push(task("fly", "kite"));
        file.hubs.push(Hub { town: "Kiteville".into(), ..sample::hub("tower") });
    });
    let index = index_of(&catalogue, &Thesaurus::default());
    let finder = Finder::of(&index).unwrap();
    let first = |question: &str| {
        let found = finder.find(question, 1);
        found.first().and_then(|found| match record_at(&catalogue, found.document)? {
            IndexedRecord::Hub(hub) => Some(hub.id.to_string()),
            IndexedRecord::Service(service) => Some(service.id.to_string()),
        })
    };
    assert_eq!(first("tower").as_deref(), Some("tower"));
    assert_eq!(first("kiteville").as_deref(), Some("tower"));
    assert_eq!(first("kite").as_deref(), Some("kite"));
}

/// The record that a question is about, and the fact that it asks for, on a Monday at ten.
fn answered(catalogue: &Catalogue, question: &str) -> Option<(String, AskedFact)> {
    let index = index_of(catalogue, &thesaurus());
    let finder = Finder::of(&index).unwrap();
    let now =
        Moment { date: Date::new(2026, 11, 23).unwrap(), minute: Minute::new(10, 0).unwrap() };
    let found = finder.find(question, 9);
    answer_to(catalogue, &finder, question, &found, Some(now)).map(|answer| match answer.record {
        IndexedRecord::Service(service) => (service.id.to_string(), answer.fact),
        IndexedRecord::Hub(hub) => (hub.id.to_string(), answer.fact),
    })
}

#[test]
fn a_question_for_a_fact_is_answered_from_the_record_that_it_names() {
    let catalogue = checked(|file| {
        let boat = file.services.iter_mut().find(|service| service.id == id("boat-permit"));
        boat.unwrap().processing_time = Some("Two days".into());
    });
    let boat = |fact| Some(("boat-permit".to_string(), fact));
    for (question, fact) in [
        ("How much is a boat permit?", AskedFact::Cost),
        ("boat permit fee", AskedFact::Cost),
        ("Combien coûte un boat permit", AskedFact::Cost),
        ("what do I need to bring for a boat permit", AskedFact::Documents),
        ("how long does a boat permit take", AskedFact::Duration),
        ("boat permit phone number", AskedFact::Phone),
        ("where do I get a boat permit", AskedFact::Place),
    ] {
        assert_eq!(answered(&catalogue, question), boat(fact), "{question}");
    }
    let hall = |fact| Some(("town-hall".to_string(), fact));
    assert_eq!(answered(&catalogue, "town hall"), hall(AskedFact::Opening));
    assert_eq!(answered(&catalogue, "is the town hall open"), hall(AskedFact::Opening));
    assert_eq!(answered(&catalogue, "town hall address"), hall(AskedFact::Place));
    assert_eq!(answered(&catalogue, "town hall phone number"), hall(AskedFact::Phone));
}

#[test]
fn nobody_is_sent_to_a_counter_for_what_is_not_done_in_person() {
    let answered = |in_person| {
        let catalogue = checked(|file| {
            let boat = file.services.iter_mut().find(|service| service.id == id("boat-permit"));
            boat.unwrap().channels.in_person = in_person;
        });
        answered(&catalogue, "where do I get a boat permit")
    };
    assert_eq!(answered(true), Some(("boat-permit".into(), AskedFact::Place)));
    assert_eq!(answered(false), None);
}

#[test]
fn without_a_fact_or_a_record_that_is_meant_there_is_no_answer() {
    let catalogue = checked(|file| {
        for service in &mut file.services {
            service.fees.clear();
            service.fee = None;
            service.channels.phone = None;
        }
        let hall = file.hubs.iter_mut().find(|hub| hub.id == id("town-hall")).unwrap();
        hall.hours = Week::default();
        hall.hours_verified = false;
        hall.phone = None;
    });
    for question in [
        "how much is a boat permit",
        "boat permit phone number",
        "boat permit",
        "how much",
        "",
        "where",
        "how much does the marmalade of my grandmother cost at boat",
        "town hall hours",
        "town hall phone number",
        "how much is the town hall",
    ] {
        assert_eq!(answered(&catalogue, question), None, "{question}");
    }
}
