//! Tests that a reader cannot derive any hidden count from a suppressed table.
//!
//! They check this by brute force, without the graph and flow of the implementation: they enumerate
//! all ways in which hidden counts can change together by one without a shown figure changing.
//! These span everything that is unknown (the matrix of such tables is totally unimodular), so a
//! count that changes in none of them can be derived.

use super::*;
use crate::random::SeededRandom;

fn shown(seen: &Seen) -> Option<u64> {
    match seen {
        Seen::Shown(count) => Some(*count),
        Seen::Marked(_) | Seen::Hidden => None,
    }
}

fn public<const W: usize>(counts: &[[u64; W]]) -> Vec<Vec<Option<u64>>> {
    let counts: Vec<Vec<u64>> = counts.iter().map(|row| row.to_vec()).collect();
    let table = CountTable::of(Rule::Public, &counts).unwrap();
    table.cells.iter().map(|row| row.iter().map(shown).collect()).collect()
}

#[test]
fn a_small_count_takes_three_others_of_a_square_with_it() {
    let [low, middle, high] =
        [[None, None, Some(40)], [None, None, Some(60)], [Some(70), Some(80), Some(90)]];
    assert_eq!(public(&[[20, 3, 40], [50, 30, 60], [70, 80, 90]]), [low, middle, high]);
    assert_eq!(
        public(&[[70, 80, 90], [50, 30, 60], [20, 3, 40]]),
        [high, middle, low],
        "the smallest others, not the first"
    );
}

#[test]
fn a_table_of_large_counts_is_shown_whole() {
    assert_eq!(public(&[[10, 20], [30, 40]]), [[Some(10), Some(20)], [Some(30), Some(40)]]);
}

#[test]
fn a_hidden_total_cannot_be_had_from_its_line() {
    let table = CountTable::of(Rule::Public, &[vec![4, 3], vec![30, 40], vec![50, 60]]).unwrap();
    assert_eq!(table.rows, [Seen::Hidden, Seen::Hidden, Seen::Shown(110)]);
    assert_eq!(
        table.cells,
        [[Seen::Hidden; 2], [Seen::Hidden; 2], [Seen::Shown(50), Seen::Shown(60)]]
    );
}

#[test]
fn few_people_in_all_and_nobody_show_nothing() {
    let table = CountTable::of(Rule::Public, &[vec![4, 5], vec![0, 0]]).unwrap();
    assert!(
        table
            .cells
            .iter()
            .flatten()
            .chain(&table.rows)
            .chain(&table.columns)
            .chain([&table.total])
            .all(Seen::is_hidden)
    );
    assert_eq!(
        CountTable::of(Rule::Public, &[]).unwrap(),
        CountTable { cells: vec![], rows: vec![], columns: vec![], total: Seen::Hidden }
    );
    assert_eq!(CountTable::of(Rule::Public, &[vec![], vec![]]).unwrap().cells.concat(), []);
}

#[test]
fn the_office_sees_few_marked() {
    let table = CountTable::of(Rule::Office, &[vec![4, 5], vec![10, 0]]).unwrap();
    assert_eq!(table.cells, [[Seen::Hidden, Seen::Marked(5)], [Seen::Shown(10), Seen::Hidden]]);
    assert_eq!(
        (table.rows, table.columns, table.total),
        (
            vec![Seen::Marked(9), Seen::Shown(10)],
            vec![Seen::Shown(14), Seen::Marked(5)],
            Seen::Shown(19)
        )
    );
}

#[test]
fn rows_of_different_lengths_are_no_table() {
    assert_eq!(CountTable::of(Rule::Public, &[vec![1, 2], vec![3]]), Err(UnevenRows { at: 1 }));
}

#[test]
fn nothing_hidden_can_be_had_by_subtraction() {
    let mut random = SeededRandom::seeded(2);
    let mut hidden = 0;
    for round in 0..4_000 {
        let (height, width) =
            [(1, 1), (1, 4), (4, 1), (2, 2), (2, 3), (3, 2), (2, 4), (4, 2), (3, 3)]
                [random.below(9)];
        // Columns of different magnitude, so that some totals are hidden as well.
        let most: Vec<usize> = (0..width).map(|_| [5, 6, 14, 30, 60][random.below(5)]).collect();
        let counts: Vec<Vec<u64>> = (0..height)
            .map(|_| most.iter().map(|&most| random.below(most) as u64).collect())
            .collect();
        let table = CountTable::of(Rule::Public, &counts).unwrap();
        hidden += AttackingReader::new(&counts, &table).finds_nothing(round);
    }
    assert!(hidden > 5_000, "hardly anything was hidden: {hidden}");
}

#[test]
fn a_table_of_usual_size_is_done_at_once_and_shows_most_of_itself() {
    let mut random = SeededRandom::seeded(3);
    let counts: Vec<Vec<u64>> = (0..40)
        .map(|_| {
            (0..12)
                .map(|_| if random.below(12) == 0 { 4 } else { 10 + random.below(90) as u64 })
                .collect()
        })
        .collect();
    let small = counts.iter().flatten().filter(|count| **count < 10).count();
    let table = CountTable::of(Rule::Public, &counts).unwrap();
    let hidden = table.cells.iter().flatten().filter(|seen| seen.is_hidden()).count();
    assert!(hidden >= small && hidden < 4 * small, "{small} small, {hidden} hidden");
}

struct AttackingReader<'a> {
    counts: &'a [Vec<u64>],
    table: &'a CountTable,
    hidden: Vec<(usize, usize)>,
    /// Changes of the hidden counts by -1, 0 or 1 under which no shown figure changes.
    moves: Vec<Vec<i64>>,
}

impl<'a> AttackingReader<'a> {
    fn new(counts: &'a [Vec<u64>], table: &'a CountTable) -> Self {
        let places = (0..counts.len())
            .flat_map(|row| (0..counts[row].len()).map(move |column| (row, column)));
        let hidden: Vec<_> =
            places.filter(|&(row, column)| table.cells[row][column].is_hidden()).collect();
        let n = hidden.len() as u32;
        let all = (0..3_usize.pow(n))
            .map(|number| (0..n).map(|at| (number / 3_usize.pow(at) % 3) as i64 - 1).collect());
        let mut reader = Self { counts, table, hidden, moves: vec![] };
        reader.moves =
            all.filter(|change: &Vec<i64>| reader.changes_nothing_shown(change)).collect();
        reader
    }

    fn changes_nothing_shown(&self, change: &[i64]) -> bool {
        let table = self.table;
        let stands = |seen: &Seen, sum: i64| seen.is_hidden() || sum == 0;
        table
            .rows
            .iter()
            .enumerate()
            .all(|(row, seen)| stands(seen, self.sum(change, |place| place.0 == row)))
            && table
                .columns
                .iter()
                .enumerate()
                .all(|(column, seen)| stands(seen, self.sum(change, |place| place.1 == column)))
            && stands(&table.total, change.iter().sum())
    }

    fn sum(&self, change: &[i64], belongs: impl Fn((usize, usize)) -> bool) -> i64 {
        self.hidden
            .iter()
            .zip(change)
            .filter(|(place, _)| belongs(**place))
            .map(|(_, change)| change)
            .sum()
    }

    fn people(&self, at: usize) -> i64 {
        let (row, column) = self.hidden[at];
        self.counts[row][column] as i64
    }

    /// Number of hidden counts.
    fn finds_nothing(&self, round: usize) -> usize {
        let say = || format!("round {round}: {:?} as {:?}", self.counts, self.table);
        for (row, cells) in self.table.cells.iter().enumerate() {
            for (column, seen) in cells.iter().enumerate() {
                let count = self.counts[row][column];
                assert!(shown(seen).is_none_or(|seen| seen == count && count >= 10), "{}", say());
            }
        }
        if self.table.total.is_hidden() {
            assert!(self.table.cells.iter().flatten().all(Seen::is_hidden), "{}", say());
            return 0;
        }
        let possible: Vec<_> = self
            .moves
            .iter()
            .filter(|change| (0..change.len()).all(|at| self.people(at) + change[at] >= 0))
            .collect();
        for at in 0..self.hidden.len() {
            assert!(
                possible.iter().any(|change| change[at] != 0),
                "{:?} is known; {}",
                self.hidden[at],
                say()
            );
        }
        for row in (0..self.table.rows.len()).filter(|&row| self.table.rows[row].is_hidden()) {
            assert!(
                possible.iter().any(|change| self.sum(change, |place| place.0 == row) != 0),
                "the total of row {row} is known; {}",
                say()
            );
        }
        for column in
            (0..self.table.columns.len()).filter(|&column| self.table.columns[column].is_hidden())
        {
            assert!(
                possible.iter().any(|change| self.sum(change, |place| place.1 == column) != 0),
                "the total of column {column} is known; {}",
                say()
            );
        }
        for set in 1..1_usize << self.hidden.len() {
            let members: Vec<usize> =
                (0..self.hidden.len()).filter(|at| set >> at & 1 == 1).collect();
            let is_known = self
                .moves
                .iter()
                .all(|change| members.iter().map(|&at| change[at]).sum::<i64>() == 0);
            let people: i64 = members.iter().map(|&at| self.people(at)).sum();
            assert!(
                !is_known || people >= 10,
                "{people} people are known together in {members:?}; {}",
                say()
            );
        }
        self.hidden.len()
    }
}
