//! Facets, by which search results are counted. A facet has a list of choices, and one choice for
//! each document.
//!
//! Layout, numbers little-endian: the length of the choices in bytes (u32), the choices as one
//! text, and for each document the index of its choice: one byte if there are at most 256 choices,
//! otherwise two.

use crate::FIELD_ENDS;

/// One facet, read in place.
#[derive(Debug)]
pub struct Facet<'a> {
    /// The choices, sorted.
    pub choices: Vec<&'a str>,
    of_documents: &'a [u8],
}

/// Bytes per choice index.
fn width(choices: usize) -> usize {
    if choices <= 256 { 1 } else { 2 }
}

/// Serializes a facet from the choice of each document. With more than 65,536 choices, the rest
/// count as the last.
pub fn written(of_documents: &[&str]) -> Vec<u8> {
    let mut choices = of_documents.to_vec();
    choices.sort_unstable();
    choices.dedup();
    let text = choices.join(&FIELD_ENDS.to_string());
    let mut bytes = [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    for choice in of_documents {
        let number =
            choices.partition_point(|other| other < choice).min(usize::from(u16::MAX)) as u16;
        bytes.extend(&number.to_le_bytes()[..width(choices.len())]);
    }
    bytes
}

impl<'a> Facet<'a> {
    /// Reads a facet of `documents` documents from the front of `bytes`; `None` if it is malformed.
    pub fn read(bytes: &mut &'a [u8], documents: usize) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let choices: Vec<&str> = std::str::from_utf8(text).ok()?.split(FIELD_ENDS).collect();
        let (of_documents, rest) = rest.split_at_checked(documents * width(choices.len()))?;
        *bytes = rest;
        Some(Self { choices, of_documents })
    }

    /// How many of the documents have each choice.
    pub fn counts(&self, documents: &[u32]) -> Vec<u32> {
        let mut counts = vec![0; self.choices.len()];
        let mut add = |number: Option<usize>| {
            if let Some(count) = number.and_then(|number| counts.get_mut(number)) {
                *count += 1;
            }
        };
        match width(self.choices.len()) {
            1 => documents.iter().for_each(|&at| {
                add(self.of_documents.get(at as usize).map(|&number| usize::from(number)))
            }),
            _ => {
                let (numbers, _) = self.of_documents.as_chunks::<2>();
                documents.iter().for_each(|&at| {
                    add(numbers
                        .get(at as usize)
                        .map(|&number| usize::from(u16::from_le_bytes(number))))
                });
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(of_documents: &[&str]) {
        let bytes = written(of_documents);
        let facet = Facet::read(&mut bytes.as_slice(), of_documents.len())
            .expect("what was written can be read");
        let every_third: Vec<u32> = (0..of_documents.len() as u32).step_by(3).collect();
        let counted = facet.choices.iter().map(|choice| {
            every_third.iter().filter(|&&at| of_documents[at as usize] == *choice).count() as u32
        });
        assert_eq!(facet.counts(&every_third), counted.collect::<Vec<_>>());
        assert!(
            Facet::read(&mut &bytes[..bytes.len() - 1], of_documents.len()).is_none(),
            "a piece of it is nothing"
        );
    }

    #[test]
    fn each_choice_is_counted_by_itself_be_there_few_or_many() {
        check(&["online", "by phone", "online", "", "online", "in person", "by phone"]);
        let many: Vec<String> = (0..2_000).map(|at| format!("place {}", at * 7 % 300)).collect();
        check(&many.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
