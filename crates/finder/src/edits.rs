//! How far two words are apart, counting insertions, deletions, substitutions and swapped neighbours as
//! one edit each (optimal string alignment, Boytsov 2011), and giving up early.

/// Edits that are forgiven by the length of the typed word, in characters.
pub(crate) fn forgiven(chars: usize) -> usize {
    match chars {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The distance if it is at most `most`. Words are compared as bytes: they were folded before.
pub(crate) fn distance_within(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(last[j] + 1).min(row[j - 1] + 1);
            let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if is_swap {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        if row.iter().min().is_some_and(|&least| least > most) {
            return None;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    Some(last[b.len()]).filter(|&distance| distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slip_of_the_hand_is_one_edit() {
        for (typed, meant) in [("licene", "licence"), ("liccence", "licence"), ("licemce", "licence"), ("lcience", "licence")] {
            assert_eq!(distance_within(typed, meant, 2), Some(1), "{typed}");
        }
        assert_eq!(distance_within("garbage", "garage", 1), Some(1));
        assert_eq!(distance_within("garbage", "carriage", 2), None);
        assert_eq!(distance_within("", "ab", 1), None);
    }
}
