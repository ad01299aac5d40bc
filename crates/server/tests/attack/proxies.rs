//! Attacks by forged proxy headers that claim another client address or protocol.

use crate::hub::{TestServer, wire};
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, address, ask, get};
use std::net::Ipv4Addr;

/// The trusted proxy of these attacks; the attacker is at another address.
const PROXY: Ipv4Addr = Ipv4Addr::LOCALHOST;
const TRUSTING: &[&str] = &["--trusted-proxies", "127.0.0.1"];
/// One share, and some that is regained meanwhile.
const SHARE_MAX: usize = 300;
const ASKED: usize = 500;

/// Number of requests accepted, each with headers that claim another address.
fn passed(hub: &TestServer, from: Ipv4Addr, headers: impl Fn(String) -> String) -> usize {
    let other = |number: usize| format!("10.{}.{}.1", number >> 8, number & 0xff);
    (0..ASKED)
        .filter(|&number| {
            ask(from, hub, "POST", "/api/submissions", &headers(other(number)), &wire(&[])).status()
                == 200
        })
        .count()
}

fn forged(other: String) -> String {
    format!(
        "x-forwarded-for: {other}\r\nforwarded: for={other}\r\nx-real-ip: {other}\r\ntrue-client-ip: {other}\r\ncf-connecting-ip: {other}\r\n"
    )
}

pub(crate) fn all(report: &mut AttackReport, _: AttackScale) {
    let open = TestServer::start();
    let count = passed(&open, ATTACKER, forged);
    check_one_share(
        report,
        &format!("{ASKED} batches with another address in each header, no proxy trusted"),
        count,
    );
    check_not_encrypted(report, "x-forwarded-proto from a stranger", &open);
    drop(open);
    let hub = TestServer::start_with(TRUSTING, |_| ());
    let count = passed(&hub, ATTACKER, forged);
    check_one_share(report, "the same past a proxy that is trusted", count);
    check_not_encrypted(report, "x-forwarded-proto past the proxy", &hub);
    let count = passed(&hub, PROXY, |other| format!("x-forwarded-for: {other}, 203.0.113.9\r\n"));
    check_one_share(report, "addresses in front of what the proxy saw", count);
    let count = passed(&hub, PROXY, |other| {
        format!("x-forwarded-for: {other}\r\nx-forwarded-for: 203.0.113.10\r\n")
    });
    check_one_share(report, "a second header in front of the proxy's", count);
    let count = passed(&hub, PROXY, |other| {
        format!("x-forwarded-for: {other}, 127.0.0.1, 203.0.113.11\r\n")
    });
    check_one_share(report, "an address of a proxy forged in front", count);
    let count = passed(&hub, PROXY, |other| format!("x-forwarded-for: {other}\r\n"));
    report.check(
        "what the proxy saw itself",
        "each has its own share",
        format!("{count} passed"),
        count == ASKED,
    );
    let said =
        get(PROXY, &hub, "/", "x-forwarded-for: 203.0.113.12\r\nx-forwarded-proto: https\r\n")
            .header("strict-transport-security");
    report.check(
        "x-forwarded-proto from the proxy",
        "strict-transport-security",
        format!("“{said}”"),
        !said.is_empty(),
    );
    odd_headers(report, &hub);
}

/// Reports whether requests with forged addresses have one share together.
fn check_one_share(report: &mut AttackReport, what: &str, count: usize) {
    report.check(what, "one share", format!("{count} passed"), count <= SHARE_MAX);
}

/// Reports whether the attacker's own claim of an encrypted connection is ignored.
fn check_not_encrypted(report: &mut AttackReport, what: &str, hub: &TestServer) {
    let said =
        get(ATTACKER, hub, "/", "x-forwarded-proto: https\r\n").header("strict-transport-security");
    report.check(what, "no strict-transport-security", format!("“{said}”"), said.is_empty());
}

fn odd_headers(report: &mut AttackReport, hub: &TestServer) {
    let odd = [
        "x-forwarded-for: \r\n",
        "x-forwarded-for: unknown\r\n",
        "x-forwarded-for: ,,,,\r\n",
        "x-forwarded-for: \u{1}\r\n",
        "x-forwarded-for: [::1\r\n",
        "x-forwarded-for: 1.2.3.4:80\r\n",
    ];
    let broken: Vec<u16> = odd
        .iter()
        .map(|headers| ask(PROXY, hub, "POST", "/api/submissions", headers, &wire(&[])).status())
        .filter(|status| *status >= 500 || *status == 0)
        .collect();
    let many = format!("x-forwarded-for: {}1.1.1.1\r\n", "1.1.1.1, ".repeat(1_000));
    let status = ask(address(9), hub, "POST", "/api/submissions", &many, &wire(&[])).status();
    report.check(
        "forwarding headers that are none",
        "no answer of 500 or above",
        format!("{broken:?}, {status}"),
        broken.is_empty() && status < 500,
    );
}
