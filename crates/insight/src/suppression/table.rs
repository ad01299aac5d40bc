//! Suppression of two crossed groupings with row and column totals: locations by month, villages by
//! channel.

use super::groups::Groups;
use super::protect::Inside;
use super::{Rule, Seen};
use serde::Serialize;

/// Every count after suppression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountTable {
    /// `cells[row][column]`.
    pub cells: Vec<Vec<Seen>>,
    /// Total of each row.
    pub rows: Vec<Seen>,
    /// Total of each column.
    pub columns: Vec<Seen>,
    /// Sum of all cells.
    pub total: Seen,
}

/// Error: the rows have different lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnevenRows {
    /// Index of the first row whose length differs from that of row 0.
    pub at: usize,
}

impl CountTable {
    /// Suppresses `counts[row][column]`. Every person must be in exactly one cell. Errors if the
    /// rows have different lengths.
    pub fn of(rule: Rule, counts: &[Vec<u64>]) -> Result<Self, UnevenRows> {
        let width = counts.first().map_or(0, Vec::len);
        if let Some(at) = counts.iter().position(|row| row.len() != width) {
            return Err(UnevenRows { at });
        }
        let row_sums: Vec<u64> = counts.iter().map(|row| row.iter().sum()).collect();
        let column_sums: Vec<u64> =
            (0..width).map(|column| counts.iter().map(|row| row[column]).sum()).collect();
        let Groups { groups: rows, total } = Groups::of(rule, &row_sums);
        let Groups { groups: columns, .. } = Groups::of(rule, &column_sums);
        let cells = match rule {
            Rule::Office => counts
                .iter()
                .map(|row| row.iter().map(|&count| rule.alone(count)).collect())
                .collect(),
            Rule::Public => Inside::new(counts, &rows, &columns).seen(),
        };
        Ok(Self { cells, rows, columns, total })
    }
}

#[cfg(test)]
mod tests;
