//! Passwords: Argon2id (RFC 9106) with a salt for each, never more than two at work at once.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Shortest password for people who have nothing beside it (NIST SP 800-63B-4, 3.1.1.2). No other rule: long is what counts.
pub(super) const PASSWORD_CHARS_MIN: usize = 15;
/// Longer ones are texts, not passwords.
pub(super) const PASSWORD_CHARS_MAX: usize = 256;
/// Each takes 19 MiB and some hundredths of a second: more at once would be an attack on the server by its own door.
static AT_WORK: Semaphore = Semaphore::const_new(2);
/// Checked when there is no such login, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed("nobody has this password"));

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordFault {
    TooShort,
    TooLong,
    /// It is the login or the name over again, or one letter.
    Guessable,
}

/// Whether somebody may take this password.
pub(super) fn check_new(password: &str, login: &str, name: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MIN {
        return Err(PasswordFault::TooShort);
    }
    if length > PASSWORD_CHARS_MAX {
        return Err(PasswordFault::TooLong);
    }
    let letters: std::collections::BTreeSet<char> = password.chars().collect();
    let folded = password.to_lowercase();
    let repeats = |word: &str| !word.is_empty() && folded.replace(&word.to_lowercase(), "").chars().count() < 8;
    if letters.len() < 5 || repeats(login) || repeats(name) { Err(PasswordFault::Guessable) } else { Ok(()) }
}

/// The PHC text of a password, away from the threads that answer.
pub(super) async fn hash(password: String) -> String {
    at_work(move || hashed(&password)).await.unwrap_or_default()
}

/// Whether it is the password of this hash. An empty hash is nobody's, and takes as long.
pub(super) async fn is_right(password: String, hash: String) -> bool {
    at_work(move || {
        let hash = if hash.is_empty() { NOBODY.as_str() } else { &hash };
        PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .unwrap_or(false)
}

async fn at_work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = AT_WORK.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

fn hashed(password: &str) -> String {
    let salt: [u8; 16] = crate::keys::random();
    Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_the_login() {
        let check = |password: &str| check_new(password, "ann.lee@example.org", "Ann Lee");
        assert_eq!(check("a river in the morning"), Ok(()));
        assert_eq!(check("short"), Err(PasswordFault::TooShort));
        assert_eq!(check("ann.lee@example.org1"), Err(PasswordFault::Guessable));
        assert_eq!(check("aaaaaaaaaaaaaaaaaaaaaa"), Err(PasswordFault::Guessable));
        assert_eq!(check(&"abcdefgh".repeat(40)), Err(PasswordFault::TooLong));
    }

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let hash = hash("a river in the morning".into()).await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(is_right("a river in the morning".into(), hash.clone()).await);
        assert!(!is_right("a river in the evening".into(), hash).await);
        assert!(!is_right("nobody has this password, nor this".into(), String::new()).await);
        assert!(!is_right("x".into(), "not a hash".into()).await);
    }
}
