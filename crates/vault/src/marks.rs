//! Keyed hashes that stand for what must not be stored itself. Only [`crate::keys::Keys`] can
//! compute them.

/// A keyed hash of a submission's id: with the key, the server recognises the id when it is sent
/// again; without the key, it says nothing about the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tombstone(pub [u8; 32]);

/// A keyed hash of a receipt's tracking code, by which the status of its submission is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lookup(pub [u8; 16]);

/// A keyed hash of the network that a submission came from, different on each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SenderTag(pub [u8; 8]);
