//! The inside of a table, and what of it must be hidden besides the small counts.
//!
//! How far can a hidden count be other than it is, when no shown figure may change? To grow, it takes people from others in its row, whose columns
//! take them from others, and so on, until people come from its own column: a flow through hidden counts from its row to its column
//! (Gusfield, D. (1988), A graph theoretic approach to statistical data security, SIAM Journal on Computing 17, 552-571). Where too little
//! flows, shown counts on the cheapest way are hidden too; the price is the people that are then not shown. More hidden counts never let less
//! flow, so a count that is safe stays so. The fewest that could be hidden are hard to find (Kelly, J. P., Golden, B. L. and Assad, A. A.
//! (1992), Cell suppression, Networks 22, 397-417); shortest ways are near enough.

use super::{PUBLIC_MIN, Rule, Seen};

/// Lines are numbered: rows first, then columns. Lines whose totals are hidden are one line, as far as anybody outside can tell.
pub(super) struct Inside {
    cells: Vec<Cell>,
    width: usize,
    lines: usize,
}

struct Cell {
    row: usize,
    column: usize,
    people: u64,
    is_hidden: bool,
}

/// From line to line through a cell.
struct Step {
    cell: usize,
    /// From row to column people are taken from the cell, from column to row they are given to it.
    is_taking: bool,
}

impl Inside {
    /// `rows` and `columns` are the totals as they are shown.
    pub(super) fn new(counts: &[Vec<u64>], rows: &[Seen], columns: &[Seen]) -> Self {
        let line = |totals: &[Seen], at: usize| match totals[at] {
            Seen::Hidden => totals.iter().position(Seen::is_hidden).unwrap_or(at),
            _ => at,
        };
        let cell = |row: usize, column: usize| {
            let people = counts[row][column];
            Cell {
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

    /// Every count as it may be shown.
    pub(super) fn seen(mut self) -> Vec<Vec<Seen>> {
        for at in (0..self.cells.len())
            .filter(|&at| self.cells[at].people < PUBLIC_MIN)
            .collect::<Vec<_>>()
        {
            self.let_grow(at);
        }
        let seen =
            |cell: &Cell| if cell.is_hidden { Seen::Hidden } else { Seen::Shown(cell.people) };
        self.cells.chunks(self.width.max(1)).map(|row| row.iter().map(seen).collect()).collect()
    }

    /// Sees to it that a small count could be as large as one that is shown, and hides what it must for that. What is hidden for it changes as it
    /// grows, so that is not known exactly either. Nor is a hidden total: a line of fewer than ten cannot feed the growth of its own
    /// counts to ten, so people come from the lines that are one with it.
    fn let_grow(&mut self, at: usize) {
        let Cell { row, column, people, .. } = self.cells[at];
        let mut counts: Vec<u64> = self.cells.iter().map(|cell| cell.people).collect();
        let mut missing = PUBLIC_MIN - people;
        while missing > 0 {
            // There is a way as long as people are missing: every shown total is of ten or more.
            let Some(steps) = self.cheapest(at, (row, column), &counts) else { break };
            let taken = steps.iter().filter(|step| step.is_taking).map(|step| counts[step.cell]);
            let amount = taken.fold(missing, u64::min);
            for Step { cell, is_taking } in steps {
                counts[cell] =
                    if is_taking { counts[cell] - amount } else { counts[cell] + amount };
                self.cells[cell].is_hidden = true;
            }
            missing -= amount;
        }
    }

    /// The cheapest way between two lines that does not lead through the cell `without`; `None` when there is none.
    fn cheapest(
        &self,
        without: usize,
        (from, to): (usize, usize),
        counts: &[u64],
    ) -> Option<Vec<Step>> {
        let came = self.came(without, from, counts);
        let (mut steps, mut line) = (vec![], to);
        while line != from {
            let cell = came[line]?;
            let Cell { row, column, .. } = self.cells[cell];
            steps.push(Step { cell, is_taking: line == column });
            line = if line == column { row } else { column };
        }
        Some(steps)
    }

    /// For every line that can be come to, the cell by which it is cheapest (Bellman and Ford's method; no price is negative).
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
