//! Water-filling against hand-worked cases, and against its own definition.

use proptest::prelude::*;

use super::{Silence, lengths};

fn silence(least: u64, usual: u64, most: u64, weight: u64) -> Silence {
    Silence {
        least,
        usual,
        most,
        weight,
    }
}

#[test]
fn the_usual_total_gives_the_usual_lengths() {
    let silences = [silence(1, 5, 9, 1000), silence(2, 7, 9, 3000)];
    assert_eq!(lengths(&silences, 12), [5, 7]);
}

#[test]
fn more_time_is_shared_by_weight() {
    let silences = [silence(0, 1000, 9000, 1000), silence(0, 1000, 9000, 2000)];
    assert_eq!(lengths(&silences, 5000), [2000, 3000]);
}

#[test]
fn a_full_silence_leaves_its_share_to_the_others() {
    let silences = [
        silence(0, 1000, 1500, 5000),
        silence(0, 1000, 9000, 1000),
        silence(0, 1000, 9000, 1000),
    ];
    assert_eq!(lengths(&silences, 7500), [1500, 3000, 3000]);
}

#[test]
fn missing_time_is_taken_by_weight_down_to_the_least() {
    let silences = [
        silence(3000, 6000, 20000, 1000),
        silence(5000, 6000, 20000, 1000),
    ];
    assert_eq!(lengths(&silences, 9000), [4000, 5000]);
}

#[test]
fn thirds_are_rounded_so_that_the_sum_is_exact() {
    let silences = [silence(0, 0, 50, 1000); 3];
    assert_eq!(lengths(&silences, 100), [33, 33, 34]);
}

#[test]
fn nothing_to_share_among_is_nothing() {
    assert!(lengths(&[], 0).is_empty());
    assert!(lengths(&[], 10).is_empty());
}

#[test]
fn a_total_beyond_the_bounds_gives_the_bounds() {
    let silences = [silence(1, 2, 3, 1000), silence(4, 5, 6, 1000)];
    assert_eq!(lengths(&silences, 100), [3, 6]);
    assert_eq!(lengths(&silences, 0), [1, 4]);
}

fn any_silence() -> impl Strategy<Value = Silence> {
    (
        0u64..=1_800_000,
        0u64..=1_800_000,
        0u64..=1_800_000,
        100u64..=10_000,
    )
        .prop_map(|(a, b, c, weight)| {
            let mut times = [a, b, c];
            times.sort_unstable();
            silence(times[0], times[1], times[2], weight)
        })
}

proptest! {
    #[test]
    fn the_sum_is_exact_and_one_lambda_explains_every_length(
        silences in prop::collection::vec(any_silence(), 1..60),
        part in 0.0f64..=1.0,
    ) {
        let least: u64 = silences.iter().map(|s| s.least).sum();
        let most: u64 = silences.iter().map(|s| s.most).sum();
        let total = least + ((most - least) as f64 * part) as u64;
        let given = lengths(&silences, total);
        prop_assert_eq!(given.iter().sum::<u64>(), total);

        // λ lies between what the silences that could still move say, give or take the rounding.
        let (mut below, mut above) = (f64::INFINITY, f64::NEG_INFINITY);
        for (silence, &length) in silences.iter().zip(&given) {
            prop_assert!((silence.least..=silence.most).contains(&length));
            let moved = length as f64 - silence.usual as f64;
            let weight = silence.weight as f64;
            if length < silence.most {
                below = below.min((moved + 1.0) / weight);
            }
            if length > silence.least {
                above = above.max((moved - 1.0) / weight);
            }
        }
        prop_assert!(above <= below + 1e-9, "λ at least {above} and at most {below}");
    }
}
