//! Two groupings across each other, with the totals of rows and columns: hubs by month, villages by channel.

use super::groups::Groups;
use super::protect::Inside;
use super::{Rule, Seen};
use serde::Serialize;

/// Every count as it may be shown: `cells[row][column]`, and the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    pub cells: Vec<Vec<Seen>>,
    pub rows: Vec<Seen>,
    pub columns: Vec<Seen>,
    pub total: Seen,
}

/// Rows of different lengths: the one at this place is the first that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnevenRows {
    pub at: usize,
}

impl Table {
    /// Every person is in exactly one cell of `counts[row][column]`.
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
