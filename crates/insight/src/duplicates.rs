//! Answers that may have been given twice. They are flagged and stay: a person decides, and a report can be made both ways.

use serde::Serialize;
use std::collections::BTreeMap;

/// One of several records with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Twin {
    /// Where the first of them stands.
    pub first: usize,
    /// Which one this is, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl Twin {
    /// What a report without duplicates would leave out.
    pub fn is_later(&self) -> bool {
        self.number > 1
    }
}

/// One place a record, in their order; `None` where it stands alone. `key` is all in which duplicates are alike: the answers, the way, the
/// batch or day. It gives `None` for a record with too little in it to be alike by anything but chance.
pub fn flag_duplicates<R, K: Ord>(
    records: &[R],
    key: impl Fn(&R) -> Option<K>,
) -> Vec<Option<Twin>> {
    let mut alike: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        if let Some(key) = key(record) {
            alike.entry(key).or_default().push(at);
        }
    }
    let mut flags = vec![None; records.len()];
    for places in alike.values().filter(|places| places.len() > 1) {
        for (before, &at) in places.iter().enumerate() {
            flags[at] = Some(Twin { first: places[0], number: before + 1, of: places.len() });
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers and batch.
    type Record = (&'static [u8], u8);

    fn key(record: &Record) -> Option<Record> {
        (record.0.len() >= 3).then_some(*record)
    }

    #[test]
    fn the_same_answers_in_the_same_batch_are_flagged_and_stay() {
        let records: [Record; 6] = [
            (&[1, 2, 3], 1),
            (&[1, 2, 3], 2),
            (&[1, 2, 3], 1),
            (&[1, 2, 4], 1),
            (&[5], 1),
            (&[5], 1),
        ];
        let flags = flag_duplicates(&records, key);
        let twin = |number| Some(Twin { first: 0, number, of: 2 });
        assert_eq!(flags, [twin(1), None, twin(2), None, None, None]);
        assert_eq!(flags.iter().flatten().filter(|twin| twin.is_later()).count(), 1);
    }

    #[test]
    fn nothing_has_no_duplicates_and_many_alike_are_one_group() {
        assert_eq!(flag_duplicates(&[], key), []);
        let flags = flag_duplicates(&[(&[1, 2, 3][..], 1); 4], key);
        assert_eq!(flags[3], Some(Twin { first: 0, number: 4, of: 4 }));
    }
}
