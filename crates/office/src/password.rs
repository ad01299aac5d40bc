//! Passwords: Argon2id (RFC 9106) with a salt each, never more than two verified at once.
//!
//! A login without a password can never pass: [`is_right`] needs a [`PasswordHash`], and without
//! one [`spend_as_much`] takes as long and returns nothing.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use store::PasswordHash;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zxcvbn::{Score, zxcvbn};

/// The shortest password for people without a second factor (NIST SP 800-63B-4, 3.1.1.2).
pub(super) const PASSWORD_CHARS_MIN: usize = 15;
/// The longest password; longer texts are refused.
pub(super) const PASSWORD_CHARS_MAX: usize = 256;
/// Verifications at once. Each takes 19 MiB and some hundredths of a second: more would make
/// signing in a denial-of-service attack.
const AT_WORK_MAX: usize = 2;
/// Requests that wait in addition: a second or two of work. Beyond that, requests are refused and
/// the person is asked to try again.
const WAITING_MAX: usize = 32;
/// The minimum score by `zxcvbn`: 3 means at least 10^8 guesses, out of reach of an attacker who
/// has to ask this server, and slow for one who has stolen an Argon2id hash.
const SCORE_MIN: Score = Score::Three;

/// Letters and digits that must remain without the person's login, name and municipality.
const REST_CHARS_MIN: usize = 8;

/// Dedicated threads that never end: allocators keep memory for each thread that ever hashed a
/// password, which would otherwise be 19 MiB times the server's threads.
static THREADS: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let threads = Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(AT_WORK_MAX)
        .thread_keep_alive(Duration::MAX)
        .build();
    threads.inspect_err(|error| tracing::error!(%error, "no thread for passwords could be started; no one can sign in with a password")).ok()
});
static AT_WORK: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_WORK_MAX)));
static PLACES: Semaphore = Semaphore::const_new(AT_WORK_MAX + WAITING_MAX);
/// The hash of a forgotten random password, to spend the same work on logins without a password.
static NOBODYS: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| hashed(&hex::encode(vault::random::<32>())));

/// Why a password could not be verified now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// Too many requests are waiting.
    Busy,
    /// The work failed or panicked.
    Failed,
}

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordFault {
    TooShort,
    TooLong,
    /// It consists of what attackers try first: common passwords, names, dates, keyboard rows,
    /// repetitions.
    Guessable,
}

/// Whether a person may choose this password. `known` is what a stranger would try first: their
/// login, name and municipality.
pub(super) async fn check_new(
    password: &str,
    known: &[&str],
) -> Result<Result<(), PasswordFault>, NotNow> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MIN {
        return Ok(Err(PasswordFault::TooShort));
    }
    if length > PASSWORD_CHARS_MAX {
        return Ok(Err(PasswordFault::TooLong));
    }
    let (password, known) = (password.to_string(), words(known));
    if rest_of(&password, &known) < REST_CHARS_MIN {
        return Ok(Err(PasswordFault::Guessable));
    }
    at_work(move || {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        if zxcvbn(&password, &known).score() < SCORE_MIN {
            Err(PasswordFault::Guessable)
        } else {
            Ok(())
        }
    })
    .await
}

/// Known texts in lower case, in full and word by word, the longest first.
fn words(known: &[&str]) -> Vec<String> {
    let whole = known.iter().map(|text| text.to_lowercase());
    let parts = known
        .iter()
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()))
        .map(str::to_lowercase);
    let all: BTreeSet<String> =
        whole.chain(parts).filter(|word| word.chars().count() > 2).collect();
    let mut all: Vec<String> = all.into_iter().collect();
    all.sort_by_key(|word| std::cmp::Reverse(word.len()));
    all
}

/// The number of letters and digits in a password without the known texts.
fn rest_of(password: &str, known: &[String]) -> usize {
    let rest =
        known.iter().fold(password.to_lowercase(), |rest, word| rest.replace(word.as_str(), ""));
    rest.chars().filter(|letter| letter.is_alphanumeric()).count()
}

/// Hashes a password on the dedicated threads.
pub async fn hash(password: String) -> Result<PasswordHash, NotNow> {
    at_work(move || hashed(&password)).await?.ok_or(NotNow::Failed)
}

/// Whether a password matches a hash.
pub(super) async fn is_right(password: String, hash: PasswordHash) -> Result<bool, NotNow> {
    at_work(move || verify(&password, &hash)).await
}

/// Does the work of [`is_right`] for a login without a password, so that the response time reveals
/// nothing. The result is discarded.
pub(super) async fn spend_as_much(password: String) -> Result<(), NotNow> {
    at_work(move || {
        if let Some(nobodys) = &*NOBODYS {
            std::hint::black_box(verify(&password, nobodys));
        }
    })
    .await
}

fn verify(password: &str, hash: &PasswordHash) -> bool {
    let parsed = argon2::PasswordHash::new(hash.as_str());
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Waits in a short queue, then works. The permits move into the work: a request that is dropped
/// frees them only when the work has ended.
async fn at_work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NotNow> {
    let place = PLACES.try_acquire().map_err(|_| NotNow::Busy)?;
    let turn = AT_WORK.clone().acquire_owned().await.map_err(|_| NotNow::Failed)?;
    let threads = THREADS.as_ref().ok_or(NotNow::Failed)?;
    threads.spawn_blocking(move || with_turn((turn, place), work)).await.map_err(|_| NotNow::Failed)
}

fn with_turn<T>(
    held: (OwnedSemaphorePermit, tokio::sync::SemaphorePermit<'static>),
    work: impl FnOnce() -> T,
) -> T {
    let done = work();
    drop(held);
    done
}

fn hashed(password: &str) -> Option<PasswordHash> {
    let salt: [u8; 16] = vault::random();
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.ok().and_then(|hash| PasswordHash::of(hash.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All tests of this process share the places; tests that fill them run one by one.
    static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

    #[tokio::test]
    async fn a_password_is_long_and_is_not_tried_first() {
        let _alone = ALONE.lock().await;
        let check = async |password: &str| {
            check_new(password, &["ann.lee@example.org", "Ann Lee", "Pine Harbour"]).await.unwrap()
        };
        assert_eq!(check("a river in the morning").await, Ok(()));
        assert_eq!(check("short").await, Err(PasswordFault::TooShort));
        assert_eq!(check(&"abcdefgh".repeat(40)).await, Err(PasswordFault::TooLong));
        for common in [
            "passwordpassword",
            "Password123456789",
            "qwertyuiopasdfgh",
            "123456789012345",
            "iloveyouiloveyou",
            "aaaaaaaaaaaaaaaaaaaaaa",
            "ann.lee@example.org1",
            "Pine Harbour 2026",
            "abcdefghijklmnopqrst",
        ] {
            assert_eq!(check(common).await, Err(PasswordFault::Guessable), "{common}");
        }
    }

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let _alone = ALONE.lock().await;
        let hash = hash("a river in the morning".into()).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$"), "{hash:?}");
        assert_eq!(is_right("a river in the morning".into(), hash.clone()).await, Ok(true));
        assert_eq!(is_right("a river in the evening".into(), hash.clone()).await, Ok(false));
        let damaged = PasswordHash::of("not a hash".into()).unwrap();
        assert_eq!(is_right("x".into(), damaged).await, Ok(false));
        assert_eq!(PasswordHash::of(String::new()), None);
        assert!(!format!("{hash:?}").contains("argon2id"), "no hash reaches a log");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_of_askers_who_hung_up_still_counts_and_the_queue_is_short() {
        let _alone = ALONE.lock().await;
        let (begun, all_begun) = std::sync::mpsc::channel();
        let (go_on, waits) = std::sync::mpsc::channel::<()>();
        let waits = Arc::new(std::sync::Mutex::new(waits));
        for _ in 0..AT_WORK_MAX {
            let (begun, waits) = (begun.clone(), waits.clone());
            let asker = tokio::spawn(at_work(move || {
                begun.send(()).unwrap();
                waits.lock().unwrap().recv().unwrap();
            }));
            all_begun.recv().unwrap();
            asker.abort();
            assert!(asker.await.is_err_and(|ended| ended.is_cancelled()), "the asker has hung up");
        }
        assert_eq!(AT_WORK.available_permits(), 0, "their work goes on, and nobody else's begins");
        let waiting: Vec<_> =
            (0..WAITING_MAX).map(|number| tokio::spawn(at_work(move || number))).collect();
        while PLACES.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(at_work(|| ()).await, Err(NotNow::Busy), "the queue is full");
        for _ in 0..AT_WORK_MAX {
            go_on.send(()).unwrap();
        }
        for (number, asker) in waiting.into_iter().enumerate() {
            assert_eq!(asker.await.unwrap(), Ok(number));
        }
        assert_eq!(at_work(|| ()).await, Ok(()));
    }
}
