//! The list of one trip, and where the person is. The list is stored on the device; the position
//! stays in the page.

use super::App;
use crate::browser::{keepsake, location};
use domain::place::Position;
use domain::trip::{ERRANDS_MAX, Errand};

const KEPT_AS: &str = "trip";

/// The point from which distances are measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Near {
    Place(&'static str, Position),
    Device(Position),
    /// The name that was typed is no known place.
    UnknownPlace,
    Asking,
    /// The device did not report its position.
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

/// The list as it is written in an address and in `localStorage`.
pub(crate) fn listed(errands: &[Errand]) -> String {
    errands.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Parses such a list. Skips what is not an errand and stops at `ERRANDS_MAX`.
pub(crate) fn read_list(text: &str) -> Vec<Errand> {
    text.split(',').filter_map(|errand| Errand::parse(errand).ok()).take(ERRANDS_MAX).collect()
}

impl App {
    /// Joins the remembered list with the one from the address: a list that was received removes
    /// nothing. Errands that the catalogue does not know are dropped. A public device starts with
    /// an empty list.
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

    /// Adds an errand, or removes it if it is on the list. A full list stays as it is; its page
    /// says so.
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

    /// Looks a typed name up among the municipality's places. An empty name turns distances off.
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
