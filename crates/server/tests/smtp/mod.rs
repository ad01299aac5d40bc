//! A mail server for the tests: it implements as much of SMTP as a message needs, and responds as
//! configured.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Long enough, in seconds, for a busy machine and a second attempt after ten seconds.
const WAIT_S_MAX: u64 = 60;

/// How it treats one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailManner {
    Take,
    /// The same after two seconds.
    Slow,
    /// 451 to the recipient.
    Busy,
    /// 550 to the recipient, with a text that must not become markup of a page.
    Refuse,
    /// 530: requires authentication.
    Strict,
    /// Closes the connection in the middle of the message.
    HangUp,
    /// Sends nothing, not even a greeting.
    Silent,
}

/// A message as received, with its envelope sender and recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
}

impl Taken {
    /// The text as a person reads it, with quoted-printable (RFC 2045) decoded.
    pub(crate) fn read(&self) -> String {
        let (head, body) = self.text.split_once("\r\n\r\n").unwrap();
        if !head.contains("quoted-printable") {
            return body.into();
        }
        let joined = body.replace("=\r\n", "");
        let mut parts = joined.split('=');
        let mut bytes = parts.next().unwrap().as_bytes().to_vec();
        for part in parts {
            bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
            bytes.extend_from_slice(&part.as_bytes()[2..]);
        }
        String::from_utf8(bytes).unwrap()
    }
}

#[derive(Default)]
struct MailServerState {
    manners: VecDeque<MailManner>,
    connections: usize,
    taken: Vec<Taken>,
}

pub(crate) struct MailServer {
    port: u16,
    state: Arc<Mutex<MailServerState>>,
}

impl MailServer {
    /// Treats the first connections as listed, and accepts all later ones.
    pub(crate) fn start(manners: &[MailManner]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(MailServerState {
            manners: manners.iter().copied().collect(),
            ..MailServerState::default()
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = shared.clone();
                // A sender that disconnects ends its conversation and nothing else.
                std::thread::spawn(move || drop(converse(&stream, &state)));
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    pub(crate) fn wait_for(&self, what: &str, is_there: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_there(self) {
            assert!(
                began.elapsed() < Duration::from_secs(WAIT_S_MAX),
                "{what}: {} connections, {:?}",
                self.connections(),
                self.taken()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn converse(stream: &TcpStream, state: &Mutex<MailServerState>) -> std::io::Result<()> {
    let manner = {
        let mut state = state.lock().unwrap();
        state.connections += 1;
        state.manners.pop_front().unwrap_or(MailManner::Take)
    };
    let mut lines = BufReader::new(stream);
    let say = |line: &str| (&*stream).write_all(format!("{line}\r\n").as_bytes());
    let mut next = || {
        let mut line = String::new();
        lines.read_line(&mut line).map(|read| (read > 0).then_some(line))
    };
    if manner == MailManner::Silent {
        while next()?.is_some() {}
        return Ok(());
    }
    if manner == MailManner::Slow {
        std::thread::sleep(Duration::from_secs(2));
    }
    say("220 mail.example.org")?;
    let (mut from, mut to) = (String::new(), Vec::new());
    while let Some(line) = next()? {
        let line = line.trim_end();
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match (word.as_str(), manner) {
            ("EHLO", _) => say("250-mail.example.org\r\n250 8BITMIME")?,
            ("MAIL", MailManner::Strict) => say("530 5.7.0 authentication required")?,
            ("MAIL", _) => {
                from = address(line);
                say("250 fine")?;
            }
            ("RCPT", MailManner::Busy) => say("451 4.3.0 busy, come back later")?,
            ("RCPT", MailManner::Refuse) => say("550 5.1.1 no such user <b>here</b>")?,
            ("RCPT", _) => {
                to.push(address(line));
                say("250 fine")?;
            }
            ("DATA", _) => {
                say("354 go on")?;
                let mut text = String::new();
                while let Some(line) = next()?.filter(|line| line != ".\r\n") {
                    if manner == MailManner::HangUp {
                        return stream.shutdown(std::net::Shutdown::Both);
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                state.lock().unwrap().taken.push(Taken {
                    from: from.clone(),
                    to: to.clone(),
                    text,
                });
                say("250 taken")?;
            }
            ("NOOP", _) => say("250 fine")?,
            ("QUIT", _) => return say("221 bye"),
            _ => say("502 not here")?,
        }
    }
    Ok(())
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().into()
}
