//! Reading a body: so many bytes, and not too slowly. A phone at the edge of the network is slow; who sends a byte and stops, or a byte a second, is not
//! waited for.

use super::places::{ReadingPlace, UNCOUNTED_BYTES};
use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// How slowly a body may come.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Nothing comes for so long.
    pub silence: Duration,
    /// Whatever its size, it may take so long.
    pub grace: Duration,
    /// And a second more for so many bytes that have come.
    pub bytes_a_second: u32,
}

/// A phone needs some seconds to find its next mast, and the slowest mobile network carries a batch of the largest size in two minutes.
pub const PATIENCE: Patience = Patience {
    silence: Duration::from_secs(10),
    grace: Duration::from_secs(15),
    bytes_a_second: 4 * 1_024,
};

/// A refused request may go on sending this long.
const REFUSED_BODY_TIME: Duration = Duration::from_millis(500);

/// Why a body is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    TooLarge,
    TooSlow,
    /// The sender went away, or broke a rule of HTTP.
    Broken,
    /// Too many bytes of others are here.
    NoRoom,
}

/// A body that is here, with the room that it takes.
#[derive(Debug)]
pub struct ReadBody {
    pub bytes: Bytes,
    pub room: Option<OwnedSemaphorePermit>,
}

/// Reads a body of at most so many bytes. What says itself that it is larger is not kept for a moment.
pub async fn read(
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

/// What a refused request is still sending is read for a moment: who is cut off in the middle hears no answer at all, not even
/// when to come again.
pub async fn discard(mut chunks: BodyDataStream) {
    let reading = async { while chunks.next().await.is_some_and(|chunk| chunk.is_ok()) {} };
    // It has its answer either way.
    let _ = tokio::time::timeout(REFUSED_BODY_TIME, reading).await;
}

impl Patience {
    fn time_for(self, bytes: usize) -> Duration {
        self.grace
            + Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX)
                / self.bytes_a_second
    }
}

/// Makes the room that is held as large as this.
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
    use super::super::places::Reading;
    use super::*;
    use futures_util::stream::{self, Stream};
    use std::convert::Infallible;

    /// A second here is a fiftieth of one.
    const QUICK: Patience = Patience {
        silence: Duration::from_millis(200),
        grace: Duration::from_millis(300),
        bytes_a_second: 50 * 4 * 1_024,
    };

    async fn read_all(body: Body, bytes_max: usize) -> Result<usize, BodyFault> {
        let place = Reading::default().enter("10.0.0.1".parse().unwrap()).unwrap();
        read(body, bytes_max, QUICK, &place).await.map(|body| body.bytes.len())
    }

    /// So many bytes, then a pause, over and over.
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
        let reading = Reading::default();
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
