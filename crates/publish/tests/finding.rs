//! Tests of searching the real catalogue.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::Catalogue;
use domain::hours::{Date, Minute, Moment};
use finder::{Finder, IndexedRecord, answer_to, asked_elsewhere};
use publish::quality::{Query, answers, quality};
use std::path::Path;

fn with_finder(check: impl Fn(&dyn Fn(&str) -> Vec<String>, &Finder<'_>)) {
    with_directory(|catalogue, finder| {
        check(&|question| answers(catalogue, finder, question), finder);
    });
}

fn with_directory<T>(check: impl Fn(&Catalogue, &Finder<'_>) -> T) -> T {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes");
    let (catalogue, words) = publish::check_dir(&data).unwrap();
    let index = finder::index_of(&catalogue, &words.thesaurus);
    check(&catalogue, &Finder::of(&index).unwrap())
}

#[test]
fn a_service_is_found_by_its_words_by_their_beginnings_and_in_spite_of_slips() {
    with_finder(|answers, _| {
        for (question, service) in [
            ("dog licence", "dog-licence"),
            ("dog licnce", "dog-licence"),
            ("dog lcience", "dog-licence"),
            ("potho", "report-pothole"),
            ("phothole", "report-pothole"),
            ("How do I get a building permit?", "building-permit"),
            ("BURN PERMITS", "burn-permit"),
        ] {
            assert_eq!(answers(question).first().map(String::as_str), Some(service), "{question}");
        }
    });
}

#[test]
fn nothing_is_found_for_nonsense_and_nothing_breaks_on_anything() {
    with_finder(|answers, _| {
        for question in ["qqqq zzzz", "", "   ", "?!", "\u{301}\u{301}", &"ü".repeat(5_000)] {
            assert!(answers(question).is_empty(), "{question:.20}");
        }
    });
}

/// Checks the minimum scores on judged queries: overall, and in each class.
fn holds(file: &str, first: f64, in_five: f64, class_first: f64, class_in_five: f64) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (catalogue, words) = publish::check_dir(&project.join("data/kawartha-lakes")).unwrap();
    let queries: Vec<Query> = serde_json::from_slice(
        &std::fs::read(project.join("crates/finder/tests").join(file)).unwrap(),
    )
    .unwrap();
    let quality = quality(&catalogue, &words, &queries);
    let table = quality.table();
    assert!(
        quality.overall.success_at_1 >= first && quality.overall.success_at_5 >= in_five,
        "{table}"
    );
    for score in quality.classes.values() {
        assert!(
            score.success_at_1 >= class_first && score.success_at_5 >= class_in_five,
            "{table}"
        );
    }
}

#[test]
fn judged_queries_are_answered_first_or_among_the_first_five() {
    holds("queries.json", 0.93, 0.98, 0.85, 0.95);
}

/// Written independently of the thesaurus; scored 0.868 and 0.977 before its misses were examined.
/// The thresholds must only be raised.
#[test]
fn a_second_set_of_queries_is_answered_too() {
    holds("more-queries.json", 0.93, 0.98, 0.80, 0.95);
}

/// Also written independently of the thesaurus; scored 0.753 and 0.940 before its misses were
/// examined.
#[test]
fn a_third_set_of_queries_is_answered_too() {
    holds("third-queries.json", 0.94, 0.98, 0.70, 0.95);
}

/// Written independently of the thesaurus and of `asked`, the words by which people ask for a
/// service. A quarter is in French and runs in the French edition. Scored 0.805 and 0.945 without
/// `asked`.
#[test]
fn a_fourth_set_of_queries_is_answered_too() {
    holds("fourth-queries.json", 0.85, 0.975, 0.79, 0.79);
}

/// Written before anything was tuned to it; scored 0.775 and 0.885 then.
#[test]
fn a_fifth_set_of_queries_is_answered_too() {
    holds("fifth-queries.json", 0.87, 0.955, 0.75, 0.88);
}

/// Written by somebody who had read names and summaries alone. When it was measured for the first
/// time, the words by which people ask had the weight of a mention, and 0.714 were answered first
/// and 0.831 among five. The weight that they have since was found without it: on a fifth of these
/// words, left out of the index. Its class "none" was read then.
#[test]
fn a_sixth_set_of_queries_is_answered_too() {
    holds("sixth-queries.json", 0.83, 0.94, 0.68, 0.78);
}

#[test]
fn what_another_government_does_is_said_to_be_so_and_nothing_else_is() {
    with_directory(|catalogue, finder| {
        let elsewhere = |question: &str| {
            asked_elsewhere(catalogue, finder, question).map(|elsewhere| elsewhere.id.to_string())
        };
        assert_eq!(elsewhere("How do I renew my passport?").as_deref(), Some("passport"));
        assert_eq!(elsewhere("permis de conduire").as_deref(), Some("drivers-licence"));
        // A name that no record knows decides, unless it is only where something else is.
        assert_eq!(elsewhere("forgot my Netflix password").as_deref(), Some("phone-internet"));
        assert_eq!(elsewhere("my Amazon parcel never came").as_deref(), Some("mail"));
        for ours in [
            "certified copy of my passport",
            "taxi driver licence",
            "autobus",
            "permis de feu",
            "dog licence",
            "deep potholes on the road in front of the Walmart",
            "Why can't I find a family doctor here?",
            "",
        ] {
            assert_eq!(elsewhere(ours), None, "{ours}");
        }
    });
}

/// What another municipality does, and what is ours although a neighbour's name is in it.
#[test]
fn what_is_asked_about_another_municipality_is_said_to_be_theirs() {
    with_directory(|catalogue, finder| {
        let whose = |question: &str| {
            let elsewhere = asked_elsewhere(catalogue, finder, question)?;
            elsewhere.en.first().map(String::as_str)
        };
        for (question, name) in [
            ("bus in Oshawa", "City of Oshawa"),
            ("garbage day in Peterborough", "City or County of Peterborough"),
            ("Peterborough garbage day", "City or County of Peterborough"),
            ("dog licence Whitby", "Town of Whitby"),
            ("how do I pay a parking ticket in Toronto", "City of Toronto"),
            ("swimming lessons in Port Perry", "Township of Scugog"),
            ("building permit in Brock Township", "Township of Brock"),
            ("library in Cannington", "Township of Brock"),
            ("autobus à Oshawa", "City of Oshawa"),
            ("Orillia", "City of Orillia"),
        ] {
            assert_eq!(whose(question), Some(name), "{question}");
        }
        for ours in [
            "bus in Lindsay",
            "garbage day in Bobcaygeon",
            "library in Fenelon Falls",
            "landfill in Fenelon Falls",
            "I live in Peterborough, may I register at the library too",
            "moved here from Peterborough with two dogs",
            "gas money to see a specialist in Peterborough",
            "social services in Haliburton",
            "Haliburton social services office",
            "Ontario Works in Minden",
            "daycare subsidy up in Haliburton",
            "speeding ticket in Minden",
            "Toronto to Lindsay bus",
            "bus Lindsay Oshawa",
            "stationnement rue Toronto",
            "councillor Pickering",
            "pothole on Durham Street",
            "parking on Peterborough Street in Lindsay",
            "Scugog River flooding",
            "councillor Brock",
            "taxi to Toronto",
            "bus to Peterborough",
        ] {
            assert_eq!(whose(ours), None, "{ours}");
        }
        // No community of ours is a place of theirs.
        for (place, _) in catalogue.place_names() {
            for question in [format!("garbage day in {place}"), format!("{place} garbage day")] {
                assert_eq!(whose(&question), None, "{question}");
            }
        }
    });
}

#[test]
fn what_people_ask_about_our_own_services_is_never_a_neighbours() {
    with_directory(|catalogue, finder| {
        for service in catalogue.services() {
            for question in service.asked.en.iter().chain(&service.asked.fr) {
                let elsewhere = asked_elsewhere(catalogue, finder, question);
                let is_neighbour = |name: &String| name.starts_with("in ");
                let neighbour = elsewhere.filter(|elsewhere| elsewhere.en.iter().any(is_neighbour));
                assert!(neighbour.is_none(), "{}: {question}", service.id);
            }
        }
    });
}

#[test]
fn a_word_that_records_have_is_never_taken_for_a_slip() {
    with_finder(|answers, finder| {
        assert_eq!(answers("barking dog").first().map(String::as_str), Some("noise-complaint"));
        assert!(!answers("barking dog").iter().any(|id| id.contains("parking")));
        assert_eq!(finder.explain("barking dog").meant(), None);
    });
}

#[test]
fn when_garbage_is_collected_is_answered_first() {
    with_finder(|answers, _| {
        for (question, service) in [
            ("when is my garbage picked up", "waste-calendar"),
            ("what day is garbage", "waste-calendar"),
            ("is it recycling week", "waste-calendar"),
            ("missed my pickup", "missed-collection"),
            ("my garbage was not picked up", "missed-collection"),
            ("get my couch picked up", "large-item-pickup"),
        ] {
            assert_eq!(answers(question).first().map(String::as_str), Some(service), "{question}");
        }
    });
}

/// What is typed at a counter, and the task that must be found. Each question is in the words of
/// the person or of staff.
#[test]
fn at_the_counter_the_task_is_found_in_the_persons_words_and_in_the_clerks() {
    with_directory(|catalogue, finder| {
        let first = |question: &str| {
            finder::find_tasks(catalogue, finder, question, 8)
                .first()
                .map(|task| task.id.to_string())
        };
        for (question, task) in [
            ("bag tag", "sell-bag-tags"),
            ("garbage bag tags", "sell-bag-tags"),
            ("pay my property tax", "take-property-tax-payment"),
            ("property tax paym", "take-property-tax-payment"),
            ("water bill", "take-water-payment"),
            ("library card", "issue-library-card"),
            ("dog licence", "issue-dog-licence"),
            ("licence for my dog", "issue-dog-licence"),
        ] {
            assert_eq!(first(question).as_deref(), Some(task), "{question}");
        }
        for question in ["", "   ", "qqqq zzzz"] {
            assert_eq!(first(question), None, "{question}");
        }
        // Every task is found by its own name.
        for task in catalogue.tasks() {
            assert_eq!(first(&task.name), Some(task.id.to_string()), "{}", task.name);
        }
        assert!(finder::find_tasks(catalogue, finder, "payment", 3).len() <= 3);
    });
}

#[test]
fn what_is_asked_about_any_service_leads_to_the_main_one() {
    with_finder(|answers, _| {
        for (question, service) in [
            ("pay my taxes", "property-tax-payment"),
            ("pay taxes online", "property-tax-payment"),
            ("how do I pay my property tax", "property-tax-payment"),
            ("water bill", "water-bill-payment"),
            ("pay water bill", "water-bill-payment"),
            ("cost of a dog licence", "dog-licence"),
            ("dog licence form", "dog-licence"),
            ("cancel my dog licence", "dog-licence"),
            ("building permit status", "building-permit"),
            ("building permit fees", "building-permit"),
            ("where do I get a building permit", "building-permit"),
            ("appeal a parking ticket", "dispute-parking-ticket"),
            ("pay a parking ticket", "pay-parking-ticket"),
            ("burn permit cost", "burn-permit"),
            ("marriage licence appointment", "marriage-licence"),
            ("library card cost", "library-card"),
            ("ontario works application form", "ontario-works"),
            ("landfill fees", "landfill-drop-off"),
        ] {
            assert_eq!(answers(question).first().map(String::as_str), Some(service), "{question}");
        }
    });
}

/// The record that a question is answered from, and the fact, on a Monday at ten.
fn answered(question: &str) -> Option<String> {
    with_directory(|catalogue, finder| {
        let now =
            Moment { date: Date::new(2026, 11, 23).unwrap(), minute: Minute::new(10, 0).unwrap() };
        let found = finder.find(question, 9);
        let answer = answer_to(catalogue, finder, question, &found, Some(now))?;
        let name = match answer.record {
            IndexedRecord::Service(service) => service.id.to_string(),
            IndexedRecord::Hub(hub) => hub.id.to_string(),
        };
        Some(format!("{name} {:?}", answer.fact))
    })
}

#[test]
fn the_answer_stands_above_the_results_where_the_directory_has_it() {
    for (question, answer) in [
        ("how much is a dog licence", Some("dog-licence Cost")),
        ("What does it cost to register my dog?", Some("dog-licence Cost")),
        ("Is City Hall open?", Some("city-hall Opening")),
        ("city hall", Some("city-hall Opening")),
        ("what do I bring for a dog licence", Some("dog-licence Documents")),
        ("who do I call about a pothole", Some("report-pothole Phone")),
        ("library hours", None),
        ("how much is a unicorn licence for the moon", None),
        ("dog licence", None),
    ] {
        assert_eq!(answered(question).as_deref(), answer, "{question}");
    }
}
