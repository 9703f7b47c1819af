//! Times to rates and percentiles, and what the process used of the machine.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value as Json, json};

/// What a load came to, under the keys that docs and budgets name.
#[derive(Serialize)]
pub(super) struct Figures {
    requests: usize,
    per_second: f64,
    p50_ms: Option<f64>,
    p95_ms: Option<f64>,
    p99_ms: Option<f64>,
    errors: usize,
    rss_mb: Option<f64>,
    cpu_seconds: Option<f64>,
}

impl Figures {
    /// From the sorted times of every request that was answered.
    pub(super) fn of(times: &[Duration], errors: usize, elapsed: Duration, usage: Usage) -> Self {
        Self {
            requests: times.len(),
            per_second: rate(times.len(), elapsed),
            p50_ms: percentile(times, 50.0, 1e3),
            p95_ms: percentile(times, 95.0, 1e3),
            p99_ms: percentile(times, 99.0, 1e3),
            errors,
            rss_mb: usage.rss_mb,
            cpu_seconds: usage.cpu_seconds,
        }
    }

    /// As an object that may be given further keys.
    pub(super) fn json(&self) -> Json {
        json!(self)
    }
}

/// So many a second.
pub(super) fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(f64::EPSILON)
}

/// The times in order, as [`percentile`] wants them.
pub(super) fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}

/// The nearest-rank percentile of sorted times, in units of which `per_second` make a second.
pub(super) fn percentile(times: &[Duration], percent: f64, per_second: f64) -> Option<f64> {
    let rank = (percent / 100.0 * times.len() as f64).ceil() as usize;
    times
        .get(rank.saturating_sub(1))
        .map(|time| time.as_secs_f64() * per_second)
}

/// What the process has used; what the system does not tell is `None`.
#[derive(Clone, Copy)]
pub(super) struct Usage {
    /// The most memory it ever held.
    pub(super) rss_mb: Option<f64>,
    /// Processor time of all its threads.
    pub(super) cpu_seconds: Option<f64>,
}

impl Usage {
    /// Up to now.
    pub(super) fn now() -> Self {
        Self {
            rss_mb: std::fs::read_to_string("/proc/self/status")
                .ok()
                .and_then(|text| peak_mb(&text)),
            cpu_seconds: std::fs::read_to_string("/proc/self/stat")
                .ok()
                .and_then(|text| cpu_seconds(&text)),
        }
    }

    /// The same with only the processor time since `earlier`.
    pub(super) fn since(self, earlier: &Self) -> Self {
        Self {
            cpu_seconds: self
                .cpu_seconds
                .zip(earlier.cpu_seconds)
                .map(|(now, then)| now - then),
            ..self
        }
    }
}

/// `VmHWM` of proc(5)'s status, in megabytes.
fn peak_mb(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// `utime` and `stime` of proc(5)'s stat; Linux counts both in hundredths of a second.
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The program's name, in parentheses, may hold spaces of its own.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        for (percent, expected) in [(50.0, 100.0), (95.0, 190.0), (99.0, 198.0), (100.0, 200.0)] {
            assert_eq!(percentile(&times, percent, 1e3), Some(expected));
        }
        assert_eq!(percentile(&times[..1], 99.0, 1e3), Some(1.0));
        assert_eq!(percentile(&[], 50.0, 1e3), None);
    }

    #[test]
    fn what_the_system_tells_is_read() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 1 0 9 1 1";
        assert_eq!(cpu_seconds(stat), Some(3.0));
        assert_eq!(
            peak_mb("Name:\tkith\nVmHWM:\t    2048 kB\nVmRSS:\t 1 kB"),
            Some(2.0)
        );
        assert_eq!(cpu_seconds("nothing"), None);
    }
}
