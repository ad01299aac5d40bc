//! Accepts connections and serves them, HTTP/1 and HTTP/2, until the server stops.

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::Version;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use limits::client::TrustedProxies;
use limits::connections::{Connection, Connections, InFlight, KEEP_ALIVE, OpenConnection};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// How often connections are checked for timeouts.
const LOOK: Duration = Duration::from_secs(1);
/// The wait before accepting again after the system refused, for instance because too many files
/// are open.
const NO_MORE: Duration = Duration::from_millis(100);
/// The time for connection tasks to end after they were closed.
const CLOSE_TIME: Duration = Duration::from_secs(1);
/// The most bytes of a request header: four times what a browser sends with all its cookies.
const HEADER_BYTES_MAX: usize = 32 * 1_024;
/// The most lines in a request header.
const HEADER_LINES_MAX: usize = 100;
/// Concurrent requests on one HTTP/2 connection, which a proxy may use for many people.
const STREAMS_MAX: u32 = 128;
/// The most bytes of a response body handed over at a time: one HTTP/2 frame. The next piece is
/// polled when the client has room for it, so a client that does not read a large response is
/// detected.
const PIECE_BYTES_MAX: usize = 16 * 1_024;
/// Sent to a client that is not admitted, as far as it can be written at once.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Serves until `stopping` is cancelled; requests in flight then get `stop_time` to end.
pub(super) async fn accept(
    listener: TcpListener,
    app: Router,
    connections: Arc<Connections>,
    trusted: TrustedProxies,
    stopping: CancellationToken,
    stop_time: Duration,
) {
    let graceful = GracefulShutdown::new();
    // Each connection's task holds a clone and drops it last, so `ended` tells when all have ended.
    let (alive, mut ended) = tokio::sync::mpsc::channel::<()>(1);
    let mut looks = tokio::time::interval(LOOK);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = looks.tick() => {
                connections.close_overdue();
                continue;
            }
            () = stopping.cancelled() => break,
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
                // If the refusal cannot be written at once, it is dropped.
                None => drop(stream.try_write(NO_PLACE)),
            },
            Err(fault) => {
                tracing::warn!(%fault, "a connection could not be accepted");
                tokio::time::sleep(NO_MORE).await;
            }
        }
    }
    drop((listener, app, alive));
    if tokio::time::timeout(stop_time, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests took too long to end");
        connections.close_all();
    }
    // The store is closed next, which needs it to be no longer shared.
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
    // Responses are small; waiting to fill a packet (Nagle's algorithm) would only delay them.
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
        // How a connection ends concerns only its client.
        _ = serving => {}
        () = connection.closing() => {}
    }
}

/// A response body that is handed over in pieces. Its request counts as in flight until the last
/// piece is taken or the body is dropped. That a piece is polled means that the client took the one
/// before: HTTP/2 has a window per stream, so a stream can stall without any write being blocked.
struct HeldBody {
    body: Body,
    /// Bytes that the inner body returned and that were not polled yet.
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

/// A stream that reports reads and writes to the connection's time limits.
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
    use http_body_util::BodyExt;
    use limits::connections::ConnectionSettings;
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
