//! Stores the line numbers of each record, so that a fault that is found in the whole catalogue can
//! be reported with its line.

use super::file::line_of;
use crate::located::Located;
use domain::catalogue::Fault;
use std::collections::HashMap;

/// The lines of one record.
pub(super) struct PlaceFile {
    file: String,
    first_line: usize,
    lines: Vec<String>,
}

impl PlaceFile {
    pub(super) fn whole(file: &str, text: &str) -> Self {
        Self::part(file, text, 0, text.len())
    }

    pub(super) fn part(file: &str, text: &str, start: usize, end: usize) -> Self {
        let lines = text.get(start..end).unwrap_or_default().lines().map(String::from).collect();
        Self { file: file.into(), first_line: line_of(text, start), lines }
    }

    /// Line number of a field: of `contact.phone`, or of `phone` under a heading; otherwise of the
    /// record itself.
    fn line_of(&self, field: &str) -> usize {
        let parts: Vec<&str> = field.split('.').collect();
        let names = (0..parts.len())
            .flat_map(|from| [parts[from..].join("."), parts[..parts.len() - from].join(".")]);
        let stands_in = |name: &str| {
            self.lines.iter().position(|line| {
                line.trim_start()
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
            })
        };
        names
            .into_iter()
            .find_map(|name| stands_in(&name))
            .map_or(self.first_line, |at| self.first_line + at)
    }
}

#[derive(Default)]
pub(super) struct Places(HashMap<String, PlaceFile>);

impl Places {
    pub(super) fn add(&mut self, record: &str, place: PlaceFile) {
        self.0.entry(record.into()).or_insert(place);
    }

    pub(super) fn locate(&self, fault: &Fault) -> Located {
        let place = self.place_of(&fault.record);
        Located {
            file: place.map_or_else(|| "(all files)".into(), |place| place.file.clone()),
            line: place.map(|place| place.line_of(&fault.field)),
            record: fault.record.clone(),
            field: fault.field.clone(),
            what: fault.problem.to_string(),
            remedy: fault.problem.remedy(),
        }
    }

    /// Place of the record, or of the record that contains it: `municipality x contact` is part of
    /// `municipality x`.
    fn place_of(&self, record: &str) -> Option<&PlaceFile> {
        let mut name = record;
        loop {
            if let Some(place) = self.0.get(name) {
                return Some(place);
            }
            name = name.rsplit_once(' ')?.0;
        }
    }
}
