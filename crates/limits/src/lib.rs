//! Limits on how much a client may request, send and keep open. Each limit is a named constant with
//! its reason. Every client is held to a share, so that no client can starve the others. Requests
//! over a limit are refused with a `Retry-After`, and the submission stays on the device that sent
//! it.
//!
//! [`rates`] limits requests per minute, [`budget`] what is stored per day, [`places`] how many
//! bodies are read and how many requests are handled at once, and [`connections`] how many
//! connections are open. For all of them, [`shares`] decides whose share an address counts against,
//! and [`client`] which address a request comes from. The server's `gate` applies these limits, and
//! itself limits how slowly a body may arrive: this crate reads no request. Checks run in order of
//! cost: the connection before its header is read, the rate before the body is read, the daily
//! budget before a sealed envelope is opened.

#![warn(missing_docs)]

pub mod budget;
pub mod client;
pub mod connections;
pub mod network_rates;
pub mod places;
pub mod rates;
pub mod sender;
pub mod shares;

use budget::{BudgetSettings, Budgets};
use connections::ConnectionSettings;
use places::{ReadingPlaces, WorkPlaces};
use rates::Rates;
use std::sync::Arc;

/// Largest body of a staff form, in bytes: many times the longest reply.
pub const FORM_BYTES_MAX: usize = 256 * 1_024;

/// Limits that an operator can set, through options of `serve` or its environment variables.
#[derive(Debug, Clone, Copy, Default)]
pub struct LimitSettings {
    /// Daily budgets for stored submissions.
    pub budgets: BudgetSettings,
    /// Limits on open connections.
    pub connections: ConnectionSettings,
}

/// All limits that are checked while a request is handled.
pub struct Limits {
    /// Daily budgets for stored submissions.
    pub budgets: Arc<Budgets>,
    /// Requests per minute.
    pub rates: Rates,
    /// Request bodies being read at once.
    pub reading: ReadingPlaces,
    /// Requests being handled at once.
    pub work: WorkPlaces,
}

impl Limits {
    /// Creates limits with nothing used yet.
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            budgets: Arc::new(Budgets::new(settings.budgets)),
            rates: Rates::default(),
            reading: ReadingPlaces::default(),
            work: WorkPlaces::default(),
        }
    }
}
