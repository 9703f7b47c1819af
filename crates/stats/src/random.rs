//! Chance that can be repeated: a seeded generator, normal variates, shuffling, and simulation on several threads
//! whose result does not depend on how many there are.
//!
//! The generator is xoshiro256++ (Blackman and Vigna 2021, ACM Trans. Math. Softw. 47(4):36), seeded through SplitMix64
//! (Steele, Lea and Flood 2014). It is fast and passes the usual batteries; it is not for secrets.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A seeded generator of pseudo-random numbers.
///
/// ```
/// use kith_stats::random::Generator;
/// let (mut one, mut other) = (Generator::new(1), Generator::new(1));
/// assert_eq!(one.bits(), other.bits());
/// assert!((0.0..1.0).contains(&one.uniform()));
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    state: [u64; 4],
}

impl Generator {
    /// The generator of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut mixer = seed;
        Self {
            state: std::array::from_fn(|_| split_mix(&mut mixer)),
        }
    }

    /// The `index`-th of the independent generators of `seed`: for pieces of work that may run in any order.
    #[must_use]
    pub fn stream(seed: u64, index: u64) -> Self {
        let mut mixer = seed;
        let first = split_mix(&mut mixer);
        let mut mixer = index ^ 0x6a09_e667_f3bc_c909;
        Self::new(first ^ split_mix(&mut mixer))
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number from 0 (included) to 1 (not included), with 53 random bits.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        unit(self.bits())
    }

    /// A whole number below `bound`, without bias (Lemire 2019, ACM Trans. Model. Comput. Simul. 29(1):3); 0 when `bound` is 0.
    #[inline]
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        loop {
            let wide = u128::from(self.bits()) * u128::from(bound);
            let low = wide as u64;
            if low >= bound || low >= bound.wrapping_neg() % bound.max(1) {
                return (wide >> 64) as usize;
            }
        }
    }

    /// A standard normal number, by the ziggurat of Marsaglia and Tsang (2000, J. Stat. Softw. 5(8)) in Doornik's (2005)
    /// arrangement, which uses separate bits for the layer and for the number.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        self.normal_from(&ZIGGURAT)
    }

    #[inline]
    fn normal_from(&mut self, ziggurat: &Ziggurat) -> f64 {
        loop {
            let bits = self.bits();
            let layer = (bits & 0xff) as usize;
            let number = 2.0 * unit(bits) - 1.0;
            if number.abs() < ziggurat.ratio[layer] {
                return number * ziggurat.edge[layer];
            }
            if let Some(value) = self.outside(ziggurat, layer, number) {
                return value;
            }
        }
    }

    #[cold]
    fn outside(&mut self, ziggurat: &Ziggurat, layer: usize, number: f64) -> Option<f64> {
        if layer == 0 {
            loop {
                let beyond = -(1.0 - self.uniform()).ln() / TAIL;
                let height = -(1.0 - self.uniform()).ln();
                if 2.0 * height > beyond * beyond {
                    return Some((TAIL + beyond).copysign(number));
                }
            }
        }
        let value = number * ziggurat.edge[layer];
        let density = |edge: f64| (-0.5 * (edge * edge - value * value)).exp();
        let (outer, inner) = (
            density(ziggurat.edge[layer]),
            density(ziggurat.edge[layer + 1]),
        );
        (inner + self.uniform() * (outer - inner) < 1.0).then_some(value)
    }

    /// Fills `places` with standard normal numbers.
    pub fn fill_normal(&mut self, places: &mut [f64]) {
        let ziggurat: &Ziggurat = &ZIGGURAT;
        for place in places {
            *place = self.normal_from(ziggurat);
        }
    }

    /// Puts the first `count` of `values` in random order, drawn from all of them (Fisher and Yates).
    pub fn draw<T>(&mut self, values: &mut [T], count: usize) {
        for index in 0..count.min(values.len()) {
            let other = index + self.below(values.len() - index);
            values.swap(index, other);
        }
    }

    /// Puts `values` in random order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        self.draw(values, values.len());
    }
}

/// Runs `run` for each of `0..runs` on as many threads as the machine has, and returns the results in order.
///
/// The runs are cut into fixed pieces, and each piece has a generator of its own ([`Generator::stream`]): the same seed gives
/// the same results on any machine, with any number of threads.
///
/// ```
/// use kith_stats::random::simulate;
/// let once = simulate(5000, 7, |chance, _| chance.normal());
/// assert_eq!(once, simulate(5000, 7, |chance, _| chance.normal()));
/// ```
pub fn simulate<T: Send>(
    runs: usize,
    seed: u64,
    run: impl Fn(&mut Generator, usize) -> T + Sync,
) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    simulate_on(threads, runs, seed, run)
}

/// As [`simulate`], on `threads` threads.
pub fn simulate_on<T: Send>(
    threads: usize,
    runs: usize,
    seed: u64,
    run: impl Fn(&mut Generator, usize) -> T + Sync,
) -> Vec<T> {
    let pieces = runs.div_ceil(PIECE);
    let piece = |index: usize| -> Vec<T> {
        let mut chance = Generator::stream(seed, index as u64);
        (index * PIECE..runs.min((index + 1) * PIECE))
            .map(|number| run(&mut chance, number))
            .collect()
    };
    if threads <= 1 || pieces <= 1 {
        return (0..pieces).flat_map(piece).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= pieces {
                return done;
            }
            done.push((index, piece(index)));
        }
    };
    let mut done: Vec<(usize, Vec<T>)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(pieces))
            .map(|_| scope.spawn(work))
            .collect();
        let mut done = work();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(payload) => std::panic::resume_unwind(payload),
            }
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// How many runs share a generator.
const PIECE: usize = 512;
const LAYERS: usize = 256;
/// Where the tail begins, and the area of each of 256 layers (Marsaglia and Tsang 2000).
const TAIL: f64 = 3.654_152_885_361_009;
const AREA: f64 = 4.928_673_233_974_655e-3;

struct Ziggurat {
    edge: [f64; LAYERS + 1],
    ratio: [f64; LAYERS],
}

static ZIGGURAT: LazyLock<Ziggurat> = LazyLock::new(|| {
    let density = |x: f64| (-0.5 * x * x).exp();
    let mut edge = [0.0; LAYERS + 1];
    edge[0] = AREA / density(TAIL);
    edge[1] = TAIL;
    for layer in 2..LAYERS {
        let below = edge[layer - 1];
        edge[layer] = (-2.0 * (AREA / below + density(below)).ln()).sqrt();
    }
    let ratio = std::array::from_fn(|layer| edge[layer + 1] / edge[layer]);
    Ziggurat { edge, ratio }
});

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_the_published_generators() {
        // SplitMix64 from 0, as its reference implementation prints them.
        let mut state = 0;
        assert_eq!(split_mix(&mut state), 0xe220_a839_7b1d_cdaf);
        assert_eq!(split_mix(&mut state), 0x6e78_9e6a_a1b9_65f4);
        // xoshiro256++ from the state 1, 2, 3, 4.
        let mut chance = Generator {
            state: [1, 2, 3, 4],
        };
        let expected: [u64; 4] = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
        ];
        assert_eq!(std::array::from_fn(|_| chance.bits()), expected);
    }

    #[test]
    fn normal_numbers_have_the_moments_and_tails_of_the_normal_distribution() {
        let mut chance = Generator::new(3);
        let mut values = vec![0.0; 2_000_000];
        chance.fill_normal(&mut values);
        let count = values.len() as f64;
        let moment = |power: i32| values.iter().map(|value| value.powi(power)).sum::<f64>() / count;
        assert!(moment(1).abs() < 0.004, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.005);
        assert!(moment(3).abs() < 0.02);
        assert!((moment(4) - 3.0).abs() < 0.03);
        for (edge, share) in [(1.0, 0.317_310_5), (2.0, 0.045_500_3), (3.7, 2.156e-4)] {
            let seen = values.iter().filter(|value| value.abs() > edge).count() as f64 / count;
            assert!(
                (seen - share).abs() < 5.0 * (share / count).sqrt(),
                "{edge}: {seen}"
            );
        }
    }

    #[test]
    fn numbers_below_a_bound_are_spread_evenly() {
        let mut chance = Generator::new(9);
        let mut seen = [0_usize; 7];
        for _ in 0..70_000 {
            seen[chance.below(7)] += 1;
        }
        assert!(
            seen.iter().all(|count| count.abs_diff(10_000) < 500),
            "{seen:?}"
        );
        assert_eq!((chance.below(0), chance.below(1)), (0, 0));
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let alone = simulate_on(1, 3000, 5, |chance, run| (run, chance.bits()));
        assert_eq!(alone.len(), 3000);
        for threads in [2, 3, 8] {
            assert_eq!(
                alone,
                simulate_on(threads, 3000, 5, |chance, run| (run, chance.bits()))
            );
        }
        assert_ne!(
            alone[0].1,
            simulate_on(1, 1, 6, |chance, _| chance.bits())[0]
        );
        assert!(simulate(0, 1, |_, _| ()).is_empty());
    }
}
