//! Finds the tasks of a counter from what a person there says. Tasks are few and are named by
//! staff: a task whose name contains the words comes first, then the tasks of the services that are
//! found.

use crate::words::{content_words, searchable, stem, words_of};
use crate::{Finder, IndexedRecord, record_at};
use domain::catalogue::{Catalogue, Task};
use domain::text::folded;

/// Services of a search whose tasks are considered.
const SERVICES_MAX: usize = 8;

/// The tasks for a question, most likely first, at most `most`.
pub fn find_tasks<'c>(
    catalogue: &'c Catalogue,
    finder: &Finder<'_>,
    question: &str,
    most: usize,
) -> Vec<&'c Task> {
    let question_folded = searchable(question);
    let wanted: Vec<&str> = content_words(&question_folded).collect();
    let is_named = |task: &&Task| !wanted.is_empty() && has_all(&folded(&task.name), &wanted);
    let mut found: Vec<&Task> = catalogue.tasks().iter().filter(is_named).collect();
    for hit in finder.find(question, SERVICES_MAX) {
        let Some(IndexedRecord::Service(service)) = record_at(catalogue, hit.document) else {
            continue;
        };
        for task in catalogue.tasks_of(service) {
            if !found.iter().any(|known| known.id == task.id) {
                found.push(task);
            }
        }
    }
    found.truncate(most);
    found
}

/// Whether each word equals a word of the name, is another form of one, or is the beginning of one.
fn has_all(name: &str, wanted: &[&str]) -> bool {
    let meets = |word: &str, part: &str| part.starts_with(word) || stem(part) == stem(word);
    wanted.iter().all(|word| words_of(name).any(|part| meets(word, part)))
}
