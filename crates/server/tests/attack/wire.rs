//! Requests as an attacker sends them: any bytes, from any address of the loopback network, with a
//! time limit on every response.

use crate::hub::TestServer;
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The attacker's own address, and that of an innocent client.
pub(crate) const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
pub(crate) const NEIGHBOUR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// A response that takes longer counts as none.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);
/// No response is longer.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Enough for the attack with the most sockets and some reserve; a server that is started inherits
/// the limit.
const SOCKETS: usize = 12_000;

/// One of many addresses, as a botnet has them.
pub(crate) fn address(number: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x7f01_0000 + number as u32 + 1)
}

/// Raises the limit on open sockets; where that fails, attacks with many sockets are smaller and
/// say so.
pub(crate) fn allow_many_sockets() {
    let own = std::process::id().to_string();
    let limit = format!("--nofile={SOCKETS}:");
    // Without `prlimit` or the permission, the current limit stays.
    let _ = std::process::Command::new("prlimit")
        .args([&limit, "--pid", &own])
        .stderr(std::process::Stdio::null())
        .status();
}

pub(crate) fn connect(from: Ipv4Addr, hub: &TestServer) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((from, 0)).into())?;
    socket.connect_timeout(
        &SocketAddr::from((Ipv4Addr::LOCALHOST, hub.port())).into(),
        ANSWER_TIME_MAX,
    )?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
    stream.set_write_timeout(Some(ANSWER_TIME_MAX))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Everything received until the server closed the connection or the time limit was reached.
#[derive(Debug, Default)]
pub(crate) struct WireResponse {
    pub(crate) raw: Vec<u8>,
    pub(crate) took: Duration,
}

impl WireResponse {
    /// The status code; zero if no response came.
    pub(crate) fn status(&self) -> u16 {
        self.head().split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    fn end_of_head(&self) -> usize {
        self.raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(self.raw.len())
    }

    pub(crate) fn head(&self) -> String {
        String::from_utf8_lossy(&self.raw[..self.end_of_head()]).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        let head = self.head();
        let pairs = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        pairs
            .filter(|(of, _)| of.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_string())
            .collect::<Vec<_>>()
            .join(", ")
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.raw.get(self.end_of_head() + 4..).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.body()).into_owned()
    }

    /// Number of responses: two to one request means smuggling.
    pub(crate) fn count(&self) -> usize {
        self.raw.windows(9).filter(|window| window == b"HTTP/1.1 ").count()
    }

    /// Whether a staff session was started.
    pub(crate) fn has_session(&self) -> bool {
        self.cookie().is_some()
    }

    /// The session's cookie, as a browser sends it back.
    pub(crate) fn cookie(&self) -> Option<String> {
        let head = self.head();
        let line = head.lines().find_map(|line| {
            line.split_once("__Host-hub-office=").map(|(_, rest)| rest.to_string())
        })?;
        let value = line.split(';').next().filter(|value| !value.is_empty())?;
        Some(format!("cookie: __Host-hub-office={value}\r\n"))
    }
}

/// Sends bytes as given and reads everything that comes back.
pub(crate) fn send(from: Ipv4Addr, hub: &TestServer, bytes: &[u8]) -> WireResponse {
    send_within(from, hub, bytes, ANSWER_TIME_MAX)
}

pub(crate) fn send_within(
    from: Ipv4Addr,
    hub: &TestServer,
    bytes: &[u8],
    most: Duration,
) -> WireResponse {
    let began = Instant::now();
    let Ok(mut stream) = connect(from, hub) else {
        return WireResponse { took: began.elapsed(), ..WireResponse::default() };
    };
    // A server that refuses early may close before all is written; its response still counts.
    let _ = stream.write_all(bytes);
    let raw = read_all(stream, most);
    WireResponse { raw, took: began.elapsed() }
}

/// Reads to the end, within limits on time and size.
pub(crate) fn read_all(stream: TcpStream, most: Duration) -> Vec<u8> {
    let began = Instant::now();
    let (mut stream, mut raw, mut part) =
        (stream.take(ANSWER_BYTES_MAX), Vec::new(), [0; 16 * 1024]);
    while let Some(left) = most.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        // Setting a timeout cannot fail on an open socket.
        let _ = stream.get_ref().set_read_timeout(Some(left));
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(read) => raw.extend_from_slice(&part[..read]),
        }
    }
    raw
}

/// A usual request; `headers` are complete lines.
pub(crate) fn ask(
    from: Ipv4Addr,
    hub: &TestServer,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> WireResponse {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    send(from, hub, &[head.as_bytes(), body].concat())
}

pub(crate) fn get(from: Ipv4Addr, hub: &TestServer, path: &str, headers: &str) -> WireResponse {
    send(
        from,
        hub,
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
            .as_bytes(),
    )
}

/// A form as a browser sends it.
pub(crate) fn form(
    from: Ipv4Addr,
    hub: &TestServer,
    path: &str,
    headers: &str,
    fields: &[(&str, &str)],
) -> WireResponse {
    let body = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", crate::office_client::encoded(value)))
        .collect::<Vec<_>>()
        .join("&");
    ask(
        from,
        hub,
        "POST",
        path,
        &format!(
            "content-type: application/x-www-form-urlencoded\r\naccept-language: en\r\n{headers}"
        ),
        body.as_bytes(),
    )
}

/// Signs in with a login and a password.
pub(crate) fn sign_in(
    from: Ipv4Addr,
    hub: &TestServer,
    login: &str,
    password: &str,
) -> WireResponse {
    form(from, hub, "/office/sign-in", "", &[("login", login), ("password", password)])
}
