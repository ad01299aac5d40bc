//! Tests with the real program what colleagues do together: several inquiries in one act, tags,
//! days to come back, questions to other departments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;
mod on_both;

use hub::{TestServer, sealed, sealed_about};
use office::staff::Role;
use office_client::OfficeClient;
use offline::sealing::Sealed;
use on_both::on_both;

on_both!(
    several_inquiries_are_assigned_in_one_act_that_can_be_undone,
    two_inquiries_are_merged_answered_once_each_and_closed_together,
);

/// A server with inquiries in the inbox of Ann.
fn office_with(texts: &[&str]) -> (TestServer, OfficeClient, Vec<Sealed>) {
    office_on(TestServer::start(), texts)
}

fn office_on(hub: TestServer, texts: &[&str]) -> (TestServer, OfficeClient, Vec<Sealed>) {
    let ann = OfficeClient::first(&hub);
    let keys = hub.keys();
    let entries: Vec<Sealed> =
        (1..).zip(texts).map(|(number, text)| sealed(text, &keys, number)).collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
    ann.until(&hub, "/office", &format!("<strong>{}</strong>", texts.len()));
    (hub, ann, entries)
}

fn path_of(entry: &Sealed) -> String {
    format!("/office/inquiry/{}", entry.head.id)
}

/// The selected inquiries as the inbox's boxes send them.
fn picked(inbox: &str) -> Vec<String> {
    let boxes = inbox.split("name=\"pick\" value=\"").skip(1);
    boxes.map(|rest| rest.split('"').next().unwrap().to_string()).collect()
}

fn bulk(
    (hub, client): (&TestServer, &OfficeClient),
    picks: &[String],
    fields: &[(&str, &str)],
) -> hub::HttpPage {
    let picks = picks.iter().map(|pick| ("pick", pick.as_str()));
    client.post(hub, "/office/bulk", &picks.chain(fields.iter().copied()).collect::<Vec<_>>())
}

fn undo_of(page: &str) -> String {
    let undo = page.split("action=\"/office/bulk/").nth(1).unwrap_or_else(|| panic!("{page}"));
    format!("/office/bulk/{}", undo.split('"').next().unwrap())
}

const GIVE: [(&str, &str); 3] = [("act", "give"), ("confirmed", "yes"), ("to", "bo")];

fn several_inquiries_are_assigned_in_one_act_that_can_be_undone(hub: TestServer) {
    let (hub, ann, entries) = office_on(hub, &["one?", "two?", "three?"]);
    ann.invited(&hub, "bo", Role::Office);
    ann.send(&hub, &entries[0].head.id.to_string(), "assign", &[("to", "ann")]);
    let picks = picked(&ann.get(&hub, "/office").text());
    assert_eq!(picks.len(), 3);
    let asked = bulk((&hub, &ann), &picks, &GIVE[..1]);
    assert_eq!(asked.status, 200);
    let text = asked.text();
    let names = [entries[2].head.reference().to_string(), "Assign these inquiries?".into()];
    assert!(names.iter().all(|name| text.contains(name.as_str())), "{text}");
    assert!(!ann.get(&hub, "/office?who=bo").text().contains("one?"), "nothing was done yet");
    assert_eq!(bulk((&hub, &ann), &picks, &GIVE[..2]).status, 422, "to whom?");
    let done = bulk((&hub, &ann), &picks, &GIVE);
    assert_eq!(done.status, 303);
    let page = ann.get(&hub, &done.header("location")).text();
    assert!(page.contains("3 inquiries assigned."), "{page}");
    ann.until(&hub, "/office?who=bo", "<strong>3</strong>");
    assert_eq!(ann.post(&hub, &undo_of(&page), &[]).status, 303);
    ann.until(&hub, "/office?who=me", "<strong>1</strong>");
    ann.until(&hub, "/office?who=nobody", "<strong>2</strong>");
    let again = ann.post(&hub, &undo_of(&page), &[]).text();
    assert!(again.contains("Something else was done since"), "{again}");
}

#[test]
fn what_someone_else_changed_is_left_as_it_is_and_named() {
    let (hub, ann, entries) = office_with(&["one?", "two?"]);
    let bo = ann.invited(&hub, "bo", Role::Office);
    let picks = picked(&ann.get(&hub, "/office").text());
    assert_eq!(bo.write(&hub, &path_of(&entries[1]), "note", &[("text", "I called.")]), 303);
    let partly = bulk((&hub, &ann), &picks, &GIVE);
    let text = partly.text();
    let left = entries[1].head.reference().to_string();
    for words in ["1 inquiry assigned.", "Someone else changed it", &left] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains(&entries[0].head.reference().to_string()), "{text}");
    assert_eq!(ann.post(&hub, &undo_of(&text), &[]).status, 303);
    ann.until(&hub, "/office?who=nobody", "<strong>2</strong>");
}

#[test]
fn each_inquiry_of_an_act_is_checked_against_the_rights_of_its_author_and_receiver() {
    let (hub, ann, entries) = office_with(&["one?"]);
    let scope = "department:By-law";
    let far = ann.invited_to(&hub, "far", Role::Office, scope);
    let picks = [format!("{}.0", entries[0].head.id)];
    let close = [("act", "close"), ("confirmed", "yes"), ("outcome", "done"), ("why", "x")];
    let text = bulk((&hub, &far), &picks, &close).text();
    assert!(text.contains("0 inquiries closed.") && text.contains("You can’t change"), "{text}");
    let to_far = [("act", "give"), ("confirmed", "yes"), ("to", "far")];
    let text = bulk((&hub, &ann), &picks, &to_far).text();
    assert!(text.contains("This person can’t see this inquiry."), "{text}");
    let counter = ann.invited(&hub, "cy", Role::Counter);
    assert_eq!(bulk((&hub, &counter), &picks, &close).status, 403);
    assert!(!counter.get(&hub, "/office").text().contains("name=\"pick\""));
    let nothing = bulk((&hub, &ann), &[], &close).header("location");
    assert!(ann.get(&hub, &nothing).text().contains("Select one inquiry or more first."));
}

#[test]
fn closing_several_needs_an_outcome_and_a_reason_and_is_opened_again_by_one_press() {
    let (hub, ann, entries) = office_with(&["one?", "two?"]);
    let picks = picked(&ann.get(&hub, "/office").text());
    let close =
        [("act", "close"), ("confirmed", "yes"), ("outcome", "elsewhere"), ("why", "Hydro.")];
    let asked = bulk((&hub, &ann), &picks, &close[..1]).text();
    assert!(asked.contains("<dt>Without a reply</dt><dd>2</dd>"), "{asked}");
    assert_eq!(bulk((&hub, &ann), &picks, &close[..3]).status, 422, "why?");
    let done = bulk((&hub, &ann), &picks, &close).header("location");
    let page = ann.get(&hub, &done).text();
    assert!(page.contains("2 inquiries closed."), "{page}");
    assert!(ann.get(&hub, &path_of(&entries[0])).text().contains("Hydro."));
    let closed = bulk((&hub, &ann), &[format!("{}.1", entries[0].head.id)], &close).text();
    assert!(closed.contains("It is closed. Reopen it first."), "{closed}");
    let undone = ann.post(&hub, &undo_of(&page), &[]).header("location");
    assert!(ann.get(&hub, &undone).text().contains("Undone: 2 inquiries are as before."));
    ann.until(&hub, "/office", "<strong>2</strong>");
}

#[test]
fn a_tag_groups_inquiries_in_the_inbox_until_it_is_removed() {
    let (hub, ann, entries) = office_with(&["one?", "two?"]);
    let tag = [("act", "tag"), ("confirmed", "yes"), ("why", " Snow ")];
    let picks = picked(&ann.get(&hub, "/office").text());
    assert_eq!(bulk((&hub, &ann), &picks, &[tag[0], tag[1], ("why", " ")]).status, 422);
    let done = bulk((&hub, &ann), &picks[..1], &tag).header("location");
    assert!(ann.get(&hub, &done).text().contains("1 inquiry tagged."));
    let list = ann.get(&hub, "/office?tag=snow").text();
    assert_eq!(picked(&list).len(), 1, "{list}");
    let tagged = entries.iter().find(|entry| picks[0].starts_with(&entry.head.id.to_string()));
    let path = path_of(tagged.unwrap());
    assert_eq!(ann.write(&hub, &path, "tag", &[("tag", "<b>salt</b>")]), 303);
    let page = ann.get(&hub, &path).text();
    assert!(page.contains("snow") && !page.contains("<b>salt"), "{page}");
    assert_eq!(ann.write(&hub, &path, "tag", &[("tag", "snow"), ("remove", "1")]), 303);
    assert!(picked(&ann.get(&hub, "/office?tag=snow").text()).is_empty());
    let close = [("outcome", "done"), ("why", "By phone."), ("confirmed", "yes")];
    assert_eq!(ann.write(&hub, &path, "state", &close), 303);
    let closed = ann.get(&hub, "/office?state=closed&tag=%3Cb%3Esalt%3C%2Fb%3E").text();
    assert!(closed.contains("<strong>1</strong>"), "a closed one keeps its tags: {closed}");
}

#[test]
fn what_a_colleague_gives_is_told_until_something_is_done() {
    let (hub, ann, entries) = office_with(&["one?"]);
    let bo = ann.invited(&hub, "bo", Role::Office);
    assert_eq!(ann.write(&hub, &path_of(&entries[0]), "assign", &[("to", "bo")]), 303);
    let page = bo.get(&hub, "/office").text();
    assert!(page.contains("1 inquiry was given to you"), "{page}");
    assert!(bo.get(&hub, "/office?todo=given").text().contains("one?"));
    assert_eq!(bo.write(&hub, &path_of(&entries[0]), "note", &[("text", "On it.")]), 303);
    assert!(!bo.get(&hub, "/office").text().contains("was given to you"));
}

#[test]
fn a_follow_up_has_a_day_to_come_and_is_taken_back() {
    let (hub, ann, entries) = office_with(&["one?"]);
    let path = path_of(&entries[0]);
    for wrong in ["", "yesterday", "2020-01-01"] {
        assert_eq!(ann.write(&hub, &path, "follow-up", &[("on", wrong)]), 422, "{wrong}");
    }
    let set = [("on", "2199-01-07"), ("why", "Is it repaired?")];
    assert_eq!(ann.write(&hub, &path, "follow-up", &set), 303);
    let page = ann.get(&hub, &path).text();
    assert!(page.contains("Follow up on") && page.contains("Is it repaired?"), "{page}");
    assert!(!ann.get(&hub, "/office?todo=follow-up").text().contains("one?"), "not yet");
    assert_eq!(ann.write(&hub, &path, "follow-up", &[("remove", "1")]), 303);
    assert!(!ann.get(&hub, &path).text().contains("Follow up on"));
}

#[test]
fn a_department_that_is_asked_reads_and_answers_and_nothing_else() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let service = domain::ServiceId::parse("boat-permit").unwrap();
    let entry = sealed_about(Some(service), "is the ramp open?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "is the ramp open?");
    let path = path_of(&entry);
    let page = ann.get(&hub, &path).text();
    let departments =
        page.split("id=\"ask-dep\"").nth(1).unwrap().split("</select>").next().unwrap();
    let own = page.split("Department</dt><dd>").nth(1).unwrap().split('<').next().unwrap();
    let names = departments.split("<option value=\"").skip(2);
    let other =
        names.map(|rest| rest.split('"').next().unwrap()).find(|name| *name != own).unwrap();
    let bo = ann.invited_to(&hub, "bo", Role::Office, &format!("department:{other}"));
    assert_eq!(bo.get(&hub, &path).status, 404);
    let ask = [("department", other), ("text", "Is it repaired?")];
    assert_eq!(ann.write(&hub, &path, "ask", &ask), 303);
    let inbox = bo.get(&hub, "/office").text();
    assert!(inbox.contains("1 question from colleagues") && !inbox.contains("name=\"pick\""));
    let asked = bo.get(&hub, &path).text();
    assert!(asked.contains("Is it repaired?") && !asked.contains("/assign\""), "{asked}");
    let close = [("outcome", "done"), ("why", "x"), ("confirmed", "yes")];
    assert_eq!(bo.send_as(&hub, &asked, &path, "state", &close).status, 404, "it is not theirs");
    let answer = [("question", "1"), ("text", "Since Monday.")];
    let answered = bo.send_as(&hub, &asked, &path, "answer", &answer);
    assert_eq!(answered.header("location"), "/office?done=answered-inside");
    assert_eq!(bo.get(&hub, &path).status, 404, "the question is answered");
    assert!(ann.get(&hub, "/office").text().contains("Colleagues answered"));
    let page = ann.get(&hub, &path).text();
    assert!(page.contains("Since Monday.") && !page.contains("response time paused"), "{page}");
}

const TEMPLATE: [(&str, &str); 3] = [
    ("name", "Where and when"),
    ("english", "{greeting}\nWe are here: {hours}\nCall {phone}."),
    ("french", "{salutation}\nNous sommes ici : {heures}\nAppelez le {téléphone}."),
];

#[test]
fn a_template_is_filled_from_the_directory_used_and_counted() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let service = domain::ServiceId::parse("boat-permit").unwrap();
    let (about, none) = (
        sealed_about(Some(service), "my boat?", &hub.keys(), 1),
        sealed("my question?", &hub.keys(), 2),
    );
    hub.send(&[&about, &none]);
    ann.until(&hub, "/office", "<strong>2</strong>");
    let wrong = [TEMPLATE[0], TEMPLATE[1], ("french", "Bonjour {prix}")];
    let refused = ann.post(&hub, "/office/templates", &wrong);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("{prix} is not a fact") && refused.text().contains("Bonjour"));
    assert_eq!(ann.post(&hub, "/office/templates", &TEMPLATE).status, 303);
    let path = path_of(&about);
    let insert = [("do", "template"), ("template", "1"), ("service", "boat-permit")];
    assert_eq!(ann.write(&hub, &path, "reply", &insert), 303);
    let page = ann.get(&hub, &path).text();
    assert!(page.contains("We are here: ") && page.contains("Call 555-555-0100."), "{page}");
    assert!(!page.contains("The directory does not have"), "{page}");
    let draft = page.split("id=\"text-r\"").nth(1).unwrap().split('>').nth(1).unwrap();
    let draft = draft.split('<').next().unwrap().replace('\u{a0}', " ");
    let send = [("do", "send"), ("way", "status"), ("text", draft.as_str()), insert[2]];
    assert_eq!(ann.write(&hub, &path, "reply", &send), 303);
    assert!(ann.get(&hub, "/office/templates").text().contains("used in 1 reply"));
    // A fact that is missing stays in the draft and is never sent.
    let path = path_of(&none);
    assert_eq!(ann.write(&hub, &path, "reply", &insert[..2]), 303);
    let page = ann.get(&hub, &path).text();
    assert!(page.contains("The directory does not have: {hours}"), "{page}");
    let send = [("do", "send"), ("way", "status"), ("text", "We are here: {hours}")];
    assert_eq!(ann.write(&hub, &path, "reply", &send), 422);
    let send = [send[0], send[1], ("text", "We are here: call us.")];
    assert_eq!(ann.write(&hub, &path, "reply", &send), 303);
    assert!(ann.get(&hub, "/office/templates").text().contains("used in 2 replies"));
}

#[test]
fn a_template_has_versions_and_only_managers_change_it() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", Role::Office);
    assert_eq!(bo.post(&hub, "/office/templates", &TEMPLATE).status, 403);
    assert_eq!(ann.post(&hub, "/office/templates", &TEMPLATE).status, 303);
    let page = bo.get(&hub, "/office/templates").text();
    assert!(page.contains("Version 1") && !page.contains("Save template"), "{page}");
    let newer = [("name", "Where"), TEMPLATE[1], TEMPLATE[2], ("seen", "1")];
    assert_eq!(ann.post(&hub, "/office/templates/1", &newer).status, 303);
    let late = ann.post(&hub, "/office/templates/1", &newer);
    assert!(late.status == 422 && late.text().contains("Someone else changed this template."));
    assert!(bo.get(&hub, "/office/templates").text().contains("Version 2"));
    let remove = [("remove", "1"), ("seen", "2")];
    assert_eq!(ann.post(&hub, "/office/templates/1", &remove).status, 303);
    assert_eq!(ann.get(&hub, "/office/templates/1").status, 404);
    assert!(bo.get(&hub, "/office/templates").text().contains("There are no templates yet."));
}

fn two_inquiries_are_merged_answered_once_each_and_closed_together(hub: TestServer) {
    let (hub, ann, entries) = office_on(hub, &["is the rink open?", "rink hours?"]);
    let picks = picked(&ann.get(&hub, "/office").text());
    let merge = [("act", "merge"), ("confirmed", "yes")];
    let one = bulk((&hub, &ann), &picks[..1], &merge).header("location");
    assert!(ann.get(&hub, &one).text().contains("Select two inquiries to merge."));
    let asked = bulk((&hub, &ann), &picks, &merge[..1]).text();
    assert!(asked.contains("is the rink open?") && asked.contains("rink hours?"), "{asked}");
    let merged = bulk((&hub, &ann), &picks, &merge).header("location");
    let page = ann.get(&hub, &merged).text();
    assert!(page.contains("Inquiries merged.") && page.contains("This reply goes to 2 people"));
    assert!(page.contains("is the rink open?") && page.contains("rink hours?"), "both histories");
    ann.until(&hub, "/office", "<strong>1</strong>");
    let path = merged.split('?').next().unwrap();
    let reply = [("do", "finish"), ("way", "status"), ("text", "From four on.")];
    assert_eq!(ann.write(&hub, path, "reply", &reply), 303);
    for entry in &entries {
        let page = ann.get(&hub, &path_of(entry)).text();
        assert_eq!(
            page.matches("replied on the status page").count(),
            1 + usize::from(path_of(entry) == path),
            "{page}"
        );
        assert!(page.contains("closed it: Answered"), "{page}");
    }
    ann.until(&hub, "/office?state=closed", "<strong>2</strong>");
}

#[test]
fn merged_inquiries_are_separated_on_both_sides() {
    let (hub, ann, entries) = office_with(&["one?", "two?"]);
    let with = entries[1].head.reference().to_string();
    let pick = [format!("{}.0", entries[0].head.id)];
    let merge = [("act", "merge"), ("confirmed", "yes"), ("with", with.as_str())];
    let merged = bulk((&hub, &ann), &pick, &merge).header("location");
    let path = merged.split('?').next().unwrap();
    let other = entries.iter().find(|entry| path_of(entry) != path).unwrap();
    let away = ann.get(&hub, &path_of(other)).text();
    assert!(away.contains("This inquiry was merged"), "{away}");
    let from = [("from", other.head.id.to_string())];
    let from: Vec<(&str, &str)> = from.iter().map(|(name, id)| (*name, id.as_str())).collect();
    assert_eq!(ann.write(&hub, path, "separate", &from), 303);
    ann.until(&hub, "/office", "<strong>2</strong>");
    assert!(!ann.get(&hub, &path_of(other)).text().contains("This inquiry was merged"));
    assert_eq!(ann.write(&hub, path, "separate", &from), 422, "only once");
}

#[test]
fn a_draft_is_saved_while_it_is_typed_and_does_not_stand_in_its_author_s_way() {
    let (hub, ann, entries) = office_with(&["one?"]);
    let bo = ann.invited(&hub, "bo", Role::Office);
    let path = path_of(&entries[0]);
    let first = ann.get(&hub, &path).text();
    let auto = |text| [("auto", "1"), ("text", text)];
    let saved = ann.send_as(&hub, &first, &path, "reply", &auto("From fo"));
    assert!(saved.status == 200 && saved.text().starts_with("Draft saved at "), "{}", saved.text());
    let saved = ann.send_as(&hub, &first, &path, "reply", &auto("From four"));
    assert_eq!(saved.status, 200, "with the page from before the first draft");
    let page = bo.get(&hub, &path).text();
    assert!(page.contains("Ann Lee is writing a reply.") && page.contains("From four"), "{page}");
    assert_eq!(page.matches("saved a draft").count(), 1, "the history has the newest: {page}");
    let send = [("do", "send"), ("way", "status"), ("text", "From four on.")];
    assert_eq!(ann.send_as(&hub, &first, &path, "reply", &send).status, 303);
    let page = bo.get(&hub, &path).text();
    assert!(!page.contains("is writing a reply") && !page.contains("saved a draft"), "{page}");
    let late = ann.send_as(&hub, &first, &path, "reply", &auto("From five"));
    assert!(late.status == 409 && late.text().starts_with("Not saved"), "{}", late.text());
}

#[test]
fn a_shorter_response_time_shows_its_effect_before_and_applies_to_open_inquiries() {
    let (hub, ann, entries) = office_with(&["one?"]);
    let page = ann.get(&hub, &path_of(&entries[0])).text();
    let department = page.split("Department</dt><dd>").nth(1).unwrap().split('<').next().unwrap();
    let due = |page: &str| {
        let due = page.split("First reply</dt><dd").nth(1).unwrap().split('<').next().unwrap();
        due.to_string()
    };
    let subject = format!("department:{department}");
    let set = [("subject", subject.as_str()), ("hours", "1")];
    assert_eq!(ann.post(&hub, "/office/promises", &[set[0], ("hours", "2000")]).status, 422);
    let asked = ann.post(&hub, "/office/promises", &set).text();
    assert!(asked.contains("<dt>Open, due sooner</dt><dd>1</dd>"), "{asked}");
    assert_eq!(due(&ann.get(&hub, &path_of(&entries[0])).text()), due(&page), "nothing changed");
    let confirmed = [set[0], set[1], ("confirmed", "yes")];
    let done = ann.post(&hub, "/office/promises", &confirmed).header("location");
    assert!(ann.get(&hub, &done).text().contains("Response time saved."));
    for _ in 0..100 {
        if due(&ann.get(&hub, &path_of(&entries[0])).text()) != due(&page) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_ne!(due(&ann.get(&hub, &path_of(&entries[0])).text()), due(&page));
    let remove = [set[0], ("remove", "1"), ("confirmed", "yes")];
    assert_eq!(ann.post(&hub, "/office/promises", &remove).status, 303);
    assert!(!ann.get(&hub, "/office/promises").text().contains("name=\"remove\""));
}

#[test]
fn a_person_stops_their_daily_email_and_gets_it_again() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let page = ann.get(&hub, "/office/daily-email").text();
    assert!(page.contains("You get it.") && page.contains("Email is not set up"), "{page}");
    assert_eq!(ann.post(&hub, "/office/daily-email", &[("wanted", "no")]).status, 303);
    assert!(ann.get(&hub, "/office/daily-email").text().contains("You don’t get it."));
    assert_eq!(ann.post(&hub, "/office/daily-email", &[("wanted", "yes")]).status, 303);
    assert!(ann.get(&hub, "/office/daily-email").text().contains("You get it."));
}
