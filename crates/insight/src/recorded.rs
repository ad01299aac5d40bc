//! For tests: figures computed by other programs, read from `vectors/recorded.json`.
//! `vectors/make.py` generates and explains them.

use serde_json::Value;

/// Maximum distance of a computed figure from a recorded one. Relative for figures above 1.
const TOLERANCE: f64 = 1e-9;

#[derive(Debug)]
pub(crate) struct RecordedRow(Value);

/// All rows recorded under `name`; at least one.
pub(crate) fn rows(name: &str) -> Vec<RecordedRow> {
    let all: Value = serde_json::from_str(include_str!("../vectors/recorded.json"))
        .expect("make.py writes JSON");
    let rows = RecordedRow(all).rows(name);
    assert!(!rows.is_empty(), "nothing recorded of {name}");
    rows
}

#[track_caller]
pub(crate) fn close(ours: f64, recorded: f64) {
    assert!(
        (ours - recorded).abs() <= TOLERANCE * recorded.abs().max(1.0),
        "{ours} is not {recorded}: {:e} apart",
        ours - recorded
    );
}

impl RecordedRow {
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or_else(|| panic!("{name} is no number in {}", self.0))
    }

    pub(crate) fn count(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("{name} is no count in {}", self.0))
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        numbers(&self.0[name])
    }

    pub(crate) fn counts(&self, name: &str) -> Vec<u64> {
        list(&self.0[name]).iter().map(|value| value.as_u64().expect("a count")).collect()
    }

    pub(crate) fn places(&self, name: &str) -> Vec<usize> {
        self.counts(name).into_iter().map(|place| place as usize).collect()
    }

    pub(crate) fn matrix(&self, name: &str) -> Vec<Vec<f64>> {
        list(&self.0[name]).iter().map(numbers).collect()
    }

    pub(crate) fn rows(&self, name: &str) -> Vec<RecordedRow> {
        list(&self.0[name]).iter().cloned().map(RecordedRow).collect()
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(|value| value.as_f64().expect("a number")).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}
