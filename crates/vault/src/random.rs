//! Random bytes for secrets and ids.

/// `N` random bytes from the operating system. Panics if it has none.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .expect("without random numbers from the operating system no secret is safe");
    bytes
}
