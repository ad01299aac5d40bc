//! A seeded pseudorandom generator: the same seed produces the same numbers on every machine.

/// SplitMix64: Steele, G. L., Lea, D. and Flood, C. H. (2014), Fast splittable pseudorandom number
/// generators, OOPSLA '14, 453-472. For resampling, not for secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededRandom(u64);

impl SeededRandom {
    /// A generator that starts from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number from 0 to `bound` - 1; 0 if `bound` is 0. Takes the upper half of a 128-bit product
    /// (Lemire 2019): its bias is below 2^-40 for every bound up to 2^24.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_published_numbers() {
        // The first outputs for seed 1234567 of the reference program (Vigna, splitmix64.c, public
        // domain).
        let mut random = SeededRandom::seeded(1_234_567);
        let drawn: [u64; 3] = std::array::from_fn(|_| random.bits());
        assert_eq!(
            drawn,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn every_number_below_the_bound_comes_about_as_often() {
        let mut random = SeededRandom::seeded(7);
        let mut counts = [0; 6];
        (0..60_000).for_each(|_| counts[random.below(6)] += 1);
        assert!(counts.iter().all(|count| (9_600..=10_400).contains(count)), "{counts:?}");
        assert_eq!((random.below(1), random.below(0)), (0, 0));
    }
}
