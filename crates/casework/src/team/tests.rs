use super::*;
use crate::case::{CaseOutcome, CaseReply, ReplyDraft, ReplyMethod, TemplateUse};
use crate::random::UnbiasedRandom;

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

fn id(number: u8) -> SubmissionId {
    SubmissionId::from_parts(1, [number; 10])
}

fn new() -> Case {
    Case::new(0, "Tax".into(), None)
}

/// The case after one more event of a person.
fn after(mut case: Case, who: &str, event: CaseEvent) -> Case {
    let number = case.last + 1;
    assert!(case.take(&CaseEntry { number, at_ms: number.into(), who: who.into(), event }));
    case
}

fn assigned(to: &str) -> CaseEvent {
    CaseEvent::Assigned { to: Some(to.into()) }
}

fn noted() -> CaseEvent {
    CaseEvent::Noted { text: "x".into() }
}

fn closed() -> CaseEvent {
    CaseEvent::Closed { outcome: CaseOutcome::Done, why: String::new() }
}

fn replied(template: Option<TemplateUse>) -> CaseEvent {
    CaseEvent::Replied(CaseReply {
        text: "Yes.".into(),
        way: ReplyMethod::Phone,
        service: None,
        catalogue_version: 1,
        is_asking: false,
        template,
    })
}

#[test]
fn a_tag_is_one_short_line_in_small_letters() {
    let check = |typed: &str, expected: Option<&str>| {
        assert_eq!(Tag::parse(typed).as_ref().map(Tag::as_str), expected, "{typed:?}");
    };
    check(" Snow\n Removal ", Some("snow removal"));
    check("ÉTÉ", Some("été"));
    check("a\u{202e}b\u{0}c", Some("a b c"));
    check(" \n", None);
    check(&"x".repeat(TAG_CHARS_MAX), Some(&"x".repeat(TAG_CHARS_MAX)));
    check(&"x".repeat(TAG_CHARS_MAX + 1), None);
    assert!(serde_json::from_str::<Tag>("\"\"").is_err(), "a stored tag is checked too");
}

#[test]
fn an_inquiry_has_each_tag_once_and_not_too_many() {
    let tagged = |case, text: &str| after(case, "ann", CaseEvent::Tagged { tag: tag(text) });
    let mut case = tagged(tagged(new(), "b"), "b");
    assert_eq!((case.team.tags.len(), case.state), (1, CaseState::New));
    for number in 0..20 {
        case = tagged(case, &number.to_string());
    }
    assert_eq!(case.team.tags.len(), TAGS_MAX);
    let case = after(case, "bo", CaseEvent::Untagged { tag: tag("b") });
    assert!(!case.team.tags.contains(&tag("b")));
}

#[test]
fn what_was_given_to_a_person_is_news_until_they_do_something() {
    let given = after(new(), "ann", assigned("bo"));
    assert_eq!(given.team.given_by.as_deref(), Some("ann"));
    let by_another = after(given.clone(), "ann", noted());
    assert_eq!(by_another.team.given_by.as_deref(), Some("ann"));
    assert_eq!(after(given.clone(), "bo", noted()).team.given_by, None);
    assert_eq!(after(given.clone(), "bo", assigned("bo")).team.given_by, None, "took it");
    assert_eq!(after(given, "cy", assigned("bo")).team.given_by.as_deref(), Some("cy"));
}

#[test]
fn a_question_to_colleagues_is_open_until_it_is_answered_and_stops_no_clock() {
    let asked = |department: &str| CaseEvent::AskedInside {
        department: department.into(),
        text: "Is it plowed?".into(),
    };
    let case = after(after(new(), "ann", asked("Roads")), "ann", asked("Parks"));
    assert!(case.team.asks("Roads") && case.team.asks("Parks") && !case.team.asks("Tax"));
    assert_eq!((case.department(), case.pauses.len(), case.state), ("Tax", 0, CaseState::Open));
    let answer = |question| CaseEvent::AnsweredInside { question, text: "Yes.".into() };
    let case = after(after(case, "bo", answer(1)), "bo", answer(9));
    assert!(!case.team.asks("Roads") && case.team.asks("Parks"));
    assert_eq!(case.team.answer_by.as_deref(), Some("bo"));
    assert_eq!(after(case.clone(), "bo", noted()).team.answer_by.as_deref(), Some("bo"));
    assert_eq!(after(case.clone(), "ann", noted()).team.answer_by, None, "she has read it");
    assert!(after(case, "ann", closed()).team.questions.is_empty());
}

#[test]
fn the_newest_day_counts_until_it_is_taken_back_or_the_inquiry_is_closed() {
    let on = |day: &str| CaseEvent::FollowUp { on: Date::parse(day), why: "Call.".into() };
    let case = after(after(new(), "ann", on("2026-12-01")), "ann", on("2026-12-05"));
    assert_eq!(case.team.follow_up.as_ref().map(|day| day.on), Date::parse("2026-12-05"));
    let none = CaseEvent::FollowUp { on: None, why: String::new() };
    assert_eq!(after(case.clone(), "ann", none).team.follow_up, None);
    assert_eq!(after(case, "ann", closed()).team.follow_up, None);
}

#[test]
fn merged_inquiries_know_each_other_until_they_are_separated() {
    let into = CaseEvent::MergedInto { into: id(2).to_string() };
    let from = CaseEvent::MergedFrom { from: id(1).to_string() };
    let (one, two) = (after(new(), "ann", into), after(new(), "ann", from));
    assert_eq!((one.team.merged_into, two.team.merged.len()), (Some(id(2)), 1));
    let other = CaseEvent::Separated { from: id(3).to_string() };
    assert_eq!(after(one.clone(), "ann", other).team.merged_into, Some(id(2)));
    let apart = |of: SubmissionId| CaseEvent::Separated { from: of.to_string() };
    assert_eq!(after(one, "ann", apart(id(2))).team.merged_into, None);
    assert!(after(two, "ann", apart(id(1))).team.merged.is_empty());
}

#[test]
fn a_draft_says_whose_it_is_until_it_is_sent_or_emptied() {
    let draft =
        |text: &str| CaseEvent::Drafted(ReplyDraft { text: text.into(), ..ReplyDraft::default() });
    let case = after(new(), "ann", draft("x"));
    assert_eq!(case.team.drafting, Some(("ann".into(), 1)));
    assert_eq!(after(case.clone(), "bo", draft("")).team.drafting, None);
    let used = TemplateUse { number: 7, version: 1 };
    let sent = after(case, "bo", replied(Some(used)));
    assert_eq!((sent.team.drafting.clone(), sent.team.templates.clone()), (None, vec![7]));
    assert_eq!(after(sent, "bo", replied(None)).team.templates, [7]);
}

#[test]
fn an_act_on_several_says_for_each_why_it_does_not_apply() {
    let check = |act: &BulkAct, case: &Case, expected: Option<BulkRefusal>| {
        assert_eq!(act.event(case).err(), expected, "{act:?}");
    };
    let give = BulkAct::Give(Some("bo".into()));
    let move_there = BulkAct::Move("Roads".into(), "theirs".into());
    let close = BulkAct::Close(CaseOutcome::Done, "By phone.".into());
    let tag_it = BulkAct::Tag(tag("snow"));
    for act in [&give, &move_there, &close, &tag_it] {
        check(act, &new(), None);
    }
    check(&BulkAct::Give(None), &new(), Some(BulkRefusal::AlreadySo));
    check(&give, &after(new(), "ann", assigned("bo")), Some(BulkRefusal::AlreadySo));
    check(&BulkAct::Move("Tax".into(), "x".into()), &new(), Some(BulkRefusal::AlreadySo));
    let tagged = after(new(), "ann", CaseEvent::Tagged { tag: tag("snow") });
    check(&tag_it, &tagged, Some(BulkRefusal::AlreadySo));
    let full = (0..10).fold(new(), |case, number| {
        after(case, "ann", CaseEvent::Tagged { tag: tag(&number.to_string()) })
    });
    check(&tag_it, &full, Some(BulkRefusal::TooManyTags));
    let done = after(new(), "ann", closed());
    for act in [&give, &move_there, &close, &tag_it] {
        check(act, &done, Some(BulkRefusal::Closed));
    }
    let merged = after(new(), "ann", CaseEvent::MergedInto { into: id(2).to_string() });
    check(&close, &merged, Some(BulkRefusal::Merged));
    check(&give, &merged, None);
}

#[test]
fn a_closing_gives_the_reason_only_where_there_was_no_reply() {
    let close = BulkAct::Close(CaseOutcome::Done, "By phone.".into());
    let why = |case: &Case| match close.event(case) {
        Ok(CaseEvent::Closed { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(&new()), "By phone.");
    assert_eq!(why(&after(new(), "ann", replied(None))), "");
}

fn drawn<const N: usize>(random: &mut UnbiasedRandom, of: [&'static str; N]) -> &'static str {
    of[random.below(N as u64) as usize]
}

/// A random inquiry, and a random act that applies to it.
fn some_act(random: &mut UnbiasedRandom) -> (Case, CaseEvent) {
    let mut case = new();
    for _ in 0..random.below(6) {
        let event = match random.below(6) {
            0 => assigned(drawn(random, ["ann", "bo"])),
            1 => CaseEvent::Transferred { department: "Roads".into(), why: "x".into() },
            2 => CaseEvent::Tagged { tag: tag(drawn(random, ["a", "b", "c"])) },
            3 => CaseEvent::Reopened { why: "x".into() },
            4 => closed(),
            _ => noted(),
        };
        case = after(case, drawn(random, ["ann", "bo"]), event);
    }
    if case.state == CaseState::Closed {
        case = after(case, "ann", CaseEvent::Reopened { why: "x".into() });
    }
    loop {
        let act = match random.below(4) {
            0 => BulkAct::Give(Some("cy".into()).filter(|_| random.percent(70))),
            1 => BulkAct::Move((*random.one(&["Parks", "Tax"])).into(), "x".into()),
            2 => BulkAct::Close(CaseOutcome::Done, "x".into()),
            _ => BulkAct::Tag(tag(drawn(random, ["a", "b", "d"]))),
        };
        // A new tag applies to whatever is open.
        if let Ok(event) = act.event(&case) {
            return (case, event);
        }
    }
}

#[test]
fn what_was_taken_back_is_as_it_was_and_its_clock_was_never_set_back() {
    let mut random = UnbiasedRandom::new(7);
    for _ in 0..2_000 {
        let (before, act) = some_act(&mut random);
        let done = after(before.clone(), "dee", act.clone());
        let undo = undoing(&before, &act, "Undone.");
        assert!(!undo.is_empty(), "{act:?}");
        let undone = undo.into_iter().fold(done, |case, event| after(case, "dee", event));
        let seen = |case: &Case| {
            let department = case.department().to_string();
            let team = (case.team.tags.clone(), case.team.follow_up.clone());
            let is_waiting = case.state == CaseState::Waiting;
            (department, case.assignee.clone(), team, case.outcome, is_waiting)
        };
        assert_eq!(seen(&undone), seen(&before), "{act:?}");
        assert_eq!(undone.state == CaseState::Closed, before.state == CaseState::Closed);
        assert!(undone.pauses.len() >= before.pauses.len());
        assert_eq!(undone.owners[..before.owners.len()], before.owners);
    }
}

#[test]
fn nothing_is_taken_back_that_changed_nothing() {
    let tagged = CaseEvent::Tagged { tag: tag("a") };
    let before = after(new(), "ann", tagged.clone());
    assert_eq!(undoing(&before, &tagged, ""), []);
    assert_eq!(undoing(&new(), &noted(), ""), []);
    assert_eq!(undoing(&after(new(), "ann", closed()), &closed(), ""), []);
}
