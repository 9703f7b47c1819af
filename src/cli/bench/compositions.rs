//! How long composing takes.

use std::time::{Duration, Instant};

use kith_content::{Asked, compose};
use serde_json::json;

use super::super::Failure;
use super::Outcome;
use super::figures::{Usage, percentile, rate, sorted};
use kith_rooms::front::content;

/// Every practice at every whole minute it can last, over and over, on one core.
pub(super) fn run(time: Duration) -> Result<Outcome, Failure> {
    let library = content::load(None).map_err(Failure::wrong)?.library;
    let all: Vec<_> = library
        .practices()
        .flat_map(|practice| {
            whole_minutes(practice.minutes)
                .into_iter()
                .map(move |minutes| (practice, minutes))
        })
        .collect();
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); all.len()];
    let usage = Usage::now();
    let began = Instant::now();
    while began.elapsed() < time {
        for ((practice, minutes), times) in all.iter().zip(&mut times) {
            let before = Instant::now();
            let composed = compose(practice, &Asked::new(*minutes, &library))
                .map_err(Failure::failed)?
                .filled(practice);
            times.push(before.elapsed());
            std::hint::black_box(composed);
        }
    }
    let elapsed = began.elapsed();
    let usage = Usage::now().since(&usage);
    let times: Vec<_> = times.into_iter().map(sorted).collect();
    let slowest = all
        .iter()
        .zip(&times)
        .max_by_key(|(_, times)| times.get(times.len() / 2).copied())
        .map(|((practice, minutes), times)| {
            json!({"practice": practice.slug, "minutes": minutes, "p50_us": percentile(times, 50.0, 1e6)})
        });
    let every = sorted(times.into_iter().flatten().collect());
    Ok(Outcome {
        held: true,
        figures: json!({
            "compositions": every.len(),
            "per_second": rate(every.len(), elapsed),
            "p50_us": percentile(&every, 50.0, 1e6),
            "p99_us": percentile(&every, 99.0, 1e6),
            "different": all.len(),
            "slowest": slowest,
            "rss_mb": usage.rss_mb,
            "cpu_seconds": usage.cpu_seconds,
        }),
    })
}

/// The whole minutes of a range, or its least where no whole minute lies in it.
fn whole_minutes((least, most): (f64, f64)) -> Vec<f64> {
    let minutes: Vec<_> = std::iter::successors(Some(least.ceil()), |minutes| Some(minutes + 1.0))
        .take_while(|minutes| *minutes <= most)
        .collect();
    if minutes.is_empty() {
        vec![least]
    } else {
        minutes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_gives_something_to_compose() {
        assert_eq!(whole_minutes((1.5, 4.0)), [2.0, 3.0, 4.0]);
        assert_eq!(whole_minutes((0.3, 0.5)), [0.3]);
    }
}
