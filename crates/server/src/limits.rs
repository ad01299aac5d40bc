//! Limits on how much a client may request, send and keep open. Each limit is a named constant with
//! its reason. Every client is held to a share, so that no client can starve the others. Requests
//! over a limit are refused with a `Retry-After`, and the submission stays on the device that sent
//! it.
//!
//! [`rates`] limits requests per minute, [`budget`] what is stored per day, [`places`] how many
//! bodies are read and how many requests are handled at once, [`body`] how slowly a body may
//! arrive, and [`connections`] how many connections are open. [`shares`] decides for all of them
//! whose share an address counts against. Checks run in order of cost: the connection before its
//! header is read, the rate before the body is read, the daily budget before a sealed envelope is
//! opened.

pub mod body;
pub mod budget;
pub mod connections;
pub mod gate;
pub mod network_rates;
pub mod places;
pub mod rates;
pub mod sender;
pub mod shares;

use budget::{BudgetSettings, Budgets};
use connections::ConnectionSettings;
use places::{Reading, Work};
use rates::Rates;

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
    pub budgets: Budgets,
    /// Requests per minute.
    pub rates: Rates,
    /// Request bodies being read at once.
    pub reading: Reading,
    /// Requests being handled at once.
    pub work: Work,
}

impl Limits {
    /// Creates limits with nothing used yet.
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            budgets: Budgets::new(settings.budgets),
            rates: Rates::default(),
            reading: Reading::default(),
            work: Work::default(),
        }
    }
}
