//! What a checked catalogue answers: records by id and name, what belongs together, and what a
//! device needs of it.

use domain::catalogue::{Catalogue, Hub, Service, order_of};
use domain::provenance::Provenance;
use sample::{checked, id, service};

fn ids<'a, T>(records: impl IntoIterator<Item = &'a T>, id: fn(&'a T) -> &'a str) -> Vec<&'a str> {
    records.into_iter().map(id).collect()
}

fn services<'a>(records: impl IntoIterator<Item = &'a Service>) -> Vec<&'a str> {
    records.into_iter().map(|service| service.id.as_str()).collect()
}

#[test]
fn records_are_in_their_order() {
    let catalogue = checked(|_| {});
    assert_eq!(
        services(catalogue.services()),
        ["dog-licence", "food-truck", "marriage-licence", "boat-permit", "swim-lessons"],
        "by topic and source"
    );
    assert_eq!(
        catalogue.tasks().iter().map(|task| task.id.as_str()).collect::<Vec<_>>(),
        ["inspect-kitchen", "issue-boat-permit", "issue-dog-licence", "take-payment"]
    );
    assert_eq!(
        catalogue.hubs().iter().map(|hub| hub.id.as_str()).collect::<Vec<_>>(),
        ["boat-house", "landfill", "library", "town-hall", "winter-fair"]
    );
    let topics: Vec<&str> = catalogue.categories().iter().map(|topic| topic.id.as_str()).collect();
    assert_eq!(topics, ["water", "home"], "as they were written");
    let by_name = checked(|file| file.services[0].name = "zebra permit".into());
    assert_eq!(
        services(by_name.services_by_name()),
        ["dog-licence", "food-truck", "marriage-licence", "swim-lessons", "boat-permit"]
    );
    let accented = checked(|file| file.services[0].name = "Ébène, a permit".into());
    assert_eq!(
        services(accented.services_by_name()),
        ["dog-licence", "boat-permit", "food-truck", "marriage-licence", "swim-lessons"],
        "É with E"
    );
}

#[test]
fn every_record_is_found_by_its_id_and_no_other() {
    let catalogue = checked(|_| {});
    for service in catalogue.services() {
        assert_eq!(catalogue.service(&service.id), Some(service));
    }
    for task in catalogue.tasks() {
        assert_eq!(catalogue.task(&task.id), Some(task));
    }
    for hub in catalogue.hubs() {
        assert_eq!(catalogue.hub(&hub.id), Some(hub));
    }
    for category in catalogue.categories() {
        assert_eq!(catalogue.category(&category.id), Some(category));
    }
    for facility in catalogue.facilities() {
        assert_eq!(catalogue.facility(&facility.id), Some(facility));
    }
    for holiday in catalogue.holidays() {
        assert_eq!(catalogue.holiday(&holiday.id), Some(holiday));
    }
    let screen = &catalogue.file().terminals[0];
    assert_eq!(catalogue.terminal(&id("library-screen")), Some(screen));
    assert!(catalogue.service(&id("x")).is_none() && catalogue.task(&id("x")).is_none());
    assert!(catalogue.hub(&id("x")).is_none() && catalogue.terminal(&id("x")).is_none());
    assert!(catalogue.category(&id("x")).is_none() && catalogue.facility(&id("x")).is_none());
    assert!(catalogue.holiday(&id("x")).is_none());
}

#[test]
fn it_hands_out_what_was_written() {
    let file = sample::town();
    let catalogue = checked(|_| {});
    assert_eq!((catalogue.version(), catalogue.published_on()), (7, file.published_on));
    assert_eq!(*catalogue.municipality(), file.municipality);
    assert_eq!(*catalogue.survey(), file.survey);
    assert_eq!(catalogue.alerts(), file.alerts);
    assert_eq!(catalogue.elsewhere(), file.elsewhere);
    assert_eq!(catalogue.recurring_closures(), file.recurring_closures);
    assert_eq!(Catalogue::published(catalogue.file().clone()), catalogue);
}

#[test]
fn a_topic_has_its_services_in_order_of_name() {
    let catalogue = checked(|file| file.services[1].name = "yearly dog licence".into());
    assert_eq!(
        services(catalogue.services_in(&id("home"))),
        ["food-truck", "marriage-licence", "dog-licence"]
    );
    assert_eq!(services(catalogue.services_in(&id("water"))), ["boat-permit", "swim-lessons"]);
    assert!(catalogue.services_in(&id("sky")).is_empty());
}

#[test]
fn services_tasks_and_counters_lead_to_each_other() {
    let catalogue = checked(|_| {});
    let boat = catalogue.service(&id("boat-permit")).unwrap();
    let hall = catalogue.hub(&id("town-hall")).unwrap();
    assert_eq!(
        ids(catalogue.tasks_of(boat), |task| task.id.as_str()),
        ["issue-boat-permit", "take-payment"]
    );
    assert_eq!(
        ids(catalogue.tasks_at(hall), |task| task.id.as_str()),
        ["issue-dog-licence", "take-payment", "issue-boat-permit"]
    );
    assert_eq!(
        ids(catalogue.hubs_for(boat), |hub| hub.id.as_str()),
        ["boat-house", "landfill", "town-hall", "winter-fair"]
    );
    let wedding = catalogue.service(&id("marriage-licence")).unwrap();
    assert_eq!(catalogue.hubs_for(wedding).count() + catalogue.tasks_of(wedding).count(), 0);
    let offering = hall.offering(&id("take-payment")).unwrap();
    assert_eq!(offering.note.as_deref(), Some("At the second window"));
    assert_eq!(hall.offering(&id("issue-dog-licence")), None);
}

#[test]
fn a_counter_that_only_explains_a_service_is_no_place_to_go_for_it() {
    let whole = checked(|file| {
        let boat = file.services.iter_mut().find(|of| of.id == id("boat-permit")).unwrap();
        boat.tasks.retain(|task| *task != id("take-payment"));
        let task = file.tasks.iter_mut().find(|of| of.id == id("take-payment")).unwrap();
        task.services.retain(|of| *of != id("boat-permit"));
        task.explains = vec![id("boat-permit")];
    });
    let read = |catalogue: &Catalogue| {
        Catalogue::from_bundle(&catalogue.to_bundle(&[]).unwrap()).unwrap().0
    };
    let devices = whole.for_devices();
    assert_eq!(read(&devices), devices);
    for catalogue in [&whole, &read(&whole), &devices] {
        let boat = catalogue.service(&id("boat-permit")).unwrap();
        let is_explained_alone = |hub: &Hub| {
            hub.tasks.contains(&id("take-payment")) && !hub.tasks.contains(&id("issue-boat-permit"))
        };
        assert!(catalogue.hubs().iter().any(is_explained_alone));
        assert!(catalogue.hubs_for(boat).count() > 0);
        assert!(!catalogue.hubs_for(boat).any(is_explained_alone));
        assert_eq!(
            ids(catalogue.tasks_of(boat), |task| task.id.as_str()),
            ["issue-boat-permit", "take-payment"],
            "staff find the task by it"
        );
    }
}

#[test]
fn what_shares_a_task_is_related_before_what_shares_a_topic() {
    let catalogue = checked(|file| {
        file.services.push(service("cat-licence"));
        file.services[0].category = id("home");
    });
    let related = |name: &str, most| {
        services(catalogue.related_to(catalogue.service(&id(name)).unwrap(), most))
    };
    assert_eq!(
        related("dog-licence", 9),
        ["boat-permit", "cat-licence", "food-truck", "marriage-licence"],
        "each once, itself never"
    );
    assert_eq!(related("dog-licence", 2), ["boat-permit", "cat-licence"]);
    assert_eq!(related("swim-lessons", 9), [""; 0]);
}

#[test]
fn people_say_where_they_are_by_towns_places_and_other_spellings() {
    let catalogue = checked(|_| {});
    let names: Vec<(&str, f64)> =
        catalogue.place_names().into_iter().map(|(name, at)| (name, at.lat)).collect();
    assert_eq!(
        names,
        [("Norwood", 44.61), ("Maple Bay", 44.35), ("Old Mill", 44.4), ("Mill Pond", 44.4)],
        "a town once, where its first location is"
    );
}

#[test]
fn a_postal_code_names_a_town_only_if_no_other_town_has_it() {
    let catalogue = checked(|file| {
        for hub in &mut file.hubs {
            let code = if hub.town == "Norwood" { "K0M 1N0" } else { "K9V 5R8" };
            hub.postal_code = Some(code.into());
        }
        for (town, code) in [("Norwood", "L1C 1A1"), ("Maple Bay", "L1C 9Z9")] {
            let hub = file.hubs.iter_mut().find(|hub| hub.town == town).unwrap();
            hub.postal_code = Some(code.into());
        }
    });
    let town = |text: &str| catalogue.place_with_postal_code(text).map(|(town, _)| town);
    assert_eq!(town("k9v5r8"), Some("Maple Bay"));
    assert_eq!(town("12 Elm St, Anytown ON  K9V-1A1"), Some("Maple Bay"), "a town's own codes");
    assert_eq!(town("K0M 1N0"), Some("Norwood"));
    assert_eq!(town("K0M 2B0"), None, "a rural code of many villages");
    assert_eq!(town("L1C 2B2"), None, "two towns have it");
    assert_eq!(town("M5V 2T6"), None, "far away");
    for text in ["", "K9V", "K9V 5R", "999 999", "é9V 5R8"] {
        assert_eq!(town(text), None, "{text}");
    }
}

#[test]
fn a_device_gets_no_editors_notes_and_all_that_a_screen_shows() {
    let whole = checked(|_| {});
    let device = whole.for_devices();
    assert!(device.categories().iter().all(|category| category.example_searches.is_empty()));
    for (service, full) in device.services().iter().zip(whole.services()) {
        assert!(service.keywords.is_empty() && service.inferred.is_empty());
        assert!(service.goal.is_empty());
        assert_eq!((&service.name, &service.tasks), (&full.name, &full.tasks));
    }
    for task in device.tasks() {
        assert_eq!((task.services.len(), &task.counter_evidence), (1, &None), "{}", task.id);
    }
    let sources = device.services().iter().map(|service| &service.source);
    let sources = sources.chain(device.tasks().iter().map(|task| &task.source));
    for source in sources.chain(device.hubs().iter().map(|hub| &hub.source)) {
        assert_eq!(source.url.as_deref(), Some("maple-bay.example.org"));
    }
    assert!(device.holidays().iter().all(|holiday| holiday.evidence.is_none()));
    assert!(device.file().places.iter().all(|place| place.source == Provenance::default()));
    assert_eq!(device.hubs().len(), whole.hubs().len());
}

#[test]
fn details_that_are_not_verified_are_to_be_confirmed() {
    use domain::catalogue::InferredField::{Goal, Keywords};
    let catalogue = checked(|_| {});
    let boat = catalogue.service(&id("boat-permit")).unwrap();
    assert!(boat.needs_confirming() && boat.is_inferred(Goal) && !boat.is_inferred(Keywords));
    assert!(!catalogue.service(&id("dog-licence")).unwrap().needs_confirming());
}

#[test]
fn an_order_keeps_equals_as_they_were() {
    let order = |values: &[i32]| order_of(values.len(), &|a, b| values[a].cmp(&values[b]));
    assert_eq!(order(&[3, 1, 2]), [1, 2, 0]);
    assert_eq!(order(&[1, 0, 1, 0, 1]), [1, 3, 0, 2, 4]);
    assert_eq!(order(&[]), [0; 0]);
    let many: Vec<i32> = (0..500).map(|n| n * 7_919 % 101).collect();
    let mut expected: Vec<usize> = (0..500).collect();
    expected.sort_by_key(|&at| many[at]);
    assert_eq!(order(&many), expected);
}
