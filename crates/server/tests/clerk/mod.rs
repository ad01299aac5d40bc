//! Somebody who works in the office, over plain HTTP as a browser does.

use crate::hub::{Hub, Page};
use std::time::{Duration, Instant};

/// A busy machine, and a second attempt after ten seconds.
const WAIT_S_MAX: u64 = 60;

pub(crate) struct Clerk {
    cookie: String,
}

impl Clerk {
    /// The first administrator, with the token of the console.
    pub(crate) fn first(hub: &mut Hub) -> Self {
        let log = hub.log();
        let line = log.lines().find(|line| line.starts_with("Nobody works")).unwrap_or_else(|| panic!("{log}"));
        let token = line.rsplit(' ').next().unwrap();
        let form = [("token", token), ("login", "ann"), ("name", "Ann Lee"), ("password", "a long walk by the lake")];
        let page = hub.ask("POST", "/office/first", "", fields(&form).as_bytes()).unwrap();
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_string();
        assert!(page.status == 303 && cookie.starts_with("__Host-hub-office="), "{line}\n{}", page.text());
        Self { cookie }
    }

    pub(crate) fn get(&self, hub: &Hub, path: &str) -> Page {
        hub.get_with(path, &format!("cookie: {}\r\n", self.cookie))
    }

    /// Sends a form of an inquiry's page, as the page has it now.
    pub(crate) fn send(&self, hub: &Hub, reference: &str, form: &str, with: &[(&str, &str)]) -> Page {
        let page = self.wait_for(hub, &format!("/office/inquiry/{reference}"), "name=\"seen\"");
        self.send_as(hub, &page, reference, form, with)
    }

    /// The same, as an older page had it.
    pub(crate) fn send_as(&self, hub: &Hub, page: &str, reference: &str, form: &str, with: &[(&str, &str)]) -> Page {
        let hidden = [("csrf", value(page, "csrf")), ("seen", value(page, "seen"))];
        let body = fields(&[hidden.as_slice(), with].concat());
        hub.ask("POST", &format!("/office/inquiry/{reference}/{form}"), &format!("cookie: {}\r\n", self.cookie), body.as_bytes()).unwrap()
    }

    /// A page as soon as it says something.
    pub(crate) fn wait_for(&self, hub: &Hub, path: &str, words: &str) -> String {
        let began = Instant::now();
        loop {
            let page = self.get(hub, path).text();
            if page.contains(words) {
                return page;
            }
            assert!(began.elapsed() < Duration::from_secs(WAIT_S_MAX), "{words}\n{page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn fields(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn value<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap()
}
