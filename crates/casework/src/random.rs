//! Repeatable pseudo-random numbers for the demo's generated month and for tests. They must never
//! be used for secrets.

/// A small, repeatable pseudo-random generator (SplitMix64).
pub struct UnbiasedRandom(u64);

impl UnbiasedRandom {
    /// The generator that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `most`; 0 if `most` is 0.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most.max(1)
    }

    /// One of the elements; panics if there are none.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// True with a probability of `percent` in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the published generator for this seed.
    const SEED: u64 = 1_234_567;
    const NUMBERS: [u64; 3] =
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = UnbiasedRandom::new(SEED);
        assert_eq!(NUMBERS.map(|_| random.below(u64::MAX)), NUMBERS);
        let mut random = UnbiasedRandom::new(SEED);
        assert_eq!([10, 1_000, 0].map(|most| random.below(most)), [7, 973, 0]);
    }

    #[test]
    fn an_element_and_a_chance_are_drawn_with_the_next_number() {
        let random = || UnbiasedRandom::new(SEED);
        assert_eq!(*random().one(&['a', 'b', 'c', 'd', 'e']), 'c', "its last digit is 7");
        assert!(random().percent(18) && !random().percent(17), "its last digits are 17");
    }
}
