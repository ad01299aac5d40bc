//! A staff member's browser: signs in, reads pages and sends forms.

#![allow(dead_code, reason = "each test file uses only a part of it")]

use crate::hub::{HttpPage, TestServer};
use office::staff::Role;
use std::time::Duration;

pub(crate) const PASSWORD: &str = "a river in the morning";

#[derive(Clone)]
pub(crate) struct OfficeClient {
    cookie: String,
    pub(crate) csrf: String,
}

impl OfficeClient {
    /// A person who is not signed in.
    pub(crate) fn nobody(_: &TestServer) -> Self {
        Self { cookie: String::new(), csrf: String::new() }
    }

    /// The token for the first administrator, from the console; the newest, if there was a restart.
    pub(crate) fn token(hub: &TestServer) -> String {
        // It is printed after the address, which can take a while on a busy machine.
        for _ in 0..100 {
            // Servers of one database may share a log.
            let address = format!(":{}/office/first", hub.port);
            let is_token =
                |line: &&str| line.starts_with("No one works") && line.contains(&address);
            if let Some(line) = hub.log().lines().rfind(is_token) {
                return line.rsplit(' ').next().unwrap().into();
            }
        }
        panic!("{}", hub.log());
    }

    /// Ann, the first administrator.
    pub(crate) fn first(hub: &TestServer) -> Self {
        let fields = [
            ("token", Self::token(hub)),
            ("login", "ann".into()),
            ("name", "Ann Lee".into()),
            ("password", PASSWORD.into()),
        ];
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self::of(hub, &Self::nobody(hub).post(hub, "/office/first", &fields)).unwrap()
    }

    pub(crate) fn sign_in(hub: &TestServer, login: &str, password: &str) -> Option<Self> {
        Self::of(
            hub,
            &Self::nobody(hub).post(
                hub,
                "/office/sign-in",
                &[("login", login), ("password", password)],
            ),
        )
    }

    /// A new colleague, who accepts the invitation of this administrator.
    pub(crate) fn invited(&self, hub: &TestServer, login: &str, role: Role) -> Self {
        self.invited_to(hub, login, role, "all")
    }

    /// The same for a colleague who reads only a part of the inquiries.
    pub(crate) fn invited_to(
        &self,
        hub: &TestServer,
        login: &str,
        role: Role,
        scope: &str,
    ) -> Self {
        let fields = [("login", login), ("name", login), ("role", role.name()), ("scope", scope)];
        let page = self.post(hub, "/office/people", &fields).text();
        let link = page
            .split("href=\"/office/invitation/")
            .nth(1)
            .unwrap_or_else(|| panic!("{page}"))
            .split('"')
            .next()
            .unwrap();
        let nobody = Self::nobody(hub);
        assert_eq!(nobody.get(hub, &format!("/office/invitation/{link}")).status, 200);
        let client = Self::of(
            hub,
            &nobody.post(hub, &format!("/office/invitation/{link}"), &[("password", PASSWORD)]),
        )
        .unwrap();
        assert_eq!(
            nobody
                .post(hub, &format!("/office/invitation/{link}"), &[("password", PASSWORD)])
                .status,
            404,
            "it holds once"
        );
        client
    }

    /// The session that a page starts; `None` if it starts none.
    pub(crate) fn of(hub: &TestServer, page: &HttpPage) -> Option<Self> {
        let line = page.header("set-cookie");
        assert!(
            line.is_empty()
                || ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"]
                    .iter()
                    .all(|part| line.contains(part)),
            "{line}"
        );
        let cookie = line.split(';').next().filter(|cookie| !cookie.is_empty())?.to_string();
        let client = Self { cookie, csrf: String::new() };
        let text = client.get(hub, "/office").text();
        let csrf = text.split("name=\"csrf\" value=\"").nth(1)?.split('"').next()?.to_string();
        Some(Self { csrf, ..client })
    }

    /// The session of a `set-cookie` line.
    pub(crate) fn with_cookie(hub: &TestServer, line: &str) -> Option<Self> {
        let client = Self { cookie: line.split(';').next()?.to_string(), csrf: String::new() };
        let text = client.get(hub, "/office").text();
        let csrf = text.split("name=\"csrf\" value=\"").nth(1)?.split('"').next()?.to_string();
        Some(Self { csrf, ..client })
    }

    pub(crate) fn cookie_line(&self) -> String {
        if self.cookie.is_empty() { String::new() } else { format!("cookie: {}\r\n", self.cookie) }
    }

    pub(crate) fn get(&self, hub: &TestServer, path: &str) -> HttpPage {
        let page = hub.get_with(path, &format!("accept-language: en\r\n{}", self.cookie_line()));
        // As a browser does when a reference number redirects to its inquiry.
        let leads_on = ["/office/reference/", "/office/inquiry/"]
            .iter()
            .any(|to| page.header("location").starts_with(to));
        if leads_on { self.get(hub, &page.header("location")) } else { page }
    }

    pub(crate) fn post(&self, hub: &TestServer, path: &str, fields: &[(&str, &str)]) -> HttpPage {
        let own = [("csrf", self.csrf.as_str())];
        let body = own
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        let headers = format!(
            "content-type: application/x-www-form-urlencoded\r\naccept-language: en\r\n{}",
            self.cookie_line()
        );
        hub.ask("POST", path, &headers, body.as_bytes()).unwrap()
    }

    /// Sends a form of an inquiry's page, with the last event shown there as the one seen.
    pub(crate) fn write(
        &self,
        hub: &TestServer,
        path: &str,
        form: &str,
        fields: &[(&str, &str)],
    ) -> u16 {
        self.send_as(hub, &self.get(hub, path).text(), path, form, fields).status
    }

    /// The same by the inquiry's id, as soon as its page exists.
    pub(crate) fn send(
        &self,
        hub: &TestServer,
        id: &str,
        form: &str,
        fields: &[(&str, &str)],
    ) -> HttpPage {
        let path = format!("/office/inquiry/{id}");
        self.send_as(hub, &self.until(hub, &path, "name=\"seen\""), &path, form, fields)
    }

    /// The same with a page that was read earlier.
    pub(crate) fn send_as(
        &self,
        hub: &TestServer,
        page: &str,
        path: &str,
        form: &str,
        fields: &[(&str, &str)],
    ) -> HttpPage {
        let seen = page
            .split("name=\"seen\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or("0");
        let all: Vec<(&str, &str)> =
            std::iter::once(("seen", seen)).chain(fields.iter().copied()).collect();
        self.post(hub, &format!("{path}/{form}"), &all)
    }

    /// Reads a page until it contains a text: received submissions appear within a second.
    pub(crate) fn until(&self, hub: &TestServer, path: &str, says: &str) -> String {
        // Long enough for a busy machine, and for a mail's second attempt after ten seconds.
        for _ in 0..600 {
            let text = self.get(hub, path).text();
            if text.contains(says) || text.contains(&escaped(says)) {
                return text;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} does not say “{says}”: {}", self.get(hub, path).text());
    }
}

/// Percent-encodes a form value.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// Asserts that a text appears in the page with all characters escaped that have a meaning in HTML.
pub(crate) fn assert_is_only_text(page: &str, text: &str) {
    for dangerous in [
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<body ",
        "<object",
        "<math",
        "<a href=\"java",
        "<style",
    ] {
        let (there, own) =
            (page.matches(dangerous).count(), if dangerous == "<script" { 1 } else { 0 });
        assert!(there <= own, "{dangerous} stands in the page with “{text}”");
    }
    let line = text.split('\n').find(|line| line.contains('<') || line.contains('"'));
    if let Some(line) = line.filter(|line| (12..90).contains(&line.len())) {
        assert!(!page.contains(line) || !line.contains('<'), "“{line}” stands there as it came");
    }
}

/// Texts that would be executed as scripts where escaping is missing: several injection points with
/// several scripts.
pub(crate) fn scripts() -> Vec<String> {
    let doings = [
        "alert(1)",
        "fetch('//evil.example')",
        "document.body.remove()",
        "location='//evil.example'",
        "top.x=1",
    ];
    let ways: [fn(&str) -> String; 41] = [
        |doing| format!("<script>{doing}</script>"),
        |doing| format!("</textarea><script>{doing}</script>"),
        |doing| format!("</title><script>{doing}</script>"),
        |doing| format!("\"><script>{doing}</script>"),
        |doing| format!("'><script>{doing}</script>"),
        |doing| format!("</p></div><script>{doing}</script>"),
        |doing| format!("<img src=x onerror=\"{doing}\">"),
        |doing| format!("<img src=x onerror={doing}>"),
        |doing| format!("\" onfocus=\"{doing}\" autofocus=\""),
        |doing| format!("' onmouseover='{doing}' x='"),
        |doing| format!("<svg onload=\"{doing}\">"),
        |doing| format!("<svg><script>{doing}</script></svg>"),
        |doing| format!("<svg><animate onbegin=\"{doing}\" attributeName=x>"),
        |doing| format!("<body onload=\"{doing}\">"),
        |doing| format!("<iframe src=\"javascript:{doing}\"></iframe>"),
        |doing| format!("<iframe srcdoc=\"<script>{doing}</script>\">"),
        |doing| format!("<a href=\"javascript:{doing}\">here</a>"),
        |doing| format!("[here](javascript:{doing})"),
        |doing| format!("javascript:{doing}"),
        |doing| format!("<object data=\"javascript:{doing}\">"),
        |doing| format!("<embed src=\"javascript:{doing}\">"),
        |doing| format!("<math><mtext><img src=x onerror=\"{doing}\"></mtext></math>"),
        |doing| format!("<style>@import 'javascript:{doing}';</style>"),
        |doing| format!("<link rel=stylesheet href=\"javascript:{doing}\">"),
        |doing| format!("<form action=\"javascript:{doing}\"><button>x</button></form>"),
        |doing| format!("<input autofocus onfocus=\"{doing}\">"),
        |doing| format!("<details open ontoggle=\"{doing}\">"),
        |doing| format!("<video><source onerror=\"{doing}\"></video>"),
        |doing| format!("<marquee onstart=\"{doing}\">"),
        |doing| format!("<meta http-equiv=refresh content=\"0;url=javascript:{doing}\">"),
        |doing| format!("<base href=\"javascript:{doing}//\">"),
        |doing| format!("<scr<script>ipt>{doing}</scr</script>ipt>"),
        |doing| format!("<ScRiPt>{doing}</sCrIpT>"),
        |doing| format!("<script\n>{doing}</script\n>"),
        |doing| format!("&lt;script&gt;{doing}&lt;/script&gt;"),
        |doing| format!("&#60;script&#62;{doing}&#60;/script&#62;"),
        |doing| format!("{{{{constructor.constructor('{doing}')()}}}}"),
        |doing| format!("${{{doing}}} `{doing}`"),
        |doing| format!("<!--><script>{doing}</script-->"),
        |doing| format!("<![CDATA[<script>{doing}</script>]]>"),
        |doing| format!("\u{202e}<script>{doing}</script>\u{0}"),
    ];
    ways.iter().flat_map(|way| doings.iter().map(|doing| way(doing))).collect()
}
