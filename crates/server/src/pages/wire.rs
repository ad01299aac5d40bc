//! What server and page process say to each other, over the process's standard input and output:
//! messages with their length in front (4 bytes, big endian).
//!
//! The server begins with a [`PageStart`], the catalogue, and the texts of each language in turn,
//! and gets [`READY`]. From then on each [`PageQuestion`] gets two messages: the HTML, which is
//! empty if there is no such page, and the same in Brotli.

use community_hub_app::render::PlainAnswer;
use domain::Language;
use domain::hours::{Date, Moment};
use serde::{Deserialize, Serialize};
use std::io::{Error, ErrorKind, Read, Result, Write};

/// The longest message, in bytes: a catalogue of the size of a large city's has a thirtieth.
const MESSAGE_BYTES_MAX: u32 = 32 << 20;
/// The answer to a start.
pub(super) const READY: &[u8] = b"ready";

/// How a process starts.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PageStart {
    /// The frames by language.
    pub(super) frames: Vec<(Language, String)>,
    /// The languages whose texts follow.
    pub(super) texts: Vec<Language>,
}

/// A page to write.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum PageQuestion {
    /// The page at an address.
    At {
        /// Path and query, as the app writes them.
        href: String,
        /// The time by the municipality's clock.
        now: Moment,
        /// A number for the form on it.
        number: String,
    },
    /// The page that answers a form, and today's date by the municipality's clock.
    Form(Box<PlainAnswer>, Date),
}

/// Writes a message. Flush afterwards.
pub(super) fn write(to: &mut impl Write, message: &[u8]) -> Result<()> {
    let length = u32::try_from(message.len()).ok().filter(|&length| length <= MESSAGE_BYTES_MAX);
    let length = length.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "too long"))?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(message)
}

/// Writes a value as a message.
pub(super) fn write_value(to: &mut impl Write, value: &impl Serialize) -> Result<()> {
    let bytes = postcard::to_allocvec(value).map_err(|_| ErrorKind::InvalidInput)?;
    write(to, &bytes)
}

/// Reads a message.
pub(super) fn read(from: &mut impl Read) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MESSAGE_BYTES_MAX {
        return Err(Error::new(ErrorKind::InvalidData, "too long"));
    }
    let mut message = vec![0; length as usize];
    from.read_exact(&mut message)?;
    Ok(message)
}

/// Reads a message that is a value.
pub(super) fn read_value<T: for<'de> Deserialize<'de>>(from: &mut impl Read) -> Result<T> {
    postcard::from_bytes(&read(from)?).map_err(|_| ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_is_cut_short_or_too_long_is_refused() {
        let now = Moment::parse("2026-11-30 10:05").unwrap();
        let question = PageQuestion::At { href: "/search?q=a".into(), now, number: String::new() };
        let mut bytes = Vec::new();
        write(&mut bytes, READY).unwrap();
        write_value(&mut bytes, &question).unwrap();
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from).unwrap(), READY);
        let read_again: PageQuestion = read_value(&mut from).unwrap();
        let PageQuestion::At { href, now: then, .. } = read_again else { panic!("another") };
        assert_eq!((href.as_str(), then), ("/search?q=a", now));
        assert!(read(&mut &bytes[..6]).is_err());
        assert!(read(&mut [0xff; 8].as_slice()).is_err());
        assert!(read_value::<PageQuestion>(&mut bytes.as_slice()).is_err());
    }
}
