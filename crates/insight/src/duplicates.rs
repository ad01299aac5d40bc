//! Flags answers that one person may have given twice. Removes none: a person decides, and a report
//! can include or leave out what is flagged.

use serde::Serialize;
use std::collections::BTreeMap;

/// A record that shares its key with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Twin {
    /// Index of the first record with this key.
    pub first: usize,
    /// Number of this record among them, from 1.
    pub number: usize,
    /// How many records share the key.
    pub of: usize,
}

impl Twin {
    /// Whether a report without duplicates would leave this record out.
    pub fn is_later(&self) -> bool {
        self.number > 1
    }
}

/// Returns one entry per record, in their order; `None` for a record with a unique key. `key`
/// returns everything that duplicates have in common: the answers, how they were collected, the
/// batch or day. It returns `None` for a record with so little content that it could match another
/// by chance.
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
    type DuplicateRecord = (&'static [u8], u8);

    fn key(record: &DuplicateRecord) -> Option<DuplicateRecord> {
        (record.0.len() >= 3).then_some(*record)
    }

    #[test]
    fn the_same_answers_in_the_same_batch_are_flagged_and_stay() {
        let records: [DuplicateRecord; 6] = [
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
