//! A minimal HTTP/1.1 client over one keep-alive connection, with little cost compared with the
//! server's.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Longer than any response of the server.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

pub(crate) struct BenchConnection(BufReader<TcpStream>);

impl BenchConnection {
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request; returns status and body. `headers` are complete lines.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<(u16, Vec<u8>)> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        );
        self.0.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let status = self
            .line()?
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| strange("no status"))?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value
                    .trim()
                    .parse()
                    .ok()
                    .filter(|length| *length <= BODY_BYTES_MAX)
                    .ok_or_else(|| strange("no length"))?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        Ok(line.trim_end().into())
    }
}

fn strange(what: &str) -> io::Error {
    io::Error::other(format!("an answer with {what}"))
}
