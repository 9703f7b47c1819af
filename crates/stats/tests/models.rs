//! Models and tests against R 4.2.2: lme4 1.1-31 (bobyqa, run until it no longer moves), lmerTest 3.1-3, emmeans 1.8.4 and stats.
//! figures/models/figures.tsv holds what R printed; the data beside it are lme4's, nlme's and invented ones.
use std::path::PathBuf;

use kith_stats::alpha::alpha;
use kith_stats::ancova::ancova;
use kith_stats::compare::{rank_sum, student, welch};
use kith_stats::correlation::spearman;
use kith_stats::formula::{Column, Formula, Frame, Values};
use kith_stats::mixed::{Coefficient, Method, fit};
use kith_stats::power::{noncentral_t_cdf, noncentral_t_sf, two_sample, two_sample_n};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/figures/models")
}

fn lines(kind: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join("figures.tsv")).unwrap();
    let found: Vec<Vec<String>> = text
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .filter(|cells: &Vec<String>| cells[0] == kind)
        .collect();
    assert!(!found.is_empty());
    found
}

fn numbers(cell: &str) -> Vec<f64> {
    cell.split(' ')
        .map(|number| {
            if number == "NA" || number == "NaN" {
                f64::NAN
            } else {
                number.parse().unwrap()
            }
        })
        .collect()
}

/// A file of the folder; none of them has quotes.
fn frame(name: &str) -> Frame {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let rows: Vec<Vec<&str>> = rows.collect();
    let columns = header
        .iter()
        .enumerate()
        .map(|(index, name)| Column {
            name: (*name).to_owned(),
            values: Values::read(&rows.iter().map(|row| row[index]).collect::<Vec<_>>()),
        })
        .collect();
    Frame::new(columns).unwrap()
}

/// The largest difference, relative to the larger of the expected number and `least`.
fn worst(seen: &[f64], expected: &[f64], least: f64) -> f64 {
    assert_eq!(seen.len(), expected.len(), "{seen:?} {expected:?}");
    seen.iter()
        .zip(expected)
        .map(|(one, other)| {
            if one == other || (one.is_nan() && other.is_nan()) {
                0.0
            } else {
                let away = (one - other).abs() / other.abs().max(least);
                if away.is_nan() { f64::INFINITY } else { away }
            }
        })
        .fold(0.0, f64::max)
}

fn close(what: &str, seen: &[f64], expected: &[f64], least: f64, tolerance: f64) {
    let worst = worst(seen, expected, least);
    assert!(
        worst <= tolerance,
        "{what}: {seen:?} is not {expected:?} ({worst:e})"
    );
}

fn each(effects: &[Coefficient], pick: impl Fn(&Coefficient) -> f64) -> Vec<f64> {
    effects.iter().map(pick).collect()
}

#[test]
fn mixed_models_are_those_of_lme4_and_lmertest() {
    for cells in lines("lmm") {
        let what = cells[1..4].join(" ");
        let model = Formula::parse(&cells[2])
            .unwrap()
            .model(&frame(&cells[1]))
            .unwrap();
        let names: Vec<&str> = model.design.names.iter().map(String::as_str).collect();
        let method = if cells[3] == "ML" {
            Method::Ml
        } else {
            Method::Reml
        };
        let seen = fit(&model.y, &names, &model.x, &model.random, method).unwrap();
        assert_eq!(each_term(&seen.fixed), cells[4], "{what}");
        let singular = cells[10] == "True";
        assert_eq!(seen.singular, singular, "{what}");
        let last = numbers(&cells[9]);
        close(
            &what,
            &[seen.log_likelihood, seen.aic(), seen.bic()],
            &last[1..],
            1.0,
            1e-9,
        );
        close(&what, &[seen.sigma], &last[..1], 1e-300, 1e-5);
        let size = seen.sigma;
        close(
            &what,
            &each(&seen.fixed, |effect| effect.estimate),
            &numbers(&cells[5]),
            0.1 * size,
            1e-5,
        );
        close(
            &what,
            &each(&seen.fixed, |effect| effect.se),
            &numbers(&cells[6]),
            1e-300,
            1e-4,
        );
        if !singular {
            close(
                &what,
                &each(&seen.fixed, |effect| effect.df),
                &numbers(&cells[7]),
                1e-300,
                1e-3,
            );
            // lme4 may list terms in another order.
            let mut sds: Vec<f64> = seen
                .random
                .iter()
                .flat_map(|term| term.sd.clone())
                .collect();
            let mut expected = numbers(&cells[8]);
            sds.sort_by(f64::total_cmp);
            expected.sort_by(f64::total_cmp);
            close(&what, &sds, &expected, 1e-2 * size, 1e-4);
        }
    }
}

fn each_term(effects: &[Coefficient]) -> String {
    effects
        .iter()
        .map(|effect| effect.term.as_str())
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn linear_models_and_adjusted_means_are_those_of_lm_and_emmeans() {
    for cells in lines("ancova") {
        let what = cells[1..3].join(" ");
        let seen = ancova(
            &Formula::parse(&cells[2]).unwrap(),
            &frame(&cells[1]),
            Some("arm"),
        )
        .unwrap();
        assert_eq!(each_term(&seen.terms), cells[3], "{what}");
        close(
            &what,
            &each(&seen.terms, |term| term.estimate),
            &numbers(&cells[4]),
            1.0,
            1e-9,
        );
        close(
            &what,
            &each(&seen.terms, |term| term.se),
            &numbers(&cells[5]),
            1e-300,
            1e-9,
        );
        close(
            &what,
            &each(&seen.terms, |term| term.p),
            &numbers(&cells[6]),
            1e-300,
            1e-7,
        );
        let ends = seen
            .terms
            .iter()
            .map(|term| term.interval(0.95))
            .collect::<Vec<_>>();
        let ends: Vec<f64> = ends
            .iter()
            .map(|ends| ends[0])
            .chain(ends.iter().map(|ends| ends[1]))
            .collect();
        close(&what, &ends, &numbers(&cells[7]), 1.0, 1e-9);
        // Without an intercept summary.lm's R² is about zero, as ours.
        close(
            &what,
            &[seen.sigma, seen.r2, seen.adjusted_r2],
            &numbers(&cells[8]),
            1e-300,
            1e-9,
        );
        let levels: Vec<&str> = seen
            .adjusted
            .iter()
            .map(|mean| mean.level.as_str())
            .collect();
        assert_eq!(levels.join("|"), cells[9], "{what}");
        let means: Vec<f64> = seen.adjusted.iter().map(|mean| mean.mean).collect();
        let ses: Vec<f64> = seen.adjusted.iter().map(|mean| mean.se).collect();
        close(&what, &means, &numbers(&cells[10]), 1.0, 1e-9);
        close(&what, &ses, &numbers(&cells[11]), 1e-300, 1e-9);
    }
}

#[test]
fn two_groups_are_compared_as_r_does() {
    for cells in lines("two") {
        let (x, y) = (numbers(&cells[1]), numbers(&cells[2]));
        let ranks = rank_sum(&x, &y, 0.95).unwrap();
        let expected = numbers(&cells[5]);
        assert_eq!(ranks.exact, cells[6] == "exact");
        close(
            "W",
            &[ranks.test.stat, ranks.test.p],
            &expected[..2],
            1e-300,
            1e-10,
        );
        let [low, high] = ranks.test.interval;
        let difference = ranks.test.difference;
        if ranks.exact {
            close(
                "shift",
                &[low, high, difference],
                &expected[2..],
                1e-3,
                1e-12,
            );
        } else {
            // R searches to 1e-4. For the middle it takes any place of a flat stretch; ours is the median of all differences.
            close("shift", &[low, high], &expected[2..4], 1.0, 2e-4);
            let all: Vec<f64> = x
                .iter()
                .flat_map(|x| y.iter().map(move |y| x - y))
                .collect();
            close(
                "middle",
                &[difference],
                &[kith_stats::median(&all).unwrap()],
                1.0,
                1e-9,
            );
        }
        for (seen, cell) in [
            (welch(&x, &y, 0.95), &cells[3]),
            (student(&x, &y, 0.95), &cells[4]),
        ] {
            let seen = seen.unwrap();
            let [low, high] = seen.interval;
            close(
                "t",
                &[seen.stat, seen.df.unwrap(), seen.p, low, high],
                &numbers(cell),
                1e-300,
                1e-9,
            );
        }
    }
}

#[test]
fn spearman_alpha_and_power_are_those_of_r() {
    for cells in lines("spearman") {
        let seen = spearman(&numbers(&cells[1]), &numbers(&cells[2])).unwrap();
        close("rho", &[seen.rho, seen.p], &numbers(&cells[3]), 1e-12, 1e-9);
    }
    for cells in lines("alpha") {
        let count: usize = cells[1].parse().unwrap();
        let all = numbers(&cells[2]);
        let items: Vec<Vec<f64>> = all.chunks(all.len() / count).map(<[f64]>::to_vec).collect();
        let seen = alpha(&items).unwrap();
        let [low, high] = seen.interval(0.95);
        close(
            "alpha",
            &[seen.alpha, low, high],
            &numbers(&cells[3]),
            1e-300,
            1e-9,
        );
    }
    for cells in lines("power") {
        let asked = numbers(&cells[1]);
        close(
            "power",
            &[two_sample(asked[0], asked[1], asked[2])],
            &numbers(&cells[2]),
            1e-300,
            1e-9,
        );
    }
    for cells in lines("size") {
        let asked = numbers(&cells[1]);
        close(
            "n",
            &[two_sample_n(asked[0], asked[1], 0.05).unwrap()],
            &numbers(&cells[2]),
            1e-300,
            1e-7,
        );
    }
    for cells in lines("noncentral") {
        let asked = numbers(&cells[1]);
        if asked[2] > 30.0 {
            // R's series loses its digits here (0.99812); direct integration gives 0.998049, as ours.
            continue;
        }
        let seen = [
            noncentral_t_cdf(asked[0], asked[1], asked[2]),
            noncentral_t_sf(asked[0], asked[1], asked[2]),
        ];
        close("noncentral t", &seen, &numbers(&cells[2]), 1e-6, 1e-8);
    }
}
