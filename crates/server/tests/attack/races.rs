//! Races between two requests that each check before the other writes.

use crate::door::invite;
use crate::hub::{TestServer, sealed};
use crate::office_client::{OfficeClient, PASSWORD};
use crate::report::{AttackReport, AttackScale};
use crate::wire::{WireResponse, address, form, get, sign_in};
use office::staff::Role;
use std::sync::Barrier;
use std::time::Duration;

pub(crate) fn all(report: &mut AttackReport, size: AttackScale) {
    first_token(report, size);
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    one_invitation(report, size, &hub, &ann);
    removed_meanwhile(report, size, &hub, &ann);
    same_number(report, size, &hub, &ann);
    demoting_each_other(report, size, &hub, &ann);
}

/// Runs both as simultaneously as threads allow.
fn at_once<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            barrier.wait();
            one()
        });
        barrier.wait();
        let second = other();
        (first.join().unwrap(), second)
    })
}

fn first_token(report: &mut AttackReport, size: AttackScale) {
    let rounds = size.of(2, 10);
    let mut doubled = 0;
    for _ in 0..rounds {
        let hub = TestServer::start();
        let token = OfficeClient::token(&hub);
        let first = |login: &str, from: usize| {
            form(
                address(6_000 + from),
                &hub,
                "/office/first",
                "",
                &[("token", &token), ("login", login), ("name", login), ("password", PASSWORD)],
            )
        };
        let (one, other) = at_once(|| first("ann", 1), || first("eve", 2));
        doubled += usize::from(one.has_session() as u8 + other.has_session() as u8 != 1);
    }
    report.check(
        &format!("the first token twice at once, {rounds} times"),
        "one of two begins",
        format!("{doubled} times not"),
        doubled == 0,
    );
}

fn one_invitation(
    report: &mut AttackReport,
    size: AttackScale,
    hub: &TestServer,
    ann: &OfficeClient,
) {
    let rounds = size.of(3, 20);
    let mut doubled = 0;
    for round in 0..rounds {
        let link = invite(hub, ann, &format!("twice{round}"), Role::Counter);
        let accept = |from: usize, password: &str| {
            form(address(6_100 + from), hub, &link, "", &[("password", password)]).has_session()
        };
        let (one, other) = at_once(
            || accept(1, "the sea before the storm"),
            || accept(2, "the wood behind the house"),
        );
        doubled += usize::from(one as u8 + other as u8 != 1);
    }
    report.check(
        &format!("two who accept one invitation at once, {rounds} times"),
        "one of two begins",
        format!("{doubled} times not"),
        doubled == 0,
    );
}

fn removed_meanwhile(
    report: &mut AttackReport,
    size: AttackScale,
    hub: &TestServer,
    ann: &OfficeClient,
) {
    let rounds = size.of(4, 20);
    let (mut undone, mut open) = (0, 0);
    for round in 0..rounds {
        let login = format!("gone{round}");
        let link = invite(hub, ann, &login, Role::Administrator);
        let (cookie, _) = at_once(
            || form(address(6_300 + round), hub, &link, "", &[("password", PASSWORD)]).cookie(),
            || {
                std::thread::sleep(Duration::from_millis(5 + 10 * round as u64));
                ann.post(
                    hub,
                    &format!("/office/people/{login}"),
                    &[("do", "leave"), ("confirmed", "yes")],
                )
            },
        );
        undone += usize::from(sign_in(address(6_400 + round), hub, &login, PASSWORD).has_session());
        open +=
            usize::from(cookie.is_some_and(|cookie| {
                get(address(6_500), hub, "/office", &cookie).status() == 200
            }));
    }
    report.check(
        &format!("removed while the invitation is being accepted, {rounds} times"),
        "removed stays removed",
        format!("{undone} can sign in, {open} are in"),
        undone + open == 0,
    );
}

fn same_number(report: &mut AttackReport, size: AttackScale, hub: &TestServer, ann: &OfficeClient) {
    let bo = ann.invited(hub, "bo.clerk", Role::Office);
    let entry = sealed("who answers?", &hub.keys(), 1);
    hub.send(&[&entry]);
    let inbox = ann.until(hub, "/office", "who answers?");
    let path = format!(
        "/office/inquiry/{}",
        inbox.split("href=\"/office/inquiry/").nth(1).unwrap().split('"').next().unwrap()
    );
    let (rounds, mut wrong) = (size.of(5, 40), 0);
    for round in 0..rounds {
        let page = ann.get(hub, &path).text();
        let note = |client: &OfficeClient, text: &str| {
            client.send_as(hub, &page, &path, "note", &[("text", text)]).status
        };
        let (one, other) = (format!("one{round}x"), format!("other{round}x"));
        let (first, second) = at_once(|| note(ann, &one), || note(&bo, &other));
        let after = ann.get(hub, &path).text();
        let kept = usize::from(after.contains(&one)) + usize::from(after.contains(&other));
        let mut statuses = [first, second];
        statuses.sort_unstable();
        wrong += usize::from(statuses != [303, 409] || kept != 1);
    }
    report.check(
        &format!("two clerks who write the same number, {rounds} times"),
        "one is kept, the other told",
        format!("{wrong} times not"),
        wrong == 0,
    );
}

/// The last race, because afterwards perhaps no administrator is left.
fn demoting_each_other(
    report: &mut AttackReport,
    size: AttackScale,
    hub: &TestServer,
    ann: &OfficeClient,
) {
    ann.invited(hub, "bo.admin", Role::Administrator);
    let rounds = size.of(6, 40);
    for round in 0..rounds {
        let signed_in = |number: usize, login: &str| {
            Signed::of(hub, &sign_in(address(6_600 + round * 4 + number), hub, login, PASSWORD))
        };
        let (ann, bo) = (signed_in(0, "ann"), signed_in(1, "bo.admin"));
        at_once(|| ann.set_role(hub, "bo.admin", "counter"), || bo.set_role(hub, "ann", "counter"));
        let (ann, bo) = (signed_in(2, "ann"), signed_in(3, "bo.admin"));
        match (ann.is_administrator(hub), bo.is_administrator(hub)) {
            (true, _) => ann.set_role(hub, "bo.admin", "administrator"),
            (_, true) => bo.set_role(hub, "ann", "administrator"),
            (false, false) => {
                report.check(
                    "two administrators who demote each other",
                    "one is left",
                    format!("none is, at the {}. time", round + 1),
                    false,
                );
                return;
            }
        };
    }
    report.check(
        "two administrators who demote each other",
        "one is left",
        format!("one was, {rounds} times"),
        true,
    );
}

/// A session from an address of its own, so that a race can be repeated often.
struct Signed {
    cookie: String,
    csrf: String,
}

impl Signed {
    fn of(hub: &TestServer, answer: &WireResponse) -> Self {
        let cookie = answer.cookie().unwrap_or_default();
        let inbox = get(address(6_501), hub, "/office", &cookie).text();
        let csrf = inbox
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default();
        Self { csrf: csrf.into(), cookie }
    }

    fn is_administrator(&self, hub: &TestServer) -> bool {
        get(address(6_501), hub, "/office/people", &self.cookie).status() == 200
    }

    fn set_role(&self, hub: &TestServer, login: &str, role: &str) -> u16 {
        form(
            address(6_502),
            hub,
            &format!("/office/people/{login}"),
            &self.cookie,
            &[("csrf", &self.csrf), ("role", role), ("scope", "all")],
        )
        .status()
    }
}
