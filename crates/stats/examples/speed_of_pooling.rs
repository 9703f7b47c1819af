//! Prints how long pooling takes: `cargo run --release -p kith-stats --example speed_of_pooling`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints to the person who runs it"
)]

use std::hint::black_box;
use std::time::Instant;

use kith_stats::pool::{Method, Settings, Test, pool, tau2_interval};

fn main() {
    let data = |k: u32| -> (Vec<f64>, Vec<f64>) {
        (0..k)
            .map(|i| {
                let y = 0.4 + f64::from(i * 7919 % 101) / 101.0 - 0.5;
                (y, 0.01 + f64::from(i * 31 % 17) / 170.0)
            })
            .unzip()
    };
    for k in [20, 10_000] {
        let (yi, vi) = data(k);
        let runs = 400_000 / k + 20;
        for method in Method::ALL {
            for test in [Test::Normal, Test::KnappHartung] {
                let settings = Settings {
                    method,
                    test,
                    level: 0.95,
                    stop_at: None,
                };
                let begin = Instant::now();
                for _ in 0..runs {
                    black_box(pool(black_box(&yi), black_box(&vi), &settings).unwrap());
                }
                let each = begin.elapsed().as_secs_f64() / f64::from(runs) * 1e6;
                println!(
                    "{k} studies, {}, {test:?}: {each:.2} microseconds",
                    method.as_str()
                );
            }
        }
        let begin = Instant::now();
        for _ in 0..runs {
            black_box(tau2_interval(black_box(&yi), black_box(&vi), None, 0.95).unwrap());
        }
        let each = begin.elapsed().as_secs_f64() / f64::from(runs) * 1e6;
        println!("{k} studies, interval of tau2: {each:.2} microseconds");
    }
}
