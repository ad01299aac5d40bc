//! The listener for monitoring. It answers one address, and shares no limit with the people who use
//! the service: neither can keep the other out.

use super::page::{Beside, text};
use crate::api::ServerParts;
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use limits::connections::Connections;
use office::Office;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::AnyStore;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections at once: two programs that look, and some that hang.
const CONNECTIONS_MAX: usize = 16;
/// The time for a header to arrive, and for a whole connection.
const HEADER_TIME: Duration = Duration::from_secs(3);
const CONNECTION_TIME: Duration = Duration::from_secs(10);
/// The most bytes of a request: monitoring sends a few hundred.
const REQUEST_BYTES_MAX: usize = 16 * 1_024;
/// The wait before accepting again after the system refused.
const NO_MORE: Duration = Duration::from_millis(100);
/// The time for a page in flight to be dropped when the server stops.
const STOP_TIME: Duration = Duration::from_secs(1);
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the page is made of.
#[derive(Clone)]
pub(crate) struct MetricsSources {
    /// Not held, so that a stop can close the store.
    pub(crate) server: Weak<ServerParts<AnyStore>>,
    /// The same.
    pub(crate) office: Weak<Office>,
    /// The connections of the public listener.
    pub(crate) connections: Arc<Connections>,
    /// Retention runs every night.
    pub(crate) has_nightly_retention: bool,
}

/// Listens on the address for monitoring.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("Metrics cannot be served at {address}: {error}. Choose another address with --metrics, or leave it out.")
    })
}

/// The running listener.
pub(crate) struct MetricsListener {
    tracker: TaskTracker,
    stopping: CancellationToken,
}

impl MetricsListener {
    /// Answers on `listener` until it is stopped.
    pub(crate) fn start(listener: TcpListener, sources: MetricsSources) -> Self {
        let (tracker, stopping) = (TaskTracker::new(), CancellationToken::new());
        tracker.spawn(accept(listener, sources, tracker.clone(), stopping.clone()));
        Self { tracker, stopping }
    }

    /// Ends all connections.
    pub(crate) async fn stop(self) {
        self.stopping.cancel();
        self.tracker.close();
        // What does not end even now is left behind: the program ends next.
        let _ = tokio::time::timeout(STOP_TIME, self.tracker.wait()).await;
    }
}

async fn accept(
    listener: TcpListener,
    sources: MetricsSources,
    tracker: TaskTracker,
    stopping: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let next = async {
            // Waits before it accepts: who is not accepted yet waits in the kernel.
            let place = places.clone().acquire_owned().await;
            (place.ok(), listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stopping.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                drop(tracker.spawn(serve(stream, sources.clone(), place, stopping.clone())))
            }
            Err(_) => tokio::time::sleep(NO_MORE).await,
        }
    }
}

async fn serve(
    stream: TcpStream,
    sources: MetricsSources,
    _place: Option<OwnedSemaphorePermit>,
    stopping: CancellationToken,
) {
    let answer = service_fn(|request: Request<Incoming>| {
        let sources = sources.clone();
        async move { Ok::<_, Infallible>(answer(&request, &sources).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(REQUEST_BYTES_MAX)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    tokio::select! {
        // A connection that fails is the other side's matter.
        _ = tokio::time::timeout(CONNECTION_TIME, serving) => {}
        () = stopping.cancelled() => {}
    }
}

async fn answer(request: &Request<Incoming>, sources: &MetricsSources) -> Response<String> {
    if request.uri().path() != "/metrics" {
        return plain(StatusCode::NOT_FOUND, "Metrics are at /metrics.\n".into());
    }
    if request.method() != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "This address accepts only GET.\n".into());
    }
    let Some(server) = sources.server.upgrade() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.\n".into());
    };
    let (connections, refused_connections) = sources.connections.counts();
    let beside = Beside {
        inbox: sources.office.upgrade().map(|office| office.inbox_state()),
        connections,
        refused_connections,
        has_nightly_retention: sources.has_nightly_retention,
    };
    let mut response = plain(StatusCode::OK, text(&server, beside).await);
    response.headers_mut().insert(CONTENT_TYPE, OPENMETRICS.parse().expect("it is plain ASCII"));
    response
}

fn plain(status: StatusCode, text: String) -> Response<String> {
    let built = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(CACHE_CONTROL, "no-store")
        .body(text);
    built.expect("all header values are plain ASCII")
}
