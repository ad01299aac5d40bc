//! Generates the submissions of a week-long fair: questions as people write them, each sealed as a
//! device does.

use domain::submission::PublicKeys;
use offline::sealing::{Address, seal};
use offline::storage_contract::sample_question;

/// The text of a typical question.
const WORDS: &str = "When is garbage day on our road, and may we put out a mattress? The last one was left at the end of the lane. ";
/// Repetitions that make an envelope of about two kilobytes.
const TIMES: usize = 14;

/// The envelope of a question, sealed to the first of these keys.
fn envelope(keys: &PublicKeys, number: usize) -> Vec<u8> {
    let content = sample_question(format!("Question {number}. {}", WORDS.repeat(TIMES)));
    let address = Address {
        municipality: keys.municipality.clone(),
        catalogue_version: 1,
        now_ms: keys.now_ms + number as u64,
        order: number as u64,
    };
    let mut random =
        |bytes: &mut [u8]| getrandom::fill(bytes).expect("the OS provides random numbers");
    seal(content, &address, keys, &mut random).expect("the server offers a key").envelope
}

/// Seals `count` submissions on all cores, in the order in which a device would have stored them.
pub(crate) fn entries(keys: &PublicKeys, count: usize) -> Vec<Vec<u8>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let share = |core: usize| {
            (core..count).step_by(cores).map(|number| envelope(keys, number)).collect::<Vec<_>>()
        };
        let made: Vec<_> = (0..cores).map(|core| scope.spawn(move || share(core))).collect();
        let mut made: Vec<_> = made
            .into_iter()
            .map(|one| one.join().expect("sealing does not panic").into_iter())
            .collect();
        (0..count).filter_map(|number| made[number % cores].next()).collect()
    })
}
