//! Taking connections in and serving them, HTTP/1 and HTTP/2, until told to stop.

use crate::client::TrustedProxies;
use crate::limits::connections::{Connection, Connections, InFlight, KEEP_ALIVE, OpenConnection};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
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
                Some(open) => drop(tokio::spawn(serve(alive.clone(), stream, peer, open, app.clone(), graceful.watcher()))),
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

async fn serve(_alive: tokio::sync::mpsc::Sender<()>, stream: TcpStream, peer: SocketAddr, open: OpenConnection, app: Router, watcher: Watcher) {
    // Answers are small; one that waits for more is late.
    let _ = stream.set_nodelay(true);
    let connection = &open.connection;
    let stream = TokioIo::new(WatchedStream { stream, connection: connection.clone() });
    let answer = hyper::service::service_fn(|request: hyper::Request<Incoming>| {
        let in_flight = connection.begin();
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = app.clone().call(request);
        async move { answering.await.map(|answer: Response| answer.map(|body| HeldBody { body, _in_flight: in_flight })) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(KEEP_ALIVE).max_buf_size(HEADER_BYTES_MAX).max_headers(HEADER_LINES_MAX);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX).max_header_list_size(HEADER_BYTES_MAX as u32);
    let serving = watcher.watch(builder.serve_connection(stream, answer).into_owned());
    tokio::select! {
        // How a connection ends is its client's matter.
        _ = serving => {}
        () = connection.closing() => {}
    }
}

/// The body of an answer, whose request is in flight until it is taken or dropped.
struct HeldBody {
    body: Body,
    _in_flight: InFlight,
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.connection.has_read();
        }
        polled
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(polled)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
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
