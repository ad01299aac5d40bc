//! Reads a request body with a limit on its size and on how slowly it may arrive. A phone with poor
//! reception is slow; a client that sends one byte and stops, or one byte per second, is cut off.

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt;
use limits::places::{ReadingPlace, UNCOUNTED_BYTES};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// How slowly a body may arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Longest time without any data.
    pub silence: Duration,
    /// Time allowed for a body of any size.
    pub grace: Duration,
    /// Bytes received that earn one more second.
    pub bytes_a_second: u32,
}

/// The limits in use. A phone needs some seconds to switch to another cell, and the slowest mobile
/// network transfers the largest batch in two minutes.
pub(crate) const PATIENCE: Patience = Patience {
    silence: Duration::from_secs(10),
    grace: Duration::from_secs(15),
    bytes_a_second: 4 * 1_024,
};

/// How long a refused request may go on sending.
const REFUSED_BODY_TIME: Duration = Duration::from_millis(500);

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It exceeds the size limit.
    TooLarge,
    /// It arrived too slowly (see [`Patience`]).
    TooSlow,
    /// The client disconnected or violated HTTP.
    Broken,
    /// Too many bytes of other requests are held in memory.
    NoRoom,
}

/// A body that was read completely, with the memory reserved for it.
#[derive(Debug)]
pub(crate) struct ReadBody {
    /// The whole body.
    pub bytes: Bytes,
    /// Reserved memory, released when dropped; `None` for a body within [`UNCOUNTED_BYTES`].
    pub room: Option<OwnedSemaphorePermit>,
}

/// Reads a body of at most `bytes_max` bytes. One that declares a larger size is refused before any
/// of it is buffered.
pub(crate) async fn read(
    body: Body,
    bytes_max: usize,
    patience: Patience,
    place: &ReadingPlace,
) -> Result<ReadBody, BodyFault> {
    let says = axum::body::HttpBody::size_hint(&body).lower();
    let mut chunks = body.into_data_stream();
    if says > bytes_max as u64 {
        discard(chunks).await;
        return Err(BodyFault::TooLarge);
    }
    let (began, mut bytes, mut room) = (Instant::now(), Vec::new(), None);
    loop {
        let until = (Instant::now() + patience.silence).min(began + patience.time_for(bytes.len()));
        match timeout_at(until, chunks.next()).await {
            Err(_) => return Err(BodyFault::TooSlow),
            Ok(None) => return Ok(ReadBody { bytes: bytes.into(), room }),
            Ok(Some(Err(_))) => return Err(BodyFault::Broken),
            Ok(Some(Ok(chunk))) if bytes.len() + chunk.len() > bytes_max => {
                discard(chunks).await;
                return Err(BodyFault::TooLarge);
            }
            Ok(Some(Ok(chunk))) => {
                take_room(
                    place,
                    &mut room,
                    (bytes.len() + chunk.len()).saturating_sub(UNCOUNTED_BYTES),
                )
                .ok_or(BodyFault::NoRoom)?;
                bytes.extend_from_slice(&chunk);
            }
        }
    }
}

/// Reads and drops the rest of a refused request's body, for a short time: a client that is cut off
/// while sending never sees the response, nor its `Retry-After`.
pub(crate) async fn discard(mut chunks: BodyDataStream) {
    let reading = async { while chunks.next().await.is_some_and(|chunk| chunk.is_ok()) {} };
    // The response is the same whether or not the time limit was reached.
    let _ = tokio::time::timeout(REFUSED_BODY_TIME, reading).await;
}

impl Patience {
    fn time_for(self, bytes: usize) -> Duration {
        self.grace
            + Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX)
                / self.bytes_a_second
    }
}

/// Extends the reservation to `bytes`. Returns `None` if there is not enough memory left.
fn take_room(
    place: &ReadingPlace,
    room: &mut Option<OwnedSemaphorePermit>,
    bytes: usize,
) -> Option<()> {
    let more = bytes.saturating_sub(room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
    if more > 0 {
        let more = place.room(more)?;
        match room {
            Some(held) => held.merge(more),
            None => *room = Some(more),
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream::{self, Stream};
    use limits::places::ReadingPlaces;
    use std::convert::Infallible;

    /// The usual limits, fifty times faster.
    const QUICK: Patience = Patience {
        silence: Duration::from_millis(200),
        grace: Duration::from_millis(300),
        bytes_a_second: 50 * 4 * 1_024,
    };

    async fn read_all(body: Body, bytes_max: usize) -> Result<usize, BodyFault> {
        let place = ReadingPlaces::default().enter("10.0.0.1".parse().unwrap()).unwrap();
        read(body, bytes_max, QUICK, &place).await.map(|body| body.bytes.len())
    }

    /// Sends `bytes` bytes after each pause, endlessly.
    fn trickle(
        bytes: usize,
        pause: Duration,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
        stream::unfold((), move |()| async move {
            tokio::time::sleep(pause).await;
            Some((Ok(Bytes::from(vec![0; bytes])), ()))
        })
    }

    #[tokio::test]
    async fn a_byte_and_then_nothing_is_not_waited_for() {
        let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"l")) });
        let began = Instant::now();
        assert_eq!(
            read_all(Body::from_stream(first.chain(stream::pending())), 500_000).await,
            Err(BodyFault::TooSlow)
        );
        assert!(began.elapsed() >= QUICK.silence);
    }

    #[tokio::test]
    async fn a_byte_now_and_then_has_an_end() {
        let began = Instant::now();
        assert_eq!(
            read_all(Body::from_stream(trickle(1, Duration::from_millis(20))), 500_000).await,
            Err(BodyFault::TooSlow)
        );
        assert!(began.elapsed() >= QUICK.grace);
    }

    #[test]
    fn the_slowest_network_carries_the_largest_batch() {
        assert_eq!(
            (PATIENCE.time_for(0).as_secs(), PATIENCE.time_for(512 * 1_024).as_secs()),
            (15, 143)
        );
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_whether_it_says_so_or_not() {
        assert_eq!(read_all(Body::from(vec![0; 513]), 512).await, Err(BodyFault::TooLarge));
        assert_eq!(read_all(Body::from(vec![0; 512]), 512).await, Ok(512));
        assert_eq!(
            read_all(Body::from_stream(trickle(100, Duration::ZERO)), 512).await,
            Err(BodyFault::TooLarge)
        );
    }

    #[tokio::test]
    async fn small_bodies_come_in_while_large_ones_have_all_the_room() {
        let reading = ReadingPlaces::default();
        let place = reading.enter("10.0.0.1".parse().unwrap()).unwrap();
        let most = || Body::from(vec![0; 512 * 1_024]);
        let mut held = Vec::new();
        let refused = loop {
            match read(most(), 512 * 1_024, QUICK, &place).await {
                Ok(body) => held.push(body),
                Err(fault) => break fault,
            }
        };
        assert_eq!((refused, held.len()), (BodyFault::NoRoom, 198));
        assert!(
            read(Body::from(vec![0; UNCOUNTED_BYTES]), 512 * 1_024, QUICK, &place).await.is_ok()
        );
        held.pop();
        assert!(read(most(), 512 * 1_024, QUICK, &place).await.is_ok());
    }
}
