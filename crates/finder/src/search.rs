//! Queries: from a question to ranked documents.

use crate::answer::{is_asking, is_of_cost};
use crate::index::{Documents, Field, Index};
use crate::variants::{Meeting, Variant, halves, has_word, is_known, variants_of};
use crate::words::{is_chatter, is_of_word, sayings, searchable, words_of};
use domain::catalogue::order_of;
use std::cell::RefCell;

/// Characters of a question that are read; the rest of a longer pasted text is ignored.
const QUESTION_CHARS_MAX: usize = 200;
/// Words of a question that count.
const WORDS_MAX: usize = 24;
/// Most list entries that are visited for one word. This bounds the time of a keystroke on the
/// largest catalogue; the entries left out have the lowest scores.
const VISITS_MAX: usize = 20_000;
/// Least share of the question's total weight that a document must match to be a result.
const COVERED_MIN: f32 = 0.2;
/// Factor for the weight of a phrase. It is less than 1 because the meaningful word of the phrase
/// is counted separately too.
const OF_SAYING: f32 = 0.4;
/// Factor for the weight of a word such as "fee". Every service may have a fee, so the other words
/// say which service is meant.
const OF_COST: f32 = 0.4;
/// Factor for the weight of a word that the index does not know. Nearly 1, so that a question of
/// which little is known finds nothing.
const OF_UNKNOWN: f32 = 0.9;
/// Factor for the score of a document if every word of the question occurs unchanged in its lay
/// words.
const AS_SAID: f32 = 1.5;
/// Factor for the score of a document whose name has the words of the question and nothing else:
/// one more than this.
const OF_WHOLE_NAME: f32 = 0.25;
/// Least score of a result relative to the best.
const SHARE_OF_BEST_MIN: f32 = 0.12;

/// A document that matches a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchMatch {
    /// Number of the document, in the order in which they were added.
    pub document: u32,
    /// Its score. Comparable only within one question; higher is better.
    pub score: f32,
}

/// Why a document was found: a word of the question matched this word of the document, in this
/// field.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchReason {
    /// The word of the question, folded.
    pub typed: String,
    /// The matching word of the index.
    pub word: String,
    /// The field in which it occurs.
    pub field: Field,
    /// How the two match.
    pub meeting: Meeting,
    /// What the match adds to the score, before the factors for the whole document.
    pub worth: f32,
}

/// One word of a question, with its matches in the index.
#[derive(Debug)]
struct SearchQuestion {
    typed: String,
    variants: Vec<Variant>,
    /// How informative the word is: the rarer, the more.
    weight: f32,
}

#[derive(Debug, Default)]
struct Scratch {
    // Indexed by document: score of the matches; weight of the words matched; the last word that
    // matched it (from 1); words matched in the name; words matched unchanged in the lay words.
    worth: Vec<f32>,
    covered: Vec<f32>,
    seen: Vec<u8>,
    named: Vec<u8>,
    said: Vec<u8>,
    touched: Vec<u32>,
    /// Total weight of the words of the last question, and their number.
    weight: f32,
    asked: u8,
}

/// Answers questions from an index. Created once, queried at every keystroke.
#[derive(Debug)]
pub struct Finder<'a> {
    index: Index<'a>,
    scratch: RefCell<Scratch>,
}

impl<'a> Finder<'a> {
    /// `None` if the bytes are not an index of the format that this finder reads.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let index = Index::of(bytes)?;
        let count = index.documents;
        let scratch = Scratch {
            worth: vec![0.0; count],
            covered: vec![0.0; count],
            seen: vec![0; count],
            named: vec![0; count],
            said: vec![0; count],
            ..Scratch::default()
        };
        Some(Self { index, scratch: RefCell::new(scratch) })
    }

    /// Whether the index has a form of each word.
    pub(crate) fn knows_all(&self, words: &[&str]) -> bool {
        words.iter().all(|word| is_known(self.index, word))
    }

    /// The documents that match a question, best first, at most `most`. Empty if the index knows
    /// none of the meaningful words of the question.
    pub fn find(&self, question: &str, most: usize) -> Vec<SearchMatch> {
        let asked = self.asked(question);
        let scratch = &mut *self.scratch.borrow_mut();
        scratch.clear();
        scratch.weight = asked.iter().map(|asked| asked.weight).sum();
        scratch.asked = asked.len() as u8;
        let rarest_first =
            order_of(asked.len(), &|a, b| asked[b].weight.total_cmp(&asked[a].weight));
        let mut left = scratch.weight;
        for (number, asked) in rarest_first.into_iter().map(|at| &asked[at]).enumerate() {
            // Once little weight is left to match, a document without any of the words so far
            // cannot come before one that has them.
            let may_add = number == 0 || left * 2.0 >= scratch.weight - left;
            scratch.add(self.index, asked, number as u8 + 1, may_add);
            left -= asked.weight;
        }
        scratch.best(self.index, most)
    }

    /// Calls `visit` for each document that the last question found, in no order. Used to count
    /// results by facet.
    pub fn each_found(&self, mut visit: impl FnMut(u32)) {
        let scratch = self.scratch.borrow();
        let best = scratch
            .touched
            .iter()
            .map(|&document| scratch.score(self.index, document))
            .fold(0.0, f32::max);
        for &document in &scratch.touched {
            if scratch.is_answer(document)
                && scratch.score(self.index, document) >= best * SHARE_OF_BEST_MIN
            {
                visit(document);
            }
        }
    }

    /// Returns an explanation; [`Explanation::of`] then returns why a document matches the
    /// question. The question is parsed once for all documents.
    pub fn explain(&self, question: &str) -> Explanation<'a> {
        Explanation { index: self.index, asked: self.asked(question) }
    }

    /// The content words of a question and what they may mean.
    fn asked(&self, question: &str) -> Vec<SearchQuestion> {
        let question: String = question.chars().take(QUESTION_CHARS_MAX).collect();
        let text = searchable(&question);
        let is_typing = text.chars().last().is_some_and(is_of_word);
        let all: Vec<&str> = words_of(&text).take(WORDS_MAX).collect();
        let mut telling: Vec<String> = Vec::new();
        let mut at = 0;
        while at < all.len() {
            let joined = all.get(at + 1).map(|next| [all[at], next].concat()).filter(|joined| {
                joined.len() > 4 && self.is_two_in_one(joined, all[at], all[at + 1])
            });
            match joined {
                Some(joined) => {
                    telling.push(joined);
                    at += 1;
                }
                None if is_chatter(all[at]) => {}
                None => telling.push(all[at].into()),
            }
            at += 1;
        }
        // Phrases that the index has as a whole are added to their words.
        let known: Vec<String> = sayings(&all)
            .map(|(joined, _, _)| joined)
            .filter(|joined| has_word(self.index, joined))
            .collect();
        let sayings_count = known.len();
        telling.splice(0..0, known);
        // If there are only stop words, the last may be the beginning of another word.
        if telling.is_empty() {
            telling.extend(all.last().filter(|_| is_typing).map(|word| (*word).into()));
        }
        let last = telling.len().saturating_sub(1);
        let mut asked: Vec<SearchQuestion> = Vec::new();
        for (at, word) in telling.iter().enumerate() {
            if !asked.iter().any(|known| known.typed == *word) {
                self.ask(word, at == last && is_typing && at >= sayings_count, &mut asked);
                if at < sayings_count {
                    asked.last_mut().into_iter().for_each(|saying| saying.weight *= OF_SAYING);
                }
            }
        }
        asked
    }

    /// Whether two words, such as "air bnb", are one word in the index and not two.
    fn is_two_in_one(&self, joined: &str, one: &str, other: &str) -> bool {
        let stand_alone =
            [one, other].iter().all(|word| is_chatter(word) || is_known(self.index, word));
        !stand_alone && !is_chatter(one) && !is_chatter(other) && is_known(self.index, joined)
    }

    fn ask(&self, word: &str, is_typing: bool, asked: &mut Vec<SearchQuestion>) {
        let variants = variants_of(self.index, word, is_typing);
        let is_guess = variants.iter().all(|variant| matches!(variant.meeting, Meeting::Slips(_)));
        if let Some((one, other)) =
            Some(()).filter(|()| is_guess).and_then(|()| halves(self.index, word))
        {
            for half in [one, other] {
                asked.push(self.weighed(half, variants_of(self.index, half, false)));
            }
            return;
        }
        asked.push(self.weighed(word, variants));
    }

    fn weighed(&self, word: &str, variants: Vec<Variant>) -> SearchQuestion {
        // A passing mention in many summaries hardly makes a word less informative.
        let count = |variant: &Variant| {
            self.index
                .list(variant.number)
                .map(|documents| documents.count as f32 * documents.field.commonness())
                .sum::<f32>()
        };
        let documents = self.index.documents as f32;
        // The most certain variants determine how rare the word is.
        let best = variants.iter().map(|variant| variant.likeness).fold(0.0, f32::max);
        let met: f32 =
            variants.iter().filter(|variant| variant.likeness > best - 0.15).map(count).sum();
        let weight = (1.0 + documents / (1.0 + met)).ln();
        SearchQuestion {
            typed: word.into(),
            weight: match variants.is_empty() {
                true => weight * OF_UNKNOWN,
                false if is_of_cost(word) => weight * OF_COST,
                false => weight,
            },
            variants,
        }
    }
}

/// What a question means, word by word.
#[derive(Debug)]
pub struct Explanation<'a> {
    index: Index<'a>,
    asked: Vec<SearchQuestion>,
}

impl Explanation<'_> {
    /// The best match with the document for each word of the question that has one, in the order of
    /// the question.
    pub fn of(&self, document: u32) -> Vec<MatchReason> {
        self.asked.iter().filter_map(|asked| self.reason(asked, document)).collect()
    }

    /// Whether every word of the question matches the document. A match by a typing error does not
    /// count, and neither does a passing mention, or a word of another question.
    pub(crate) fn is_whole(&self, document: u32) -> bool {
        let met = self.of(document).into_iter().filter(|reason| {
            !matches!(reason.meeting, Meeting::Slips(_)) && reason.field < Field::Asked
        });
        met.count() == self.asked.len()
    }

    /// The share of the question that the name, keywords or lay words of a document have. Words
    /// that ask for a fact of any record do not count.
    pub(crate) fn named(&self, document: u32) -> f32 {
        let (mut named, mut all) = (0.0, 0.0);
        for asked in self.asked.iter().filter(|asked| !is_asking(&asked.typed)) {
            let reason = self.reason(asked, document);
            all += asked.weight;
            named += reason.filter(|met| met.field <= Field::Lay).map_or(0.0, |_| asked.weight);
        }
        named / all.max(f32::MIN_POSITIVE)
    }

    fn reason(&self, asked: &SearchQuestion, document: u32) -> Option<MatchReason> {
        let mut best: Option<MatchReason> = None;
        for variant in &asked.variants {
            let field = self
                .index
                .list(variant.number)
                .find(|documents| documents.have(document))
                .map(|documents| documents.field);
            let worth = |field: Field| asked.weight * variant.likeness * field.weight();
            if let Some(field) =
                field.filter(|&field| best.as_ref().is_none_or(|best| best.worth < worth(field)))
            {
                best = Some(MatchReason {
                    typed: asked.typed.clone(),
                    word: variant.word.clone(),
                    field,
                    meeting: variant.meeting,
                    worth: worth(field),
                });
            }
        }
        best
    }

    /// The question as it was understood, if that is not what was typed. `None` if no word was
    /// corrected.
    pub fn meant(&self) -> Option<String> {
        if !self.asked.iter().any(SearchQuestion::is_guess) {
            return None;
        }
        let words: Vec<&str> = self
            .asked
            .iter()
            .map(|asked| if asked.is_guess() { asked.best() } else { &asked.typed })
            .collect();
        Some(words.join(" "))
    }
}

impl SearchQuestion {
    fn is_guess(&self) -> bool {
        matches!(self.variants.first().map(|first| first.meeting), Some(Meeting::Slips(_)))
    }

    /// The most likely word of the index; the typed word if there is none.
    fn best(&self) -> &str {
        let likelier = |best: &'_ Variant, other: &'_ Variant| other.likeness > best.likeness;
        self.variants
            .iter()
            .reduce(|best, other| if likelier(best, other) { other } else { best })
            .map_or(&self.typed, |best| &best.word)
    }
}

impl Scratch {
    fn clear(&mut self) {
        for &document in &self.touched {
            let document = document as usize;
            (self.worth[document], self.covered[document]) = (0.0, 0.0);
            (self.seen[document], self.named[document], self.said[document]) = (0, 0, 0);
        }
        self.touched.clear();
    }

    /// Adds to every document its best score for one word.
    fn add(&mut self, index: Index<'_>, asked: &SearchQuestion, number: u8, may_add: bool) {
        let of_variant = |variant: &Variant| {
            index
                .list(variant.number)
                .map(|documents| {
                    (variant.likeness * documents.field.weight(), variant.sureness(), documents)
                })
                .collect::<Vec<_>>()
        };
        let lists: Vec<(f32, f32, Documents<'_>)> =
            asked.variants.iter().flat_map(of_variant).collect();
        let mut visits = 0;
        for (value, sureness, documents) in
            order_of(lists.len(), &|a, b| lists[b].0.total_cmp(&lists[a].0))
                .into_iter()
                .map(|at| lists[at])
        {
            if visits > VISITS_MAX {
                break;
            }
            // Only an exact match has the full weight of its field.
            let is_said = documents.field == Field::Lay && value == Field::Lay.weight();
            let (worth, covered) =
                (value * asked.weight, sureness * documents.field.sureness() * asked.weight);
            documents.each(|document| {
                visits += 1;
                let at = document as usize;
                let before = self.seen[at];
                if before != number && (before != 0 || may_add) {
                    if before == 0 {
                        self.touched.push(document);
                    }
                    self.seen[at] = number;
                    self.worth[at] += worth;
                    self.covered[at] += covered;
                    self.named[at] += u8::from(documents.field == Field::Name);
                    self.said[at] += u8::from(is_said);
                }
                visits <= VISITS_MAX
            });
        }
    }

    fn share_covered(&self, document: u32) -> f32 {
        self.covered[document as usize] / self.weight.max(f32::MIN_POSITIVE)
    }

    fn is_answer(&self, document: u32) -> bool {
        self.share_covered(document) >= COVERED_MIN
    }

    /// A document that matches all words ranks before one that matches some very well. Of two names
    /// that contain the words, the one that contains little else ranks first.
    fn score(&self, index: Index<'_>, document: u32) -> f32 {
        let at = document as usize;
        let share = self.share_covered(document);
        let of_name = f32::from(self.named[at]) / f32::from(index.name_words(document));
        let as_said = if self.asked > 1 && self.said[at] == self.asked { AS_SAID } else { 1.0 };
        self.worth[at] * share * (1.0 + OF_WHOLE_NAME * of_name.min(1.0)) * as_said
    }

    fn best(&self, index: Index<'_>, most: usize) -> Vec<SearchMatch> {
        let mut best: Vec<SearchMatch> = Vec::with_capacity(most.min(self.touched.len()) + 1);
        for &document in self.touched.iter().filter(|&&document| self.is_answer(document)) {
            let score = self.score(index, document);
            let is_better = |other: &SearchMatch| {
                other.score > score || (other.score == score && other.document < document)
            };
            if best.len() < most || best.last().is_some_and(|last| !is_better(last)) {
                best.insert(best.partition_point(is_better), SearchMatch { document, score });
                best.truncate(most);
            }
        }
        let least = best.first().map_or(0.0, |first| first.score * SHARE_OF_BEST_MIN);
        best.retain(|found| found.score >= least);
        best
    }
}

#[cfg(test)]
mod tests;
