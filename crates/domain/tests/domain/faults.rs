//! What is wrong with a catalogue is named: in which record and field, what it is, and what to do.
//! Each test plants faults in the sample town and compares everything that is reported.

use domain::catalogue::{Catalogue, CatalogueFile, Channels, Fault, Problem};
use domain::survey::{AnswerKind, Condition, SurveyQuestion};
use domain::text::{Language, Text};
use sample::{id, service, task, town};

/// Checks that a change to the sample town causes exactly these faults, as the editor reads them.
pub(crate) fn check(change: impl FnOnce(&mut CatalogueFile), expected: &[&str]) {
    let mut file = town();
    change(&mut file);
    let faults = Catalogue::check(file).err().unwrap_or_default();
    assert_eq!(faults.iter().map(Fault::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn the_sample_town_has_no_faults() {
    check(|_| {}, &[]);
    check(
        |file| file.municipality.languages = vec![Language::English],
        &["terminal library-screen, languages: the municipality does not offer “fr”; take it out"],
    );
}

#[test]
fn two_records_with_one_id_are_both_named() {
    let twice = "two records have this id; give one of the two another id";
    check(
        |file| {
            file.categories.push(file.categories[0].clone());
            file.services.push(file.services[3].clone());
            file.tasks.push(file.tasks[3].clone());
            file.holidays.push(file.holidays[0].clone());
            file.facilities.push(file.facilities[0].clone());
            file.hubs.push(file.hubs[3].clone());
            file.terminals.push(file.terminals[0].clone());
            file.survey.questions.push(file.survey.questions[2].clone());
        },
        &[
            "category water",
            "service marriage-licence",
            "task inspect-kitchen",
            "holiday family-day",
            "facility office",
            "hub library",
            "terminal library-screen",
            "question ease",
        ]
        .map(|record| format!("{record}, id: {twice}"))
        .each_ref()
        .map(String::as_str),
    );
}

#[test]
fn a_reference_to_nothing_is_named_with_the_nearest_id() {
    check(
        |file| {
            file.municipality.common_needs = vec![id("dog-license")];
            file.services[3].category = id("hearth-and-kin");
            file.services[4].tasks = vec![id("take-paymet")];
            file.tasks[1].services.push(id("cat-licence"));
            file.terminals[0].hub = id("libary");
        },
        &[
            "municipality maple-bay, common_needs: there is no service “dog-license”; did you mean “dog-licence”?",
            "service marriage-licence, category: there is no category “hearth-and-kin”; add that category, or take the reference out",
            "service swim-lessons, tasks: there is no task “take-paymet”; did you mean “take-payment”?",
            "task issue-dog-licence, services: there is no service “cat-licence”; did you mean “dog-licence”?",
            "terminal library-screen, hub: there is no hub “libary”; did you mean “library”?",
        ],
    );
}

#[test]
fn an_id_that_is_four_slips_away_is_not_suggested() {
    let nearest = |wanted: &str| {
        let mut file = town();
        file.municipality.common_needs = vec![id(wanted)];
        match Catalogue::check(file).unwrap_err().remove(0).problem {
            Problem::Unknown { nearest, .. } => nearest,
            other => panic!("{other:?}"),
        }
    };
    for (wanted, found) in [
        ("food-truk", Some("food-truck")),
        ("food-trucks", Some("food-truck")),
        ("fodtruc", Some("food-truck")),
        ("oodtruc", Some("food-truck")),
        ("odtruc", None),
        ("food-truck-x-y", None),
        ("a", None),
    ] {
        assert_eq!(nearest(wanted).as_deref(), found, "{wanted}");
    }
}

#[test]
fn a_service_is_part_of_a_task_or_only_explained_by_it() {
    check(
        |file| {
            file.tasks[1].explains =
                vec![file.tasks[1].services[0].clone(), id("marriage-licence"), id("cat-licence")];
        },
        &[
            "task issue-dog-licence, explains: service dog-licence is in services too; keep it in one of the two",
            "task issue-dog-licence, explains: there is no service “cat-licence”; did you mean “dog-licence”?",
        ],
    );
    check(
        |file| {
            let task = &mut file.tasks[1];
            task.explains = std::mem::take(&mut task.services);
        },
        &[
            "service dog-licence, tasks: task issue-dog-licence only explains this service; take the task out here",
        ],
    );
}

#[test]
fn services_and_tasks_name_each_other() {
    check(
        |file| {
            file.services[2].tasks.push(id("issue-dog-licence"));
            file.tasks[2].services.push(id("marriage-licence"));
        },
        &[
            "service food-truck, tasks: task issue-dog-licence does not name it back; add it to task issue-dog-licence too, or take it out here",
            "task issue-boat-permit, services: service marriage-licence does not name it back; add it to service marriage-licence too, or take it out here",
        ],
    );
}

#[test]
fn texts_that_are_empty_are_named() {
    let write = "it is empty; write it, or take the field out if it may be missing";
    let blank = || Some(" ".to_string());
    check(
        |file| {
            let service = &mut file.services[3];
            (service.name, service.summary) = (String::new(), "\t".into());
            (service.department, service.goal) = (" ".into(), " ".into());
            (service.fee, service.eligibility) = (blank(), blank());
            (service.processing_time, service.notes) = (blank(), blank());
            service.keywords.push(String::new());
            service.documents.push(" ".into());
            let task = &mut file.tasks[3];
            task.name = " ".into();
            task.steps.push(String::new());
            task.documents.push(String::new());
            file.municipality.notice.officer_address = " ".into();
            file.categories[0].name.en = " ".into();
            file.categories[0].description.fr = blank();
        },
        &[
            "municipality maple-bay, notice.officer_address",
            "category water, name",
            "category water, description.fr",
            "service marriage-licence, name",
            "service marriage-licence, summary",
            "service marriage-licence, department",
            "service marriage-licence, goal",
            "service marriage-licence, fee",
            "service marriage-licence, eligibility",
            "service marriage-licence, processing_time",
            "service marriage-licence, notes",
            "service marriage-licence, keywords",
            "service marriage-licence, documents",
            "task inspect-kitchen, name",
            "task inspect-kitchen, steps",
            "task inspect-kitchen, documents",
        ]
        .map(|place| format!("{place}: {write}"))
        .each_ref()
        .map(String::as_str),
    );
}

#[test]
fn french_is_needed_wherever_it_is_offered() {
    let english = |text: &mut Text| text.fr = None;
    let change = |file: &mut CatalogueFile| {
        english(&mut file.municipality.about);
        file.municipality.contact.note.iter_mut().for_each(english);
        file.municipality.emergency.after_hours_note.iter_mut().for_each(english);
        english(&mut file.municipality.credits[0].text);
        english(&mut file.categories[0].name);
        english(&mut file.holidays[0].name);
        english(&mut file.facilities[0].name);
        english(&mut file.recurring_closures[0].note);
        english(&mut file.alerts[0].text);
        english(&mut file.survey.title);
        let question = &mut file.survey.questions[0];
        english(&mut question.text);
        question.hint.iter_mut().for_each(english);
    };
    check(
        change,
        &[
            "municipality maple-bay, about",
            "municipality maple-bay, contact.note",
            "municipality maple-bay, emergency.after_hours_note",
            "municipality maple-bay, credits.text",
            "category water, name",
            "holiday family-day, name",
            "facility office, name",
            "recurring closure 1, note",
            "alert 1, text",
            "survey maple-bay, title",
            "question done, text",
            "question done, hint",
        ]
        .map(|place| {
            format!("{place}: it has no French; add fr = \"…\", or take French out of languages")
        })
        .each_ref()
        .map(String::as_str),
    );
    let in_english_alone = |file: &mut CatalogueFile| {
        file.municipality.languages = vec![Language::English];
        file.terminals.clear();
        change(file);
    };
    check(in_english_alone, &[]);
}

/// The kind of each fault that a phone number of the municipality causes.
fn is_phone(number: &str) -> bool {
    let mut file = town();
    file.municipality.contact.phone = number.into();
    match Catalogue::check(file).err().unwrap_or_default().as_slice() {
        [] => true,
        [fault] => {
            assert_eq!(fault.problem, Problem::NotAPhone(number.into()));
            assert_eq!(fault.field, "contact.phone");
            false
        }
        faults => panic!("{faults:?}"),
    }
}

#[test]
fn a_phone_number_is_whole_or_a_short_number_that_stands_alone() {
    for good in [
        "705-324-9411",
        "1-888-822-2225",
        "7053249411",
        "(705) 324-9411",
        "705.324.9411",
        "705 324 9411",
        "705-324-9411 1-888-822-2225",
        "705-324-9411 ext. 123",
        "705-324-9411 or 1-888-822-2225 (press 3)",
        "911",
        "911 (office 705-324-5731)",
        "705-324-9411; after hours 1-877-885-7337",
    ] {
        assert!(is_phone(good), "{good}");
    }
    for bad in [
        "",
        "call us",
        "call 123",
        "705 32",
        "12",
        "1234",
        "324-9411",
        "123 456",
        "9 1 1",
        "705-324-941",
        "705-324-94112345",
    ] {
        assert!(!is_phone(bad), "{bad}");
    }
}

#[test]
fn every_phone_address_and_email_is_checked() {
    check(
        |file| {
            let town = &mut file.municipality;
            town.website = "maple-bay.example.org".into();
            town.contact.toll_free = Some("none".into());
            town.contact.email = "office".into();
            town.emergency.number = "help".into();
            town.emergency.after_hours_phone = Some("555".repeat(2));
            town.notice.officer_phone = String::new();
            town.accessibility.phone = "ask".into();
            town.accessibility.email = "a@b".into();
            town.credits[0].url = "https://nowhere".into();
            let channels = &mut file.services[3].channels;
            channels.online_url = Some("ftp://a.example.org".into());
            channels.phone = Some("ask".into());
            channels.email = Some("ask".into());
            file.alerts[0].url = Some("https://a b.example.org".into());
        },
        &[
            "municipality maple-bay, website: “maple-bay.example.org” is not a web address; write a whole address that begins with https:// or http://",
            "municipality maple-bay, contact.toll_free: “none” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "municipality maple-bay, contact.email: “office” is not an email address; write it as name@example.ca",
            "municipality maple-bay, emergency.number: “help” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "municipality maple-bay, emergency.after_hours_phone: “555555” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "municipality maple-bay, notice.officer_phone: “” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "municipality maple-bay, accessibility.phone: “ask” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "municipality maple-bay, accessibility.email: “a@b” is not an email address; write it as name@example.ca",
            "municipality maple-bay, credits.url: “https://nowhere” is not a web address; write a whole address that begins with https:// or http://",
            "service marriage-licence, channels.online_url: “ftp://a.example.org” is not a web address; write a whole address that begins with https:// or http://",
            "service marriage-licence, channels.phone: “ask” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "service marriage-licence, channels.email: “ask” is not an email address; write it as name@example.ca",
            "alert 1, url: “https://a b.example.org” is not a web address; write a whole address that begins with https:// or http://",
        ],
    );
}

#[test]
fn an_email_needs_a_name_and_a_whole_host() {
    let is_email = |email: &str| {
        let mut file = town();
        file.municipality.contact.email = email.into();
        Catalogue::check(file).is_ok()
    };
    for good in ["a@b.ca", "first.last@sub.example.org"] {
        assert!(is_email(good), "{good}");
    }
    for bad in ["", "@b.ca", "a@b", "a@b.", "a b@c.ca", "a@b.ca ", "b.ca"] {
        assert!(!is_email(bad), "{bad}");
    }
}

#[test]
fn nothing_is_verified_without_a_source() {
    check(
        |file| {
            file.services[3].source.url = None;
            file.services[4].source.verified = false;
            file.tasks[3].source.url = Some("notes".into());
            file.municipality.contact.source.url = None;
            file.municipality.emergency.source.url = None;
        },
        &[
            "municipality maple-bay contact, source.verified: it is verified but has no source; give source.url, or set verified = false",
            "municipality maple-bay emergency, source.verified: it is verified but has no source; give source.url, or set verified = false",
            "service marriage-licence, source.verified: it is verified but has no source; give source.url, or set verified = false",
            "service swim-lessons, details_verified: the details are verified but the record is not; set details_verified = false, or verify the source",
            "task inspect-kitchen, source.url: “notes” is not a web address; write a whole address that begins with https:// or http://",
        ],
    );
}

#[test]
fn one_way_to_reach_a_service_is_enough_and_none_is_a_fault() {
    let none = "service marriage-licence, channels: there is no way to reach it; give a phone, an address, or in_person = true";
    let online =
        Channels { online_url: Some("https://a.example.org".into()), ..Channels::default() };
    let phone = Channels { phone: Some("705-555-0100".into()), ..Channels::default() };
    let email = Channels { email: Some("a@b.ca".into()), ..Channels::default() };
    let in_person = Channels { in_person: true, ..Channels::default() };
    for channels in [online, phone, email, in_person] {
        check(|file| file.services[3].channels = channels, &[]);
    }
    check(|file| file.services[3].channels = Channels::default(), &[none]);
}

#[test]
fn counts_have_bounds_and_both_bounds_are_allowed() {
    let steps = |count: usize| {
        move |file: &mut CatalogueFile| file.tasks[3].steps = vec!["Do it.".into(); count]
    };
    check(steps(2), &[]);
    check(steps(12), &[]);
    check(steps(1), &["task inspect-kitchen, steps: there are 1; have 2 to 12"]);
    check(steps(13), &["task inspect-kitchen, steps: there are 13; have 2 to 12"]);
    let keywords = |count: usize| {
        move |file: &mut CatalogueFile| file.services[3].keywords = vec!["word".into(); count]
    };
    check(keywords(40), &[]);
    check(keywords(0), &["service marriage-licence, keywords: there are 0; have 1 to 40"]);
    check(keywords(41), &["service marriage-licence, keywords: there are 41; have 1 to 40"]);
    check(
        |file| file.services[3].audience.clear(),
        &["service marriage-licence, audience: there are 0; have 1 to 3"],
    );
    check(
        |file| {
            file.tasks.push(task("count-dogs", "dog-licence"));
            file.tasks[4].services.clear();
        },
        &["task count-dogs, services: there are 0; have 1 to 18446744073709551615"],
    );
    let needs = |count: usize| {
        move |file: &mut CatalogueFile| {
            file.municipality.common_needs = vec![id("dog-licence"); count];
        }
    };
    check(needs(8), &[]);
    check(needs(9), &["municipality maple-bay, common_needs: there are 9; have 0 to 8"]);
}

#[test]
fn a_topic_without_services_is_named() {
    check(
        |file| {
            file.services
                .retain(|service| service.category != id("home") || !service.tasks.is_empty())
        },
        &[],
    );
    check(
        |file| {
            file.categories
                .push(domain::catalogue::Category { id: id("sky"), ..file.categories[0].clone() })
        },
        &["category sky, id: no service is in this topic; put a service in it, or take it out"],
    );
    check(|file| file.services.push(service("new-one")), &[]);
}

#[test]
fn colours_are_legible_on_their_paper() {
    let accent = |colour: &str| {
        let mut file = town();
        file.municipality.colours.accent = colour.into();
        Catalogue::check(file)
            .err()
            .unwrap_or_default()
            .iter()
            .map(Fault::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(accent("#595959"), [""; 0], "the lightest grey with a contrast of 7:1");
    assert_eq!(
        accent("#5a5a5a"),
        [
            "municipality maple-bay, colours.accent: #5a5a5a has a contrast of 6.89:1 only; choose a colour with a contrast of 7:1 or more against its paper"
        ]
    );
    for colour in ["5b2a6e", "#5b2a6", "#5b2a6e7", "#5b2a6g", "purple"] {
        assert_eq!(
            accent(colour),
            [format!(
                "municipality maple-bay, colours.accent: “{colour}” is not a colour; write six hexadecimal digits after #, as in #0a5675"
            )]
        );
    }
    check(
        |file| file.municipality.colours.accent_dark = "#5b2a6e".into(),
        &[
            "municipality maple-bay, colours.accent_dark: #5b2a6e has a contrast of 1.68:1 only; choose a colour with a contrast of 7:1 or more against its paper",
        ],
    );
}

#[test]
fn a_time_zone_is_an_area_with_a_place_or_utc() {
    check(|file| file.municipality.time_zone = "UTC".into(), &[]);
    check(
        |file| file.municipality.time_zone = "Toronto".into(),
        &[
            "municipality maple-bay, time_zone: “Toronto” is not a time zone; write it as America/Toronto",
        ],
    );
}

#[test]
fn an_urgent_notice_ends_after_it_begins() {
    check(|file| file.alerts = vec![sample::alert("2026-11-23 08:00", "2026-11-23 08:01")], &[]);
    check(
        |file| file.alerts.push(sample::alert("2026-11-23 08:00", "2026-11-23 08:00")),
        &[
            "alert 2, until: it ends at 2026-11-23 08:00, before it begins; write the first moment at which it is no longer true",
        ],
    );
}

#[test]
fn a_terminal_waits_long_enough_and_offers_what_the_town_does() {
    let idle = |idle_s| move |file: &mut CatalogueFile| file.terminals[0].idle_s = idle_s;
    check(idle(30), &[]);
    check(idle(600), &[]);
    check(idle(29), &["terminal library-screen, idle_s: 29 seconds; use 30 to 600"]);
    check(
        |file| file.terminals[0].id = id("shared"),
        &["terminal shared, id: the app itself uses this name; choose another"],
    );
    check(idle(601), &["terminal library-screen, idle_s: 601 seconds; use 30 to 600"]);
    check(
        |file| file.terminals[0].languages.clear(),
        &["terminal library-screen, languages: there are 0; have 1 to 2"],
    );
}

#[test]
fn a_survey_has_as_many_questions_and_options_as_people_answer() {
    let ease = |file: &CatalogueFile, name: &str| SurveyQuestion {
        id: id(name),
        ..file.survey.questions[2].clone()
    };
    let closed = |count: usize| {
        move |file: &mut CatalogueFile| {
            let more: Vec<_> = (2..count).map(|at| ease(file, &format!("more-{at}"))).collect();
            file.survey.questions.extend(more);
        }
    };
    check(closed(12), &[]);
    check(closed(13), &["survey maple-bay, questions (closed): there are 13; have 1 to 12"]);
    check(
        |file| file.survey.questions.clear(),
        &["survey maple-bay, questions (closed): there are 0; have 1 to 12"],
    );
    let open = |count: usize| {
        move |file: &mut CatalogueFile| {
            for at in 1..count {
                let question = SurveyQuestion {
                    id: id(&format!("say-{at}")),
                    ..file.survey.questions[1].clone()
                };
                file.survey.questions.push(question);
            }
        }
    };
    check(open(2), &[]);
    check(open(3), &["survey maple-bay, questions (open): there are 3; have 0 to 2"]);
    check(
        |file| {
            let AnswerKind::Choice { options } = &mut file.survey.questions[0].answer else {
                panic!()
            };
            options.remove(0);
        },
        &["question done, answer.choice.options: there are 1; have 2 to 8"],
    );
}

#[test]
fn options_and_labels_are_told_apart_and_said_in_every_language() {
    check(
        |file| {
            let AnswerKind::Choice { options } = &mut file.survey.questions[0].answer else {
                panic!()
            };
            options.remove(0);
            options.push(options[0].clone());
            options[0].text.fr = None;
        },
        &[
            "question done option no, id: two records have this id; give one of the two another id",
            "question done, answer.choice.options: it has no French; add fr = \"…\", or take French out of languages",
        ],
    );
    check(
        |file| {
            let AnswerKind::Scale { labels, .. } = &mut file.survey.questions[2].answer else {
                panic!()
            };
            labels.pop();
            labels[0].en = String::new();
        },
        &[
            "question ease, answer.scale.labels: there are 4; have 5 to 5",
            "question ease, answer.scale.labels: it is empty; write it, or take the field out if it may be missing",
        ],
    );
}

#[test]
fn a_condition_depends_on_an_earlier_choice() {
    let only_if = |question: &str, option: &str| {
        let condition = Condition { question: id(question), any_of: vec![id(option)] };
        move |file: &mut CatalogueFile| file.survey.questions[2].only_if = Some(condition)
    };
    check(only_if("done", "yes"), &[]);
    check(
        only_if("done", "yess"),
        &["question ease, only_if.any_of: there is no option “yess”; did you mean “yes”?"],
    );
    check(
        only_if("why", "yes"),
        &[
            "question ease, only_if.question: it does not ask for a choice; name a question with options",
        ],
    );
    check(
        only_if("ease", "yes"),
        &[
            "question ease, only_if.question: there is no earlier question “ease”; did you mean “done”?",
        ],
    );
}
