//! How long models take on one core: `cargo run --release -p kith-stats --example models`.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use kith_stats::mixed::{Method, Random, fit};
use kith_stats::power::student_of_drawn;
use kith_stats::random::{Generator, simulate_on};

/// The shortest and the middle of repeated times, in microseconds.
fn time(repeats: usize, mut work: impl FnMut()) -> (f64, f64) {
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[0], times[repeats / 2])
}

/// 200 people, eight times each; `missed`: the share of times missed.
fn people(missed: f64) -> (Vec<f64>, Vec<Vec<f64>>, Random) {
    let mut chance = Generator::new(1);
    let (mut y, mut time, mut arm, mut level_of) = (vec![], vec![], vec![], vec![]);
    for person in 0..200_usize {
        let (level, slope) = (2.0 * chance.normal(), 0.3 * chance.normal());
        for at in 0..8_u32 {
            if at > 0 && chance.uniform() < missed {
                continue;
            }
            time.push(f64::from(at));
            arm.push((person % 2) as f64);
            level_of.push(person);
            y.push(20.0 + level + slope * f64::from(at) + chance.normal());
        }
    }
    let both = time
        .iter()
        .zip(&arm)
        .map(|(time, arm)| time * arm)
        .collect();
    let one = vec![1.0; y.len()];
    let random = Random {
        group: "id".into(),
        names: vec!["(Intercept)".into(), "time".into()],
        columns: vec![one.clone(), time.clone()],
        level_of,
    };
    (y, vec![one, time, arm, both], random)
}

fn main() {
    let names = ["(Intercept)", "time", "arm", "time:arm"];
    for (what, missed) in [("all there", 0.0), ("a fifth missing", 0.2)] {
        let (y, x, random) = people(missed);
        let random = [random];
        let (least, middle) = time(100, || {
            black_box(fit(&y, &names, &x, &random, Method::Reml).ok());
        });
        println!("random slopes, 200 people by 8, {what}: {middle:.0} us (least {least:.0})");
        let mut intercept = random.clone();
        intercept[0].names.truncate(1);
        intercept[0].columns.truncate(1);
        let (least, middle) = time(100, || {
            black_box(fit(&y, &names, &x, &intercept, Method::Reml).ok());
        });
        println!("random intercepts, {what}: {middle:.0} us (least {least:.0})");
    }
    let (least, middle) = time(20, || {
        black_box(simulate_on(1, 10_000, 1, |chance, _| {
            student_of_drawn(chance, 0.5, 64).abs() > 1.979
        }));
    });
    println!(
        "10,000 trials of 64 a side: {:.1} ms (least {:.1})",
        middle / 1e3,
        least / 1e3
    );
}
