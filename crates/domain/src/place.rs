//! Positions and distances. There is no map: places have names and centres, and distances are
//! straight lines.

use crate::provenance::Provenance;
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;

/// Mean radius of the Earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point on the Earth in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Latitude, north positive.
    pub lat: f64,
    /// Longitude, east positive.
    pub lon: f64,
}

impl Position {
    /// Distance to another point in metres, in a straight line on the plane that touches the Earth
    /// between the two. For distances within a municipality (100 km) it differs by less than 0.1 %
    /// from the great circle.
    pub fn metres_to(self, other: Position) -> f64 {
        let north = (other.lat - self.lat).to_radians();
        let east = (other.lon - self.lon).to_radians()
            * cosine(((self.lat + other.lat) / 2.0).to_radians());
        (north * north + east * east).sqrt() * EARTH_RADIUS_M
    }
}

/// The cosine of an angle of at most a quarter turn, by its Taylor series; the standard library's,
/// for all angles, would cost the app 2 KB.
fn cosine(angle: f64) -> f64 {
    let square = -angle.clamp(-FRAC_PI_2, FRAC_PI_2).powi(2);
    (1..=8).rev().fold(1.0, |rest, n| 1.0 + rest * square / f64::from((2 * n - 1) * (2 * n)))
}

/// A community, or a local name by which people say where they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name as people write it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub name: String,
    /// Other spellings.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    #[serde(default)]
    pub also: Vec<String>,
    /// Latitude of its centre in degrees, north positive; at most five decimal places.
    #[cfg_attr(feature = "schema", schemars(range(min = -90, max = 90)))]
    pub lat: f64,
    /// Longitude of its centre in degrees, east positive; at most five decimal places.
    #[cfg_attr(feature = "schema", schemars(range(min = -180, max = 180)))]
    pub lon: f64,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

impl Place {
    /// Its centre.
    pub fn position(&self) -> Position {
        Position { lat: self.lat, lon: self.lon }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The great circle by the haversine formula (R. W. Sinnott, Sky and Telescope 68, 1984).
    fn haversine(a: Position, b: Position) -> f64 {
        let (lat, lon) = ((b.lat - a.lat).to_radians() / 2.0, (b.lon - a.lon).to_radians() / 2.0);
        let h = lat.sin().powi(2)
            + a.lat.to_radians().cos() * b.lat.to_radians().cos() * lon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().asin()
    }

    #[test]
    fn distances_within_a_municipality_are_those_of_the_great_circle() {
        for lat in [-60.0, 0.0, 44.0, 44.9, 70.0] {
            for (north, east) in [(0.0, 0.0), (0.001, 0.0), (0.0, 0.9), (0.6, -0.9), (-0.6, 0.3)] {
                let (a, b) = (
                    Position { lat, lon: -78.5 },
                    Position { lat: lat + north, lon: -78.5 + east },
                );
                let (ours, exact) = (a.metres_to(b), haversine(a, b));
                assert!((ours - exact).abs() <= exact * 0.001, "{a:?} {b:?}: {ours} {exact}");
                assert_eq!(ours, b.metres_to(a), "the way back is as long");
            }
        }
    }

    #[test]
    fn the_series_is_the_cosine() {
        for angle in (-90..=90).map(|degrees| f64::from(degrees).to_radians()) {
            assert!((cosine(angle) - angle.cos()).abs() < 1e-12, "{angle}");
        }
    }
}
