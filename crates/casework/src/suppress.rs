//! Suppression of small counts on pages for staff. The rule for a single count is `insight`'s for
//! the office: below five hidden, five to nine marked. That rule ignores subtraction; here, where
//! sums are shown with their parts, every count that would reveal a hidden one is hidden too
//! (complementary suppression). Why a count is hidden is not shown, because the reason would narrow
//! it down.
//!
//! The promise for each hidden count below five: another table of counts from zero up looks the
//! same and has a different count there. It does not hold across two pages with different periods;
//! people who read figures may read the inquiries too.

use insight::{Rule, Seen};
use std::collections::VecDeque;

/// The smallest count that `insight` shows to the office.
const SHOWN_MIN: u64 = 5;

/// A table with its sums, after suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressedTable {
    /// Counts by row, then column.
    pub cells: Vec<Vec<Seen>>,
    /// The sum of each row.
    pub totals: Vec<Seen>,
    /// The sum of each column.
    pub columns: Vec<Seen>,
}

/// A single count that is shown without any sum.
pub fn alone(count: u64) -> Seen {
    Rule::Office.alone(count)
}

/// Counts whose sum is known to the reader.
pub fn group(counts: &[u64]) -> Vec<Seen> {
    let mut is_hidden: Vec<bool> = counts.iter().map(|count| *count < SHOWN_MIN).collect();
    loop {
        let hidden = || {
            counts
                .iter()
                .zip(&is_hidden)
                .filter(|(_, is_hidden)| **is_hidden)
                .map(|(count, _)| count)
        };
        let is_safe = hidden().count() != 1 && (hidden().count() == 0 || hidden().sum::<u64>() > 0);
        let shown = (0..counts.len()).filter(|at| !is_hidden[*at]).min_by_key(|at| counts[*at]);
        match shown {
            Some(at) if !is_safe => is_hidden[at] = true,
            _ => break,
        }
    }
    counts
        .iter()
        .zip(is_hidden)
        .map(|(count, is_hidden)| if is_hidden { Seen::Hidden } else { alone(*count) })
        .collect()
}

/// Rows of counts, with the sums of rows and columns; all rows must be as long as the first. A row
/// whose sum is hidden is hidden entirely, so that another table of the same rows cannot reveal it.
pub fn table(rows: &[Vec<u64>]) -> SuppressedTable {
    let columns = rows.first().map_or(0, Vec::len);
    let sums: Vec<u64> = rows.iter().map(|row| row.iter().sum()).collect();
    let of_column = |column: usize| rows.iter().map(|row| row[column]).sum();
    let mut grid = Grid::of(rows, &sums, &(0..columns).map(of_column).collect::<Vec<u64>>());
    let small: Vec<_> = grid
        .places()
        .filter(|place| grid.is_hidden(*place) && grid.count(*place) < SHOWN_MIN)
        .collect();
    let mut beside = Vec::new();
    for place in &small {
        while !grid.may_be_another(*place) {
            let Some(next) = grid.next_to_hide(*place) else { break };
            grid.set_hidden(next, true);
            beside.push(next);
        }
    }
    // Some cells turn out to be hidden needlessly; the largest is worth most to the reader, so it
    // is tried first.
    beside.sort_by_key(|place| std::cmp::Reverse(grid.count(*place)));
    let safe = |grid: &Grid| small.iter().filter(|place| grid.may_be_another(**place)).count();
    let most = safe(&grid);
    for place in beside {
        grid.set_hidden(place, false);
        let is_needed = safe(&grid) < most;
        grid.set_hidden(place, is_needed);
    }
    let seen = |place| if grid.is_hidden(place) { Seen::Hidden } else { alone(grid.count(place)) };
    SuppressedTable {
        cells: (0..rows.len())
            .map(|row| (0..columns).map(|column| seen((row, column))).collect())
            .collect(),
        totals: (0..rows.len()).map(|row| seen((row, columns))).collect(),
        columns: (0..columns).map(|column| seen((rows.len(), column))).collect(),
    }
}

/// Row and column; the last row and the last column are the sums.
type TablePlace = (usize, usize);

/// A table whose sums are cells like the others.
struct Grid {
    counts: Vec<Vec<u64>>,
    hidden: Vec<Vec<bool>>,
}

impl Grid {
    /// Sums are suppressed as groups of their own; complementary suppression takes place among the
    /// cells.
    fn of(rows: &[Vec<u64>], sums: &[u64], columns: &[u64]) -> Self {
        let hidden_in = |counts: &[u64]| -> Vec<bool> {
            group(counts).iter().map(|seen| *seen == Seen::Hidden).collect()
        };
        let hidden_sums = hidden_in(sums);
        let row = |(row, sum): (&Vec<u64>, &u64)| row.iter().copied().chain([*sum]).collect();
        let hidden_row = |(row, is_hidden): (&Vec<u64>, &bool)| {
            row.iter().map(|count| *is_hidden || *count < SHOWN_MIN).chain([*is_hidden]).collect()
        };
        let all = sums.iter().sum();
        Self {
            counts: rows
                .iter()
                .zip(sums)
                .map(row)
                .chain([columns.iter().copied().chain([all]).collect()])
                .collect(),
            hidden: rows
                .iter()
                .zip(&hidden_sums)
                .map(hidden_row)
                .chain([hidden_in(columns).into_iter().chain([all < SHOWN_MIN]).collect()])
                .collect(),
        }
    }

    fn places(&self) -> impl Iterator<Item = TablePlace> + use<> {
        let columns = self.columns();
        (0..self.counts.len()).flat_map(move |row| (0..columns).map(move |column| (row, column)))
    }

    fn columns(&self) -> usize {
        self.counts.first().map_or(0, Vec::len)
    }

    fn count(&self, (row, column): TablePlace) -> u64 {
        self.counts[row][column]
    }

    fn is_hidden(&self, (row, column): TablePlace) -> bool {
        self.hidden[row][column]
    }

    fn set_hidden(&mut self, (row, column): TablePlace, is_hidden: bool) {
        self.hidden[row][column] = is_hidden;
    }

    /// Whether a cell is a sum of a row or column; the grand total is not one of them, because it
    /// is a sum in both directions.
    fn is_sum(&self, (row, column): TablePlace) -> bool {
        (row + 1 == self.counts.len()) != (column + 1 == self.columns())
    }

    /// Whether a cell by itself may go up or down. In the balance of its row and column a sum
    /// counts with the opposite sign.
    fn may_go(&self, place: TablePlace, up: bool) -> bool {
        self.is_hidden(place) && (up != self.is_sum(place) || self.count(place) > 0)
    }

    /// Whether what is shown allows a different count here.
    fn may_be_another(&self, place: TablePlace) -> bool {
        [true, false].into_iter().any(|up| self.may_go(place, up) && self.is_balanced(place, up))
    }

    /// Whether other cells can compensate for a cell that goes up or down: a breadth-first search
    /// from its column back to its row, with cells that go down and up in turn. Each column is
    /// visited once. It searches for an augmenting path in the residual network of a flow, so it
    /// finds one whenever one exists.
    fn is_balanced(&self, (row, column): TablePlace, up: bool) -> bool {
        let mut is_seen = vec![false; self.columns()];
        is_seen[column] = true;
        let mut next = VecDeque::from([column]);
        while let Some(at) = next.pop_front() {
            for other in (0..self.counts.len())
                .filter(|other| (*other, at) != (row, column) && self.may_go((*other, at), !up))
            {
                if other == row {
                    return true;
                }
                for (to, is_seen) in
                    is_seen.iter_mut().enumerate().filter(|(to, _)| self.may_go((other, *to), up))
                {
                    if !std::mem::replace(is_seen, true) {
                        next.push_back(to);
                    }
                }
            }
        }
        false
    }

    /// The smallest shown cell in the row or column of a place, or else of all. Sums are not
    /// hidden, because other tables show them too.
    fn next_to_hide(&self, (row, column): TablePlace) -> Option<TablePlace> {
        let is_cell =
            |(row, column): &TablePlace| row + 1 < self.counts.len() && column + 1 < self.columns();
        let shown = self.places().filter(|place| is_cell(place) && !self.is_hidden(*place));
        shown.min_by_key(|place| (place.0 != row && place.1 != column, self.count(*place)))
    }
}

#[cfg(test)]
mod tests;
