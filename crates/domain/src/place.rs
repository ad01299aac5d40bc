//! Where things are, and how far apart. No map: places have names and middles, distances are straight lines.

use crate::provenance::Provenance;
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;

/// Mean radius of the Earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point on the Earth in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    pub lat: f64,
    pub lon: f64,
}

impl Position {
    /// The straight line to another point in metres. On the plane that touches the Earth between the two: for
    /// distances within a municipality (100 km) it is less than 0.1 % off the great circle.
    pub fn metres_to(self, other: Position) -> f64 {
        let north = (other.lat - self.lat).to_radians();
        let east = (other.lon - self.lon).to_radians()
            * cosine(((self.lat + other.lat) / 2.0).to_radians());
        (north * north + east * east).sqrt() * EARTH_RADIUS_M
    }
}

/// The cosine of an angle of at most a quarter turn, by its series; the library's own, for all angles, would cost the app 2 KB.
fn cosine(angle: f64) -> f64 {
    let square = -angle.clamp(-FRAC_PI_2, FRAC_PI_2).powi(2);
    (1..=8).rev().fold(1.0, |rest, n| 1.0 + rest * square / f64::from((2 * n - 1) * (2 * n)))
}

/// A community, or a name by the road that people go by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: String,
    /// Other spellings.
    #[serde(default)]
    pub also: Vec<String>,
    pub lat: f64,
    pub lon: f64,
    pub source: Provenance,
}

impl Place {
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
