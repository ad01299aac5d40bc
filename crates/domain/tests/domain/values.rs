//! Small checked values: their bounds, how they are written, and what is refused.

use domain::contact::EMAIL_BYTES_MAX;
use domain::gap::Gap;
use domain::hours::{Date, Minute, Moment, Nth, Season, Span, Week, Weekday, YearDay};
use domain::inquiry::{
    ContactChoice, InquiryDraft, InquiryField, InquiryProblem, MESSAGE_CHARS_MAX, NAME_CHARS_MAX,
    ReplyTo, ValidInquiry,
};
use domain::place::Position;
use domain::provenance::SourceDate;
use domain::reference::Reference;
use domain::status::{InquiryStage, StatusQuestion, secret_of, secret_text};
use domain::survey::{Answers, COMMENT_CHARS_MAX, CompleteAnswers, Journey, SurveyAnswer};
use domain::tablet::{EnrolmentCode, is_pin, wait_s};
use domain::terminal::{Quiet, Terminal};
use domain::text::{Language, Text};
use domain::{QuestionId, SubmissionId};
use sample::{checked, date, every_day, id, moment, spans};
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// Checks that a text is read as a value and written back as it was.
fn check<T: DeserializeOwned + serde::Serialize>(text: &str) {
    let json = serde_json::to_string(text).unwrap();
    let value: T = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
}

/// Checks that a text is refused with these words.
fn refuse<T: DeserializeOwned + Debug>(text: &str, words: &str) {
    let json = serde_json::to_string(text).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap_err().to_string(), words);
}

#[test]
fn values_are_read_as_they_are_written_and_others_are_refused_with_an_example() {
    check::<Date>("2026-11-03");
    refuse::<Date>("2026-02-30", "“2026-02-30” is not a day: write it as 2026-11-23");
    check::<Moment>("2026-11-03 08:05");
    refuse::<Moment>(
        "2026-11-03",
        "“2026-11-03” is not a moment: write day and time as 2026-11-23 08:30",
    );
    check::<Span>("08:05-24:00");
    refuse::<Span>("8-9", "“8-9” is not a time of opening: write it as 08:30-16:30");
    check::<YearDay>("02-29");
    refuse::<YearDay>("02-30", "“02-30” is not a day of the year: write it as 05-01");
    check::<SourceDate>("2026-03");
    refuse::<SourceDate>("March", "“March” is not a date: write 2025, 2025-06 or 2025-06-30");
    check::<EnrolmentCode>("0123456789");
    refuse::<EnrolmentCode>("x", "not an enrolment code");
    assert_eq!(serde_json::to_string(&Nth::FIRST).unwrap(), "1");
    assert_eq!(serde_json::from_str::<Nth>("5").unwrap().get(), 5);
    assert_eq!(
        serde_json::from_str::<Nth>("6").unwrap_err().to_string(),
        "6 is not between 1 (first) and 5 (fifth)"
    );
    assert_eq!((Nth::new(0), Nth::new(6)), (None, None));
    assert_eq!(Nth::FIRST.get(), 1);
}

#[test]
fn days_and_minutes_have_first_and_last_ones() {
    assert!(Date::new(1583, 1, 1).is_some() && Date::new(1582, 12, 31).is_none());
    assert!(Date::new(9999, 12, 31).is_some() && Date::new(10_000, 1, 1).is_none());
    for (year, month, days) in
        [(2026, 2, 28), (2028, 2, 29), (2100, 2, 28), (2000, 2, 29), (2026, 4, 30), (2026, 12, 31)]
    {
        assert!(Date::new(year, month, days).is_some(), "{year} {month}");
        assert!(Date::new(year, month, days + 1).is_none(), "{year} {month}");
        assert!(Date::new(year, month, 0).is_none());
    }
    assert!(Date::new(2026, 0, 1).is_none() && Date::new(2026, 13, 1).is_none());
    let day = date("2026-11-03");
    assert_eq!((day.year(), day.month(), day.day()), (2026, 11, 3));
    assert_eq!(Minute::new(24, 0), Some(Minute::END_OF_DAY));
    assert_eq!(Minute::new(0, 0), Some(Minute::MIDNIGHT));
    assert_eq!((Minute::new(24, 1), Minute::new(8, 60)), (None, None));
    assert_eq!(Minute::new(u16::MAX, 59), None);
    let minute = Minute::parse("08:05").unwrap();
    assert_eq!((minute.hour(), minute.minute(), minute.since_midnight()), (8, 5, 485));
    assert_eq!(minute.to_string(), "08:05");
    assert!(Weekday::Saturday.is_weekend() && Weekday::Sunday.is_weekend());
    assert!(!Weekday::Friday.is_weekend() && !Weekday::Monday.is_weekend());
}

#[test]
fn a_span_holds_its_first_minute_and_not_its_end() {
    let span = spans(&["08:30-16:30"])[0];
    let at = |text: &str| span.contains(Minute::parse(text).unwrap());
    assert_eq!([at("08:29"), at("08:30"), at("16:29"), at("16:30")], [false, true, true, false]);
    assert_eq!((span.from().to_string(), span.to().to_string()), ("08:30".into(), "16:30".into()));
    let rest = |taken: &str| {
        span.without(spans(&[taken])[0]).map(|span| span.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(rest("16:30-17:00"), ["08:30-16:30"]);
    assert_eq!(rest("07:00-08:30"), ["08:30-16:30"]);
    assert_eq!(rest("07:00-09:00"), ["09:00-16:30"]);
    assert_eq!(rest("16:00-18:00"), ["08:30-16:00"]);
}

#[test]
fn a_week_is_unknown_until_one_day_is_known() {
    assert!(Week::default().is_unknown());
    let week = Week { sun: Some(Vec::new()), ..Week::default() };
    assert!(!week.is_unknown() && !every_day(&["08:00-09:00"]).is_unknown());
    for (at, weekday) in Weekday::ALL.into_iter().enumerate() {
        let hours = format!("0{at}:00-12:00");
        let day = || Some(spans(&[&hours]));
        let mut week = Week::default();
        let days = [
            &mut week.mon,
            &mut week.tue,
            &mut week.wed,
            &mut week.thu,
            &mut week.fri,
            &mut week.sat,
            &mut week.sun,
        ];
        *days.into_iter().nth(at).unwrap() = day();
        for other in Weekday::ALL {
            assert_eq!(week.on(other).is_some(), other == weekday);
        }
    }
}

#[test]
fn a_season_has_both_of_its_ends() {
    let season = |from: &str, to: &str| Season {
        name: "s".into(),
        from: YearDay::parse(from).unwrap(),
        to: YearDay::parse(to).unwrap(),
        hours: Week::default(),
    };
    for (from, to, day, is_in) in [
        ("05-01", "10-15", "2026-04-30", false),
        ("05-01", "10-15", "2026-05-01", true),
        ("05-01", "10-15", "2026-10-15", true),
        ("05-01", "10-15", "2026-10-16", false),
        ("05-01", "05-01", "2026-05-01", true),
        ("05-01", "05-01", "2026-05-02", false),
        ("10-16", "04-30", "2026-10-15", false),
        ("10-16", "04-30", "2026-10-16", true),
        ("10-16", "04-30", "2027-04-30", true),
        ("10-16", "04-30", "2027-05-01", false),
    ] {
        assert_eq!(season(from, to).contains(date(day)), is_in, "{from} {to} {day}");
    }
}

fn draft(contact: ContactChoice) -> InquiryDraft {
    InquiryDraft { message: "When?".into(), contact, ..InquiryDraft::default() }
}

fn faults(draft: &InquiryDraft) -> Vec<(InquiryField, InquiryProblem)> {
    ValidInquiry::parse(draft, Language::French, 4).err().unwrap_or_default()
}

#[test]
fn an_inquiry_is_sent_as_it_was_typed_without_the_spaces_around_it() {
    let typed = InquiryDraft {
        service: Some(id("dog-licence")),
        hub: Some(id("town-hall")),
        message: "  When? \n".into(),
        name: " Ann ".into(),
        contact: ContactChoice::Email,
        phone: "705-555-0100".into(),
        email: " ann@example.org ".into(),
    };
    let expected = ValidInquiry {
        service: Some(id("dog-licence")),
        hub: Some(id("town-hall")),
        message: "When?".into(),
        name: Some("Ann".into()),
        reply_to: ReplyTo::Email("ann@example.org".to_string().try_into().unwrap()),
        language: Language::French,
        notice_version: 4,
    };
    assert_eq!(ValidInquiry::parse(&typed, Language::French, 4), Ok(expected));
    let phone = InquiryDraft { contact: ContactChoice::Phone, name: " ".into(), ..typed };
    let sent = ValidInquiry::parse(&phone, Language::English, 1).unwrap();
    assert_eq!(
        (sent.name, sent.reply_to),
        (None, ReplyTo::Phone("705-555-0100".to_string().try_into().unwrap()))
    );
}

#[test]
fn texts_of_an_inquiry_have_bounds() {
    let message = |count: usize| {
        faults(&InquiryDraft { message: "é".repeat(count), ..draft(ContactChoice::None) })
    };
    assert!(message(MESSAGE_CHARS_MAX).is_empty());
    let too_long = InquiryProblem::TooLong { by: 3 };
    assert_eq!(message(MESSAGE_CHARS_MAX + 3), [(InquiryField::Message, too_long)]);
    assert_eq!(message(0), [(InquiryField::Message, InquiryProblem::Missing)]);
    let name = |count: usize| {
        faults(&InquiryDraft { name: "é".repeat(count), ..draft(ContactChoice::None) })
    };
    assert!(name(NAME_CHARS_MAX).is_empty());
    let too_long = InquiryProblem::TooLong { by: 1 };
    assert_eq!(name(NAME_CHARS_MAX + 1), [(InquiryField::Name, too_long)]);
}

#[test]
fn an_email_address_has_a_bound_in_bytes() {
    let email = |local: &str| {
        let email = format!("{local}@example.org");
        faults(&InquiryDraft { email, ..draft(ContactChoice::Email) })
    };
    let longest = 64;
    let wrong = [(InquiryField::Email, InquiryProblem::NotAnEmail)];
    assert!(email(&"x".repeat(longest)).is_empty());
    assert_eq!(email(&"x".repeat(longest + 1)), wrong);
    assert!(email(&"é".repeat(longest / 2)).is_empty(), "two bytes each");
    assert_eq!(email(&"é".repeat(longest / 2 + 1)), wrong);
    let host = |parts: usize| {
        let email = format!("a@{}.org", vec!["x".repeat(49); parts].join("."));
        faults(&InquiryDraft { email, ..draft(ContactChoice::Email) })
    };
    assert!(host(4).is_empty() && EMAIL_BYTES_MAX < 256);
    assert_eq!(host(5), wrong);
    assert_eq!(email(""), wrong);
    let empty = faults(&draft(ContactChoice::Email));
    assert_eq!(empty, [(InquiryField::Email, InquiryProblem::Missing)]);
}

#[test]
fn a_phone_number_has_ten_to_fifteen_digits() {
    let phone = |phone: &str| {
        faults(&InquiryDraft { phone: phone.into(), ..draft(ContactChoice::Phone) }).is_empty()
    };
    for good in [
        "7053249411",
        "123456789012345",
        "+44 20 7946 0958",
        "705/324/9411",
        "705-324-9411 #5",
        "705-324-9411 EXT 5",
        "705\u{a0}324\u{a0}9411",
        &format!("7053249411{}x5", " ".repeat(28)),
    ] {
        assert!(phone(good), "{good}");
    }
    for bad in [
        "705324941",
        "1234567890123456",
        "705_324_9411",
        "x7053249411",
        &format!("7053249411 x{}", "5".repeat(29)),
    ] {
        assert!(!phone(bad), "{bad}");
    }
}

#[test]
fn words_that_found_nothing_are_kept_within_bounds() {
    let words =
        |question: &str| Gap::of(question, Language::French).map(|gap| gap.words().to_string());
    for (question, kept) in [
        ("abc", Some("abc")),
        ("ab", None),
        ("ab1", None),
        ("éab", Some("éab")),
        ("plan 1234", Some("plan 1234")),
        ("plan 12345", None),
        ("road/bridge", None),
        ("c:\\road", None),
        ("mr smith", None),
        ("M'appelle anne", None),
        ("i am lost", None),
        ("i was lost", Some("i was lost")),
        ("am i late", Some("am i late")),
        ("je suis perdu", None),
        ("mon nom est", None),
        ("born on monday", None),
        ("my number please", None),
        ("my road", Some("my road")),
    ] {
        assert_eq!(words(question).as_deref(), kept, "{question}");
    }
    let long = format!("{} b", "a".repeat(59));
    assert_eq!(words(&long), Some("a".repeat(59)), "no space at the end");
    assert_eq!(words(&"a".repeat(60)), Some("a".repeat(60)));
    assert_eq!(words("a b c d e f g h i"), Some("a b c d e f g h".into()));
    let gap = Gap::of("hot air balloon", Language::French).unwrap();
    assert_eq!((gap.language(), gap.is_valid()), (Language::French, true));
    let forged = r#"{"words":"Hot Air","language":"fr"}"#;
    assert!(!serde_json::from_str::<Gap>(forged).unwrap().is_valid());
}

#[test]
fn a_language_is_known_by_its_tag_and_a_text_says_which_it_is_in() {
    assert_eq!([Language::English.tag(), Language::French.tag()], ["en", "fr"]);
    assert_eq!(Language::parse("fr"), Some(Language::French));
    assert_eq!((Language::parse("en"), Language::parse("de")), (Some(Language::English), None));
    let both = Text { en: "Hours".into(), fr: Some("Heures".into()) };
    assert_eq!((both.get(Language::English), both.get(Language::French)), ("Hours", "Heures"));
    let english = Text { fr: None, ..both };
    assert_eq!(english.get(Language::French), "Hours");
}

#[test]
fn answers_follow_the_route_of_the_survey() {
    let survey = checked(|_| {}).survey().clone();
    let question = |name: &str| -> QuestionId { id(name) };
    let mut answers = Answers::default();
    assert!(answers.is_empty() && !answers.say_something());
    let journey = Journey::of(&survey, &answers);
    assert_eq!((journey.route.len(), journey.longest(&survey, &answers)), (2, 3));
    answers.set(&survey, &question("done"), SurveyAnswer::Skipped).unwrap();
    assert!(!answers.is_empty() && !answers.say_something());
    let longest = SurveyAnswer::Comment("é".repeat(COMMENT_CHARS_MAX));
    answers.set(&survey, &question("why"), longest.clone()).unwrap();
    for point in 1..=5 {
        answers.set(&survey, &question("ease"), SurveyAnswer::Scale(point)).unwrap();
    }
    answers.set(&survey, &question("ease"), SurveyAnswer::DoesNotApply).unwrap();
    assert!(answers.say_something());
    let journey = Journey::of(&survey, &answers);
    let route: Vec<&str> = journey.route.iter().map(|question| question.id.as_str()).collect();
    assert_eq!((route, journey.next), (vec!["done", "ease"], None));
    assert_eq!(journey.longest(&survey, &answers), 2);
    assert_eq!(journey.position_of(&question("ease")), Some(1));
    assert_eq!(journey.position_of(&question("why")), None);
    let complete = CompleteAnswers::of(&survey, &answers).unwrap();
    assert_eq!(complete.survey_version(), 3);
    assert_eq!(
        complete.answers(),
        [(question("done"), SurveyAnswer::Skipped), (question("ease"), SurveyAnswer::DoesNotApply)]
    );
    answers.set(&survey, &question("done"), SurveyAnswer::Choice(question("no"))).unwrap();
    assert_eq!(Journey::of(&survey, &answers).route.len(), 3);
    assert_eq!(answers.get(&question("why")), Some(&longest));
    assert!(survey.question(&question("why")).unwrap().is_open());
    assert!(!survey.question(&question("ease")).unwrap().is_open());
}

#[test]
fn a_reference_is_nine_letters_of_the_end_of_an_id() {
    let of = |last: [u8; 5]| {
        let mut random = [0; 10];
        random[5..].copy_from_slice(&last);
        Reference::of(SubmissionId::from_parts(0, random))
    };
    for (last, text) in [
        ([0, 0, 0, 0, 0], "0000-0000-0"),
        ([0, 0, 0, 0, 1], "0000-0001-1"),
        ([0, 0, 0, 0, 31], "0000-0010-2"),
        ([0, 0, 0, 4, 255], "0000-01A8-0"),
    ] {
        assert_eq!(of(last).to_string(), text);
        assert_eq!(Reference::parse(text), Some(of(last)));
    }
    // 31^8: the first number that has no letters of its own.
    let around = 852_891_037_441_u64.to_be_bytes();
    let [_, _, _, last @ ..] = around;
    assert_eq!(of(last), of([0; 5]));
    assert_eq!(of([0; 5]).endings().collect::<Vec<_>>(), [[0; 5], last]);
    let high = of([0xc6, 0x94, 0x44, 0x6f, 0x00]);
    assert_eq!(high.endings().count(), 1, "the second would not fit in five bytes");
    for bad in ["", "0000-0000", "0000-0000-00", "0000-0000-1", "0000-000U-0"] {
        assert_eq!(Reference::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_receipts_code_and_stages_keep_their_form() {
    let reference = Reference::parse("0000-0001-1").unwrap();
    let question = StatusQuestion { reference, secret: [0x1a; 16] };
    let code = format!("0000-0001-1.{}", "1a".repeat(16));
    assert_eq!(question.code(), code);
    assert_eq!(StatusQuestion::of_code(&code), Some(question));
    assert_eq!(secret_text(&[0xf0; 16]), ["f0f0"; 8].join(" "));
    assert_eq!(secret_of(&["F0F0"; 8].join("\t")), Some([0xf0; 16]));
    assert_eq!(
        [InquiryStage::of_number(0), InquiryStage::of_number(3)],
        [Some(InquiryStage::Received), Some(InquiryStage::Closed)]
    );
    assert_eq!([InquiryStage::of_number(-1), InquiryStage::of_number(256)], [None, None]);
}

#[test]
fn tablets_are_enrolled_by_code_and_unlocked_by_pin() {
    let mut chance = [0; 16];
    chance[15] = 33;
    let code = EnrolmentCode::new(chance);
    assert_eq!((code.as_str(), code.to_string().as_str()), ("2100000000", "21000-00000"));
    assert_eq!(EnrolmentCode::parse("2 1ooo ooooo"), Some(code));
    assert_eq!(EnrolmentCode::parse("210000000"), None);
    assert_eq!(EnrolmentCode::parse("21000000000"), None);
    let waits: Vec<u32> = (4..=13).map(wait_s).collect();
    assert_eq!(waits, [0, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    for pin in ["135790", "987650", "121212", "111112", "123457", "654320"] {
        assert!(is_pin(pin), "{pin}");
    }
    for pin in ["12345", "111111", "987654", "345678", "1234567890123", "13579a"] {
        assert!(!is_pin(pin), "{pin}");
    }
}

#[test]
fn a_terminal_waits_as_long_as_it_is_told_or_ninety_seconds() {
    let json = r#"{"id":"a","hub":"b","languages":["en"]}"#;
    let terminal: Terminal = serde_json::from_str(json).unwrap();
    assert_eq!((terminal.idle_s, terminal.is_ephemeral), (90, false));
    assert_eq!(Quiet::after(60, 59), Quiet::GoOn);
    assert_eq!(Quiet::after(60, 60), Quiet::Warn { left_s: 30 });
    assert_eq!(Quiet::after(60, 89), Quiet::Warn { left_s: 1 });
    assert_eq!(Quiet::after(60, 90), Quiet::StartOver);
}

#[test]
fn distances_are_in_metres() {
    let at = |lat, lon| Position { lat, lon };
    let near = |metres: f64, expected: f64| (metres - expected).abs() < expected * 1e-4;
    // A degree of a great circle is 111,195 m.
    assert!(near(at(44.0, -78.0).metres_to(at(45.0, -78.0)), 111_195.0));
    assert!(near(at(0.0, -78.0).metres_to(at(0.0, -79.0)), 111_195.0));
    assert!(near(at(60.0, -78.0).metres_to(at(60.0, -79.0)), 55_597.5));
    assert!(near(at(60.0, 10.0).metres_to(at(60.0, 10.001)), 55.597_5));
    assert!(moment("2026-11-23 08:30") > moment("2026-11-22 23:59"));
}
