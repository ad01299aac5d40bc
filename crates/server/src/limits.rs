//! How much anybody may ask, send and hold open, each limit with its name and its reason. A stranger is held to a share, so that nobody stops the others;
//! what is over is told "later" and stays on the device that sent it.
//!
//! [`rates`] counts requests, [`budget`] what is kept of a day, [`places`] who is read and worked on at once, [`body`] how slowly a body may come,
//! [`connections`] who is connected. Whose share it is, [`shares`] says for all of them. They are asked in that order of cost: a connection before its header, a rate before a body, a budget before a seal
//! is opened.

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

/// What whoever runs the server may set, by options of `serve` or its environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct LimitSettings {
    pub budgets: BudgetSettings,
    pub connections: ConnectionSettings,
}

/// All limits that are asked within requests.
pub struct Limits {
    pub budgets: Budgets,
    pub rates: Rates,
    pub reading: Reading,
    pub work: Work,
}

impl Limits {
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            budgets: Budgets::new(settings.budgets),
            rates: Rates::default(),
            reading: Reading::default(),
            work: Work::default(),
        }
    }
}
