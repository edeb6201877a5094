//! Chance that can be repeated: the same seed gives the same numbers on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): any seed is a good one, and streams of neighbouring seeds are independent.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A stream of its own for one of many points, so that a point can be run again without those before it.
    pub fn of_point(seed: u64, point: u64) -> Self {
        let mut random = Self(seed ^ point.wrapping_mul(0xd1b5_4a32_d192_ed03));
        random.next();
        random
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`; 0 when that is 0. (The bias of the remainder is below 2⁻⁴⁰ here.)
    pub const fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    pub const fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of these; `None` of none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let at = self.below(from.len() as u64);
        from.get(usize::try_from(at).ok()?).copied()
    }
}
