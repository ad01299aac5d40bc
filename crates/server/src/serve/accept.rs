//! Taking connections in and serving them, HTTP/1 and HTTP/2, until told to stop.

use crate::client::TrustedProxies;
use crate::limits::connections::{Connection, Connections, InFlight, KEEP_ALIVE, OpenConnection};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::Version;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tower::Service;

/// How often connections are looked through for those whose time is over.
const LOOK: Duration = Duration::from_secs(1);
/// When the system gives no more connections, for instance because too many files are open, it is asked again after this.
const NO_MORE: Duration = Duration::from_millis(100);
/// Tasks that were told to end have so long.
const CLOSE_TIME: Duration = Duration::from_secs(1);
/// Bytes of a header, and lines in it: a browser's with all its cookies, four times over.
const HEADER_BYTES_MAX: usize = 32 * 1_024;
const HEADER_LINES_MAX: usize = 100;
/// Requests at once on one connection of HTTP/2, which a proxy may use for many people.
const STREAMS_MAX: u32 = 128;
/// Bytes of an answer that are handed over at once: a frame of HTTP/2. The next is asked for when the other end has room for it, so that whoever takes
/// nothing of a large answer shows.
const PIECE_BYTES_MAX: usize = 16 * 1_024;
/// Who is not taken in hears why, as far as a few bytes fit.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Serves until `stopping` says so; then what is under way has so long to end.
pub(super) async fn accept(
    listener: TcpListener,
    app: Router,
    connections: Arc<Connections>,
    trusted: TrustedProxies,
    mut stopping: tokio::sync::watch::Receiver<bool>,
    stop_time: Duration,
) {
    let graceful = GracefulShutdown::new();
    // Each connection's task has a copy, which it drops last.
    let (alive, mut ended) = tokio::sync::mpsc::channel::<()>(1);
    let mut looks = tokio::time::interval(LOOK);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = looks.tick() => {
                connections.close_overdue();
                continue;
            }
            // An error means that nobody is left who could say it.
            _ = stopping.wait_for(|is_stopping| *is_stopping) => break,
        };
        match accepted {
            Ok((stream, peer)) => match connections.admit(peer.ip(), trusted.has(peer.ip())) {
                Some(open) => drop(tokio::spawn(serve(
                    alive.clone(),
                    stream,
                    peer,
                    open,
                    app.clone(),
                    graceful.watcher(),
                ))),
                // What is not written is not missed.
                None => drop(stream.try_write(NO_PLACE)),
            },
            Err(fault) => {
                tracing::warn!(%fault, "a connection could not be taken in");
                tokio::time::sleep(NO_MORE).await;
            }
        }
    }
    drop((listener, app, alive));
    if tokio::time::timeout(stop_time, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests took too long to end");
        connections.close_all();
    }
    // Whoever closes the store next needs it for themselves.
    let _ = tokio::time::timeout(CLOSE_TIME, ended.recv()).await;
}

async fn serve(
    _alive: tokio::sync::mpsc::Sender<()>,
    stream: TcpStream,
    peer: SocketAddr,
    open: OpenConnection,
    app: Router,
    watcher: Watcher,
) {
    // Answers are small; one that waits for more is late.
    let _ = stream.set_nodelay(true);
    let connection = &open.connection;
    let stream = TokioIo::new(WatchedStream { stream, connection: connection.clone() });
    let answer = hyper::service::service_fn(|request: hyper::Request<Incoming>| {
        let in_flight = connection.begin(request.version() == Version::HTTP_2);
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = app.clone().call(request);
        async move {
            answering
                .await
                .map(|answer: Response| answer.map(|body| HeldBody::new(body, in_flight)))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(KEEP_ALIVE)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADER_LINES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADER_BYTES_MAX as u32);
    let serving = watcher.watch(builder.serve_connection(stream, answer).into_owned());
    tokio::select! {
        // How a connection ends is its client's matter.
        _ = serving => {}
        () = connection.closing() => {}
    }
}

/// The body of an answer, in pieces, whose request is in flight until the last is taken or it is dropped. That it is asked for a piece means that the
/// other end took the one before: HTTP/2 has a window for each stream, in which nothing is written and nothing is stuck.
struct HeldBody {
    body: Body,
    /// What came of it and was not asked for yet.
    rest: Bytes,
    in_flight: InFlight,
}

impl HeldBody {
    fn new(body: Body, mut in_flight: InFlight) -> Self {
        in_flight.offer(!body.is_end_stream());
        Self { body, rest: Bytes::new(), in_flight }
    }

    fn next_piece(&mut self) -> Bytes {
        self.rest.split_to(self.rest.len().min(PIECE_BYTES_MAX))
    }
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let polled = Pin::new(&mut self.body).poll_frame(context);
            self.in_flight.offer(polled.is_ready());
            match polled {
                Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                    self.rest = frame.into_data().unwrap_or_default()
                }
                other => return other,
            }
        }
        self.in_flight.has_taken();
        Poll::Ready(Some(Ok(Frame::data(self.next_piece()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}

/// A stream that says what goes in and out.
struct WatchedStream {
    stream: TcpStream,
    connection: Arc<Connection>,
}

impl WatchedStream {
    fn written<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.connection.has_written(polled.is_pending());
        polled
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.connection.has_read();
        }
        polled
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::connections::ConnectionSettings;
    use http_body_util::BodyExt;
    use std::convert::Infallible;

    fn held(body: Body) -> (OpenConnection, HeldBody) {
        let open = Connections::new(ConnectionSettings::default())
            .admit("10.0.0.1".parse().unwrap(), false)
            .unwrap();
        let held = HeldBody::new(body, open.connection.begin(true));
        (open, held)
    }

    #[tokio::test]
    async fn a_large_answer_is_handed_over_in_pieces_and_is_the_same() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
        let (_open, mut body) = held(Body::from(bytes.clone()));
        let mut taken = Vec::new();
        while let Some(frame) = body.frame().await {
            let piece = frame.unwrap().into_data().unwrap();
            assert!(!piece.is_empty() && piece.len() <= PIECE_BYTES_MAX);
            taken.extend_from_slice(&piece);
            assert_eq!(body.size_hint().exact(), Some((bytes.len() - taken.len()) as u64));
            assert_eq!(body.is_end_stream(), taken.len() == bytes.len());
        }
        assert_eq!(taken, bytes);
        assert!(held(Body::empty()).1.is_end_stream());
    }

    #[tokio::test]
    async fn an_answer_that_is_not_made_yet_does_not_wait_for_the_other_end() {
        let (open, mut body) =
            held(Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>()));
        assert!(open.connection.waits_for_the_other_end(), "nobody asked for a piece yet");
        assert!(tokio::time::timeout(Duration::from_millis(20), body.frame()).await.is_err());
        assert!(!open.connection.waits_for_the_other_end(), "the next piece is ours to make");
        let (open, mut body) = held(Body::from(vec![0; 50_000]));
        let _ = body.frame().await;
        assert!(open.connection.waits_for_the_other_end());
        drop(body);
        assert!(!open.connection.waits_for_the_other_end());
    }
}
