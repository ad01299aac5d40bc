//! The commands about keys: `community-hub keys`. The keys themselves are in the crate `vault`.

pub mod command;
pub mod drill;
mod reseal;
