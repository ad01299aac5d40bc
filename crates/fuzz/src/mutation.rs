//! Mutations of bytes that are the same at every run.

/// Numbers that decoders often mishandle: the largest of each width, and those at which the sign
/// changes.
const ODD: [&[u8]; 8] = [
    &[0],
    &[0x7f],
    &[0x80],
    &[0xff],
    &[0xff, 0xff, 0x03],
    &[0xff; 4],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    &[0; 8],
];
/// Most changes to one input, applied one after the other.
const CHANGES_MAX: u64 = 6;

/// A pseudo-random sequence determined by its seed (xorshift64*, Marsaglia 2003 and Vigna 2016).
pub struct MutationRandom(u64);

impl MutationRandom {
    /// The sequence of a seed; 0 and 1 are the same.
    pub fn of(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// The next 64 random bits.
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A random number less than `most`; zero if `most` is zero.
    pub fn below(&mut self, most: usize) -> usize {
        if most == 0 { 0 } else { (self.roll() >> 16) as usize % most }
    }
}

/// Returns one of the seeds with a few changes: bits, bytes, numbers, parts removed, repeated, or
/// copied from another seed. At most [`crate::INPUT_BYTES_MAX`] bytes.
///
/// # Panics
///
/// If there are no seeds.
pub fn changed(seeds: &[Vec<u8>], random: &mut MutationRandom) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.roll() % CHANGES_MAX {
        change(&mut bytes, &seeds[random.below(seeds.len())], random);
    }
    bytes.truncate(super::INPUT_BYTES_MAX);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut MutationRandom) {
    let (from, to) = part_of(bytes.len(), random);
    match random.roll() % 8 {
        0 if from < bytes.len() => bytes[from] ^= 1 << random.below(8),
        1 if from < bytes.len() => bytes[from] = random.roll() as u8,
        2 => drop(bytes.splice(from..from, ODD[random.below(ODD.len())].iter().copied())),
        3 if from < bytes.len() => {
            let odd = ODD[random.below(ODD.len())];
            let end = (from + odd.len()).min(bytes.len());
            bytes[from..end].copy_from_slice(&odd[..end - from]);
        }
        4 => drop(bytes.drain(from..to)),
        5 => {
            // Repeated doubling produces deep and long inputs.
            let part = bytes[from..to].to_vec();
            let times = 1 << random.below(8);
            drop(
                bytes.splice(
                    from..from,
                    part.repeat(times).into_iter().take(super::INPUT_BYTES_MAX),
                ),
            );
        }
        6 => {
            let (start, end) = part_of(other.len(), random);
            drop(bytes.splice(from..to, other[start..end].iter().copied()));
        }
        _ => bytes.truncate(to),
    }
}

/// A random range within a length; short ranges more often than long ones.
fn part_of(length: usize, random: &mut MutationRandom) -> (usize, usize) {
    let from = random.below(length + 1);
    let longest = if random.roll().is_multiple_of(4) { length } else { 32 };
    (from, (from + random.below(longest + 1)).min(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs_and_they_differ_from_each_other() {
        let seeds = [b"some bytes to begin with".to_vec(), vec![0; 40], Vec::new()];
        let inputs = |seed| {
            let mut random = MutationRandom::of(seed);
            (0..1_000).map(|_| changed(&seeds, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
        let mut distinct = inputs(1);
        distinct.sort();
        distinct.dedup();
        assert!(distinct.len() > 600, "{}", distinct.len());
    }
}
