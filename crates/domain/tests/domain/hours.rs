//! Opening hours: days that can be checked by hand, and comparisons with the second implementation.

mod dates;
mod events;
mod found;
mod generated;
mod made;
mod usual;
mod zones;
