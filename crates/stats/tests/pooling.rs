//! Pooling: published figures, what must not change when units do, and input at the edge.
use kith_stats::bias::{egger, egger_classical, kendall, rank_test, trim_and_fill};
use kith_stats::effect::{Counts, log_risk_ratio};
use kith_stats::linear::Matrix;
use kith_stats::pool::{Method, PoolError, Search, Settings, Test, pool, tau2_interval};
use kith_stats::regression::regress;
use kith_stats::sensitivity::{cumulative, leave_one_out, subgroups};
use kith_stats::three_level::three_level;
use proptest::prelude::*;

/// Colditz and others, JAMA 271 (1994): tuberculosis with and without, of the vaccinated and of the others.
const BCG: [[f64; 4]; 13] = [
    [4.0, 119.0, 11.0, 128.0],
    [6.0, 300.0, 29.0, 274.0],
    [3.0, 228.0, 11.0, 209.0],
    [62.0, 13_536.0, 248.0, 12_619.0],
    [33.0, 5_036.0, 47.0, 5_761.0],
    [180.0, 1_361.0, 372.0, 1_079.0],
    [8.0, 2_537.0, 10.0, 619.0],
    [505.0, 87_886.0, 499.0, 87_892.0],
    [29.0, 7_470.0, 45.0, 7_232.0],
    [17.0, 1_699.0, 65.0, 1_600.0],
    [186.0, 50_448.0, 141.0, 27_197.0],
    [5.0, 2_493.0, 3.0, 2_338.0],
    [27.0, 16_886.0, 29.0, 17_825.0],
];

fn bcg() -> (Vec<f64>, Vec<f64>) {
    BCG.iter()
        .map(|[a, b, c, d]| {
            let effect = log_risk_ratio(Counts {
                a: *a,
                b: *b,
                c: *c,
                d: *d,
            })
            .unwrap();
            (effect.yi, effect.vi)
        })
        .unzip()
}

fn settings(method: Method) -> Settings {
    Settings {
        method,
        ..Settings::default()
    }
}

/// The same, searched for until nothing moves: what holds of an estimator holds of it then.
fn exact(method: Method) -> Settings {
    Settings {
        search: Search::Converged,
        ..settings(method)
    }
}

fn near(ours: f64, published: f64, decimals: i32) {
    let half = 0.5 * 10_f64.powi(-decimals) + 1e-12;
    assert!(
        (ours - published).abs() <= half,
        "{ours}, published {published}"
    );
}

#[test]
fn the_vaccine_trials_come_out_as_metafor_documents_them() {
    // Figures: W. Viechtbauer, Journal of Statistical Software 36(3), 2010, and the package's help pages.
    let (yi, vi) = bcg();
    let reml = pool(&yi, &vi, &Settings::default()).unwrap();
    near(reml.estimate, -0.7145, 4);
    near(reml.se, 0.1798, 4);
    near(reml.stat, -3.9744, 4);
    near(reml.ci.0, -1.0669, 4);
    near(reml.ci.1, -0.3622, 4);
    near(reml.tau2, 0.3132, 4);
    near(reml.se_tau2.unwrap(), 0.1664, 4);
    near(reml.i2, 92.22, 2);
    near(reml.h2, 12.86, 2);
    near(reml.q, 152.2330, 4);
    assert_eq!(reml.q_df, 12);
    let interval = tau2_interval(&yi, &vi, None, &Settings::default()).unwrap();
    near(interval.tau2.0, 0.1197, 4);
    near(interval.tau2.1, 1.1115, 4);
    near(interval.i2.0, 81.92, 2);
    near(interval.i2.1, 97.68, 2);
    // Mixed-effects model with absolute latitude and year.
    let latitude = [
        44.0, 55.0, 42.0, 52.0, 13.0, 44.0, 19.0, 13.0, 27.0, 42.0, 18.0, 33.0, 33.0,
    ];
    let year = [
        1948.0, 1949.0, 1960.0, 1977.0, 1973.0, 1953.0, 1973.0, 1980.0, 1968.0, 1961.0, 1974.0,
        1969.0, 1976.0,
    ];
    let x = Matrix::from_columns(&[&[1.0; 13], &latitude, &year]);
    let mixed = regress(&yi, &vi, &x, &Settings::default()).unwrap();
    // Let run on, the intercept comes to another one than what is published.
    let converged = regress(&yi, &vi, &x, &exact(Method::Reml)).unwrap();
    near(converged.coefficients[0].estimate, -3.545_353_02, 8);
    near(mixed.tau2, 0.1108, 4);
    near(mixed.se_tau2.unwrap(), 0.0845, 4);
    near(mixed.coefficients[0].estimate, -3.5455, 4);
    near(mixed.coefficients[1].estimate, -0.0280, 4);
    near(mixed.coefficients[2].estimate, 0.0019, 4);
    near(mixed.qe.0, 28.3251, 4);
    near(mixed.qm.unwrap().0, 12.2043, 4);
    near(mixed.qm.unwrap().3, 0.0022, 4);
    // R 4.2.2, metafor 3.8-1.
    let asymmetry = egger(&yi, &vi, &Settings::default()).unwrap();
    near(asymmetry.slope.stat, -0.8033, 4);
    near(asymmetry.limit.estimate, -0.5104, 4);
    let classical = egger_classical(&yi, &vi, 0.95).unwrap();
    near(classical.slope.stat, -1.4013, 4);
    near(classical.slope.p, 0.1887, 4);
    let rank = rank_test(&yi, &vi).unwrap();
    near(rank.tau, 0.0256, 4);
    near(rank.p, 0.9524, 4);
    let filled = trim_and_fill(&yi, &vi, &Settings::default()).unwrap();
    assert_eq!(filled.missing, 1);
    near(filled.se_missing, 2.4528, 4);
    near(filled.pooled.estimate, -0.6571, 4);
}

#[test]
fn one_study_is_its_own_pool() {
    for method in Method::ALL {
        let one = pool(
            &[0.5],
            &[0.1],
            &Settings {
                test: Test::KnappHartung,
                ..settings(method)
            },
        )
        .unwrap();
        assert_eq!(
            (one.k, one.estimate, one.tau2, one.q, one.q_p),
            (1, 0.5, 0.0, 0.0, 1.0)
        );
        assert_eq!(
            (one.df, one.se_tau2, one.i2, one.h2),
            (None, None, 0.0, 1.0)
        );
        assert!((one.se - 0.1_f64.sqrt()).abs() < 1e-15);
    }
    assert_eq!(
        tau2_interval(&[0.5], &[0.1], None, &Settings::default()),
        Err(PoolError::TooFew { k: 1, least: 2 })
    );
}

#[test]
fn identical_effects_have_nothing_between_them() {
    for method in Method::ALL {
        let same = pool(&[0.5; 4], &[0.1, 0.2, 0.1, 0.3], &settings(method)).unwrap();
        assert!((same.estimate - 0.5).abs() < 1e-15);
        assert_eq!(same.tau2, 0.0, "{method:?}");
        assert!(same.q.abs() < 1e-20);
    }
    assert_eq!(
        tau2_interval(&[0.5; 4], &[0.1; 4], None, &Settings::default())
            .unwrap()
            .tau2,
        (0.0, 0.0)
    );
    let all = Settings {
        test: Test::KnappHartung,
        ..Settings::default()
    };
    let same = pool(&[0.5; 3], &[0.1; 3], &all).unwrap();
    assert_eq!((same.se, same.ci), (0.0, (0.5, 0.5)));
}

#[test]
fn what_cannot_be_pooled_is_said() {
    let plain = Settings::default();
    assert_eq!(pool(&[], &[], &plain).unwrap_err(), PoolError::Empty);
    assert_eq!(
        pool(&[1.0, 2.0], &[0.1, 0.0], &plain).unwrap_err(),
        PoolError::Variance { index: 1 }
    );
    assert_eq!(
        pool(&[f64::NAN], &[0.1], &plain).unwrap_err(),
        PoolError::Effect { index: 0 }
    );
    assert!(matches!(
        pool(&[1.0], &[0.1, 0.2], &plain),
        Err(PoolError::Lengths { .. })
    ));
    let wrong = Settings {
        level: 95.0,
        ..plain
    };
    assert_eq!(pool(&[1.0], &[0.1], &wrong).unwrap_err(), PoolError::Level);
    let x = Matrix::from_columns(&[&[1.0; 4], &[2.0; 4]]);
    let constant = regress(&[0.1, 0.2, 0.3, 0.4], &[0.1; 4], &x, &plain);
    assert_eq!(constant.unwrap_err(), PoolError::Dependent { column: 1 });
    assert!(matches!(
        leave_one_out(&[1.0], &[0.1], &plain),
        Err(PoolError::TooFew { .. })
    ));
    assert!(matches!(
        rank_test(&[1.0; 4], &[0.1; 4]),
        Err(PoolError::Dependent { .. })
    ));
    assert!(kendall(&[1.0, 1.0], &[1.0, 2.0]).is_none());
}

#[test]
fn ten_thousand_studies_are_pooled() {
    let k = 10_000;
    let yi: Vec<f64> = (0..k)
        .map(|i| 0.3 + f64::from(i * 7919 % 1009) / 1009.0 - 0.5)
        .collect();
    let vi: Vec<f64> = (0..k)
        .map(|i| 0.01 + f64::from(i * 104_729 % 997) / 9970.0)
        .collect();
    for method in Method::ALL {
        let all = pool(&yi, &vi, &settings(method)).unwrap();
        assert!(
            (all.estimate - 0.3).abs() < 0.01,
            "{method:?} {}",
            all.estimate
        );
    }
    let (low, high) = tau2_interval(&yi, &vi, None, &Settings::default())
        .unwrap()
        .tau2;
    let middle = pool(&yi, &vi, &settings(Method::Pm)).unwrap().tau2;
    assert!(low < middle && middle < high);
}

#[test]
fn effects_in_groups_of_one_have_no_level_of_their_own() {
    // The two variances cannot be told apart; their sum, the estimate and the likelihood are those of two levels.
    let (yi, vi) = bcg();
    let study: Vec<usize> = (0..13).collect();
    let three = three_level(&yi, &vi, &study, true, 0.95).unwrap();
    let two = pool(&yi, &vi, &exact(Method::Reml)).unwrap();
    assert!((three.between + three.within - two.tau2).abs() < 1e-8);
    assert!((three.average.estimate - two.estimate).abs() < 1e-8);
    assert!((three.log_likelihood - two.log_likelihood).abs() < 1e-10);
}

fn studies() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    proptest::collection::vec((-3.0..3.0_f64, -4.0..1.0_f64), 2..25)
        .prop_map(|rows| rows.into_iter().map(|(y, log_v)| (y, log_v.exp())).unzip())
}

fn close(a: f64, b: f64, unit: f64) -> bool {
    (a - b).abs() <= 1e-7 * unit.max(b.abs())
}

proptest! {
    #[test]
    fn units_and_origin_are_a_matter_of_taste(
        (yi, vi) in studies(), scale in 1e-3..1e3_f64, shift in -50.0..50.0_f64, which in 0..9_usize,
    ) {
        let settings = Settings { test: Test::KnappHartung, ..exact(Method::ALL[which]) };
        let plain = pool(&yi, &vi, &settings).unwrap();
        let moved: Vec<f64> = yi.iter().map(|y| scale * (y + shift)).collect();
        let scaled: Vec<f64> = vi.iter().map(|v| scale * scale * v).collect();
        let other = pool(&moved, &scaled, &settings).unwrap();
        prop_assert!(close(other.estimate, scale * (plain.estimate + shift), scale));
        prop_assert!(close(other.se, scale * plain.se, 1e-3 * scale));
        prop_assert!(close(other.tau2, scale * scale * plain.tau2, scale * scale));
        prop_assert!(close(other.i2, plain.i2, 100.0));
        let mirrored: Vec<f64> = yi.iter().map(|y| -y).collect();
        let mirrored = pool(&mirrored, &vi, &settings).unwrap();
        prop_assert!(close(mirrored.estimate, -plain.estimate, 1.0));
        prop_assert!(close(mirrored.tau2, plain.tau2, 1.0));
    }

    #[test]
    fn the_order_of_studies_does_not_matter((yi, vi) in studies(), which in 0..9_usize) {
        let settings = exact(Method::ALL[which]);
        let plain = pool(&yi, &vi, &settings).unwrap();
        let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        let other = pool(&back(&yi), &back(&vi), &settings).unwrap();
        prop_assert!(close(other.estimate, plain.estimate, 1.0));
        prop_assert!(close(other.tau2, plain.tau2, 1.0));
        prop_assert!((plain.weights.iter().sum::<f64>() - 100.0).abs() < 1e-9);
        let all = cumulative(&yi, &vi, &settings).unwrap();
        prop_assert_eq!(all.last().unwrap(), &plain);
    }

    #[test]
    fn an_intercept_alone_is_the_pool((yi, vi) in studies(), which in 0..9_usize) {
        let settings = exact(Method::ALL[which]);
        let plain = pool(&yi, &vi, &settings).unwrap();
        let x = Matrix::from_columns(&[&vec![1.0; yi.len()]]);
        let line = regress(&yi, &vi, &x, &settings).unwrap();
        prop_assert!(close(line.coefficients[0].estimate, plain.estimate, 1.0));
        prop_assert!(close(line.coefficients[0].se, plain.se, 1e-3));
        prop_assert!(close(line.tau2, plain.tau2, 1.0));
        prop_assert!(close(line.se_tau2.unwrap_or(0.0), plain.se_tau2.unwrap_or(0.0), 1.0));
        prop_assert!(close(line.log_likelihood, plain.log_likelihood, 1.0));
        prop_assert!(line.qm.is_none() && line.r2.is_none());
        let group = vec![0; yi.len()];
        prop_assert_eq!(&subgroups(&yi, &vi, &group, &settings).unwrap().groups[0], &plain);
    }

    #[test]
    fn likelihood_is_highest_at_its_estimate((yi, vi) in studies(), restricted: bool) {
        let study: Vec<usize> = (0..yi.len()).map(|i| i / 2).collect();
        let three = three_level(&yi, &vi, &study, restricted, 0.95).unwrap();
        let method = if restricted { Method::Reml } else { Method::Ml };
        let two = pool(&yi, &vi, &exact(method)).unwrap();
        // Two levels are three without the middle one.
        prop_assert!(three.log_likelihood >= two.log_likelihood - 1e-8);
        prop_assert!(three.between >= 0.0 && three.within >= 0.0);
    }

    #[test]
    fn paule_and_mandel_make_q_its_degrees_of_freedom((yi, vi) in studies()) {
        let tau2 = pool(&yi, &vi, &exact(Method::Pm)).unwrap().tau2;
        let q = |tau2: f64| {
            let widened: Vec<f64> = vi.iter().map(|v| v + tau2).collect();
            pool(&yi, &widened, &exact(Method::Ee)).unwrap().q
        };
        let df = (yi.len() - 1) as f64;
        if tau2 > 0.0 {
            prop_assert!(close(q(tau2), df, 1.0));
        } else {
            prop_assert!(q(0.0) <= df * (1.0 + 1e-9));
        }
        let nine_in_ten = Settings { level: 0.9, ..exact(Method::Pm) };
        let (low, high) = tau2_interval(&yi, &vi, None, &nine_in_ten).unwrap().tau2;
        for (bound, p) in [(low, 0.95), (high, 0.05)] {
            if bound > 0.0 {
                let target = kith_stats::distribution::chi_squared_quantile(p, df);
                prop_assert!((q(bound) / target - 1.0).abs() < 1e-10);
            }
        }
    }
}
