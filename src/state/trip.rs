//! The list of one trip, and where a person is. The list stays on the device; where somebody is stays in the page.

use super::App;
use crate::browser::{keepsake, location};
use domain::place::Position;
use domain::trip::{ERRANDS_MAX, Errand};

const KEPT_AS: &str = "trip";

/// Where distances are measured from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Near {
    Place(&'static str, Position),
    Device(Position),
    /// The name that was typed is of no place here.
    UnknownPlace,
    Asking,
    /// The device did not say where it is.
    NoDevice,
}

impl Near {
    pub(crate) fn position(&self) -> Option<Position> {
        match *self {
            Near::Place(_, position) | Near::Device(position) => Some(position),
            Near::UnknownPlace | Near::Asking | Near::NoDevice => None,
        }
    }
}

/// A list as it stands in an address and in what the device remembers.
pub(crate) fn listed(errands: &[Errand]) -> String {
    errands.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// What is no errand, or of another catalogue, is left out.
pub(crate) fn read_list(text: &str) -> Vec<Errand> {
    text.split(',').filter_map(|errand| Errand::parse(errand).ok()).take(ERRANDS_MAX).collect()
}

impl App {
    /// What the device remembers, and after it what came with the address: a list that was sent takes nothing away.
    pub(crate) fn take_up_trip(self, brought: &[Errand]) {
        let kept = if self.is_public() {
            Vec::new()
        } else {
            read_list(&keepsake::get(KEPT_AS).unwrap_or_default())
        };
        let known =
            kept.iter().chain(brought).filter(|errand| errand.name(self.catalogue).is_some());
        let mut list: Vec<Errand> = Vec::new();
        for errand in known {
            if !list.contains(errand) && list.len() < ERRANDS_MAX {
                list.push(errand.clone());
            }
        }
        self.set_trip(list);
    }

    fn set_trip(self, list: Vec<Errand>) {
        if !self.is_public() {
            keepsake::set(KEPT_AS, &listed(&list));
        }
        self.trip.set(list);
    }

    pub(crate) fn is_on_trip(self, errand: &Errand) -> bool {
        self.trip.read().contains(errand)
    }

    /// Adds what is not on the list, takes off what is. A full list stays as it is; its page says so.
    pub(crate) fn toggle_errand(self, errand: &Errand) {
        let mut list = self.trip.get_untracked();
        match list.iter().position(|other| other == errand) {
            Some(at) => drop(list.remove(at)),
            None if list.len() < ERRANDS_MAX => list.push(errand.clone()),
            None => {}
        }
        self.set_trip(list);
    }

    pub(crate) fn clear_trip(self) {
        self.set_trip(Vec::new());
    }

    /// Looks a typed name up among the municipality's places. Nothing typed: no distances.
    pub(crate) fn go_near(self, typed: &str) {
        if typed.trim().is_empty() {
            return self.near.set(None);
        }
        let places = self.catalogue.place_names();
        let names: Vec<&str> = places.iter().map(|(name, _)| *name).collect();
        let found =
            finder::name_of(&names, typed).map(|at| Near::Place(places[at].0, places[at].1));
        self.near.set(Some(found.unwrap_or(Near::UnknownPlace)));
    }

    pub(crate) fn go_near_device(self) {
        self.near.set(Some(Near::Asking));
        location::ask(move |position| {
            self.near.set(Some(position.map_or(Near::NoDevice, Near::Device)))
        });
    }

    pub(crate) fn position(self) -> Option<Position> {
        self.near.read().as_ref().and_then(Near::position)
    }
}
