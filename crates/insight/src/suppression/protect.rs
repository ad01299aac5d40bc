//! Secondary suppression of the cells of a table: which cells must be hidden besides the small
//! ones.
//!
//! The question is how far a hidden count could differ from its true value without changing any
//! shown figure. To grow, it takes people from other cells in its row, whose columns take them from
//! others, and so on, until people come from its own column: a flow through hidden cells from its
//! row to its column (Gusfield, D. (1988), A graph theoretic approach to statistical data security,
//! SIAM Journal on Computing 17, 552-571). Where the flow is too small, the shown cells on the
//! cheapest path are hidden too; the cost is the number of people no longer shown. Hiding more
//! cells never reduces the flow, so a protected count stays protected. Finding the fewest cells to
//! hide is hard (Kelly, J. P., Golden, B. L. and Assad, A. A. (1992), Cell suppression: disclosure
//! protection for sensitive tabular data, Networks 22, 397-417); shortest paths are close enough.

use super::{PUBLIC_MIN, Rule, Seen};

/// A table as a graph. Its nodes are lines, numbered rows first, then columns. Lines whose totals
/// are hidden are merged into one, because nobody outside can tell them apart.
pub(super) struct Inside {
    cells: Vec<ProtectedCell>,
    width: usize,
    lines: usize,
}

struct ProtectedCell {
    row: usize,
    column: usize,
    people: u64,
    is_hidden: bool,
}

/// One edge of a path: from line to line through a cell.
struct ProtectionStep {
    cell: usize,
    /// From row to column, people are taken from the cell; from column to row, they are added to
    /// it.
    is_taking: bool,
}

impl Inside {
    /// `rows` and `columns` are the totals after suppression.
    pub(super) fn new(counts: &[Vec<u64>], rows: &[Seen], columns: &[Seen]) -> Self {
        let line = |totals: &[Seen], at: usize| match totals[at] {
            Seen::Hidden => totals.iter().position(Seen::is_hidden).unwrap_or(at),
            _ => at,
        };
        let cell = |row: usize, column: usize| {
            let people = counts[row][column];
            ProtectedCell {
                row: line(rows, row),
                column: rows.len() + line(columns, column),
                people,
                is_hidden: Rule::Public.alone(people).is_hidden(),
            }
        };
        let places =
            (0..rows.len()).flat_map(|row| (0..columns.len()).map(move |column| (row, column)));
        Self {
            cells: places.map(|(row, column)| cell(row, column)).collect(),
            width: columns.len(),
            lines: rows.len() + columns.len(),
        }
    }

    /// Every count after suppression.
    pub(super) fn seen(mut self) -> Vec<Vec<Seen>> {
        for at in (0..self.cells.len())
            .filter(|&at| self.cells[at].people < PUBLIC_MIN)
            .collect::<Vec<_>>()
        {
            self.let_grow(at);
        }
        let seen = |cell: &ProtectedCell| {
            if cell.is_hidden { Seen::Hidden } else { Seen::Shown(cell.people) }
        };
        self.cells.chunks(self.width.max(1)).map(|row| row.iter().map(seen).collect()).collect()
    }

    /// Ensures that a small count could be as large as a shown one, and hides cells as needed. The
    /// cells that are hidden for this change as it grows, so they cannot be determined exactly
    /// either. Neither can a hidden total: a line of fewer than ten people cannot supply enough for
    /// its own cells to grow to ten, so people come from the lines merged with it.
    fn let_grow(&mut self, at: usize) {
        let ProtectedCell { row, column, people, .. } = self.cells[at];
        let mut counts: Vec<u64> = self.cells.iter().map(|cell| cell.people).collect();
        let mut missing = PUBLIC_MIN - people;
        while missing > 0 {
            // A path exists as long as people are missing: every shown total is of ten or more.
            let Some(steps) = self.cheapest(at, (row, column), &counts) else { break };
            let taken = steps.iter().filter(|step| step.is_taking).map(|step| counts[step.cell]);
            let amount = taken.fold(missing, u64::min);
            for ProtectionStep { cell, is_taking } in steps {
                counts[cell] =
                    if is_taking { counts[cell] - amount } else { counts[cell] + amount };
                self.cells[cell].is_hidden = true;
            }
            missing -= amount;
        }
    }

    /// The cheapest path between two lines that avoids the cell `without`; `None` if no path
    /// exists.
    fn cheapest(
        &self,
        without: usize,
        (from, to): (usize, usize),
        counts: &[u64],
    ) -> Option<Vec<ProtectionStep>> {
        let came = self.came(without, from, counts);
        let (mut steps, mut line) = (vec![], to);
        while line != from {
            let cell = came[line]?;
            let ProtectedCell { row, column, .. } = self.cells[cell];
            steps.push(ProtectionStep { cell, is_taking: line == column });
            line = if line == column { row } else { column };
        }
        Some(steps)
    }

    /// For each reachable line, the last cell of the cheapest path to it (Bellman and Ford's
    /// method; no cost is negative).
    fn came(&self, without: usize, from: usize, counts: &[u64]) -> Vec<Option<usize>> {
        let (mut prices, mut came) = (vec![None; self.lines], vec![None; self.lines]);
        prices[from] = Some(0);
        let mut is_settled = false;
        while !is_settled {
            is_settled = true;
            for (at, cell) in self.cells.iter().enumerate().filter(|(at, _)| *at != without) {
                let step = if cell.is_hidden { 0 } else { cell.people };
                for (start, end, can_go) in
                    [(cell.row, cell.column, counts[at] > 0), (cell.column, cell.row, true)]
                {
                    let price = prices[start].filter(|_| can_go).map(|price| price + step);
                    if price.is_some_and(|price| prices[end].is_none_or(|known| price < known)) {
                        (prices[end], came[end], is_settled) = (price, Some(at), false);
                    }
                }
            }
        }
        came
    }
}
