//! The list of one trip, and where the person is. The list is stored on the device; the position
//! stays in the page.

use super::role::DeviceRole;
use crate::browser::{keepsake, location};
use crate::route::{list_of_errands, read_list};
use domain::Catalogue;
use domain::place::Position;
use domain::text::is_blank;
use domain::trip::{ERRANDS_MAX, Errand};
use elements::Signal;

const KEPT_AS: &str = "trip";

/// The point from which distances are measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StartingPoint {
    Place(&'static str, Position),
    Device(Position),
    /// What was typed names no known place.
    UnknownPlace(String),
    Asking,
    /// The device did not report its position.
    NoDevice,
}

impl StartingPoint {
    /// `None` if the place is not known, or not known yet.
    pub(crate) fn position(&self) -> Option<Position> {
        match *self {
            StartingPoint::Place(_, position) | StartingPoint::Device(position) => Some(position),
            StartingPoint::UnknownPlace(_) | StartingPoint::Asking | StartingPoint::NoDevice => {
                None
            }
        }
    }
}

/// Joins the remembered list with the one from the address: a list that was received removes
/// nothing. Errands that are not known are dropped.
fn joined(
    remembered: &[Errand],
    brought: &[Errand],
    is_known: impl Fn(&Errand) -> bool,
) -> Vec<Errand> {
    let mut list: Vec<Errand> = Vec::new();
    for errand in remembered.iter().chain(brought).filter(|errand| is_known(errand)) {
        if !list.contains(errand) && list.len() < ERRANDS_MAX {
            list.push(errand.clone());
        }
    }
    list
}

/// Adds an errand, or removes it if it is on the list. A full list stays as it is.
fn toggled(mut list: Vec<Errand>, errand: &Errand) -> Vec<Errand> {
    match list.iter().position(|other| other == errand) {
        Some(at) => drop(list.remove(at)),
        None if list.len() < ERRANDS_MAX => list.push(errand.clone()),
        None => {}
    }
    list
}

/// The errands of one trip.
pub(crate) struct TripList {
    catalogue: &'static Catalogue,
    role: &'static DeviceRole,
    pub(crate) errands: Signal<Vec<Errand>>,
    /// Where the person is. `None` until they say so.
    pub(crate) near: Signal<Option<StartingPoint>>,
}

impl TripList {
    /// An empty list, with the place that the address names, as it was typed.
    pub(super) fn new(
        catalogue: &'static Catalogue,
        role: &'static DeviceRole,
        near: Option<String>,
    ) -> Self {
        let list = Self { catalogue, role, errands: Signal::default(), near: Signal::default() };
        if let Some(typed) = near {
            list.go_near(&typed);
        }
        list
    }

    /// Joins the remembered list with the one from the address. A public device starts with an
    /// empty list.
    pub(crate) fn take_up(&self, brought: &[Errand]) {
        let remembered = if self.role.is_public() {
            Vec::new()
        } else {
            read_list(&keepsake::get(KEPT_AS).unwrap_or_default())
        };
        let is_known = |errand: &Errand| errand.name(self.catalogue).is_some();
        self.set(joined(&remembered, brought, is_known));
    }

    fn set(&self, list: Vec<Errand>) {
        if !self.role.is_public() {
            keepsake::set(KEPT_AS, &list_of_errands(&list));
        }
        self.errands.set(list);
    }

    /// Whether an errand is on the list.
    pub(crate) fn has(&self, errand: &Errand) -> bool {
        self.errands.read().contains(errand)
    }

    /// Adds an errand, or removes it if it is on the list. A full list stays as it is; its page
    /// says so.
    pub(crate) fn toggle(&self, errand: &Errand) {
        self.set(toggled(self.errands.get_untracked(), errand));
    }

    pub(crate) fn clear(&self) {
        self.set(Vec::new());
    }

    /// Looks up a typed place, address or postal code. An empty text turns distances off.
    pub(crate) fn go_near(&self, typed: &str) {
        if is_blank(typed) {
            return self.near.set(None);
        }
        let places = self.catalogue.place_names();
        let names: Vec<&str> = places.iter().map(|(name, _)| *name).collect();
        let found = finder::name_of(&names, typed)
            .or_else(|| finder::name_in(&names, typed))
            .map(|at| places[at])
            .or_else(|| self.catalogue.place_with_postal_code(typed))
            .map(|(name, position)| StartingPoint::Place(name, position));
        self.near.set(Some(found.unwrap_or_else(|| StartingPoint::UnknownPlace(typed.into()))));
    }

    /// Asks the device where it is. The person may refuse.
    pub(crate) fn go_near_device(&'static self) {
        self.near.set(Some(StartingPoint::Asking));
        location::ask(move |position| {
            self.near.set(Some(position.map_or(StartingPoint::NoDevice, StartingPoint::Device)))
        });
    }

    /// Where distances are measured from. `None` if that is not known.
    pub(crate) fn position(&self) -> Option<Position> {
        self.near.read().as_ref().and_then(StartingPoint::position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errands(ids: std::ops::Range<usize>) -> Vec<Errand> {
        ids.map(|id| Errand::parse(&format!("errand-{id}")).unwrap()).collect()
    }

    #[test]
    fn a_list_that_was_received_removes_nothing_and_adds_what_is_known() {
        let unknown = Errand::parse("errand-2").unwrap();
        assert_eq!(
            joined(&errands(0..2), &errands(1..4), |errand| *errand != unknown),
            [errands(0..2), errands(3..4)].concat()
        );
        let full = joined(&errands(0..ERRANDS_MAX), &errands(90..91), |_| true);
        assert_eq!(full, errands(0..ERRANDS_MAX));
    }

    #[test]
    fn an_errand_is_added_and_taken_off_and_a_full_list_stays() {
        let [one] = &errands(0..1)[..] else { unreachable!("one errand") };
        assert_eq!(toggled(errands(0..2), one), errands(1..2));
        assert_eq!(toggled(errands(1..2), one), [errands(1..2), errands(0..1)].concat());
        assert_eq!(toggled(errands(1..ERRANDS_MAX + 1), one), errands(1..ERRANDS_MAX + 1));
    }
}
