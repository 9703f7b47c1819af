use super::*;

const X: [f64; 6] = [1.1, 2.4, 3.3, 4.9, 5.2, 6.8];
const Y: [f64; 5] = [2.0, 3.5, 6.1, 7.7, 9.3];

#[test]
fn swapping_the_groups_turns_the_sign_and_keeps_p() {
    type Test = fn(&[f64], &[f64]) -> Comparison;
    let tests: [Test; 4] = [
        |x, y| welch(x, y, 0.95).unwrap(),
        |x, y| student(x, y, 0.95).unwrap(),
        |x, y| rank_sum(x, y, 0.95).unwrap().test,
        |x, y| permutation(x, y, 0.95, 2000, 1).unwrap(),
    ];
    for test in tests {
        let (one, other) = (test(&X, &Y), test(&Y, &X));
        assert!(
            (one.p - other.p).abs() < 1e-12 && (one.difference + other.difference).abs() < 1e-9
        );
        assert!((one.interval[0] + other.interval[1]).abs() < 1e-9);
        // A shift of one group moves the interval by as much.
        let moved = test(&X.map(|value| value + 3.0), &Y);
        assert!(
            (moved.interval[0] - one.interval[0] - 3.0).abs() < 1e-9,
            "{moved:?} {one:?}"
        );
        assert!((moved.difference - one.difference - 3.0).abs() < 1e-9);
    }
}

#[test]
fn a_permutation_interval_holds_just_the_shifts_that_are_not_rejected() {
    let seen = permutation(&X, &Y, 0.90, 1000, 1).unwrap();
    let one_sided = |shift: f64, up: bool| {
        let moved = X.map(|value| value - shift);
        let all: Vec<f64> = moved.iter().chain(&Y).copied().collect();
        let own = moved.iter().sum::<f64>();
        let (mut hits, mut count) = (0, 0);
        for set in 0_u32..1 << 11 {
            if set.count_ones() == 6 {
                let sum: f64 = (0..11)
                    .filter(|bit| set >> bit & 1 == 1)
                    .map(|bit| all[bit])
                    .sum();
                count += 1;
                hits += u32::from(if up {
                    sum >= own - 1e-9
                } else {
                    sum <= own + 1e-9
                });
            }
        }
        f64::from(hits) / f64::from(count)
    };
    let [low, high] = seen.interval;
    assert!(one_sided(low - 1e-6, true) <= 0.05 && one_sided(low + 1e-6, true) > 0.05);
    assert!(one_sided(high + 1e-6, false) <= 0.05 && one_sided(high - 1e-6, false) > 0.05);
}

#[test]
fn the_effect_has_the_exact_correction_and_intervals_around_it() {
    let seen = standardised(&X, &Y, 0.95).unwrap();
    // Gamma(4.5) / (sqrt(4.5) Gamma(4)).
    let correction = 11.631_728_396_567_448 / (4.5_f64.sqrt() * 6.0);
    assert!(
        (seen.g / seen.d - correction).abs() < 1e-12,
        "{}",
        seen.g / seen.d
    );
    let sampling = (1.0_f64 / 6.0 + 1.0 / 5.0).sqrt();
    for (end, p) in seen.exact.iter().zip([0.975, 0.025]) {
        assert!((noncentral_t_cdf(seen.d / sampling, 9.0, end / sampling) - p).abs() < 1e-9);
    }
    assert!(seen.interval[0] < seen.g && seen.g < seen.interval[1]);
}

#[test]
fn degenerate_groups_say_why() {
    assert_eq!(welch(&[1.0], &Y, 0.95), Err(Error::TooFew));
    assert_eq!(student(&[1.0, f64::NAN], &Y, 0.95), Err(Error::NotFinite));
    assert_eq!(
        welch(&[1.0, 1.0], &[2.0, 2.0], 0.95),
        Err(Error::NoVariation)
    );
    assert_eq!(
        rank_sum(&[1.0, 1.0], &[1.0, 1.0], 0.95),
        Err(Error::NoVariation)
    );
    assert_eq!(rank_sum(&[], &Y, 0.95), Err(Error::TooFew));
    assert_eq!(
        permutation(&[1.0, 1.0], &[1.0, 1.0], 0.95, 100, 1),
        Err(Error::NoVariation)
    );
    assert!(permutation(&[1.0, 1.0], &[2.0, 2.0], 0.95, 100, 1).is_ok());
    let one = rank_sum(&[1.0], &[2.0], 0.95).unwrap();
    assert_eq!((one.test.p, one.test.interval), (1.0, [-1.0, -1.0]));
}

#[test]
fn drawn_deals_come_close_to_all_of_them_and_repeat() {
    let long: Vec<f64> = (0..30).map(|k| f64::from(k * 13 % 31)).collect();
    let other: Vec<f64> = (0..25).map(|k| f64::from(k * 7 % 26) + 2.0).collect();
    let seen = permutation(&long, &other, 0.95, 20_000, 5).unwrap();
    assert_eq!(seen, permutation(&long, &other, 0.95, 20_000, 5).unwrap());
    let reference = student(&long, &other, 0.95).unwrap();
    assert!((seen.p - reference.p).abs() < 0.02);
    assert!((seen.interval[0] - reference.interval[0]).abs() < 0.5);
}
