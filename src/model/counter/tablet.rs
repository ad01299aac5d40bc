//! A tablet's enrolment as the device stores it, and what a tablet shows.

use super::FORMAT;
use domain::tablet::{Enrolment, Standing};
use domain::{HubId, TaskId};
use serde::{Deserialize, Serialize};

pub(super) const TABLET_NOTE: &str = "tablet";
pub(super) const QUICK_LIST_NOTE: &str = "quick-list";

/// The tasks that the office puts first at this tablet's location, as the device stores them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QuickList {
    format: u16,
    pub(crate) tasks: Vec<TaskId>,
}

impl QuickList {
    pub(super) fn new(tasks: Vec<TaskId>) -> Self {
        Self { format: FORMAT, tasks }
    }
}

impl Default for QuickList {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// The enrolment as the device stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EnrolledTablet {
    format: u16,
    pub(crate) enrolment: Enrolment,
    /// The office's last answer. `None` until it has answered.
    pub(crate) standing: Option<Standing>,
    /// The event that staff chose to work at. `None` if they work where the office put the tablet.
    pub(crate) event: Option<HubId>,
}

impl EnrolledTablet {
    pub(super) fn new(enrolment: Enrolment) -> Self {
        Self { format: FORMAT, enrolment, standing: None, event: None }
    }

    /// The location where the office put the tablet.
    pub(crate) fn office_hub(&self) -> &HubId {
        self.standing.as_ref().map_or(&self.enrolment.hub, |standing| &standing.hub)
    }

    /// The location where the tablet works now.
    pub(crate) fn hub(&self) -> &HubId {
        self.event.as_ref().unwrap_or(self.office_hub())
    }

    /// The name that the office gave it last.
    pub(crate) fn name(&self) -> &str {
        self.standing.as_ref().map_or(&self.enrolment.name, |standing| &standing.name)
    }

    /// Whether the office retired it.
    pub(crate) fn is_ended(&self) -> bool {
        self.standing.as_ref().is_some_and(|standing| standing.is_ended)
    }
}

/// What a tablet shows, whatever its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TabletGate {
    /// The notes have not been read from the store yet.
    #[default]
    Reading,
    NotEnrolled,
    /// The office ended the enrolment.
    Ended,
    Nobody,
    Locked,
    Open,
}

impl TabletGate {
    /// The gate of a tablet whose notes have been read.
    pub(super) fn of(tablet: Option<&EnrolledTablet>, has_people: bool, is_unlocked: bool) -> Self {
        match tablet {
            None => TabletGate::NotEnrolled,
            Some(tablet) if tablet.is_ended() => TabletGate::Ended,
            Some(_) if !has_people => TabletGate::Nobody,
            Some(_) if is_unlocked => TabletGate::Open,
            Some(_) => TabletGate::Locked,
        }
    }
}
