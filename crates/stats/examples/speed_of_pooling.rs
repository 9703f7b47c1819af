//! Prints how long pooling takes: `cargo run --release -p kith-stats --example speed_of_pooling`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints to the person who runs it"
)]

use std::hint::black_box;
use std::time::Instant;

use kith_stats::pool::{Method, Search, Settings, Test, pool, tau2_interval};

/// The shortest of many short runs, in microseconds: what else the machine does meanwhile only lengthens a run.
fn shortest(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..2000 {
        let begin = Instant::now();
        for _ in 0..4 {
            work();
        }
        best = best.min(begin.elapsed().as_secs_f64() / 4.0 * 1e6);
    }
    best
}

fn main() {
    let (yi, vi): (Vec<f64>, Vec<f64>) = (0..20_u32)
        .map(|i| {
            let y = 0.4 + f64::from(i * 7919 % 101) / 101.0 - 0.5;
            (y, 0.01 + f64::from(i * 31 % 17) / 170.0)
        })
        .unzip();
    let searches = [Search::AsMetafor, Search::Converged];
    for method in Method::ALL {
        for (test, search) in [
            (Test::Normal, searches[0]),
            (Test::KnappHartung, searches[0]),
            (Test::Normal, searches[1]),
        ] {
            let settings = Settings {
                method,
                test,
                search,
                ..Settings::default()
            };
            let each = shortest(|| {
                black_box(pool(black_box(&yi), black_box(&vi), &settings).unwrap());
            });
            println!(
                "20 studies, {}, {test:?}, {search:?}: {each:.2} microseconds",
                method.as_str()
            );
        }
    }
    for search in [Search::AsMetafor, Search::Converged] {
        let settings = Settings {
            search,
            ..Settings::default()
        };
        let each = shortest(|| {
            black_box(tau2_interval(black_box(&yi), black_box(&vi), None, &settings).unwrap());
        });
        println!("20 studies, interval of tau2, {search:?}: {each:.2} microseconds");
    }
}
