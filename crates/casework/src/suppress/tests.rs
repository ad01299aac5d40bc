//! Tests suppression with hand-made examples, and against an attacker who tries every table.

use super::*;
use crate::random::UnbiasedRandom;

fn seen(counts: &[u64]) -> String {
    said(&group(counts))
}

fn said(row: &[Seen]) -> String {
    let word = |seen: &Seen| match seen {
        Seen::Shown(count) => count.to_string(),
        Seen::Marked(count) => format!("{count}*"),
        Seen::Hidden => "-".into(),
    };
    row.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn below_five_is_hidden_and_below_ten_is_marked() {
    assert_eq!(
        (0..30).find(|count| alone(*count) != Seen::Hidden),
        Some(SHOWN_MIN),
        "as insight has it"
    );
    assert_eq!(
        [0, 4, 5, 9, 10].map(alone),
        [Seen::Hidden, Seen::Hidden, Seen::Marked(5), Seen::Marked(9), Seen::Shown(10)]
    );
}

#[test]
fn what_subtraction_would_reveal_is_hidden_too() {
    assert_eq!(seen(&[30, 20, 3]), "30 - -", "53 - 30 - 20 is 3");
    assert_eq!(seen(&[30, 2, 3]), "30 - -");
    assert_eq!(seen(&[30, 0, 0]), "- - -", "30 of 30 says that the others are none");
    assert_eq!(seen(&[30, 7]), "30 7*");
    assert_eq!(seen(&[0, 12]), "- -");
    assert_eq!(seen(&[7]), "7*");
    assert_eq!(seen(&[]), "");
}

#[test]
fn a_table_hides_in_both_directions() {
    let shown = table(&[vec![20, 3, 10], vec![30, 12, 11], vec![15, 14, 13]]);
    assert_eq!(
        shown.cells.iter().map(|row| said(row)).collect::<Vec<_>>(),
        ["20 - -", "30 - -", "15 14 13"]
    );
    assert_eq!(
        (said(&shown.totals).as_str(), said(&shown.columns).as_str()),
        ("33 53 42", "65 29 34")
    );
}

#[test]
fn a_row_of_few_is_hidden_whole() {
    let shown = table(&[vec![3, 0], vec![12, 20], vec![30, 40]]);
    assert_eq!(shown.totals[..2], [Seen::Hidden, Seen::Hidden]);
    assert_eq!(said(&shown.cells[0]), "- -");
}

/// All rows with this sum that look like the shown one.
fn rows_like(shown: &[Seen], sum: u64) -> Vec<Vec<u64>> {
    let Some((first, rest)) = shown.split_first() else {
        return if sum == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let choices = first.count().map_or(0..=sum, |count| count..=count);
    let begin = |count: u64| {
        rows_like(rest, sum - count).into_iter().map(move |row| [vec![count], row].concat())
    };
    choices.filter(|count| *count <= sum).flat_map(begin).collect()
}

#[test]
fn nobody_who_tries_every_group_finds_a_hidden_count_of_few() {
    let mut random = UnbiasedRandom::new(3);
    for _ in 0..600 {
        let counts: Vec<u64> =
            (0..2 + random.below(3)).map(|_| random.below(14) / (1 + random.below(3))).collect();
        let (shown, sum) = (group(&counts), counts.iter().sum());
        if sum < SHOWN_MIN {
            continue;
        }
        let possible = rows_like(&shown, sum);
        for at in
            (0..counts.len()).filter(|at| shown[*at] == Seen::Hidden && counts[*at] < SHOWN_MIN)
        {
            assert!(possible.iter().any(|row| row[at] != counts[at]), "{counts:?} {shown:?}");
        }
        assert!((0..counts.len()).all(|at| {
            shown[at].count().is_none_or(|count| count == counts[at] && count >= SHOWN_MIN)
        }));
    }
}

/// All tables with the shown cells and sums; `left` is what is missing to the sum of each column,
/// where it is shown.
fn tables_like(
    shown: &SuppressedTable,
    all: u64,
    row: usize,
    left: &[Option<u64>],
    so_far: &mut Vec<Vec<u64>>,
    found: &mut dyn FnMut(&[Vec<u64>]),
) {
    let used: u64 = so_far.iter().flatten().sum();
    if row == shown.cells.len() {
        if used == all && left.iter().all(|left| left.is_none_or(|left| left == 0)) {
            found(so_far);
        }
        return;
    }
    let sums = shown.totals[row].count().map_or(0..=all - used, |sum| sum..=sum);
    for sum in sums.filter(|sum| *sum <= all - used) {
        for counts in rows_like(&shown.cells[row], sum) {
            let rest: Option<Vec<Option<u64>>> = left
                .iter()
                .zip(&counts)
                .map(|(left, count)| {
                    left.map_or(Some(None), |left| left.checked_sub(*count).map(Some))
                })
                .collect();
            let Some(rest) = rest else { continue };
            so_far.push(counts);
            tables_like(shown, all, row + 1, &rest, so_far, found);
            so_far.pop();
        }
    }
}

#[test]
fn nobody_who_tries_every_table_finds_a_hidden_count_of_few() {
    let mut random = UnbiasedRandom::new(5);
    for _ in 0..150 {
        let (rows, columns) = (1 + random.below(3) as usize, 2 + random.below(2) as usize);
        let counts: Vec<Vec<u64>> = (0..rows)
            .map(|_| (0..columns).map(|_| random.below(9) / (1 + random.below(2))).collect())
            .collect();
        let (shown, all) = (table(&counts), counts.iter().flatten().sum::<u64>());
        if !(SHOWN_MIN..=26).contains(&all) {
            continue;
        }
        let mut is_another = vec![vec![false; columns]; rows];
        let mut is_other_sum = vec![false; rows];
        let left: Vec<Option<u64>> = shown.columns.iter().map(|seen| seen.count()).collect();
        tables_like(&shown, all, 0, &left, &mut Vec::new(), &mut |table| {
            for (row, column) in
                (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
            {
                is_another[row][column] |= table[row][column] != counts[row][column];
            }
            for row in 0..rows {
                is_other_sum[row] |=
                    table[row].iter().sum::<u64>() != counts[row].iter().sum::<u64>();
            }
        });
        for row in 0..rows {
            let is_small_sum =
                shown.totals[row] == Seen::Hidden && counts[row].iter().sum::<u64>() < SHOWN_MIN;
            assert!(!is_small_sum || is_other_sum[row], "row {row} of {counts:?} {shown:?}");
            for column in 0..columns {
                let is_small = counts[row][column] < SHOWN_MIN;
                assert!(!is_small || shown.cells[row][column] == Seen::Hidden);
                assert!(
                    !is_small || is_another[row][column],
                    "{row} {column} of {counts:?} {shown:?}"
                );
            }
        }
    }
}

#[test]
fn what_needs_no_hiding_is_all_shown() {
    let counts = vec![vec![10, 20, 5], vec![6, 70, 80]];
    let shown = table(&counts);
    assert!(shown.cells.iter().flatten().all(|seen| *seen != Seen::Hidden), "{shown:?}");
}
